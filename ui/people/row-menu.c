#include "ui/people/row-menu.h"

#include "ui/desktop/person-hex.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  HarkClient *client;
  HarkPersonItem *person;
} Context;

static void
context_free (void *data, GClosure *closure)
{
  Context *context = data;

  (void) closure;
  g_object_unref (context->client);
  g_object_unref (context->person);
  g_free (context);
}

/* ---- actions ---- */

static void
on_action (GSimpleAction *action, GVariant *on, const Context *context)
{
  const char *name = g_action_get_name (G_ACTION (action));
  HarkCommandKind kind = strcmp (name, "pin") == 0      ? HARK_COMMAND_PIN
                         : strcmp (name, "unread") == 0 ? HARK_COMMAND_UNREAD
                                                        : HARK_COMMAND_ARCHIVE;
  HarkCommand *command = hark_command_for (kind, context->person);

  command->on = g_variant_get_boolean (on);
  hark_client_send (context->client, command);
}

void
hark_row_menu_install (GtkWidget *row, HarkClient *client, HarkPersonItem *person)
{
  static const char *const names[] = {"pin", "unread", "archive"};
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GSimpleAction) action = g_simple_action_new (names[i], G_VARIANT_TYPE_BOOLEAN);
    Context *context = g_new0 (Context, 1);

    context->client = g_object_ref (client);
    context->person = g_object_ref (person);
    g_signal_connect_data (action, "activate", G_CALLBACK (on_action), context, context_free, 0);
    g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  }
  gtk_widget_insert_action_group (row, "row", G_ACTION_GROUP (group));
}

/* ---- menu ---- */

static void
add (GMenu *menu, const char *label, const char *action, bool on)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "b", on);
  g_menu_append_item (menu, item);
}

static void
add_window (GMenu *menu, HarkPersonItem *person)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Open in Its Own _Window"), NULL);
  g_autofree char *hex = hark_person_hex (person);

  g_menu_item_set_action_and_target (item, "win.tear-off-one", "s", hex);
  g_menu_append_item (menu, item);
}

GMenuModel *
hark_row_menu_model (HarkPersonItem *person)
{
  const bool blocked = hark_person_item_get (person)->status == HARK_PERSON_BLOCKED;
  const bool pinned = hark_person_item_is_pinned (person);
  const bool archived = hark_person_item_is_archived (person);
  GMenu *menu = g_menu_new ();

  add_window (menu, person);
  if (!archived || pinned)
    add (menu, pinned ? _ ("Un_pin") : _ ("_Pin"), "row.pin", !pinned);
  if (!blocked && !hark_person_item_is_self (person) && hark_person_item_get_unread (person) == 0
      && !hark_person_item_is_marked (person))
    add (menu, _ ("Mark as _Unread"), "row.unread", true);
  if (!blocked)
    add (menu, archived ? _ ("Move Back t_o the List") : _ ("Arc_hive"), "row.archive", !archived);
  return G_MENU_MODEL (menu);
}

bool
hark_row_menu_popup (GtkWidget *row, HarkPersonItem *person, const GdkEvent *event)
{
  g_autoptr (GMenuModel) model = NULL;

  if (hark_person_item_get (person)->status == HARK_PERSON_REQUEST)
    return false;
  model = hark_row_menu_model (person);
  hark_widget_popup_menu (row, model, event);
  return true;
}
