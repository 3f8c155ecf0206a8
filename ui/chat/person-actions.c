#include "ui/chat/person-actions.h"

#include "ui/chat/header-words.h"
#include "ui/network/doctor-dialog.h"
#include "ui/people/parting.h"
#include "ui/people/rename-dialog.h"
#include "ui/people/safety-dialog.h"

#define KEY "hark-person"

typedef struct {
  GtkWidget *page; /* outlives us */
  HarkClient *client;
  HarkPersonItem *person; /* NULL: nobody: nothing is enabled that could be activated */
} Context;

static GtkWindow *
top (Context *context)
{
  return GTK_WINDOW (gtk_widget_get_toplevel (context->page));
}

static void
on_verify (GSimpleAction *action, GVariant *parameter, void *data)
{
  Context *context = data;

  (void) action;
  (void) parameter;
  gtk_window_present (
    GTK_WINDOW (hark_safety_dialog_new (top (context), context->client, context->person)));
}

static void
on_rename (GSimpleAction *action, GVariant *parameter, void *data)
{
  Context *context = data;

  (void) action;
  (void) parameter;
  gtk_window_present (
    GTK_WINDOW (hark_rename_dialog_new (top (context), context->client, context->person)));
}

static void
on_doctor (GSimpleAction *action, GVariant *parameter, void *data)
{
  Context *context = data;

  (void) action;
  (void) parameter;
  gtk_window_present (
    GTK_WINDOW (hark_doctor_dialog_new (top (context), context->client, context->person)));
}

static void
part (Context *context, HarkCommandKind kind)
{
  g_autoptr (HarkPersonItem) person = g_object_ref (context->person);

  if (hark_parting_is_meant (context->page, person, kind))
    hark_client_send_to (context->client, kind, person);
}

static void
on_block (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  part (data, HARK_COMMAND_BLOCK);
}

static void
on_remove (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  part (data, HARK_COMMAND_REMOVE);
}

/* The check mark follows what the engine says. */
static void
on_relay (GSimpleAction *action, GVariant *state, void *data)
{
  Context *context = data;
  HarkCommand *command = hark_command_for (HARK_COMMAND_RELAY, context->person);

  (void) action;
  command->on = g_variant_get_boolean (state);
  hark_client_send (context->client, command);
}

/* The mark follows what the conversation says. */
static void
on_timer (GSimpleAction *action, GVariant *state, void *data)
{
  Context *context = data;
  HarkCommand *command = hark_command_for (HARK_COMMAND_TIMER, context->person);

  (void) action;
  command->seconds = g_ascii_strtoull (g_variant_get_string (state, NULL), NULL, 10);
  hark_client_send (context->client, command);
}

static void
put_away (Context *context, bool on)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_ARCHIVE, context->person);

  command->on = on;
  hark_client_send (context->client, command);
}

static void
on_archive (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  put_away (data, true);
}

static void
on_unarchive (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  (void) parameter;
  put_away (data, false);
}

static const GActionEntry entries[] = {
  {.name = "archive",   .activate = on_archive  },
  {.name = "unarchive", .activate = on_unarchive},
  {.name = "verify",    .activate = on_verify   },
  {.name = "rename",    .activate = on_rename   },
  {.name = "doctor",    .activate = on_doctor   },
  {.name = "block",     .activate = on_block    },
  {.name = "remove",    .activate = on_remove   },
};

static const GActionEntry timer_entry
  = {.name = "timer", .parameter_type = "s", .state = "'0'", .change_state = on_timer};

static const GActionEntry relay_entry
  = {.name = "relay", .state = "true", .change_state = on_relay};

static void
context_free (void *data)
{
  Context *context = data;

  g_clear_object (&context->client);
  g_clear_object (&context->person);
  g_free (context);
}

GSimpleActionGroup *
hark_person_actions_new (GtkWidget *page)
{
  GSimpleActionGroup *group = g_simple_action_group_new ();
  Context *context = g_new0 (Context, 1);

  context->page = page;
  g_object_set_data_full (G_OBJECT (group), KEY, context, context_free);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), context);
  g_action_map_add_action_entries (G_ACTION_MAP (group), &timer_entry, 1, context);
  g_action_map_add_action_entries (G_ACTION_MAP (group), &relay_entry, 1, context);
  return group;
}

static void
enable (GSimpleActionGroup *group, const char *name, bool on)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (group), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), on);
}

static void
set_state (GSimpleActionGroup *group, const char *name, GVariant *state)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (group), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), state);
}

void
hark_person_actions_set (GSimpleActionGroup *group, HarkClient *client, HarkPersonItem *item)
{
  Context *context = g_object_get_data (G_OBJECT (group), KEY);
  const HarkPerson *person = item ? hark_person_item_get (item) : NULL;
  const bool known
    = person && !hark_person_item_get_group (item) && !hark_person_item_is_self (item)
      && (person->status == HARK_PERSON_ACCEPTED || person->status == HARK_PERSON_ASKED);
  const bool listed
    = person && person->status != HARK_PERSON_REQUEST && person->status != HARK_PERSON_BLOCKED;
  g_autofree char *seconds = g_strdup_printf ("%u", item ? hark_header_timer (item) : 0);

  g_set_object (&context->client, client);
  g_set_object (&context->person, item);
  enable (group, "verify", known);
  enable (group, "rename", known);
  enable (group, "doctor", person && person->status != HARK_PERSON_REQUEST);
  enable (group, "relay", known && hark_client_get_relays (client));
  enable (group, "timer", known);
  enable (group, "archive", listed && !hark_person_item_is_archived (item));
  enable (group, "unarchive", listed && hark_person_item_is_archived (item));
  enable (group, "block", person && person->status != HARK_PERSON_BLOCKED);
  enable (group, "remove", person != NULL);
  set_state (group, "relay", g_variant_new_boolean (person && person->relayed));
  set_state (group, "timer", g_variant_new_string (seconds));
}
