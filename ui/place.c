#include "ui/place.h"

#include <string.h>

#define KEY "hark-place"

typedef struct {
  HarkConversation *page;
  HarkClient *client;
  void (*open) (void *data, HarkPersonItem *person);
  void *data;
  bool known;   /* the last place was told, in this run of the engine */
  guint coming; /* source */
  HarkPersonItem *person;
  uint64_t position;
} Place;

static void
forget (Place *place)
{
  place->known = false;
  g_clear_handle_id (&place->coming, g_source_remove);
  g_clear_object (&place->person);
}

static void
place_free (void *data)
{
  forget (data);
  g_free (data);
}

/* ---- going ---- */

void
hark_place_keep (HarkConversation *page)
{
  Place *place = g_object_get_data (G_OBJECT (page), KEY);
  HarkPersonItem *person = hark_conversation_get_person (page);
  HarkCommand *command;

  if (!place->known || !hark_client_get_engine (place->client))
    return;
  command = person ? hark_command_for (HARK_COMMAND_PLACE, person)
                   : hark_command_new (HARK_COMMAND_PLACE);
  if (person)
    command->before = hark_conversation_get_place (page);
  else
    command->how = g_strdup ("forget");
  hark_client_send (place->client, command);
}

/* ---- coming back ---- */

static gboolean
on_idle (void *data)
{
  Place *place = data;
  g_autoptr (HarkPersonItem) person = g_steal_pointer (&place->person);
  bool unread = hark_person_item_get_chat (person)->unread > 0;

  place->coming = 0;
  place->known = true;
  if (hark_conversation_get_person (place->page))
    return G_SOURCE_REMOVE; /* the user was faster */
  place->open (place->data, person);
  if (place->position > 0 && !unread)
    hark_conversation_return_to (place->page, place->position);
  return G_SOURCE_REMOVE;
}

/* The list is drawn. */
static void
on_painted (HarkConversation *page, GdkFrameClock *clock)
{
  Place *place = g_object_get_data (G_OBJECT (page), KEY);

  g_signal_handlers_disconnect_by_func (clock, on_painted, page);
  if (place->person && !place->coming)
    place->coming = g_idle_add_full (G_PRIORITY_LOW, on_idle, place, NULL);
}

/* Behind the first picture of the list; of a window that is not shown there is none. */
static void
come (Place *place)
{
  GtkWidget *top = gtk_widget_get_toplevel (GTK_WIDGET (place->page));
  GdkFrameClock *clock = gtk_widget_get_mapped (top) ? gtk_widget_get_frame_clock (top) : NULL;

  if (clock) {
    g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_painted), place->page,
                             G_CONNECT_SWAPPED);
    gtk_widget_queue_draw (top);
  } else if (!place->coming) {
    place->coming = g_idle_add_full (G_PRIORITY_LOW, on_idle, place, NULL);
  }
}

static void
on_place (GObject *owner, const HarkEvent *result)
{
  Place *place = g_object_get_data (owner, KEY);
  HarkPersonItem *person = NULL;

  if (result->ok && result->on)
    person = result->has_group ? hark_client_find_group (place->client, result->of_group)
                               : hark_client_find (place->client, result->account);
  if (!person) { /* or not any more: nothing of them stays */
    place->known = true;
    hark_place_keep (place->page);
    return;
  }
  g_set_object (&place->person, person);
  place->position = result->position;
  come (place);
}

static void
on_listed (HarkConversation *page)
{
  Place *place = g_object_get_data (G_OBJECT (page), KEY);

  if (place->known || place->person)
    return;
  if (hark_engine_draw_died (hark_client_get_engine (place->client)))
    place->known = true; /* else what ended us might do so again before anything can be done */
  else
    hark_client_ask (place->client, hark_command_new (HARK_COMMAND_PLACE), G_OBJECT (page),
                     on_place);
}

/* Another profile, or the same anew. */
static void
on_ready (HarkConversation *page)
{
  forget (g_object_get_data (G_OBJECT (page), KEY));
}

/* ---- life ---- */

void
hark_place_follow (HarkConversation *page,
                   HarkClient *client,
                   void (*open) (void *data, HarkPersonItem *person),
                   void *data)
{
  Place *place = g_new0 (Place, 1);

  place->page = page;
  place->client = client; /* the page holds it */
  place->open = open;
  place->data = data;
  g_object_set_data_full (G_OBJECT (page), KEY, place, place_free);
  g_signal_connect_object (client, "ready", G_CALLBACK (on_ready), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "listed", G_CALLBACK (on_listed), page, G_CONNECT_SWAPPED);
}
