#include "ui/people/person-row.h"

#include "ui/by-frame.h"
#include "ui/chat/header-words.h"
#include "ui/day.h"
#include "ui/fence.h"
#include "ui/language.h"
#include "ui/model/chats.h"
#include "ui/people/faces.h"
#include "ui/people/row-menu.h"
#include "ui/widgets.h"
#include "ui/words/messages.h"
#include "ui/words/people.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

struct _HarkPersonRow {
  GtkListBoxRow parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *avatar;
  GtkWidget *dot;
  GtkWidget *name;
  GtkWidget *time;
  GtkWidget *silent;
  GtkWidget *pinned;
  GtkWidget *line;
  GtkWidget *origin;
  GtkWidget *unread;
  GtkWidget *answers;
  GtkWidget *anyway; /* NULL: the name was never hidden */
  HarkFenced fenced_name;
  HarkFenced fenced_line;
};

G_DEFINE_TYPE (HarkPersonRow, hark_person_row, GTK_TYPE_LIST_BOX_ROW)

static guint signal_shown;

/* The face and the dot on it. Not "overlay": themes have rules for one below a first or only child,
 * for which GTK looks at the style of those in all rows whenever one comes, goes or moves. */
typedef GtkOverlay HarkPersonFace;
typedef GtkOverlayClass HarkPersonFaceClass;

GType hark_person_face_get_type (void);
G_DEFINE_TYPE (HarkPersonFace, hark_person_face, GTK_TYPE_OVERLAY)

static void
hark_person_face_class_init (HarkPersonFaceClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "face");
}

static void
hark_person_face_init (HarkPersonFace *face)
{
  (void) face;
}

static void show_again (GtkWidget *widget);

/* The newest row; in a group, with who wrote it. */
static char *
last_line (HarkClient *client, HarkPersonItem *person, HarkMessageItem *last)
{
  const HarkMessage *message = hark_message_item_get (last);
  g_autofree char *line = hark_words_line (message);
  g_autofree char *name = NULL;
  g_autofree char *apart = NULL;

  if (!message->has_group || message->outgoing || message->type == HARK_MESSAGE_IS_GROUP
      || message->type == HARK_MESSAGE_IS_CALL) /* that says itself who was there */
    return g_steal_pointer (&line);
  name = hark_language_apart (hark_chats_name_of (client, person, message));
  apart = hark_language_apart (line);
  return g_strdup_printf ("%s: %s", name, apart);
}

static char *
presence_line (HarkPersonItem *person, int64_t now_ms)
{
  const HarkGroupInfo *group = hark_person_item_get_group (person);

  if (group)
    return hark_words_group (group);
  if (hark_person_item_is_self (person))
    return g_strdup (_ ("Only for you"));
  return hark_words_presence (hark_person_item_get (person), now_ms);
}

/* @ret_last: set when it is that of a message. */
static char *
second_line (HarkClient *client,
             HarkPersonItem *person,
             int64_t now_ms,
             const HarkMessage **ret_last)
{
  const HarkPerson *value = hark_person_item_get (person);
  HarkMessageItem *last = hark_person_item_get_last (person);
  const char *draft = hark_person_item_get_draft (person);

  if (hark_person_item_get_typing (person))
    return hark_header_line (person);
  if (*draft != '\0' && !hark_header_why_not (person)) {
    g_autofree char *shown = hark_words_shown (draft, 120);

    g_strdelimit (shown, "\r\n\t", ' ');
    return g_strdup_printf (_ ("Draft: %s"), shown);
  }
  if (hark_person_item_get_group (person) && value->status == HARK_PERSON_REQUEST)
    return presence_line (person, now_ms);
  if (value->status == HARK_PERSON_REQUEST)
    return value->request_text && *value->request_text
             ? hark_words_shown (value->request_text, 256)
             : g_strdup (_ ("Wants to become your contact"));
  if (last && value->status != HARK_PERSON_BLOCKED) {
    *ret_last = hark_message_item_get (last);
    return last_line (client, person, last);
  }
  if (value->status_text && *value->status_text && value->presence == HARK_PRESENCE_ONLINE)
    return hark_words_shown (value->status_text, 140);
  return presence_line (person, now_ms);
}

/* (transfer full): the second line as it may be shown. */
static char *
fenced_line (HarkPersonRow *row, int64_t now_ms)
{
  const HarkMessage *last = NULL;
  g_autofree char *line = second_line (row->client, row->person, now_ms, &last);
  HarkDraw draw;

  if (last)
    draw = hark_fence_message (row->client, &row->fenced_line, HARK_FENCE_LINE, last);
  else
    draw = hark_fence_text (row->client, &row->fenced_line, HARK_FENCE_TEXT,
                            hark_person_item_get (row->person)->account, line);
  if (draw == HARK_DRAW_LATER)
    hark_fence_wait (row->client, GTK_WIDGET (row), show_again);
  return draw == HARK_DRAW_NOW     ? g_steal_pointer (&line)
         : draw == HARK_DRAW_LATER ? g_strdup ("…")
                                   : g_strdup (hark_fence_words ());
}

/* Returns: whether it may be shown now; hidden, other words stand in its place everywhere. */
static bool
fence_name (HarkPersonRow *row)
{
  const HarkPerson *person = hark_person_item_get (row->person);
  HarkDraw draw;

  if (hark_person_item_is_self (row->person) || hark_person_item_get_hidden_name (row->person))
    return true;
  draw = hark_fence_text (row->client, &row->fenced_name, HARK_FENCE_NAME, person->account,
                          person->name);
  if (draw == HARK_DRAW_LATER)
    hark_fence_wait (row->client, GTK_WIDGET (row), show_again);
  if (draw == HARK_DRAW_NEVER) {
    hark_fence_clear (&row->fenced_name);
    hark_person_item_hide_name (row->person, true);
  }
  return draw != HARK_DRAW_LATER;
}

static void
on_anyway (HarkPersonRow *row)
{
  hark_fence_open_name (row->client, row->person);
}

static void
offer_name (HarkPersonRow *row)
{
  const bool hidden = hark_person_item_get_hidden_name (row->person) != NULL;

  if (hidden && !row->anyway) {
    row->anyway = hark_fence_button ();
    gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (row->origin)), row->anyway);
    g_signal_connect_swapped (row->anyway, "clicked", G_CALLBACK (on_anyway), row);
  }
  if (row->anyway)
    gtk_widget_set_visible (row->anyway, hidden);
}

/* Why it has no name; of a request: which of our addresses they had, and whom they look like. */
static void
show_origin (HarkPersonRow *row, const HarkPerson *person)
{
  bool asks = person->status == HARK_PERSON_REQUEST;
  const bool hidden = hark_person_item_get_hidden_name (row->person) != NULL;
  g_autoptr (GString) words
    = g_string_new (hidden ? _ ("The name closed Hark when it was shown.") : NULL);

  if (asks && person->via && *person->via)
    g_string_append_printf (g_string_append (words, words->len > 0 ? " " : ""),
                            _ ("Came by your address “%s”."), person->via);
  if (asks && person->resembles)
    g_string_append_printf (g_string_append (words, words->len > 0 ? " " : ""),
                            _ ("The name looks like %s, but this is somebody else."),
                            person->resembles);
  hark_widget_text (row->origin, words->str);
  gtk_widget_set_visible (row->origin, words->len > 0);
  hark_widget_class (row->origin, "problem", asks && person->resembles);
}

static void
show_dot (HarkPersonRow *row, const HarkPerson *person, const char *presence)
{
  bool online = person->presence == HARK_PRESENCE_ONLINE;
  bool trying = person->presence == HARK_PRESENCE_CONNECTING;
  bool away = online && person->availability == HARK_AWAY;
  bool busy = online && person->availability == HARK_BUSY;

  hark_widget_class (row->dot, "away", away);
  hark_widget_class (row->dot, "busy", busy);
  hark_widget_class (row->dot, "online", online);
  hark_widget_class (row->dot, "trying", trying);
  gtk_widget_set_visible (row->dot, online || trying);
  hark_widget_tip (row->dot, presence);
}

static void
show_unread (HarkPersonRow *row, unsigned unread)
{
  g_autofree char *number = unread > 0 ? g_strdup_printf ("%u", unread) : g_strdup ("•");
  bool marked = unread > 0 || hark_person_item_is_marked (row->person);

  hark_widget_text (row->unread, number);
  gtk_widget_set_visible (row->unread, marked);
  hark_widget_class (row->name, "unread", marked);
}

static void
show (HarkPersonRow *row)
{
  const bool named = fence_name (row);
  const HarkPerson *person = hark_person_item_get (row->person);
  const char *name = named ? person->name : "…";
  int64_t now_ms = g_get_real_time () / 1000;
  bool asks = person->status == HARK_PERSON_REQUEST;
  unsigned unread = hark_person_item_get_unread (row->person);
  HarkMessageItem *last = hark_person_item_get_last (row->person);
  g_autofree char *line = fenced_line (row, now_ms);
  g_autofree char *presence = presence_line (row->person, now_ms);
  g_autofree char *time = NULL;
  g_autofree char *spoken = NULL;

  if (last) {
    int64_t sent_ms = hark_message_item_get (last)->sent_ms;

    time = hark_words_same_day (sent_ms, now_ms) ? hark_words_time (sent_ms)
                                                 : hark_words_day (sent_ms, now_ms);
  }
  if (named)
    hark_face_show (HDY_AVATAR (row->avatar), row->client, row->person);
  hark_widget_text (row->name, name);
  hark_widget_text (row->line, line);
  gtk_label_set_lines (GTK_LABEL (row->line), asks ? 4 : 1);
  hark_widget_text (row->time, time ? time : "");
  gtk_widget_set_visible (row->answers, asks);
  show_dot (row, person, presence);
  show_unread (row, unread);
  show_origin (row, person);
  offer_name (row);
  gtk_widget_set_visible (row->pinned, hark_person_item_is_pinned (row->person));
  gtk_widget_set_visible (row->silent, hark_person_item_is_silent (row->person, now_ms));
  if (strcmp (presence, line) != 0 && g_str_has_suffix (presence, "."))
    presence[strlen (presence) - 1] = '\0'; /* more follows */
  spoken = unread > 0
             ? g_strdup_printf (ngettext ("%s, %s, %u unread. %s", "%s, %s, %u unread. %s", unread),
                                name, presence, unread, line)
           : strcmp (presence, line) == 0 ? g_strdup_printf ("%s, %s", name, presence)
                                          : g_strdup_printf ("%s, %s. %s", name, presence, line);
  hark_widget_spoken (GTK_WIDGET (row), spoken);
}

static bool
show_changes (GtkWidget *widget)
{
  show (HARK_PERSON_ROW (widget));
  g_signal_emit (widget, signal_shown, 0);
  return false;
}

static void
on_changed (HarkPersonRow *row)
{
  hark_by_frame (GTK_WIDGET (row), show_changes);
}

static void
show_again (GtkWidget *widget)
{
  if (HARK_PERSON_ROW (widget)->person)
    show_changes (widget);
}

static void
on_day_turned (void *row)
{
  show_again (row);
}

static void
on_accept (HarkPersonRow *row)
{
  bool group = hark_person_item_get_group (row->person) != NULL;

  hark_client_send_to (row->client, group ? HARK_COMMAND_GROUP_ACCEPT : HARK_COMMAND_ACCEPT,
                       row->person);
  g_signal_emit_by_name (row, "activate"); /* whoever says yes wants to see who it is */
}

static void
on_decline (HarkPersonRow *row)
{
  bool group = hark_person_item_get_group (row->person) != NULL;

  hark_client_send_to (row->client, group ? HARK_COMMAND_GROUP_LEAVE : HARK_COMMAND_DECLINE,
                       row->person);
}

static gboolean
hark_person_row_button_press_event (GtkWidget *widget, GdkEventButton *event)
{
  HarkPersonRow *row = HARK_PERSON_ROW (widget);

  return gdk_event_triggers_context_menu ((GdkEvent *) event)
         && hark_person_row_popup (row, (GdkEvent *) event);
}

static gboolean
hark_person_row_popup_menu (GtkWidget *widget)
{
  return hark_person_row_popup (HARK_PERSON_ROW (widget), NULL);
}

static void
hark_person_row_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  HarkPersonRow *row = HARK_PERSON_ROW (widget);

  hark_fence_lay_out (row->client, &row->fenced_name);
  hark_fence_lay_out (row->client, &row->fenced_line);
  GTK_WIDGET_CLASS (hark_person_row_parent_class)->get_preferred_width (widget, minimum, natural);
}

static gboolean
hark_person_row_draw (GtkWidget *widget, cairo_t *cr)
{
  HarkPersonRow *row = HARK_PERSON_ROW (widget);

  if (!hark_fence_paint (row->client, &row->fenced_name, widget)
      || !hark_fence_paint (row->client, &row->fenced_line, widget))
    return GDK_EVENT_PROPAGATE;
  return GTK_WIDGET_CLASS (hark_person_row_parent_class)->draw (widget, cr);
}

static void
hark_person_row_dispose (GObject *object)
{
  HarkPersonRow *row = HARK_PERSON_ROW (object);

  hark_fence_clear (&row->fenced_name);
  hark_fence_clear (&row->fenced_line);
  g_clear_object (&row->client);
  g_clear_object (&row->person);
  G_OBJECT_CLASS (hark_person_row_parent_class)->dispose (object);
}

static void
hark_person_row_class_init (HarkPersonRowClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_person_row_dispose;
  signal_shown = g_signal_new ("shown-anew", HARK_TYPE_PERSON_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  widgets->draw = hark_person_row_draw;
  widgets->button_press_event = hark_person_row_button_press_event;
  widgets->popup_menu = hark_person_row_popup_menu;
  widgets->get_preferred_width = hark_person_row_get_preferred_width;
  g_type_ensure (hark_person_face_get_type ());
  gtk_widget_class_set_css_name (widgets, "person"); /* as ui/chat/message-row.c */
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/person-row.ui");
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, avatar);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, dot);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, name);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, time);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, silent);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, pinned);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, line);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, origin);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, unread);
  gtk_widget_class_bind_template_child (widgets, HarkPersonRow, answers);
  gtk_widget_class_bind_template_callback (widgets, on_accept);
  gtk_widget_class_bind_template_callback (widgets, on_decline);
}

static void
hark_person_row_init (HarkPersonRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
  hark_widget_name (row->silent, _ ("No notices"));
  hark_widget_name (row->pinned, _ ("Pinned"));
}

GtkWidget *
hark_person_row_new (HarkClient *client, HarkPersonItem *person)
{
  HarkPersonRow *row = g_object_new (HARK_TYPE_PERSON_ROW, NULL);

  row->client = g_object_ref (client);
  row->person = g_object_ref (person);
  g_signal_connect_object (person, "changed", G_CALLBACK (on_changed), row, G_CONNECT_SWAPPED);
  hark_day_follow (G_OBJECT (row), on_day_turned);
  hark_row_menu_install (GTK_WIDGET (row), client, person);
  show (row);
  return GTK_WIDGET (row);
}

HarkPersonItem *
hark_person_row_get_person (HarkPersonRow *row)
{
  g_return_val_if_fail (HARK_IS_PERSON_ROW (row), NULL);

  return row->person;
}

/* Words by how they begin; GLib knows none of an emoji, and takes that for everything. */
static bool
finds (const char *shown, const char *wanted)
{
  for (const char *at = wanted; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_isalnum (g_utf8_get_char (at)))
      return g_str_match_string (wanted, shown, TRUE);
  return strstr (shown, wanted) != NULL;
}

bool
hark_person_row_popup (HarkPersonRow *row, const GdkEvent *event)
{
  g_return_val_if_fail (HARK_IS_PERSON_ROW (row), false);

  return hark_row_menu_popup (GTK_WIDGET (row), row->person, event);
}

bool
hark_person_row_matches (HarkPersonRow *row, const char *text)
{
  g_autofree char *wanted = g_strstrip (g_strdup (text));

  g_return_val_if_fail (HARK_IS_PERSON_ROW (row), false);

  return finds (gtk_label_get_text (GTK_LABEL (row->name)), wanted)
         || finds (gtk_label_get_text (GTK_LABEL (row->line)), wanted);
}

bool
hark_person_row_would_match (HarkClient *client, HarkPersonItem *person, const char *text)
{
  g_autofree char *wanted = g_strstrip (g_strdup (text));
  const HarkMessage *last = NULL;
  g_autofree char *line = NULL;

  g_return_val_if_fail (HARK_IS_PERSON_ITEM (person), false);

  if (finds (hark_person_item_get (person)->name, wanted))
    return true;
  line = second_line (client, person, g_get_real_time () / 1000, &last);
  return finds (line, wanted);
}
