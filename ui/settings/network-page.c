/* Preferences of the network: how far Hark goes, and through whom. */
#include "core/hark-handover.h"
#include "ui/core-words.h"
#include "ui/network/network-file.h"
#include "ui/people/code-entry.h"
#include "ui/settings/connection-row.h"
#include "ui/settings/left-window.h"
#include "ui/settings/preferences.h"
#include "ui/settings/rows.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  HarkPreferences *window;
  GtkWidget *page, *closed, *peers, *relays, *keepers;
  GtkWidget *keeper;  /* the field for a mailbox node */
  GPtrArray *rows;    /* that the engine's answers made; the page owns them */
  GPtrArray *kept;    /* the same, of mailboxes */
  char *network;      /* closed one, as the profile has it; wiped */
  char **peers_known; /* as the profile has them */
} Network;

static void refresh (Network *network);

static void
network_free (void *data)
{
  Network *network = data;

  g_ptr_array_unref (network->rows);
  g_ptr_array_unref (network->kept);
  hark_words_free (network->network);
  g_strfreev (network->peers_known);
  g_free (network);
}

static HarkClient *
client_of (Network *network)
{
  return hark_preferences_get_client (network->window);
}

static void
say (GtkWidget *parent, const char *problem)
{
  g_autofree char *text = hark_core_words (problem);
  GtkWidget *dialog = gtk_message_dialog_new (GTK_WINDOW (gtk_widget_get_toplevel (parent)),
                                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                              GTK_MESSAGE_WARNING, GTK_BUTTONS_CLOSE, "%s", text);

  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
}

/* What was wanted is done or refused; either way the rows show what holds. */
static void
on_done (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  if (!result->ok && gtk_widget_get_mapped (GTK_WIDGET (owner)))
    say (GTK_WIDGET (owner), result->text);
  refresh (network);
}

static void
on_later (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  if (result->ok)
    hark_preferences_later (network->window);
  on_done (owner, result);
}

static void
send_name (Network *network, HarkCommandKind kind, const char *name, HarkReply reply)
{
  HarkCommand *command = hark_command_new (kind);

  command->name = g_strdup (name);
  hark_client_ask (client_of (network), command, G_OBJECT (network->page), reply);
}

/* ---- how far ---- */

static void
on_flag (GtkSwitch *toggle, GParamSpec *pspec, void *data)
{
  Network *network = data;
  const char *key = g_object_get_data (G_OBJECT (toggle), "hark-key");

  (void) pspec;
  hark_settings_set_flag (hark_settings_get (), key, gtk_switch_get_active (toggle));
  hark_preferences_later (network->window);
}

static void
add_flag (
  Network *network, GtkWidget *group, const char *key, const char *title, const char *subtitle)
{
  bool on = hark_settings_get_flag (hark_settings_get (), key);
  const bool decided = hark_settings_is_decided (hark_settings_get (), key, &on);
  GtkWidget *toggle = hark_row_switch (
    group, title, decided ? _ ("Decided for this computer, or when Hark was started.") : subtitle,
    on);

  gtk_widget_set_sensitive (toggle, !decided);
  g_object_set_data (G_OBJECT (toggle), "hark-key", (void *) key);
  g_signal_connect (toggle, "notify::active", G_CALLBACK (on_flag), network);
}

/* ---- closed network ---- */

static void
on_join (GtkEntry *entry, void *data)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_entry_get_text (entry)));

  if (*text)
    send_name (data, HARK_COMMAND_NETWORK, text, on_later);
}

static void
on_create (GtkButton *button, void *data)
{
  char *secret = hark_network_create ();

  (void) button;
  send_name (data, HARK_COMMAND_NETWORK, secret, on_later);
  hark_words_free (secret);
}

static void
on_copy (GtkButton *button, void *data)
{
  Network *network = data;

  gtk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button), GDK_SELECTION_CLIPBOARD),
                          network->network, -1);
  hark_row_set_verb (GTK_WIDGET (button), _ ("Copied"));
}

static void
on_save (GtkButton *button, void *data)
{
  Network *network = data;
  g_autofree char *problem
    = hark_network_file_keep (GTK_WINDOW (network->window), network->network, network->peers_known);

  (void) button;
  if (problem)
    say (network->page, problem);
}

/* As if the desktop had opened it: the question is the same. */
static void
on_open (GtkButton *button, void *data)
{
  Network *network = data;
  g_autofree char *uri = hark_network_file_choose (GTK_WINDOW (network->window));
  g_autoptr (GFile) file = uri ? g_file_new_for_uri (uri) : NULL;

  (void) button;
  if (file)
    g_application_open (g_application_get_default (), &file, 1, "");
}

static void
on_leave (GtkButton *button, void *data)
{
  if (hark_widget_confirm (
        GTK_WIDGET (button), _ ("Leave the closed network?"),
        _ ("Without its name or secret you cannot go back. Contacts in it are not "
           "reached any more."),
        _ ("_Leave")))
    send_name (data, HARK_COMMAND_NETWORK, NULL, on_later);
}

static void
keep_row (GPtrArray *rows, GtkWidget *control)
{
  g_ptr_array_add (rows, g_object_get_data (G_OBJECT (control), "hark-row"));
}

static void
clear (GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    gtk_widget_destroy (rows->pdata[i]);
  g_ptr_array_set_size (rows, 0);
}

static void
fill_closed (Network *network, const HarkSettingsState *settings)
{
  bool sealed = false;
  GtkWidget *control;

  hark_words_free (network->network);
  network->network = g_strdup (settings->network);
  g_strfreev (network->peers_known);
  network->peers_known = g_strdupv (settings->peers);
  if (network->network) {
    hark_network_check (network->network, &sealed);
    control
      = hark_row_button (network->closed, sealed ? _ ("In a sealed network") : network->network,
                         sealed ? _ ("Everybody who has its secret is in it: give it to nobody "
                                     "else.")
                                : _ ("Everybody who knows this name is in it."),
                         _ ("_Copy"));
    g_signal_connect (control, "clicked", G_CALLBACK (on_copy), network);
    keep_row (network->rows, control);
    control = hark_row_button (network->closed, _ ("For others, as a file"),
                               _ ("They open it, or drop it on Hark."), _ ("_Save…"));
    g_signal_connect (control, "clicked", G_CALLBACK (on_save), network);
    keep_row (network->rows, control);
    control
      = hark_row_button (network->closed, _ ("Back to the public network"), NULL, _ ("_Leave…"));
    g_signal_connect (control, "clicked", G_CALLBACK (on_leave), network);
    keep_row (network->rows, control);
    return;
  }
  control = hark_row_entry (network->closed, _ ("Join"), _ ("Name or secret"), _ ("_Join"));
  g_signal_connect (control, "activate", G_CALLBACK (on_join), network);
  keep_row (network->rows, control);
  control = hark_row_button (network->closed, _ ("Join by a file"), NULL, _ ("_Open…"));
  g_signal_connect (control, "clicked", G_CALLBACK (on_open), network);
  keep_row (network->rows, control);
  control = hark_row_button (network->closed, _ ("Begin a new one"),
                             _ ("With a secret to pass on."), _ ("_Create"));
  g_signal_connect (control, "clicked", G_CALLBACK (on_create), network);
  keep_row (network->rows, control);
}

/* ---- lists of names that can be taken back ---- */

static void
on_remove (GtkButton *button, void *data)
{
  Network *network = data;
  const char *name = g_object_get_data (G_OBJECT (button), "hark-name");
  HarkCommandKind kind
    = (HarkCommandKind) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "hark-kind"));

  send_name (network, kind, name, kind == HARK_COMMAND_REMOVE_PEER ? on_later : on_done);
}

static void
add_name (
  Network *network, GtkWidget *group, HarkCommandKind kind, const char *name, const char *subtitle)
{
  GtkWidget *button = hark_row_button (group, name, subtitle, _ ("_Remove"));

  g_object_set_data_full (G_OBJECT (button), "hark-name", g_strdup (name), g_free);
  g_object_set_data (G_OBJECT (button), "hark-kind", GUINT_TO_POINTER (kind));
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), network);
  keep_row (group == network->keepers ? network->kept : network->rows, button);
}

static void
on_add_peer (GtkEntry *entry, void *data)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_entry_get_text (entry)));

  if (*text == '\0')
    return;
  send_name (data, HARK_COMMAND_ADD_PEER, text, on_done);
  gtk_entry_set_text (entry, "");
}

/* ---- nodes of one's own ---- */

static void
note (GtkWidget *entry, const char *text)
{
  hdy_action_row_set_subtitle (g_object_get_data (G_OBJECT (entry), "hark-row"), text);
}

static void
on_keeper_added (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  note (network->keeper, "");
  on_done (owner, result);
}

/* A relay or mailbox node is added by the link that it shows, a mailbox node by its words, too. */
static void
on_add_node (GtkEntry *entry, void *data)
{
  Network *network = data;
  const bool keeps = GTK_WIDGET (entry) == network->keeper;
  HarkCommand *command;
  g_autofree char *text = g_strstrip (g_strdup (gtk_entry_get_text (entry)));

  if (*text == '\0')
    return;
  if (keeps && hark_handover_is_words (text))
    note (network->keeper, _ ("Looking for the node with these words…"));
  command = hark_command_new (keeps ? HARK_COMMAND_MAILBOX_ADD : HARK_COMMAND_RELAY_ADD);
  command->address = g_steal_pointer (&text);
  hark_client_ask (client_of (network), command, G_OBJECT (network->page),
                   keeps ? on_keeper_added : on_done);
  gtk_entry_set_text (entry, "");
}

static GtkWidget *
add_node_entry (Network *network, GtkWidget *group, const char *title, const char *hint)
{
  GtkWidget *entry = hark_row_entry (group, title, hint, _ ("_Add"));

  g_signal_connect (entry, "activate", G_CALLBACK (on_add_node), network);
  return entry;
}

/* What is on its code needs no other look. */
static void
on_read (GtkEntry *entry, const char *problem, void *data)
{
  Network *network = data;

  if (problem)
    say (network->page, problem);
  else
    gtk_widget_activate (GTK_WIDGET (entry));
}

static void
add_keepers (Network *network)
{
  GtkWidget *button;

  network->keepers
    = hark_row_group (network->page, _ ("Mailboxes"),
                      _ ("A node of yours keeps mail while you are away. Contacts can, "
                         "too: that is said with each."));
  network->keeper = add_node_entry (network, network->keepers, _ ("Own mailbox node"),
                                    _ ("Its link, or its four words"));
  button
    = hark_row_button (network->keepers, _ ("By the code that it shows"),
                       _ ("A picture of it; you can also paste or drop it above."), _ ("_Open…"));
  hark_code_entry_setup (GTK_ENTRY (network->keeper),
                         g_object_get_data (G_OBJECT (network->keeper), "hark-row"), button,
                         on_read, network);
}

/* ---- what the engine says ---- */

static void
on_settings (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  if (!result->settings)
    return;
  clear (network->rows);
  fill_closed (network, result->settings);
  for (char **peer = result->settings->peers; peer && *peer; peer++)
    add_name (network, network->peers, HARK_COMMAND_REMOVE_PEER, *peer, NULL);
}

/* "NAME ADDRESS ..." as the engine lists relay nodes. */
static void
on_status (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  for (char **node = result->network ? result->network->relay_nodes : NULL; node && *node; node++) {
    g_auto (GStrv) parts = g_strsplit (*node, " ", 2);

    add_name (network, network->relays, HARK_COMMAND_RELAY_REMOVE, parts[0], parts[1]);
  }
}

static void
on_mailboxes (GObject *owner, const HarkEvent *result)
{
  Network *network = g_object_get_data (owner, "hark-network");

  if (!result->mailboxes)
    return;
  clear (network->kept);
  for (guint i = 0; i < result->mailboxes->len; i++) {
    const HarkMailboxInfo *box = result->mailboxes->pdata[i];

    if (box->node)
      add_name (network, network->keepers, HARK_COMMAND_MAILBOX_DROP, box->name,
                !box->online ? _ ("Not connected now")
                : box->keeps ? _ ("Connected, keeps mail for you")
                             : _ ("Connected"));
  }
}

/* Nodes come, go and agree to keep mail while the page is looked at. */
static void
on_told (GObject *page, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_MAILBOX)
    on_mailboxes (page, event);
}

/* The answers come in this order; the first one clears the rows. */
static void
refresh (Network *network)
{
  GObject *page = G_OBJECT (network->page);
  HarkClient *client = client_of (network);

  hark_client_ask (client, hark_command_new (HARK_COMMAND_SETTINGS), page, on_settings);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_STATUS), page, on_status);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_MAILBOX), page, on_mailboxes);
}

static void
on_relay (GtkSwitch *toggle, GParamSpec *pspec, void *data)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_RELAY);

  (void) pspec;
  command->on = gtk_switch_get_active (toggle);
  hark_client_send (client_of (data), command);
}

static void
on_left (Network *network)
{
  gtk_window_present (
    GTK_WINDOW (hark_left_window_new (GTK_WINDOW (network->window), client_of (network))));
}

GtkWidget *
hark_network_page_new (HarkPreferences *window)
{
  GtkWidget *page = hark_row_page (_ ("Network"), "network-workgroup-symbolic");
  Network *network = g_new0 (Network, 1);
  GtkWidget *group, *control;

  network->window = window;
  network->page = page;
  network->rows = g_ptr_array_new ();
  network->kept = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (page), "hark-network", network, network_free);
  hark_preferences_add_restart (window, page);
  group = hark_row_group (page, _ ("Reach"), NULL);
  add_flag (network, group, HARK_SET_LAN_ONLY, _ ("Only the local network"),
            _ ("Nothing is sent beyond it."));
  add_flag (network, group, HARK_SET_MAPPING, _ ("Ask the router to open a port"),
            _ ("More people reach you directly."));
  hark_connection_row_add (group, window);
  control = hark_row_button (group, _ ("What has left this machine"),
                             _ ("To people, to strangers and on local networks, in figures."),
                             _ ("_Show…"));
  g_signal_connect_swapped (control, "clicked", G_CALLBACK (on_left), network);
  network->closed
    = hark_row_group (page, _ ("Closed network"),
                      _ ("Whoever is in another one, or in none, is not found and finds nobody."));
  network->peers = hark_row_group (
    page, _ ("Known computers"), _ ("Where Hark runs too, for networks on which it finds nobody."));
  control = hark_row_entry (network->peers, _ ("Add"), _ ("Name or address"), _ ("_Add"));
  g_signal_connect (control, "activate", G_CALLBACK (on_add_peer), network);
  network->relays
    = hark_row_group (page, _ ("Relays"),
                      _ ("Where two people find no direct path, a third one can carry what they "
                         "encrypted."));
  control
    = hark_row_switch (network->relays, _ ("Relay for contacts"), _ ("Who may is said with each."),
                       hark_client_get_relays (hark_preferences_get_client (window)));
  g_signal_connect (control, "notify::active", G_CALLBACK (on_relay), network);
  add_node_entry (network, network->relays, _ ("Own relay node"), _ ("The link it printed"));
  add_keepers (network);
  g_signal_connect_object (client_of (network), "told", G_CALLBACK (on_told), page,
                           G_CONNECT_SWAPPED);
  refresh (network);
  return page;
}
