#include "ui/settings/connection-row.h"

#include "ui/settings/rows.h"
#include "ui/settings/settings.h"

#include <glib/gi18n.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#define VALUES "hark-values" /* GStrv of what may be chosen; "" is everything */

/* (transfer full): what it is, for people. */
static char *
describe (const char *interface)
{
  g_autofree char *radio = g_strdup_printf ("/sys/class/net/%s/wireless", interface);
  g_autofree char *wire = g_strdup_printf ("/sys/class/net/%s/device", interface);

  if (*interface == '\0')
    return g_strdup (_ ("All of them"));
  if (access (radio, F_OK) == 0)
    /* Translators: %s: name of a network interface, such as wlan0 */
    return g_strdup_printf (_ ("Wi-Fi (%s)"), interface);
  if (access (wire, F_OK) == 0)
    /* Translators: %s: name of a network interface, such as eth0 */
    return g_strdup_printf (_ ("Cable (%s)"), interface);
  return g_strdup (interface);
}

/* (transfer full): everything, the interfaces there are, and @chosen, which may be gone. */
static char **
list_values (const char *chosen)
{
  g_autoptr (GStrvBuilder) values = g_strv_builder_new ();
  struct if_nameindex *interfaces = if_nameindex ();
  bool found = *chosen == '\0';

  g_strv_builder_add (values, "");
  for (struct if_nameindex *i = interfaces; i && i->if_index; i++)
    if (strcmp (i->if_name, "lo") != 0) {
      g_strv_builder_add (values, i->if_name);
      found |= strcmp (i->if_name, chosen) == 0;
    }
  if (interfaces)
    if_freenameindex (interfaces);
  if (!found)
    g_strv_builder_add (values, chosen);
  return g_strv_builder_end (values);
}

static void
on_choice (HdyComboRow *row, GParamSpec *pspec, void *data)
{
  char **values = g_object_get_data (G_OBJECT (row), VALUES);
  int selected = hdy_combo_row_get_selected_index (row);

  (void) pspec;
  if (selected < 0)
    return;
  hark_settings_set_text (hark_settings_get (), HARK_SET_BIND, values[selected]);
  hark_preferences_later (data);
}

void
hark_connection_row_add (GtkWidget *group, HarkPreferences *window)
{
  HarkSettings *settings = hark_settings_get ();
  g_autofree char *chosen = hark_settings_get_text (settings, HARK_SET_BIND);
  char **values = list_values (chosen);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  bool on = false;
  const bool decided = hark_settings_is_decided (settings, HARK_SET_BIND, &on);
  int selected = 0;
  GtkWidget *row;

  for (int i = 0; values[i]; i++) {
    g_ptr_array_add (names, describe (values[i]));
    if (strcmp (values[i], chosen) == 0)
      selected = i;
  }
  g_ptr_array_add (names, NULL);
  row = hark_row_choice (
    group, _ ("Connections to use"),
    decided ? _ ("Decided for this computer, or when Hark was started.")
            : _ ("Hark sends nothing through the others; names are looked up as always."),
    (const char *const *) names->pdata, selected);
  gtk_widget_set_sensitive (row, !decided);
  g_object_set_data_full (G_OBJECT (row), VALUES, values, (GDestroyNotify) g_strfreev);
  g_signal_connect (row, "notify::selected-index", G_CALLBACK (on_choice), window);
}
