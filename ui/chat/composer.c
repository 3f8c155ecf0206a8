#include "ui/chat/composer.h"

#include "ui/widgets.h"

#define TYPING_PAUSE_S 5 /* without a key: not writing any more */

struct _HarkComposer {
  GtkBox parent_instance;
  GtkWidget *writing;
  GtkWidget *attach;
  GtkWidget *view;
  GtkWidget *hint;
  GtkWidget *send;
  GtkWidget *reason;
  bool typing;
  bool quiet; /* the text is set by us */
  guint pause;
};

G_DEFINE_TYPE (HarkComposer, hark_composer, GTK_TYPE_BOX)

enum { SIGNAL_SEND, SIGNAL_TYPING, SIGNAL_ATTACH, N_SIGNALS };
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

static void
on_changed (HarkComposer *composer)
{
  bool empty = gtk_text_buffer_get_char_count (buffer (composer)) == 0;

  gtk_widget_set_visible (composer->hint, empty);
  gtk_widget_set_sensitive (composer->send, !empty);
  if (composer->quiet)
    return;
  set_typing (composer, !empty);
  if (!empty) {
    g_clear_handle_id (&composer->pause, g_source_remove);
    composer->pause = g_timeout_add_seconds (TYPING_PAUSE_S, on_pause, composer);
  }
}

static void
on_send (HarkComposer *composer)
{
  g_autofree char *text = g_strstrip (hark_composer_get_text (composer));

  if (*text == '\0')
    return;
  set_typing (composer, false);
  hark_composer_set_text (composer, "");
  g_signal_emit (composer, signals[SIGNAL_SEND], 0, text);
  gtk_widget_grab_focus (composer->view);
}

static void
on_attach (HarkComposer *composer)
{
  g_signal_emit (composer, signals[SIGNAL_ATTACH], 0);
}

/* Enter sends, with Shift it begins a new line. */
static gboolean
on_key (HarkComposer *composer, GdkEventKey *event)
{
  bool enter = event->keyval == GDK_KEY_Return || event->keyval == GDK_KEY_KP_Enter;

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

static void
hark_composer_dispose (GObject *object)
{
  g_clear_handle_id (&HARK_COMPOSER (object)->pause, g_source_remove);
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
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/composer.ui");
  gtk_widget_class_bind_template_child (widgets, HarkComposer, writing);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, attach);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, view);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, hint);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, send);
  gtk_widget_class_bind_template_child (widgets, HarkComposer, reason);
  gtk_widget_class_bind_template_callback (widgets, on_send);
  gtk_widget_class_bind_template_callback (widgets, on_attach);
  gtk_widget_class_bind_template_callback (widgets, on_key);
  gtk_widget_class_bind_template_callback (widgets, on_drag);
}

static void
hark_composer_init (HarkComposer *composer)
{
  gtk_widget_init_template (GTK_WIDGET (composer));
  hark_widget_name (composer->attach, "Attach files");
  hark_widget_name (composer->send, "Send");
  hark_widget_spoken (composer->view, "Message");
  g_signal_connect_object (buffer (composer), "changed", G_CALLBACK (on_changed), composer,
                           G_CONNECT_SWAPPED);
}

void
hark_composer_set_reason (HarkComposer *composer, const char *reason)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  gtk_label_set_text (GTK_LABEL (composer->reason), reason ? reason : "");
  gtk_widget_set_visible (composer->reason, reason != NULL);
  gtk_widget_set_visible (composer->writing, reason == NULL);
}

char *
hark_composer_get_text (HarkComposer *composer)
{
  GtkTextIter start, end;

  g_return_val_if_fail (HARK_IS_COMPOSER (composer), NULL);

  gtk_text_buffer_get_bounds (buffer (composer), &start, &end);
  return gtk_text_buffer_get_text (buffer (composer), &start, &end, FALSE);
}

void
hark_composer_set_text (HarkComposer *composer, const char *text)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  set_typing (composer, false);
  composer->quiet = true;
  gtk_text_buffer_set_text (buffer (composer), text, -1);
  composer->quiet = false;
}

void
hark_composer_focus (HarkComposer *composer)
{
  g_return_if_fail (HARK_IS_COMPOSER (composer));

  gtk_widget_grab_focus (composer->view);
}
