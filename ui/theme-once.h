/* ui/theme-once.h - GTK's theme read once at the start, not three times.
 *
 * GTK reads it when its settings are made, and libhandy has it read again for each of the two of
 * them that it sets: a sixth of what a start costs, before there is anything to be seen. The
 * built-in themes are resources; empty ones lie over them meanwhile. Others are read as ever. Main
 * thread.
 */
#pragma once

/* hark_theme_hold: before GTK starts. */
void hark_theme_hold (void);

/* hark_theme_read: once, when libhandy knows which look is wanted, and before the first widget;
 * nothing if it is not held. */
void hark_theme_read (void);
