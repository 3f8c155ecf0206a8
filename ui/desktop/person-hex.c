#include "ui/desktop/person-hex.h"

#include <string.h>

char *
hark_person_hex (HarkPersonItem *person)
{
  return hark_hex (hark_person_item_get (person)->account, HARK_ACCOUNT_LEN);
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
