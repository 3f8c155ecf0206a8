#include "ui/window-dialogs.h"

#include "ui/keys-window.h"
#include "ui/network/doctor-dialog.h"
#include "ui/people/address-dialog.h"
#include "ui/people/group-dialog.h"
#include "ui/people/group-page.h"
#include "ui/people/person-page.h"
#include "ui/people/profile-dialog.h"
#include "ui/widgets.h"

#define DIALOGS "hark-dialogs" /* at the window */

typedef struct {
  GtkApplicationWindow *window;   /* it has this */
  HarkConversation *conversation; /* inside it */
  HarkClient *client;
} Dialogs;

static void
dialogs_free (void *data)
{
  Dialogs *dialogs = data;

  g_object_unref (dialogs->client);
  g_free (dialogs);
}

static bool
is_running (const Dialogs *dialogs)
{
  return hark_client_get_engine (dialogs->client) != NULL;
}

static void
on_profile (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;

  (void) action;
  (void) parameter;
  if (is_running (dialogs))
    gtk_window_present (
      GTK_WINDOW (hark_profile_dialog_new (GTK_WINDOW (dialogs->window), dialogs->client)));
}

static void
on_new_group (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;

  (void) action;
  (void) parameter;
  if (is_running (dialogs))
    gtk_window_present (
      GTK_WINDOW (hark_group_dialog_new (GTK_WINDOW (dialogs->window), dialogs->client, NULL)));
}

/* Of whoever is in the conversation. */
static void
on_person (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;
  GtkWindow *window = GTK_WINDOW (dialogs->window);
  HarkPersonItem *person = hark_conversation_get_person (dialogs->conversation);

  (void) action;
  (void) parameter;
  if (!is_running (dialogs) || !person || hark_person_item_is_self (person)
      || hark_person_item_get (person)->status == HARK_PERSON_REQUEST)
    return;
  gtk_window_present (GTK_WINDOW (hark_person_item_get_group (person)
                                    ? hark_group_page_new (window, dialogs->client, person)
                                    : hark_person_page_new (window, dialogs->client, person)));
}

static void
on_address (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;

  (void) action;
  (void) parameter;
  if (is_running (dialogs))
    gtk_window_present (
      GTK_WINDOW (hark_address_dialog_new (GTK_WINDOW (dialogs->window), dialogs->client)));
}

static void
on_doctor (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;

  (void) action;
  (void) parameter;
  if (is_running (dialogs))
    gtk_window_present (
      GTK_WINDOW (hark_doctor_dialog_new (GTK_WINDOW (dialogs->window), dialogs->client, NULL)));
}

static void
on_keys (GSimpleAction *action, GVariant *parameter, void *data)
{
  Dialogs *dialogs = data;

  (void) action;
  (void) parameter;
  gtk_window_present (GTK_WINDOW (hark_keys_window_new (GTK_WINDOW (dialogs->window))));
}

/* The check mark follows what the engine says. */
static void
on_relay (GSimpleAction *action, GVariant *state, void *data)
{
  Dialogs *dialogs = data;
  HarkCommand *command = hark_command_new (HARK_COMMAND_RELAY);

  (void) action;
  command->on = g_variant_get_boolean (state);
  hark_client_send (dialogs->client, command);
}

static void
on_network (GtkApplicationWindow *window)
{
  Dialogs *dialogs = g_object_get_data (G_OBJECT (window), DIALOGS);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "relay");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_boolean (hark_client_get_relays (dialogs->client)));
}

static const GActionEntry entries[] = {
  {.name = "address",   .activate = on_address  },
  {.name = "person",    .activate = on_person   },
  {.name = "new-group", .activate = on_new_group},
  {.name = "profile",   .activate = on_profile  },
  {.name = "doctor",    .activate = on_doctor   },
  {.name = "relay",     .state = "true",          .change_state = on_relay},
  {.name = "show-help-overlay",                   .activate = on_keys                },
};

void
hark_window_dialogs_add (GtkApplicationWindow *window,
                         HarkClient *client,
                         HarkConversation *conversation)
{
  Dialogs *dialogs = g_new0 (Dialogs, 1);

  dialogs->window = window;
  dialogs->conversation = conversation;
  dialogs->client = g_object_ref (client);
  g_object_set_data_full (G_OBJECT (window), DIALOGS, dialogs, dialogs_free);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), dialogs);
  g_signal_connect_object (client, "network", G_CALLBACK (on_network), window, G_CONNECT_SWAPPED);
}
