#include "ui/chat/message-row.h"

#include "ui/by-frame.h"
#include "ui/chat/answered.h"
#include "ui/chat/call-offers.h"
#include "ui/chat/clip-view.h"
#include "ui/chat/file-view.h"
#include "ui/chat/links.h"
#include "ui/chat/message-menu.h"
#include "ui/chat/message-text.h"
#include "ui/chat/quote.h"
#include "ui/chat/reactions.h"
#include "ui/chat/rights.h"
#include "ui/day.h"
#include "ui/fence.h"
#include "ui/model/chats.h"
#include "ui/widgets.h"
#include "ui/words/calls.h"
#include "ui/words/messages.h"

#include <glib/gi18n.h>

#define FLASH_MS 900

struct _HarkMessageRow {
  GtkEventBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person;   /* NULL: no message */
  HarkMessageItem *message; /* NULL: no message */
  GtkWidget *side;
  GtkWidget *above;  /* there and empty for most: GTK looks at the style of all below what comes */
  GtkWidget *day;    /* NULL: none was above it yet */
  GtkWidget *unread; /* NULL: none was above it yet */
  GtkWidget *bubble;
  GtkWidget *author;
  GtkWidget *icon;
  GtkWidget *text;
  GtkWidget *more;
  GtkWidget *foot_box;
  GtkWidget *foot;
  GtkWidget *clip;      /* NULL: no voice message */
  GtkWidget *file;      /* NULL: no file */
  GtkWidget *offers;    /* NULL: no call that nobody took */
  GtkWidget *quote;     /* NULL: answers nothing */
  GtkWidget *edited;    /* NULL: was never edited */
  GtkWidget *reactions; /* NULL: had none yet */
  GtkWidget *anyway;    /* NULL: it is open */
  HarkFenced fenced;
  bool closed; /* other words stand in its place: it would end Hark, or waits to be tried */
  bool whole;  /* however long it is */
  guint flash;
  GtkGesture *press;
};

G_DEFINE_TYPE (HarkMessageRow, hark_message_row, GTK_TYPE_EVENT_BOX)

enum { SIGNAL_REPLY, SIGNAL_EDIT, SIGNAL_JUMP, N_SIGNALS };
static guint signals[N_SIGNALS];

static void fill (HarkMessageRow *row);

static const HarkMessage *
value (HarkMessageRow *row)
{
  return hark_message_item_get (row->message);
}

/* ---- parts that few rows have ---- */

static void
on_quote_clicked (HarkMessageRow *row)
{
  g_signal_emit (row, signals[SIGNAL_JUMP], 0);
}

static void
make_quote (HarkMessageRow *row)
{
  row->quote = hark_answered_new (row->client, row->person, value (row)->reply_to);
  hark_quote_set_clicked (HARK_QUOTE (row->quote), _ ("Go to the message this answers"),
                          G_CALLBACK (on_quote_clicked), row);
  gtk_box_pack_start (GTK_BOX (row->bubble), row->quote, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (row->bubble), row->quote, 0);
}

static void
show_edited (HarkMessageRow *row)
{
  bool edited = value (row)->edits > 0 && !value (row)->deleted;

  if (edited && !row->edited) {
    row->edited = gtk_button_new_with_label (_ ("edited"));
    hark_widget_name (row->edited, _ ("Edited: show every version"));
    gtk_button_set_relief (GTK_BUTTON (row->edited), GTK_RELIEF_NONE);
    hark_widget_class (row->edited, "edited", true);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (row->edited), "message.versions");
    gtk_box_pack_start (GTK_BOX (row->foot_box), row->edited, FALSE, FALSE, 0);
  }
  if (row->edited)
    gtk_widget_set_visible (row->edited, edited);
}

static void
show_reactions (HarkMessageRow *row)
{
  if (!row->reactions && (!value (row)->reactions || value (row)->reactions->len == 0))
    return;
  if (!row->reactions) {
    row->reactions = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
    gtk_widget_set_halign (row->reactions, gtk_widget_get_halign (row->bubble));
    hark_widget_class (row->reactions, "reactions", true);
    gtk_box_pack_start (GTK_BOX (row->side), row->reactions, FALSE, FALSE, 0);
  }
  hark_reactions_fill (GTK_CONTAINER (row->reactions), row->client, row->person, row->message,
                       hark_rights_can_react (row->person, value (row)));
}

/* ---- all of it ---- */

static void
tell_foot (HarkMessageRow *row)
{
  const HarkMessage *message = value (row);
  const HarkPerson *person = hark_person_item_get (row->person);
  const char *author = hark_chats_name_of (row->client, row->person, message);
  const char *reason = hark_message_item_get_reason (row->message);
  bool told = message->outgoing && hark_rights_is_words (message)
              && !hark_person_item_is_self (row->person);
  bool waiting = told && message->state == HARK_STATE_QUEUED;
  const HarkGroupInfo *group = hark_person_item_get_group (row->person);
  g_autofree char *readers = told && group ? hark_words_readers (message, group) : NULL;
  g_autofree char *state = readers ? g_steal_pointer (&readers)
                           : told  ? hark_words_state (message, person)
                                   : NULL;
  g_autofree char *foot = hark_words_foot (message, state, g_get_real_time () / 1000);
  g_autofree char *line = hark_words_line (message);
  const bool said = !message->outgoing && message->type != HARK_MESSAGE_IS_GROUP;
  g_autofree char *spoken = said ? g_strdup_printf ("%s: %s, %s", author, line, foot)
                                 : g_strdup_printf ("%s, %s", line, foot);

  hark_widget_text (row->author, author);
  gtk_widget_set_visible (row->author, message->has_group && said);
  hark_widget_text (row->foot, foot);
  hark_widget_tip (row->foot, !waiting ? NULL : reason ? reason : person->reason);
  hark_widget_class (row->bubble, "waiting", waiting);
  hark_widget_spoken (GTK_WIDGET (row), spoken);
}

static void
show_foot (HarkMessageRow *row)
{
  if (!row->closed)
    tell_foot (row);
}

static void
show_text (HarkMessageRow *row)
{
  const HarkMessage *message = value (row);
  g_autofree char *note = hark_words_note (message, hark_person_item_get (row->person));
  bool all = true;

  if (note)
    hark_message_text_say (HARK_MESSAGE_TEXT (row->text), note);
  else
    all = hark_message_text_set (HARK_MESSAGE_TEXT (row->text), message->text, row->whole);
  gtk_widget_set_visible (row->more, !all);
  hark_widget_class (row->text, "note", note != NULL);
}

static void
show (HarkMessageRow *row)
{
  show_foot (row);
  show_edited (row);
  show_reactions (row);
  hark_message_menu_update (GTK_WIDGET (row));
}

static void
show_clip (HarkMessageRow *row)
{
  row->clip = hark_clip_view_new (row->client, row->person, row->message);
  gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (row->text)), row->clip);
  gtk_widget_hide (row->text);
}

static void
show_file (HarkMessageRow *row)
{
  row->file = g_object_new (HARK_TYPE_FILE_VIEW, "visible", TRUE, NULL);
  hark_file_view_set (HARK_FILE_VIEW (row->file), row->client, row->person, row->message);
  gtk_container_add (GTK_CONTAINER (gtk_widget_get_parent (row->text)), row->file);
  gtk_widget_hide (row->text);
}

static void
show_call (HarkMessageRow *row)
{
  const HarkMessage *message = value (row);
  g_autofree char *words = hark_words_call_row (message);
  const char *icon = "call-missed-symbolic";

  if (message->outgoing)
    icon = "call-outgoing-symbolic";
  else if (message->ref > 0)
    icon = "call-incoming-symbolic";
  gtk_image_set_from_icon_name (GTK_IMAGE (row->icon), icon, GTK_ICON_SIZE_BUTTON);
  gtk_widget_show (row->icon);
  gtk_label_set_text (GTK_LABEL (row->text), words);
  hark_widget_class (row->text, "note", false);
  if (message->ref > 0)
    return;
  row->offers = hark_call_offers_new (message->outgoing);
  gtk_container_add (GTK_CONTAINER (row->bubble), row->offers);
  gtk_box_reorder_child (GTK_BOX (row->bubble), row->offers, 2);
}

static void
show_changes (HarkMessageRow *row)
{
  HarkMessageType type = value (row)->type;

  if (row->clip && value (row)->deleted) {
    g_clear_pointer (&row->clip, gtk_widget_destroy);
    gtk_widget_show (row->text);
  }
  if (!row->clip && type == HARK_MESSAGE_IS_CLIP && !value (row)->deleted)
    show_clip (row); /* it has come */
  if (type != HARK_MESSAGE_IS_FILE && type != HARK_MESSAGE_IS_CALL && !row->clip)
    show_text (row);
  if (!row->quote && value (row)->has_reply_to && !value (row)->deleted)
    make_quote (row);
  if (row->quote && value (row)->deleted)
    gtk_widget_hide (row->quote);
  show (row);
}

/* The parts that few rows have are made anew for the next one. */
static void
drop_parts (HarkMessageRow *row)
{
  GtkWidget **const parts[] = {&row->clip,   &row->file,      &row->offers, &row->quote,
                               &row->edited, &row->reactions, &row->anyway};

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_clear_pointer (parts[i], gtk_widget_destroy);
}

/* For the first time, or after other words stood in its place. */
static void
show_parts (HarkMessageRow *row)
{
  const HarkMessageType type = value (row)->type;

  if (type == HARK_MESSAGE_IS_FILE)
    show_file (row);
  else if (type == HARK_MESSAGE_IS_CALL)
    show_call (row);
  else if (type == HARK_MESSAGE_IS_CLIP && !value (row)->deleted)
    show_clip (row);
  else
    show_text (row);
  if (value (row)->has_reply_to && !value (row)->deleted)
    make_quote (row);
  show (row);
}

static void
on_anyway (HarkMessageRow *row)
{
  hark_fence_open_message (row->client, value (row));
  g_signal_emit_by_name (row->person, "changed"); /* the list shows it, too */
  g_signal_emit_by_name (row->message, "changed");
}

/* Nothing of it is laid out. It can be copied, and is exported as ever. */
static void
show_closed (HarkMessageRow *row, const char *words, bool never)
{
  g_autofree char *foot = hark_words_foot (value (row), NULL, g_get_real_time () / 1000);

  drop_parts (row);
  gtk_widget_hide (row->icon);
  gtk_widget_hide (row->more);
  gtk_widget_hide (row->author);
  gtk_widget_show (row->text);
  hark_message_text_set (HARK_MESSAGE_TEXT (row->text), words, true);
  hark_widget_class (row->text, "note", true);
  hark_widget_text (row->foot, foot);
  hark_widget_spoken (GTK_WIDGET (row), words);
  hark_message_menu_update (GTK_WIDGET (row));
  if (!never)
    return;
  row->anyway = hark_fence_button ();
  gtk_container_add (GTK_CONTAINER (row->bubble), row->anyway);
  gtk_box_reorder_child (GTK_BOX (row->bubble), row->anyway, 2);
  g_signal_connect_swapped (row->anyway, "clicked", G_CALLBACK (on_anyway), row);
}

static void
try_again (GtkWidget *widget)
{
  HarkMessageRow *row = HARK_MESSAGE_ROW (widget);

  if (row->message && row->closed)
    fill (row);
}

static void
fill (HarkMessageRow *row)
{
  const HarkDraw draw = hark_fence_message (row->client, &row->fenced, HARK_FENCE_ROW, value (row));
  const bool was_closed = row->closed;

  row->closed = draw != HARK_DRAW_NOW;
  if (row->closed)
    show_closed (row, draw == HARK_DRAW_NEVER ? hark_fence_words () : "…", draw == HARK_DRAW_NEVER);
  if (draw == HARK_DRAW_LATER)
    hark_fence_wait (row->client, GTK_WIDGET (row), try_again);
  if (row->closed)
    return;
  g_clear_pointer (&row->anyway, gtk_widget_destroy);
  if (was_closed)
    show_parts (row);
  else
    show_changes (row);
}

static bool
fill_again (GtkWidget *widget)
{
  HarkMessageRow *row = HARK_MESSAGE_ROW (widget);

  if (!row->message)
    return false; /* it waits for its next one */
  hark_fence_clear (&row->fenced);
  fill (row);
  return false;
}

static void
on_changed (HarkMessageRow *row)
{
  hark_by_frame (GTK_WIDGET (row), fill_again);
}

static bool
show_foot_again (GtkWidget *widget)
{
  if (HARK_MESSAGE_ROW (widget)->message)
    show_foot (HARK_MESSAGE_ROW (widget));
  return false;
}

static void
on_person_changed (HarkMessageRow *row)
{
  hark_by_frame (GTK_WIDGET (row), show_foot_again);
}

static void
on_more (HarkMessageRow *row)
{
  row->whole = true;
  show_text (row);
}

static void
on_link (HarkMessageRow *row, const char *link)
{
  hark_links_open (GTK_WIDGET (row), link);
}

static gboolean
on_press (HarkMessageRow *row, GdkEventButton *event)
{
  if (!row->message)
    return GDK_EVENT_PROPAGATE;
  if (!gdk_event_triggers_context_menu ((GdkEvent *) event))
    return GDK_EVENT_PROPAGATE;
  hark_message_menu_popup (GTK_WIDGET (row), (GdkEvent *) event);
  return GDK_EVENT_STOP;
}

/* A finger has no second button. */
static void
on_long_press (HarkMessageRow *row, double x, double y, GtkGesture *press)
{
  (void) x;
  (void) y;
  if (!row->message)
    return;
  hark_message_menu_popup (
    GTK_WIDGET (row),
    gtk_gesture_get_last_event (press, gtk_gesture_get_last_updated_sequence (press)));
  gtk_gesture_set_state (press, GTK_EVENT_SEQUENCE_CLAIMED);
}

static gboolean
on_popup_menu (HarkMessageRow *row)
{
  hark_message_menu_popup (GTK_WIDGET (row), NULL);
  return TRUE;
}

static gboolean
hark_message_row_button_press (GtkWidget *widget, GdkEventButton *event)
{
  if (on_press (HARK_MESSAGE_ROW (widget), event) == GDK_EVENT_STOP)
    return GDK_EVENT_STOP;
  gtk_widget_grab_focus (widget);
  return GTK_WIDGET_CLASS (hark_message_row_parent_class)->button_press_event
           ? GTK_WIDGET_CLASS (hark_message_row_parent_class)->button_press_event (widget, event)
           : GDK_EVENT_PROPAGATE;
}

static gboolean
hark_message_row_popup_menu (GtkWidget *widget)
{
  return on_popup_menu (HARK_MESSAGE_ROW (widget));
}

static gboolean
hark_message_row_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (gtk_widget_has_focus (widget) && hark_message_menu_key (widget, event) == GDK_EVENT_STOP)
    return GDK_EVENT_STOP;
  return GTK_WIDGET_CLASS (hark_message_row_parent_class)->key_press_event (widget, event);
}

/* Into its parts and back; from row to row goes the list. */
static gboolean
hark_message_row_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *side = HARK_MESSAGE_ROW (widget)->side;
  bool within = gtk_container_get_focus_child (GTK_CONTAINER (widget)) != NULL;
  bool mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  bool back
    = direction == (mirrored ? GTK_DIR_RIGHT : GTK_DIR_LEFT) || direction == GTK_DIR_TAB_BACKWARD;
  bool into
    = direction == (mirrored ? GTK_DIR_LEFT : GTK_DIR_RIGHT) || direction == GTK_DIR_TAB_FORWARD;

  if (gtk_widget_has_focus (widget))
    return into && gtk_widget_child_focus (side, direction);
  if (within && gtk_widget_child_focus (side, direction))
    return TRUE;
  if (within && !back)
    return FALSE;
  gtk_widget_grab_focus (widget);
  return TRUE;
}

static gboolean
hark_message_row_draw (GtkWidget *widget, cairo_t *cr)
{
  if (!hark_fence_paint (HARK_MESSAGE_ROW (widget)->client, &HARK_MESSAGE_ROW (widget)->fenced,
                         widget))
    return GDK_EVENT_PROPAGATE;
  GTK_WIDGET_CLASS (hark_message_row_parent_class)->draw (widget, cr);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (gtk_widget_get_style_context (widget), cr, 0, 0,
                      gtk_widget_get_allocated_width (widget),
                      gtk_widget_get_allocated_height (widget));
  return GDK_EVENT_PROPAGATE;
}

static void
hark_message_row_get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  HarkMessageRow *row = HARK_MESSAGE_ROW (widget);

  hark_fence_lay_out (row->client, &row->fenced);
  GTK_WIDGET_CLASS (hark_message_row_parent_class)->get_preferred_width (widget, minimum, natural);
}

static void
hark_message_row_dispose (GObject *object)
{
  HarkMessageRow *row = HARK_MESSAGE_ROW (object);

  g_clear_handle_id (&row->flash, g_source_remove);
  hark_fence_clear (&row->fenced);
  g_clear_object (&row->press);
  g_clear_object (&row->client);
  g_clear_object (&row->person);
  g_clear_object (&row->message);
  G_OBJECT_CLASS (hark_message_row_parent_class)->dispose (object);
}

static void
hark_message_row_class_init (HarkMessageRowClass *klass)
{
  static const char *const names[] = {"reply", "edit", "jump"};
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_message_row_dispose;
  widgets->button_press_event = hark_message_row_button_press;
  widgets->popup_menu = hark_message_row_popup_menu;
  widgets->key_press_event = hark_message_row_key_press;
  widgets->focus = hark_message_row_focus;
  widgets->draw = hark_message_row_draw;
  widgets->get_preferred_width = hark_message_row_get_preferred_width;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], HARK_TYPE_MESSAGE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  g_type_ensure (HARK_TYPE_MESSAGE_TEXT);
  /* not "row": themes have rules for a row behind a row, for which GTK looks at the style of all
   * behind one whenever something about that one changes */
  gtk_widget_class_set_css_name (widgets, "message");
  gtk_widget_class_set_accessible_role (widgets, ATK_ROLE_LIST_ITEM);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/message-row.ui");
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, side);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, above);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, bubble);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, author);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, icon);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, text);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, more);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, foot_box);
  gtk_widget_class_bind_template_child (widgets, HarkMessageRow, foot);
  gtk_widget_class_bind_template_callback (widgets, on_more);
  gtk_widget_class_bind_template_callback (widgets, on_link);
  gtk_widget_class_bind_template_callback (widgets, on_press);
  gtk_widget_class_bind_template_callback (widgets, on_popup_menu);
}

/* Its time may be another one as well: in another zone. */
static void
on_day_turned (void *data)
{
  show_foot_again (data);
}

static void
hark_message_row_init (HarkMessageRow *row)
{
  gtk_widget_init_template (GTK_WIDGET (row));
  gtk_widget_add_events (GTK_WIDGET (row), GDK_BUTTON_PRESS_MASK);
  row->press = gtk_gesture_long_press_new (GTK_WIDGET (row));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (row->press), TRUE);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (row->press), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (row->press, "pressed", G_CALLBACK (on_long_press), row);
  hark_widget_spoken (row->icon, _ ("Call"));
  hark_day_follow (G_OBJECT (row), on_day_turned);
}

static bool
is_line (const HarkMessage *message)
{
  return message->type == HARK_MESSAGE_IS_TIMER || message->type == HARK_MESSAGE_IS_GROUP;
}

static void
place (HarkMessageRow *row, bool line, bool outgoing)
{
  GtkAlign end = outgoing ? GTK_ALIGN_END : GTK_ALIGN_START;

  gtk_widget_set_halign (row->bubble, line ? GTK_ALIGN_CENTER : end);
  hark_widget_class (row->bubble, "line", line);
  hark_widget_class (row->bubble, "out", !line && outgoing);
  hark_widget_class (row->bubble, "in", !line && !outgoing);
}

void
hark_message_row_prepare (HarkMessageRow *row, bool outgoing)
{
  int least;

  g_return_if_fail (HARK_IS_MESSAGE_ROW (row) && !row->message);

  place (row, false, outgoing);
  gtk_widget_get_preferred_width (GTK_WIDGET (row), &least, NULL);
}

GtkWidget *
hark_message_row_new (HarkClient *client)
{
  HarkMessageRow *row = g_object_new (HARK_TYPE_MESSAGE_ROW, NULL);

  row->client = g_object_ref (client);
  hark_message_menu_install (GTK_WIDGET (row), client, HARK_MESSAGE_TEXT (row->text));
  return GTK_WIDGET (row);
}

void
hark_message_row_show (HarkMessageRow *row, HarkPersonItem *person, HarkMessageItem *message)
{
  g_return_if_fail (HARK_IS_MESSAGE_ROW (row) && !row->message);

  row->person = g_object_ref (person);
  row->message = g_object_ref (message);
  hark_message_menu_set (GTK_WIDGET (row), person, message);
  place (row, is_line (value (row)), value (row)->outgoing);
  row->closed = true;
  fill (row);
  g_signal_connect_object (message, "changed", G_CALLBACK (on_changed), row, G_CONNECT_SWAPPED);
  if (value (row)->outgoing) /* what it waits for depends on them */
    g_signal_connect_object (person, "changed", G_CALLBACK (on_person_changed), row,
                             G_CONNECT_SWAPPED);
}

static bool
has_focus (HarkMessageRow *row)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (row));
  GtkWidget *focus = GTK_IS_WINDOW (top) ? gtk_window_get_focus (GTK_WINDOW (top)) : NULL;

  return focus && (focus == GTK_WIDGET (row) || gtk_widget_is_ancestor (focus, GTK_WIDGET (row)));
}

bool
hark_message_row_clear (HarkMessageRow *row)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ROW (row) && row->message, false);

  if (has_focus (row) || hark_message_menu_was_used (GTK_WIDGET (row)))
    return false;
  g_signal_handlers_disconnect_by_data (row->message, row);
  g_signal_handlers_disconnect_by_data (row->person, row);
  drop_parts (row);
  hark_fence_clear (&row->fenced);
  g_clear_handle_id (&row->flash, g_source_remove);
  hark_widget_class (row->bubble, "flash", false);
  gtk_widget_hide (row->icon);
  gtk_widget_show (row->text);
  hark_message_text_set (HARK_MESSAGE_TEXT (row->text), "", true);
  hark_widget_text (row->foot, "");
  hark_widget_text (row->author, "");
  hark_widget_spoken (GTK_WIDGET (row), "");
  row->whole = false;
  hark_message_menu_set (GTK_WIDGET (row), NULL, NULL);
  g_clear_object (&row->message);
  g_clear_object (&row->person);
  return true;
}

bool
hark_message_row_suits (HarkMessageRow *row, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  const char *class_name = is_line (message) ? "line" : message->outgoing ? "out" : "in";

  g_return_val_if_fail (HARK_IS_MESSAGE_ROW (row), false);

  return gtk_style_context_has_class (gtk_widget_get_style_context (row->bubble), class_name);
}

/* Above the bubble, made when it is wanted first. */
static void
show_line (HarkMessageRow *row, GtkWidget **line, const char *text, const char *style, int at)
{
  if (!*line && text) {
    *line = gtk_label_new (NULL);
    hark_widget_class (*line, style, true);
    gtk_box_pack_start (GTK_BOX (row->above), *line, FALSE, FALSE, 0);
    gtk_box_reorder_child (GTK_BOX (row->above), *line, at);
  }
  if (*line && text)
    hark_widget_text (*line, text);
  if (*line)
    gtk_widget_set_visible (*line, text != NULL);
}

void
hark_message_row_set_header (HarkMessageRow *row, const char *day, bool unread)
{
  g_return_if_fail (HARK_IS_MESSAGE_ROW (row));

  show_line (row, &row->day, day, "day", 0);
  show_line (row, &row->unread, unread ? _ ("New messages") : NULL, "new-line", row->day ? 1 : 0);
}

const HarkMessage *
hark_message_row_get_message (HarkMessageRow *row)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ROW (row), NULL);

  return value (row);
}

HarkMessageItem *
hark_message_row_get_item (HarkMessageRow *row)
{
  g_return_val_if_fail (HARK_IS_MESSAGE_ROW (row), NULL);

  return row->message;
}

static gboolean
on_flashed (void *data)
{
  HarkMessageRow *row = data;

  row->flash = 0;
  hark_widget_class (row->bubble, "flash", false);
  return G_SOURCE_REMOVE;
}

void
hark_message_row_flash (HarkMessageRow *row)
{
  g_return_if_fail (HARK_IS_MESSAGE_ROW (row));

  hark_widget_class (row->bubble, "flash", true);
  g_clear_handle_id (&row->flash, g_source_remove);
  row->flash = g_timeout_add (FLASH_MS, on_flashed, row);
}
