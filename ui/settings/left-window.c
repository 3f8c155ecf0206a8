#include "ui/settings/left-window.h"

#include "ui/settings/rows.h"
#include "ui/widgets.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

#define DATA "hark-left"
#define MONTH_MS (INT64_C (30) * 24 * 3600000)

typedef struct {
  HarkClient *client;
  GtkWidget *window;
  GtkWidget *page;
  GPtrArray *groups; /* of what is shown now; the page owns them */
  bool lan_only;     /* only the local network is allowed */
} Left;

static void
left_free (void *data)
{
  Left *left = data;

  g_object_unref (left->client);
  g_ptr_array_unref (left->groups);
  g_free (left);
}

static GtkWidget *
add_group (Left *left, const char *title, const char *about)
{
  GtkWidget *group = hark_row_group (left->page, title, about);

  g_ptr_array_add (left->groups, group);
  return group;
}

/* "12.3 MB in 4,100 packets" */
static char *
amount_of (const HarkLeftCount *count)
{
  g_autofree char *size = g_format_size (count->bytes);
  g_autofree char *packets = g_strdup_printf ("%'" G_GUINT64_FORMAT, count->packets);

  return g_strdup_printf (ngettext ("%s in %s packet", "%s in %s packets", (gulong) count->packets),
                          size, packets);
}

static GtkWidget *
add_counts (
  Left *left, const HarkLedgerInfo *ledger, HarkLeftKind kind, const char *title, const char *about)
{
  GtkWidget *group = add_group (left, title, about);
  g_autofree char *today = amount_of (&ledger->today[kind]);
  g_autofree char *month = amount_of (&ledger->month[kind]);
  g_autofree char *all = amount_of (&ledger->all[kind]);
  int64_t now_ms = g_get_real_time () / 1000;
  g_autofree char *day = hark_words_day (ledger->since_ms, now_ms);
  g_autofree char *since = g_strdup_printf (_ ("Since: %s"), day);

  hark_row_plain (group, _ ("Today"), today);
  hark_row_plain (group, _ ("In 30 days"), month);
  if (ledger->since_ms && ledger->since_ms < now_ms - MONTH_MS)
    hark_row_plain (group, since, all);
  return group;
}

/* "3.1 MB relayed, 2 messages kept", or NULL for nothing */
static char *
deeds (uint64_t bytes, uint64_t messages)
{
  g_autofree char *size = g_format_size (bytes);
  g_autofree char *relayed = g_strdup_printf (_ ("%s relayed"), size);
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, messages);
  g_autofree char *kept = g_strdup_printf (
    ngettext ("%s sealed message kept", "%s sealed messages kept", (gulong) messages), number);

  if (bytes && messages)
    return g_strdup_printf (_ ("%s, %s"), relayed, kept);
  if (bytes)
    return g_steal_pointer (&relayed);
  return messages ? g_steal_pointer (&kept) : NULL;
}

static void
add_deeds (GtkWidget *group, const HarkLedgerPerson *person, bool with_name)
{
  g_autofree char *for_us = deeds (person->relayed_for_us, person->kept_for_us);
  g_autofree char *for_them = deeds (person->relayed_for_them, person->kept_for_them);
  g_autofree char *name = hark_words_shown (person->name, 48);
  g_autofree char *theirs = g_strdup_printf (_ ("%s carried for you"), name);
  g_autofree char *ours = g_strdup_printf (_ ("You carried for %s"), name);

  if (for_us)
    hark_row_plain (group, with_name ? theirs : _ ("They carried for you"), for_us);
  if (for_them)
    hark_row_plain (group, with_name ? ours : _ ("You carried for them"), for_them);
}

static void on_ledger (GObject *owner, const HarkEvent *result);

static void
on_forget (Left *left)
{
  HarkCommand *command;

  if (!hark_widget_confirm (left->window, _ ("Forget these figures?"),
                            _ ("They are kept on this computer only. Counting begins anew."),
                            _ ("Forget")))
    return;
  command = hark_command_new (HARK_COMMAND_LEDGER);
  command->on = true;
  hark_client_ask (left->client, command, G_OBJECT (left->window), on_ledger);
}

/* The promise, where the user took it. */
static void
add_kept (Left *left, const HarkLedgerInfo *ledger)
{
  GtkWidget *group = add_group (left, _ ("Only the local network"), NULL);
  g_autofree char *number = g_strdup_printf ("%'" G_GUINT64_FORMAT, ledger->refused);
  g_autofree char *refused = g_strdup_printf (
    ngettext ("%s packet was not let out", "%s packets were not let out", (gulong) ledger->refused),
    number);

  hark_row_plain (group, _ ("Nothing has left it since Hark connected"), refused);
}

static void
add_people (Left *left, const HarkLedgerInfo *ledger)
{
  GtkWidget *group;

  if (ledger->people->len == 0)
    return;
  group = add_group (left, _ ("Carried for one another"),
                     _ ("Sealed: whoever carries it cannot read it."));
  for (guint i = 0; i < ledger->people->len; i++)
    add_deeds (group, ledger->people->pdata[i], true);
}

static void
on_ledger (GObject *owner, const HarkEvent *result)
{
  Left *left = g_object_get_data (owner, DATA);
  const HarkLedgerInfo *ledger = result->ledger;
  g_autofree char *hosts = NULL;
  GtkWidget *group, *strangers, *button;

  if (!ledger)
    return;
  for (guint i = 0; i < left->groups->len; i++)
    gtk_widget_destroy (left->groups->pdata[i]);
  g_ptr_array_set_size (left->groups, 0);
  if (left->lan_only)
    add_kept (left, ledger);
  add_counts (left, ledger, HARK_LEFT_PEOPLE, _ ("To people"),
              _ ("Messages, files and calls, sealed for those you talk to. They see your "
                 "address on the internet, or a relay's."));
  strangers = add_counts (
    left, ledger, HARK_LEFT_INTERNET, _ ("To strangers on the internet"),
    _ ("Nodes of the public directory. They see that this address takes part in it, and "
       "sealed records under names that change; not who you are, nor whom you look for."));
  hosts = g_strdup_printf (_ ("About %'u since Hark started"), ledger->hosts);
  hark_row_plain (strangers, _ ("Machines"), hosts);
  add_counts (
    left, ledger, HARK_LEFT_LOCAL, _ ("On local networks"),
    _ ("That somebody runs Hark here can be seen; who, only by contacts, unless you chose "
       "to be visible."));
  add_people (left, ledger);
  group
    = add_group (left, NULL,
                 _ ("Not counted are the packets that try out a path, open a port in the router "
                    "or look a name up. Nothing else is sent: no statistics, no updates."));
  button = hark_row_button (group, _ ("These figures"),
                            _ ("Kept for 90 days, on this computer only."), _ ("_Forget"));
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_forget), left);
}

static void
on_status (GObject *owner, const HarkEvent *result)
{
  Left *left = g_object_get_data (owner, DATA);

  left->lan_only = result->network && result->network->lan_only;
}

GtkWidget *
hark_left_window_new (GtkWindow *parent, HarkClient *client)
{
  /* no HdyPreferencesWindow: that asks for 370 pixels even when empty */
  GtkWidget *window
    = g_object_new (GTK_TYPE_DIALOG, "use-header-bar", 1, "title", _ ("What Has Left This Machine"),
                    "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                    "default-width", 360, "default-height", 600, NULL);
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (window));
  Left *left = g_new0 (Left, 1);

  left->client = g_object_ref (client);
  left->window = window;
  left->page = hark_row_page (_ ("What Has Left This Machine"), "network-transmit-symbolic");
  left->groups = g_ptr_array_new ();
  g_object_set_data_full (G_OBJECT (window), DATA, left, left_free);
  gtk_container_set_border_width (GTK_CONTAINER (content), 0);
  gtk_box_pack_start (GTK_BOX (content), left->page, TRUE, TRUE, 0);
  hark_widget_fit (window);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_STATUS), G_OBJECT (window), on_status);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_LEDGER), G_OBJECT (window), on_ledger);
  return window;
}

/* ---- with one person --------------------------------------------------------------- */

static void
on_deeds (GObject *owner, const HarkEvent *result)
{
  const HarkPerson *person = hark_person_item_get (g_object_get_data (owner, DATA));

  for (guint i = 0; result->ledger && i < result->ledger->people->len; i++) {
    const HarkLedgerPerson *row = result->ledger->people->pdata[i];

    if (memcmp (row->account, person->account, sizeof row->account) == 0)
      add_deeds (GTK_WIDGET (owner), row, false);
  }
}

void
hark_left_deeds_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person)
{
  g_object_set_data_full (G_OBJECT (group), DATA, g_object_ref (person), g_object_unref);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_LEDGER), G_OBJECT (group), on_deeds);
}
