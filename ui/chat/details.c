#include "ui/chat/details.h"

#include "ui/chat/rights.h"
#include "ui/language.h"
#include "ui/widgets.h"
#include "ui/words/messages.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>

#define WIDTH_CHARS 24

static void
add (GtkWidget *box, const char *text)
{
  gtk_label_set_text (GTK_LABEL (hark_widget_add_label (box, "details", WIDTH_CHARS)), text);
}

static void
add_time (GtkWidget *box, bool arrived, int64_t ms)
{
  g_autofree char *day = hark_words_day (ms, g_get_real_time () / 1000);
  g_autofree char *time = hark_words_time (ms);
  g_autofree char *text = arrived ? g_strdup_printf (_ ("Arrived here, %s at %s"), day, time)
                                  : g_strdup_printf (_ ("Written, %s at %s"), day, time);

  add (box, text);
}

/* Of what the user wrote to one person: where it is, and what it waits for. */
static void
add_state (GtkWidget *box, HarkPersonItem *person, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  const char *reason = hark_message_item_get_reason (item);
  g_autofree char *name = hark_language_apart (hark_person_item_get (person)->name);
  g_autofree char *state = NULL;

  switch (message->state) {
  case HARK_STATE_READ:
    state = g_strdup_printf (_ ("%s has read it."), name);
    break;
  case HARK_STATE_DELIVERED:
    state = g_strdup_printf (_ ("It is on the disk of %s."), name);
    break;
  case HARK_STATE_SENT:
    state = g_strdup_printf (_ ("It is on its way to %s."), name);
    break;
  default:
    add (box, _ ("It is on your disk. No server takes it from there: it goes straight to them as "
                 "soon as both of you are online, or to whoever keeps mail for them."));
    state = g_strdup (reason ? reason : hark_person_item_get (person)->reason);
    break;
  }
  if (state)
    add (box, state);
}

static void
fill (GtkWidget *box, HarkPersonItem *person, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  const HarkGroupInfo *group = hark_person_item_get_group (person);
  g_autofree char *readers
    = group && message->outgoing ? hark_words_readers (message, group) : NULL;

  add_time (box, false, message->sent_ms);
  if (!message->outgoing && message->received_ms > 0)
    add_time (box, true, message->received_ms);
  if (readers)
    add (box, readers);
  else if (message->outgoing && hark_rights_is_words (message)
           && !hark_person_item_is_self (person))
    add_state (box, person, item);
}

void
hark_details_popup (GtkWidget *at, HarkPersonItem *person, HarkMessageItem *message)
{
  GtkWidget *popover = gtk_popover_new (at);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  hark_widget_spoken (popover, _ ("Details of the message"));
  g_object_set (box, "margin", 12, NULL);
  fill (box, person, message);
  gtk_container_add (GTK_CONTAINER (popover), box);
  gtk_widget_show (box);
  hark_widget_popup_once (popover);
}
