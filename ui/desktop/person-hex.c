#include "ui/desktop/person-hex.h"

#include <string.h>

char *
hark_person_hex (HarkPersonItem *person)
{
  const uint8_t *account = hark_person_item_get (person)->account;
  GString *hex = g_string_sized_new (2 * HARK_ACCOUNT_LEN);

  for (size_t i = 0; i < HARK_ACCOUNT_LEN; i++)
    g_string_append_printf (hex, "%02x", account[i]);
  return g_string_free (hex, FALSE);
}

HarkPersonItem *
hark_person_of_hex (HarkClient *client, const char *hex)
{
  GListModel *people = hark_client_get_people (client);

  for (guint i = 0; i < g_list_model_get_n_items (people); i++) {
    g_autoptr (HarkPersonItem) person = g_list_model_get_item (people, i);
    g_autofree char *own = hark_person_hex (person);

    if (strcmp (own, hex) == 0)
      return person; /* the list keeps it */
  }
  return NULL;
}
