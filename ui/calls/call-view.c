#include "ui/calls/call-view.h"

#include "ui/calls/call-buttons.h"
#include "ui/calls/devices.h"
#include "ui/calls/light.h"
#include "ui/language.h"
#include "ui/model/chats.h"
#include "ui/people/faces.h"
#include "ui/people/safety-dialog.h"
#include "ui/widgets.h"
#include "ui/words/calls.h"

#include <glib/gi18n.h>

#define FACE_PX 56

struct _HarkCallView {
  GtkBox parent_instance;
  HarkClient *client;
  HarkCallItem *call;
  GtkWidget *face;
  GtkWidget *who;
  GtkWidget *figures; /* a line: light, quality, path */
  GtkWidget *light;
  GtkWidget *quality;
  GtkWidget *advice;
  GtkWidget *note;
  GtkWidget *trust; /* words, button: beside each other they would not go into 360 pixels */
  GtkWidget *words;
  GtkWidget *buttons;
  GtkWidget *devices;
  guint tick;
};

G_DEFINE_TYPE (HarkCallView, hark_call_view, GTK_TYPE_BOX)

static guint signal_record;

static HarkPersonItem *
person_of (HarkCallView *view)
{
  return hark_client_find (view->client, hark_call_item_get (view->call)->contact);
}

static void
set_text (GtkWidget *label, const char *text)
{
  hark_widget_text (label, text ? text : "");
  gtk_widget_set_visible (label, text != NULL);
}

/* ---- what it looks like ---- */

/* The colour repeats what stands beside it. */
static void
show_figures (HarkCallView *view)
{
  const HarkCallStats *stats = hark_call_item_get_stats (view->call);
  HarkPersonItem *person = person_of (view);
  bool shown = stats && hark_call_item_get (view->call)->phase == HARK_ACTIVE;
  g_autofree char *quality = NULL;
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (view->figures, shown);
  set_text (view->advice, shown ? hark_call_item_get_advice (view->call) : NULL);
  if (!shown)
    return;
  quality = hark_words_quality (stats);
  path = hark_words_call_path (stats->path, person ? hark_person_item_get (person)->relay : NULL);
  text = path ? g_strdup_printf ("%s · %s", quality, path) : g_strdup (quality);
  set_text (view->quality, text);
  hark_light_show (view->light, hark_words_quality_of (stats));
}

/* What the user should know now; screen readers say it when it appears. */
static void
show_note (HarkCallView *view)
{
  HarkCallItem *other = hark_client_get_other_call (view->client, view->call);
  HarkPersonItem *person
    = other ? hark_client_find (view->client, hark_call_item_get (other)->contact) : NULL;
  g_autofree char *name
    = hark_language_apart (person ? hark_person_item_get (person)->name : _ ("Somebody"));
  g_autofree char *held = NULL;

  if (hark_call_item_talks_muted (view->call)) {
    set_text (view->note, _ ("You are muted: they do not hear you."));
  } else if (other && hark_call_item_is_ringing (view->call)) {
    held = g_strdup_printf (_ ("If you answer, your call with %s is put on hold."), name);
    set_text (view->note, held);
  } else {
    set_text (view->note, NULL);
  }
}

static void
show_words (HarkCallView *view)
{
  HarkPersonItem *person = person_of (view);
  const char *name = person ? hark_person_item_get (person)->name : _ ("Somebody");
  g_autofree char *words = hark_words_call (hark_call_item_get (view->call), name,
                                            hark_call_item_get_seconds (view->call));

  hark_widget_text (view->who, words);
  show_note (view);
}

/* Offered until it is known who it is; the words themselves as soon as there are some. */
static void
show_trust (HarkCallView *view)
{
  HarkPersonItem *person = person_of (view);
  const char *words = person ? hark_chats_words (person) : NULL;
  bool open = hark_call_item_get (view->call)->phase == HARK_ACTIVE && person
              && hark_person_item_get (person)->verified == 0;
  g_autofree char *text = words ? g_strdup_printf (_ ("Say to each other: %s"), words) : NULL;

  gtk_widget_set_visible (view->trust, open);
  set_text (view->words, text);
}

static gboolean
on_tick (void *data)
{
  show_words (data);
  return G_SOURCE_CONTINUE;
}

static void
look (HarkCallView *view)
{
  const HarkCall *call = hark_call_item_get (view->call);
  bool on = hark_call_item_is_on (view->call);

  show_words (view);
  show_figures (view);
  show_trust (view);
  hark_call_buttons_show (HARK_CALL_BUTTONS (view->buttons), view->call);
  gtk_widget_set_visible (view->devices, on && !call->held_here);
  hark_call_devices_follow (view->devices, on ? view->call : NULL);
  hark_widget_class (GTK_WIDGET (view), "ringing", hark_call_item_is_ringing (view->call));
  hark_widget_class (GTK_WIDGET (view), "ended", hark_call_item_is_over (view->call));
  if (on && view->tick == 0)
    view->tick = g_timeout_add_seconds (1, on_tick, view);
  else if (!on)
    g_clear_handle_id (&view->tick, g_source_remove);
}

static void
let_go (HarkCallView *view)
{
  g_clear_handle_id (&view->tick, g_source_remove);
  if (view->call)
    g_signal_handlers_disconnect_by_data (view->call, view);
  g_clear_object (&view->call);
}

void
hark_call_view_show (HarkCallView *view, HarkCallItem *call)
{
  g_return_if_fail (HARK_IS_CALL_VIEW (view));

  if (call != view->call) {
    let_go (view);
    if (call) {
      view->call = g_object_ref (call);
      g_signal_connect_swapped (call, "changed", G_CALLBACK (look), view);
      if (person_of (view))
        hark_face_show (HDY_AVATAR (view->face), view->client, person_of (view));
    }
  }
  if (call)
    look (view);
  gtk_widget_set_visible (GTK_WIDGET (view), call != NULL);
}

/* ---- clicks ---- */

/* Both read three words to each other: then they know that nobody is between them. */
static void
on_compare (HarkCallView *view)
{
  HarkPersonItem *person = person_of (view);
  GtkWidget *dialog;

  if (!person)
    return;
  dialog = hark_safety_dialog_new (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (view))),
                                   view->client, person);
  hark_safety_dialog_show_words (HARK_SAFETY_DIALOG (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_record (HarkCallView *view)
{
  if (person_of (view))
    g_signal_emit (view, signal_record, 0, person_of (view));
}

static void
on_told (HarkCallView *view, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_WORDS && view->call)
    show_trust (view);
}

/* ---- life ---- */

static void
hark_call_view_dispose (GObject *object)
{
  HarkCallView *view = HARK_CALL_VIEW (object);

  let_go (view);
  g_clear_object (&view->client);
  G_OBJECT_CLASS (hark_call_view_parent_class)->dispose (object);
}

static void
hark_call_view_class_init (HarkCallViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_call_view_dispose;
  signal_record = g_signal_new ("record", HARK_TYPE_CALL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
}

static void
add_lines (HarkCallView *view, GtkWidget *lines)
{
  GtkWidget *compare = gtk_button_new_with_label (_ ("Compare Words"));

  view->who = hark_widget_add_label (lines, "who", 18);
  view->figures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  view->light = hark_light_new ();
  gtk_container_add (GTK_CONTAINER (view->figures), view->light);
  view->quality = hark_widget_add_label (view->figures, "small", 18);
  gtk_container_add (GTK_CONTAINER (lines), view->figures);
  view->advice = hark_widget_add_label (lines, "small", 18);
  view->note = hark_widget_add_label (lines, "note", 18);
  atk_object_set_role (gtk_widget_get_accessible (view->advice), ATK_ROLE_NOTIFICATION);
  atk_object_set_role (gtk_widget_get_accessible (view->note), ATK_ROLE_NOTIFICATION);
  view->trust = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  view->words = hark_widget_add_label (view->trust, "who", 18);
  gtk_widget_set_halign (compare, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (view->trust), compare);
  gtk_container_add (GTK_CONTAINER (lines), view->trust);
  g_signal_connect_swapped (compare, "clicked", G_CALLBACK (on_compare), view);
}

static void
hark_call_view_init (HarkCallView *view)
{
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 14);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (view), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (view), 10);
  hark_widget_class (GTK_WIDGET (view), "call-view", true);
  hark_widget_spoken (GTK_WIDGET (view), _ ("Call"));
  view->face = hdy_avatar_new (FACE_PX, NULL, TRUE);
  gtk_widget_set_valign (view->face, GTK_ALIGN_START);
  gtk_container_add (GTK_CONTAINER (top), view->face);
  add_lines (view, lines);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (top), lines);
  gtk_container_add (GTK_CONTAINER (view), top);
}

GtkWidget *
hark_call_view_new (HarkClient *client)
{
  HarkCallView *view = g_object_new (HARK_TYPE_CALL_VIEW, NULL);

  view->client = g_object_ref (client);
  view->buttons = hark_call_buttons_new (client);
  hark_call_buttons_set_beside_row (HARK_CALL_BUTTONS (view->buttons));
  gtk_widget_set_halign (view->buttons, GTK_ALIGN_CENTER);
  view->devices = hark_call_devices_new (client);
  hark_call_buttons_add (HARK_CALL_BUTTONS (view->buttons), view->devices);
  gtk_widget_show_all (GTK_WIDGET (view));
  gtk_container_add (GTK_CONTAINER (view), view->buttons);
  gtk_widget_hide (GTK_WIDGET (view));
  gtk_widget_set_no_show_all (GTK_WIDGET (view), TRUE);
  g_signal_connect_swapped (view->buttons, "record", G_CALLBACK (on_record), view);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), view, G_CONNECT_SWAPPED);
  return GTK_WIDGET (view);
}
