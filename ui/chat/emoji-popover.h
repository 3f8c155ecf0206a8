/* ui/chat/emoji-popover.h - what ":smi" may mean, below the place where it is typed. Tab or Enter
 * takes the one that is marked, Up and Down mark another, Escape lets it be; ":smile:" becomes the
 * emoji of that very name. Main thread.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* hark_emoji_popover_follow: @view, once. */
void hark_emoji_popover_follow (GtkTextView *view);

/* hark_emoji_popover_key: whether a key that @view got was for it. */
bool hark_emoji_popover_key (GtkTextView *view, const GdkEventKey *event);
