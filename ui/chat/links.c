#include "ui/chat/links.h"

#include "ui/format.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN_BYTES 300

static char *
consequence (const char *link, const char *host, const char *ascii)
{
  g_autofree char *shown = g_utf8_substring (link, 0, MIN (g_utf8_strlen (link, -1), SHOWN_BYTES));
  GString *text = g_string_new ("");

  if (ascii) {
    g_string_append_printf (text,
                            _ ("Its name is written %s: letters of other scripts may look like "
                               "familiar ones."),
                            ascii);
    g_string_append (text, "\n\n");
  }
  if (g_ascii_strncasecmp (link, "http:", 5) == 0) {
    g_string_append (text, _ ("The connection is not encrypted."));
    g_string_append (text, "\n\n");
  }
  g_string_append_printf (text, _ ("Your browser opens it; %s learns your network address."), host);
  g_string_append_printf (text, "\n\n%s%s", shown, strlen (shown) < strlen (link) ? "…" : "");
  return g_string_free (text, FALSE);
}

void
hark_links_open (GtkWidget *parent, const char *link)
{
  GtkWidget *top = gtk_widget_get_toplevel (parent);
  g_autofree char *ascii = NULL;
  g_autofree char *host = NULL;
  g_autofree char *question = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (g_ascii_strncasecmp (link, "hark:", 5) == 0) {
    GActionGroup *actions = gtk_widget_get_action_group (top, "win");

    if (actions)
      g_action_group_activate_action (actions, "add-address", g_variant_new_string (link));
    return;
  }
  host = hark_format_host (link, &ascii);
  if (!host || (g_ascii_strncasecmp (link, "http:", 5) && g_ascii_strncasecmp (link, "https:", 6)))
    return;
  question = g_strdup_printf (_ ("Open %s?"), host);
  text = consequence (link, host, ascii);
  if (hark_widget_confirm (parent, question, text, _ ("_Open"))
      && !gtk_show_uri_on_window (GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL, link,
                                  GDK_CURRENT_TIME, &error))
    g_warning ("cannot open a link: %s", error->message);
}
