#include "ui/chat/message-menu.h"

#include "ui/chat/details.h"
#include "ui/chat/links.h"
#include "ui/chat/long-text.h"
#include "ui/chat/reactions.h"
#include "ui/chat/rights.h"
#include "ui/chat/versions.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define MENU "hark-message-menu" /* at the row */
#define LINKS_MAX 5

static const char *const signs[] = {"👍", "❤️", "😂", "😮", "😢", "🙏"};

typedef struct {
  GtkWidget *row; /* borrowed: it owns this */
  HarkClient *client;
  HarkPersonItem *person; /* NULL: no message */
  HarkMessageItem *item;  /* NULL: no message */
  HarkMessageText *text;  /* borrowed: part of the row */
  GSimpleActionGroup *actions;
  bool was_used;
} Menu;

static void
menu_free (void *data)
{
  Menu *menu = data;

  g_object_unref (menu->client);
  g_clear_object (&menu->person);
  g_clear_object (&menu->item);
  g_object_unref (menu->actions);
  g_free (menu);
}

static const HarkMessage *
value (const Menu *menu)
{
  return hark_message_item_get (menu->item);
}

/* ---- actions ---- */

static void
on_reply (GSimpleAction *action, GVariant *parameter, void *data)
{
  const Menu *menu = data;

  (void) action;
  (void) parameter;
  g_signal_emit_by_name (menu->row, "reply");
}

static void
on_edit (GSimpleAction *action, GVariant *parameter, void *data)
{
  const Menu *menu = data;

  (void) action;
  (void) parameter;
  g_signal_emit_by_name (menu->row, "edit");
}

static void
on_copy (GSimpleAction *action, GVariant *parameter, void *data)
{
  const Menu *menu = data;
  const char *shown = gtk_label_get_text (GTK_LABEL (menu->text));
  g_autofree char *selected = NULL;
  int start, end;

  (void) action;
  (void) parameter;
  if (gtk_label_get_selection_bounds (GTK_LABEL (menu->text), &start, &end))
    selected = hark_long_text_join (g_utf8_substring (shown, start, end));
  gtk_clipboard_set_text (gtk_widget_get_clipboard (menu->row, GDK_SELECTION_CLIPBOARD),
                          selected ? selected : value (menu)->text, -1);
}

static void
on_delete (GSimpleAction *action, GVariant *parameter, void *data)
{
  Menu *menu = data;
  HarkCommand *command = hark_command_for (HARK_COMMAND_DELETE, menu->person);
  g_autoptr (HarkClient) client = g_object_ref (menu->client);
  g_autofree char *consequence = g_strdup_printf (
    _ ("It is wiped here, and %s's Hark is asked to do the same. What somebody has "
       "read or copied before stays with them."),
    hark_person_item_get (menu->person)->name);

  (void) action;
  (void) parameter;
  memcpy (command->id, value (menu)->id, sizeof command->id);
  menu->was_used = true;
  if (hark_widget_confirm (menu->row, _ ("Delete this message?"), consequence, _ ("_Delete")))
    hark_client_send (client, command);
  else
    hark_command_free (command);
}

static void
give (const Menu *menu, const char *sign)
{
  hark_reactions_give (menu->client, menu->person, menu->item, sign);
}

static void
on_react (GSimpleAction *action, GVariant *parameter, void *data)
{
  (void) action;
  give (data, g_variant_get_string (parameter, NULL));
}

static void
on_sign_entered (GtkEntry *entry, GtkWidget *row)
{
  g_autofree char *sign = g_strstrip (g_strdup (gtk_entry_get_text (entry)));
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (entry), GTK_TYPE_POPOVER);

  if (*sign == '\0')
    return;
  give (g_object_get_data (G_OBJECT (row), MENU), sign);
  gtk_popover_popdown (GTK_POPOVER (popover));
}

/* Any sign there is, by the desktop's chooser. */
static void
on_react_other (GSimpleAction *action, GVariant *parameter, void *data)
{
  Menu *menu = data;
  GtkWidget *popover = gtk_popover_new (menu->row);
  GtkWidget *entry = gtk_entry_new ();

  (void) action;
  (void) parameter;
  menu->was_used = true;
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ ("One sign, then Enter"));
  gtk_entry_set_max_length (GTK_ENTRY (entry), 8);
  g_object_set (entry, "show-emoji-icon", TRUE, "margin", 8, NULL);
  hark_widget_spoken (entry, _ ("Reaction"));
  g_signal_connect_object (entry, "activate", G_CALLBACK (on_sign_entered), menu->row, 0);
  gtk_container_add (GTK_CONTAINER (popover), entry);
  gtk_widget_show (entry);
  hark_widget_popup_once (popover);
  gtk_widget_grab_focus (entry);
}

static void
on_versions (GSimpleAction *action, GVariant *parameter, void *data)
{
  Menu *menu = data;

  (void) action;
  (void) parameter;
  menu->was_used = true;
  hark_versions_popup (menu->row, menu->client, menu->person, menu->item);
}

static void
on_details (GSimpleAction *action, GVariant *parameter, void *data)
{
  Menu *menu = data;

  (void) action;
  (void) parameter;
  menu->was_used = true;
  hark_details_popup (menu->row, menu->person, menu->item);
}

static void
on_link (GSimpleAction *action, GVariant *parameter, void *data)
{
  Menu *menu = data;

  (void) action;
  menu->was_used = true;
  hark_links_open (menu->row, g_variant_get_string (parameter, NULL));
}

static const GActionEntry entries[] = {
  {.name = "reply",       .activate = on_reply      },
  {.name = "edit",        .activate = on_edit       },
  {.name = "copy",        .activate = on_copy       },
  {.name = "delete",      .activate = on_delete     },
  {.name = "react-other", .activate = on_react_other},
  {.name = "versions",    .activate = on_versions   },
  {.name = "details",     .activate = on_details    },
};

static const GActionEntry texts[] = {
  {.name = "react", .activate = on_react, .parameter_type = "s"},
  {.name = "link",  .activate = on_link,  .parameter_type = "s"},
};

void
hark_message_menu_install (GtkWidget *row, HarkClient *client, HarkMessageText *text)
{
  Menu *menu = g_new0 (Menu, 1);
  GActionMap *map;

  menu->row = row;
  menu->client = g_object_ref (client);
  menu->text = text;
  menu->actions = g_simple_action_group_new ();
  map = G_ACTION_MAP (menu->actions);
  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), menu);
  g_action_map_add_action_entries (map, texts, G_N_ELEMENTS (texts), menu);
  gtk_widget_insert_action_group (row, "message", G_ACTION_GROUP (menu->actions));
  g_object_set_data_full (G_OBJECT (row), MENU, menu, menu_free);
}

void
hark_message_menu_set (GtkWidget *row, HarkPersonItem *person, HarkMessageItem *item)
{
  Menu *menu = g_object_get_data (G_OBJECT (row), MENU);

  g_set_object (&menu->person, person);
  g_set_object (&menu->item, item);
}

bool
hark_message_menu_was_used (GtkWidget *row)
{
  const Menu *menu = g_object_get_data (G_OBJECT (row), MENU);

  return menu->was_used;
}

static void
enable (const Menu *menu, const char *name, bool on)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (menu->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), on);
}

void
hark_message_menu_update (GtkWidget *row)
{
  const Menu *menu = g_object_get_data (G_OBJECT (row), MENU);
  const HarkMessage *message = value (menu);
  bool react = hark_rights_can_react (menu->person, message);

  enable (menu, "reply", hark_rights_can_reply (menu->person, message));
  enable (menu, "edit", hark_rights_can_edit (menu->person, message));
  enable (menu, "delete", hark_rights_can_delete (menu->person, message));
  enable (menu, "react", react);
  enable (menu, "react-other", react);
  enable (menu, "copy", !message->deleted && message->text && *message->text);
  enable (menu, "versions", message->edits > 0 && !message->deleted);
}

/* ---- menu ---- */

static void
add (GMenu *model, const Menu *menu, const char *label, const char *name)
{
  g_autofree char *action = g_strconcat ("message.", name, NULL);

  if (g_action_group_get_action_enabled (G_ACTION_GROUP (menu->actions), name))
    g_menu_append (model, label, action);
}

static void
add_with (GMenu *model, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (model, item);
}

static void
add_reactions (GMenu *model, const Menu *menu)
{
  g_autoptr (GMenu) sub = g_menu_new ();

  if (!hark_rights_can_react (menu->person, value (menu)))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    add_with (sub, signs[i], "message.react", signs[i]);
  g_menu_append (sub, _ ("_Another…"), "message.react-other");
  g_menu_append_submenu (model, _ ("Rea_ct"), G_MENU_MODEL (sub));
}

static void
add_links (GMenu *model, const Menu *menu)
{
  g_auto (GStrv) links = hark_message_text_get_links (menu->text);

  for (guint i = 0; links && links[i] && i < LINKS_MAX; i++) {
    g_autofree char *start = g_utf8_substring (links[i], 0, MIN (40, g_utf8_strlen (links[i], -1)));
    g_autofree char *label = g_strdup_printf (_ ("Open %s…"), start);
    GString *plain = g_string_new (label);

    g_string_replace (plain, "_", "__", 0); /* no letter of theirs is a mnemonic */
    add_with (model, plain->str, "message.link", links[i]);
    g_string_free (plain, TRUE);
  }
}

static GMenuModel *
make_model (const Menu *menu)
{
  GMenu *model = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) links = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();

  add (first, menu, _ ("_Reply"), "reply");
  add_reactions (first, menu);
  add (first, menu, _ ("Co_py"), "copy");
  add_links (links, menu);
  add (last, menu, _ ("_Edit"), "edit");
  add (last, menu, _ ("_Versions…"), "versions");
  add (last, menu, _ ("De_tails…"), "details");
  add (last, menu, _ ("_Delete…"), "delete");
  g_menu_append_section (model, NULL, G_MENU_MODEL (first));
  g_menu_append_section (model, NULL, G_MENU_MODEL (links));
  g_menu_append_section (model, NULL, G_MENU_MODEL (last));
  return G_MENU_MODEL (model);
}

void
hark_message_menu_popup (GtkWidget *row, const GdkEvent *event)
{
  Menu *owner = g_object_get_data (G_OBJECT (row), MENU);
  g_autoptr (GMenuModel) model = make_model (owner);

  owner->was_used = true;
  hark_widget_popup_menu (row, model, event);
}

/* ---- keys ---- */

gboolean
hark_message_menu_key (GtkWidget *row, GdkEventKey *event)
{
  static const struct {
    guint key;
    GdkModifierType state;
    const char *action;
  } keys[] = {
    {GDK_KEY_r,      0,                "reply"      },
    {GDK_KEY_e,      0,                "edit"       },
    {GDK_KEY_plus,   0,                "react-other"},
    {GDK_KEY_Delete, 0,                "delete"     },
    {GDK_KEY_c,      GDK_CONTROL_MASK, "copy"       },
  };
  GActionGroup *group
    = G_ACTION_GROUP (((Menu *) g_object_get_data (G_OBJECT (row), MENU))->actions);
  GdkModifierType state = event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (keys[i].key == event->keyval && keys[i].state == state
        && g_action_group_get_action_enabled (group, keys[i].action)) {
      g_action_group_activate_action (group, keys[i].action, NULL);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}
