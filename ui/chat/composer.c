#include "ui/chat/composer.h"

#include "ui/at-once.h"
#include "ui/chat/emoji-popover.h"
#include "ui/chat/long-text.h"
#include "ui/chat/quote.h"
#include "ui/chat/recorder-bar.h"
#include "ui/chat/spelling.h"
#include "ui/focus-kept.h"
#include "ui/language.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define TYPING_PAUSE_S 5 /* without a key: not writing any more */
#define DRAFT_PAUSE_S 2  /* without a key: worth being kept */
#define DRAFT_MOST_S 3   /* who writes without a pause loses no more than this and that */
#define NEAR_MAX 2000u   /* bytes before the limit that it is spoken of */

struct _HarkComposer {
  GtkBox parent_instance;
  GtkWidget *writing;
  GtkWidget *attach;
  GtkWidget *view;
  GtkWidget *hint;
  GtkWidget *send;
  GtkWidget *record;   /* in its place while nothing is written */
  GtkWidget *recorder; /* in place of it all while it is spoken */
  bool clips;
  bool closed; /* nothing can be written: a sentence says why */
  GtkWidget *reason;
  GtkWidget *remedy; /* below it */
  GtkWidget *context;
  GtkWidget *quote;
  GtkWidget *drop;
  GtkWidget *emoji;
  GtkWidget *limit;
  guint draft;
  gint64 draft_since; /* the first key that is not kept */
  bool typing;
  bool quiet; /* the text is set by us */
  guint pause;
  int height; /* of the view */
  guint grown;
};

G_DEFINE_TYPE (HarkComposer, hark_composer, GTK_TYPE_BOX)

enum {
  SIGNAL_SEND,
  SIGNAL_TYPING,
  SIGNAL_ATTACH,
  SIGNAL_FILES,
  SIGNAL_PICTURE,
  SIGNAL_DROP_CONTEXT,
  SIGNAL_EDIT_LAST,
  SIGNAL_DRAFT,
  SIGNAL_RECORD,
  SIGNAL_REMEDY,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GtkTextBuffer *
buffer (HarkComposer *composer)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (composer->view));
}

static void
set_typing (HarkComposer *composer, bool typing)
{
  g_clear_handle_id (&composer->pause, g_source_remove);
  if (composer->typing == typing)
    return;
  composer->typing = typing;
  g_signal_emit (composer, signals[SIGNAL_TYPING], 0, typing);
}

static gboolean
on_pause (void *data)
{
  HarkComposer *composer = data;

  composer->pause = 0;
  set_typing (composer, false);
  return G_SOURCE_REMOVE;
}

static gboolean
on_draft (void *data)
{
  HarkComposer *composer = data;

  composer->draft = 0;
  g_signal_emit (composer, signals[SIGNAL_DRAFT], 0);
  return G_SOURCE_REMOVE;
}

/* Returns: whether it can be sent */
static bool
show_limit (HarkComposer *composer)
{
  g_autofree char *text = hark_composer_get_text (composer);
  size_t len = strlen (g_strstrip (text));
  const bool fits = len <= HARK_COMPOSER_BYTES_MAX;
  g_autofree char *figure
    = g_format_size (fits ? HARK_COMPOSER_BYTES_MAX - len : len - HARK_COMPOSER_BYTES_MAX);
  g_autofree char *size = hark_language_apart (figure);
  g_autofree char *words = g_strdup_printf (
    fits ? _ ("%s left") : _ ("Too long by %s; send it as a file or in parts."), size);

  gtk_widget_set_visible (composer->limit, len + NEAR_MAX > HARK_COMPOSER_BYTES_MAX);
  hark_widget_text (composer->limit, words);
  return len > 0 && fits;
}

static void
show_record (HarkComposer *composer)
{
  const bool empty = gtk_text_buffer_get_char_count (buffer (composer)) == 0;

  gtk_widget_set_visible (composer->record, empty && composer->clips);
  gtk_widget_set_visible (composer->send, !empty || !composer->clips);
}

static void
plan_draft (HarkComposer *composer)
{
  const gint64 now = g_get_monotonic_time ();

  if (composer->draft == 0)
    composer->draft_since = now;
  else if (now - composer->draft_since >= DRAFT_MOST_S * G_USEC_PER_SEC)
    return;
  g_clear_handle_id (&composer->draft, g_source_remove);
  composer->draft = g_timeout_add_seconds (DRAFT_PAUSE_S, on_draft, composer);
}

static void
on_changed (HarkComposer *composer)
{
  bool empty = gtk_text_buffer_get_char_count (buffer (composer)) == 0;

  gtk_widget_set_visible (composer->hint, empty);
  gtk_widget_set_sensitive (composer->send, show_limit (composer));
  show_record (composer);
  if (composer->quiet)
    return;
  hark_at_once_paint (composer->view);
  plan_draft (composer);
  set_typing (composer, !empty);
  if (!empty) {
    g_clear_handle_id (&composer->pause, g_source_remove);
    composer->pause = g_timeout_add_seconds (TYPING_PAUSE_S, on_pause, composer);
  }
}

static gboolean
on_grown (void *data)
{
  HarkComposer *composer = data;

  composer->grown = 0;
  gtk_text_view_scroll_mark_onscreen (GTK_TEXT_VIEW (composer->view),
                                      gtk_text_buffer_get_insert (buffer (composer)));
  return G_SOURCE_REMOVE;
}

/* GTK shows the cursor behind what was pasted in a field of the height that it had before. */
static void
on_allocated (HarkComposer *composer, GdkRectangle *to)
{
  if (to->height == composer->height)
    return;
  composer->height = to->height;
  if (!composer->grown)
    composer->grown = g_idle_add (on_grown, composer); /* once the lines are measured */
}

static void
on_send (HarkComposer *composer)
{
  g_autofree char *text = g_strstrip (hark_composer_get_text (composer));

  if (*text == '\0' || strlen (text) > HARK_COMPOSER_BYTES_MAX)
    return;
  set_typing (composer, false);
  hark_composer_set_text (composer, "");
  g_signal_emit (composer, signals[SIGNAL_SEND], 0, text);
  gtk_widget_grab_focus (composer->view);
}

static void
on_record (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_RECORD], 0, "start");
}

static void
on_spoken (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_RECORD], 0, "stop");
}

static void
on_not_spoken (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_RECORD], 0, "cancel");
}

static void
on_remedy (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_REMEDY], 0);
}

static void
on_attach (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_ATTACH], 0);
}

static void
on_emoji (HarkComposer *composer)
{
  gtk_widget_grab_focus (composer->view);
  g_signal_emit_by_name (composer->view, "insert-emoji");
}

static void
on_drop_context (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_DROP_CONTEXT], 0);
  gtk_widget_grab_focus (composer->view);
}

/* Files in the clipboard are given, and so is a picture that is not text as well. */
static void
on_paste (GtkWidget *view, HarkComposer *composer)
{
  GtkClipboard *clipboard = gtk_widget_get_clipboard (view, GDK_SELECTION_CLIPBOARD);
  g_auto (GStrv) uris = NULL;

  if (gtk_widget_get_visible (composer->attach) && gtk_clipboard_wait_is_image_available (clipboard)
      && !gtk_clipboard_wait_is_uris_available (clipboard)
      && !gtk_clipboard_wait_is_text_available (clipboard)) {
    g_autoptr (GdkPixbuf) picture = gtk_clipboard_wait_for_image (clipboard);

    g_signal_stop_emission_by_name (view, "paste-clipboard");
    if (picture)
      g_signal_emit (composer, signals[SIGNAL_PICTURE], 0, picture);
    return;
  }
  if (!gtk_clipboard_wait_is_uris_available (clipboard))
    return;
  uris = gtk_clipboard_wait_for_uris (clipboard);
  if (!uris || !uris[0])
    return;
  g_signal_stop_emission_by_name (view, "paste-clipboard");
  g_signal_emit (composer, signals[SIGNAL_FILES], 0, uris);
}

/* Enter sends, with Shift it begins a new line; Up in an empty field changes what was written last,
 * Escape lets go of what is answered or changed. */
static gboolean
on_key (HarkComposer *composer, GdkEventKey *event)
{
  bool enter = event->keyval == GDK_KEY_Return || event->keyval == GDK_KEY_KP_Enter;

  if (hark_emoji_popover_key (GTK_TEXT_VIEW (composer->view), event))
    return GDK_EVENT_STOP;
  if (event->keyval == GDK_KEY_Up && !(event->state & gtk_accelerator_get_default_mod_mask ())
      && gtk_text_buffer_get_char_count (buffer (composer)) == 0) {
    g_signal_emit (composer, signals[SIGNAL_EDIT_LAST], 0);
    return GDK_EVENT_STOP;
  }
  if (event->keyval == GDK_KEY_Escape && gtk_widget_get_visible (composer->context)) {
    on_drop_context (composer);
    return GDK_EVENT_STOP;
  }
  if (!enter || (event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)))
    return GDK_EVENT_PROPAGATE;
  if (gtk_text_view_im_context_filter_keypress (GTK_TEXT_VIEW (composer->view), event))
    return GDK_EVENT_STOP; /* it ends a character that is being composed */
  on_send (composer);
  return GDK_EVENT_STOP;
}

/* Motion and drop of files over the text: the page takes them. */
static gboolean
on_drag (GtkWidget *view, GdkDragContext *context, int x, int y, guint time)
{
  (void) x;
  (void) y;
  (void) time;
  for (GList *at = gdk_drag_context_list_targets (context); at; at = at->next)
    if (GDK_POINTER_TO_ATOM (at->data) == gdk_atom_intern_static_string ("text/uri-list")) {
      g_signal_stop_emission (view, g_signal_get_invocation_hint (view)->signal_id, 0);
      break;
    }
  return FALSE;
}

/* A line that begins is scrolled to, in steps, before there is room for it. Once there is, GTK goes
 * on to where that was, and the first line stays cut off above an empty one. */
static void
on_placed (GtkTextView *view, GtkAllocation *place)
{
  GtkAdjustment *at = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view));

  if (gtk_adjustment_get_upper (at) > place->height)
    return;
  gtk_adjustment_set_page_size (at, place->height);
  gtk_adjustment_set_value (at, gtk_adjustment_get_lower (at)); /* ends the steps */
}

static void
hark_composer_dispose (GObject *object)
{
  g_clear_handle_id (&HARK_COMPOSER (object)->pause, g_source_remove);
  g_clear_handle_id (&HARK_COMPOSER (object)->draft, g_source_remove);
  g_clear_handle_id (&HARK_COMPOSER (object)->grown, g_source_remove);
  G_OBJECT_CLASS (hark_composer_parent_class)->dispose (object);
}

static void
hark_composer_class_init (HarkComposerClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_composer_dispose;
  signals[SIGNAL_SEND] = g_signal_new ("send", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_TYPING] = g_signal_new ("typing", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_ATTACH] = g_signal_new ("attach", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FILES] = g_signal_new ("files", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRV);
  signals[SIGNAL_PICTURE] = g_signal_new ("picture", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, GDK_TYPE_PIXBUF);
  signals[SIGNAL_DROP_CONTEXT] = g_signal_new (
    "drop-context", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_EDIT_LAST] = g_signal_new ("edit-last", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DRAFT] = g_signal_new ("draft", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_RECORD] = g_signal_new ("record", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_REMEDY] = g_signal_new ("remedy", HARK_TYPE_COMPOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_QUOTE);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/composer.ui");
  gtk_widget_class_bind_template_child (widgets, HarkComposer, writing);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, attach);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, view);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, hint);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, send);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, reason);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, context);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, quote);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, drop);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, emoji);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, limit);
  gtk_widget_class_bind_template_callback (widgets, on_emoji);
  gtk_widget_class_bind_template_callback (widgets, on_drop_context);
  gtk_widget_class_bind_template_callback (widgets, on_paste);
  gtk_widget_class_bind_template_callback (widgets, on_send);
  gtk_widget_class_bind_template_callback (widgets, on_attach);
  gtk_widget_class_bind_template_callback (widgets, on_key);
  gtk_widget_class_bind_template_callback (widgets, on_drag);
}

static void
add_recorder (HarkComposer *composer)
{
  composer->record
    = gtk_button_new_from_icon_name ("audio-input-microphone-symbolic", GTK_ICON_SIZE_BUTTON);
  hark_widget_name (composer->record, _ ("Record a voice message"));
  gtk_widget_set_valign (composer->record, GTK_ALIGN_END);
  gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (composer->send)), composer->record);
  g_signal_connect_swapped (composer->record, "clicked", G_CALLBACK (on_record), composer);
  composer->recorder = hark_recorder_bar_new ();
  gtk_container_add (GTK_CONTAINER (composer), composer->recorder);
  g_signal_connect_swapped (composer->recorder, "stop", G_CALLBACK (on_spoken), composer);
  g_signal_connect_swapped (composer->recorder, "cancel", G_CALLBACK (on_not_spoken), composer);
}

static void
add_remedy (HarkComposer *composer)
{
  composer->remedy = gtk_button_new ();
  gtk_widget_set_halign (composer->remedy, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_bottom (composer->remedy, 14);
  gtk_container_add (GTK_CONTAINER (composer), composer->remedy);
  g_signal_connect_swapped (composer->remedy, "clicked", G_CALLBACK (on_remedy), composer);
}

static void
hark_composer_init (HarkComposer *composer)
{
  gtk_widget_init_template (GTK_WIDGET (composer));
  hark_focus_home (GTK_WIDGET (composer), composer->view);
  add_recorder (composer);
  add_remedy (composer);
  hark_widget_name (composer->attach, _ ("Attach files"));
  hark_widget_name (composer->send, _ ("Send"));
  hark_widget_name (composer->emoji, _ ("Insert a sign"));
  hark_widget_name (composer->drop, _ ("Let go of it"));
  hark_widget_spoken (composer->view, _ ("Message"));
  hark_long_text_follow (GTK_TEXT_VIEW (composer->view));
  hark_spelling_follow (GTK_TEXT_VIEW (composer->view));
  hark_emoji_popover_follow (GTK_TEXT_VIEW (composer->view));
  g_signal_connect_after (composer->view, "size-allocate", G_CALLBACK (on_placed), NULL);
  g_signal_connect_object (buffer (composer), "changed", G_CALLBACK (on_changed), composer,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (composer->view, "size-allocate", G_CALLBACK (on_allocated), composer,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
hark_composer_set_reason (HarkComposer *composer, const char *reason)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  hark_widget_text (composer->reason, reason ? reason : "");
  gtk_widget_set_visible (composer->reason, reason != NULL);
  composer->closed = reason != NULL;
  gtk_widget_set_visible (composer->writing,
                          reason == NULL && !gtk_widget_get_visible (composer->recorder));
}

void
hark_composer_set_remedy (HarkComposer *composer, const char *label)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  hark_widget_button_text (composer->remedy, label ? label : "");
  gtk_widget_set_visible (composer->remedy, label != NULL);
}

char *
hark_composer_get_text (HarkComposer *composer)
{
  GtkTextIter start, end;

  g_return_val_if_fail (HARK_IS_COMPOSER (composer), NULL);

  gtk_text_buffer_get_bounds (buffer (composer), &start, &end);
  return hark_long_text_join (gtk_text_buffer_get_text (buffer (composer), &start, &end, FALSE));
}

void
hark_composer_set_text (HarkComposer *composer, const char *text)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  set_typing (composer, false);
  g_clear_handle_id (&composer->draft, g_source_remove);
  composer->quiet = true;
  gtk_text_buffer_set_text (buffer (composer), text, -1);
  composer->quiet = false;
}

bool
hark_composer_focus (HarkComposer *composer)
{
  g_return_val_if_fail (HARK_IS_COMPOSER (composer), false);

  if (composer->closed) { /* the sentence is read out, and Tab leads on to what can be done */
    gtk_widget_grab_focus (composer->reason);
    gtk_label_select_region (GTK_LABEL (composer->reason), 0, 0);
    return false;
  }
  gtk_widget_grab_focus (composer->view);
  return gtk_widget_get_mapped (composer->view) && gtk_widget_is_sensitive (composer->view);
}

void
hark_composer_set_context (HarkComposer *composer, const char *who, const char *line)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  if (who)
    hark_quote_set (HARK_QUOTE (composer->quote), who, line);
  gtk_widget_set_visible (composer->context, who != NULL);
}

void
hark_composer_set_hint (HarkComposer *composer, const char *hint)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  hark_widget_text (composer->hint, hint);
}

void
hark_composer_set_files (HarkComposer *composer, bool files)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  gtk_widget_set_visible (composer->attach, files);
}

void
hark_composer_set_clips (HarkComposer *composer, bool clips)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  composer->clips = clips;
  show_record (composer);
}

void
hark_composer_set_recording (HarkComposer *composer, const HarkRecording *recording)
{
  const bool was = gtk_widget_get_visible (composer->recorder);

  g_return_if_fail (HARK_IS_COMPOSER (composer));

  hark_recorder_bar_set (HARK_RECORDER_BAR (composer->recorder), recording);
  gtk_widget_set_visible (composer->writing, !recording && !composer->closed);
  if (was && !recording && !composer->closed)
    gtk_widget_grab_focus (composer->view);
}
