#include "ui/network/network-bar.h"

#include "ui/core-words.h"
#include "ui/network/doctor-dialog.h"
#include "ui/settings/settings.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

/* While it is bad, time alone can make news: "still joining" ends. What stays bad is asked for more
 * and more rarely, as most news of it come by themselves. */
#define AGAIN_S 5
#define AGAIN_MAX_S 80

struct _HarkNetworkBar {
  GtkInfoBar parent_instance;
  HarkClient *client;
  GtkWidget *text;
  const char *code; /* of what it says: interned; NULL: nothing */
  guint again;      /* timer; 0: none */
  guint wait_s;     /* of the next timer */
};

G_DEFINE_TYPE (HarkNetworkBar, hark_network_bar, GTK_TYPE_INFO_BAR)

static void examine (HarkNetworkBar *bar);

static gboolean
on_again (gpointer data)
{
  HarkNetworkBar *bar = data;

  bar->again = 0;
  examine (bar);
  return G_SOURCE_REMOVE;
}

/* Of the same words GTK would lay out and draw the window anew. */
static void
set_text (HarkNetworkBar *bar, const char *text)
{
  if (strcmp (gtk_label_get_text (GTK_LABEL (bar->text)), text) == 0)
    return;
  gtk_label_set_text (GTK_LABEL (bar->text), text);
  bar->wait_s = AGAIN_S;
}

static void
ask_again (HarkNetworkBar *bar, bool waits)
{
  if (bar->again != 0)
    return;
  if (waits)
    bar->wait_s = AGAIN_S;
  bar->again = g_timeout_add_seconds (bar->wait_s, on_again, bar);
  bar->wait_s = MIN (2 * bar->wait_s, AGAIN_MAX_S);
}

/* What everybody should know without asking; other hints wait for those who look. */
static bool
is_for_all (const HarkFinding *finding)
{
  static const char *const codes[] = {"udp-blocked", "lan-only", "dht-off"};

  for (size_t i = 0; i < G_N_ELEMENTS (codes); i++)
    if (strcmp (finding->code, codes[i]) == 0)
      return true;
  return finding->level == HARK_FINDING_PROBLEM;
}

static bool
says (const HarkEvent *result, const char *code)
{
  for (guint i = 0; i < result->findings->len; i++)
    if (strcmp (((const HarkFinding *) result->findings->pdata[i])->code, code) == 0)
      return true;
  return false;
}

/* (transfer full): of the line that was closed. What is not so any more is said when it comes back.
 */
static char *
closed_code (const HarkEvent *result)
{
  HarkSettings *settings = hark_settings_get ();
  char *code = hark_settings_get_text (settings, HARK_SET_NETWORK_SEEN);

  if (*code && !says (result, code))
    hark_settings_set_text (settings, HARK_SET_NETWORK_SEEN, "");
  return code;
}

static const HarkFinding *
worst_of (const HarkEvent *result)
{
  g_autofree char *closed = closed_code (result);

  for (guint i = 0; i < result->findings->len; i++) {
    const HarkFinding *finding = g_ptr_array_index (result->findings, i);
    const bool is_closed
      = finding->level != HARK_FINDING_PROBLEM && strcmp (finding->code, closed) == 0;

    if (is_for_all (finding) && !is_closed)
      return finding;
  }
  return NULL;
}

static void
say (HarkNetworkBar *bar, const HarkFinding *finding)
{
  const bool is_bad = finding->level == HARK_FINDING_PROBLEM;
  g_autofree char *text = hark_core_words (finding->text);

  bar->code = g_intern_string (finding->code);
  set_text (bar, text);
  gtk_info_bar_set_message_type (GTK_INFO_BAR (bar),
                                 is_bad ? GTK_MESSAGE_WARNING : GTK_MESSAGE_INFO);
  gtk_info_bar_set_show_close_button (GTK_INFO_BAR (bar), !is_bad);
  gtk_widget_show (GTK_WIDGET (bar));
}

static void
on_findings (GObject *owner, const HarkEvent *result)
{
  HarkNetworkBar *bar = HARK_NETWORK_BAR (owner);
  const HarkFinding *worst;
  bool waits;

  if (!result->findings)
    return;
  worst = worst_of (result);
  waits = says (result, "dht-joining");
  if (worst)
    say (bar, worst);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), worst != NULL);
  if (worst || waits)
    ask_again (bar, waits);
}

static void
examine (HarkNetworkBar *bar)
{
  if (hark_client_get_engine (bar->client))
    hark_client_ask (bar->client, hark_command_new (HARK_COMMAND_DOCTOR), G_OBJECT (bar),
                     on_findings);
}

static void
on_news (HarkNetworkBar *bar)
{
  bar->wait_s = AGAIN_S;
  g_clear_handle_id (&bar->again, g_source_remove);
  examine (bar);
}

/* The other bar goes, too. */
static void
on_setting (HarkNetworkBar *bar, const char *key)
{
  g_autofree char *closed = NULL;

  if (strcmp (key, HARK_SET_NETWORK_SEEN) != 0)
    return;
  closed = hark_settings_get_text (hark_settings_get (), HARK_SET_NETWORK_SEEN);
  if (g_strcmp0 (closed, bar->code) == 0)
    gtk_info_bar_set_revealed (GTK_INFO_BAR (bar), FALSE);
}

static void
on_response (HarkNetworkBar *bar, int response)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (bar));

  if (response == GTK_RESPONSE_CLOSE) {
    hark_settings_set_text (hark_settings_get (), HARK_SET_NETWORK_SEEN, bar->code);
    return;
  }
  gtk_window_present (GTK_WINDOW (hark_doctor_dialog_new (GTK_WINDOW (window), bar->client, NULL)));
}

static void
hark_network_bar_dispose (GObject *object)
{
  HarkNetworkBar *bar = HARK_NETWORK_BAR (object);

  g_clear_handle_id (&bar->again, g_source_remove);
  g_clear_object (&bar->client);
  G_OBJECT_CLASS (hark_network_bar_parent_class)->dispose (object);
}

static void
hark_network_bar_class_init (HarkNetworkBarClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_network_bar_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/network-bar.ui");
  gtk_widget_class_bind_template_child (widgets, HarkNetworkBar, text);
  gtk_widget_class_bind_template_callback (widgets, on_response);
}

static void
hark_network_bar_init (HarkNetworkBar *bar)
{
  GObject *close;

  gtk_widget_init_template (GTK_WIDGET (bar));
  close = gtk_widget_get_template_child (GTK_WIDGET (bar), GTK_TYPE_INFO_BAR, "close_button");
  hark_widget_spoken (GTK_WIDGET (close), _ ("Close"));
  bar->wait_s = AGAIN_S;
}

guint
hark_network_bar_pass (HarkNetworkBar *bar)
{
  g_return_val_if_fail (HARK_IS_NETWORK_BAR (bar), 0);

  if (bar->again == 0)
    return 0;
  g_clear_handle_id (&bar->again, g_source_remove);
  examine (bar);
  return bar->wait_s;
}

void
hark_network_bar_set_client (HarkNetworkBar *bar, HarkClient *client)
{
  g_return_if_fail (HARK_IS_NETWORK_BAR (bar) && bar->client == NULL);

  bar->client = g_object_ref (client);
  g_signal_connect_object (client, "ready", G_CALLBACK (on_news), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "network", G_CALLBACK (on_news), bar, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_settings_get (), "changed", G_CALLBACK (on_setting), bar,
                           G_CONNECT_SWAPPED);
}
