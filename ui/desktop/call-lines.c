#include "ui/desktop/call-lines.h"

#include "ui/desktop/person-hex.h"
#include "ui/model/calls.h"
#include "ui/model/group-talk.h"

#include <string.h>

static void
put (GVariantBuilder *list,
     const char *hex,
     const char *name,
     const HarkCallStats *stats,
     const char *advice)
{
  static const char *const paths[] = {[HARK_PATH_NONE] = "",
                                      [HARK_PATH_LAN] = "lan",
                                      [HARK_PATH_DIRECT] = "direct",
                                      [HARK_PATH_RELAY] = "relay"};

  g_variant_builder_add (list, "(ssddss)", hex, name, stats->rtt_ms,
                         MAX (stats->loss_in, stats->loss_out), paths[stats->path],
                         advice ? advice : "");
}

static const char *
name_in (const HarkGroupCall *call, const uint8_t account[HARK_ACCOUNT_LEN])
{
  for (guint i = 0; i < call->people->len; i++) {
    const HarkGroupCallPerson *person = call->people->pdata[i];

    if (memcmp (person->account, account, HARK_ACCOUNT_LEN) == 0)
      return person->name ? person->name : "";
  }
  return "";
}

GVariant *
hark_call_lines (HarkClient *client)
{
  HarkCallItem *call = hark_client_get_call (client);
  const HarkCall *on = hark_client_get_call_on (client);
  const HarkGroupCall *group = on ? NULL : hark_group_talk_get (client);
  GPtrArray *lines = group ? hark_group_talk_get_lines (client) : NULL;
  HarkPersonItem *person = on ? hark_client_find (client, on->contact) : NULL;
  GVariantBuilder list;

  if (!on && !group)
    return NULL;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("a(ssddss)"));
  if (person && hark_call_item_get_stats (call)) {
    g_autofree char *hex = hark_person_hex (person);

    put (&list, hex, hark_person_item_get (person)->name, hark_call_item_get_stats (call),
         hark_call_item_get_advice (call));
  }
  for (guint i = 0; lines && i < lines->len; i++) {
    const HarkGroupLine *line = lines->pdata[i];
    g_autofree char *hex = hark_hex (line->account, HARK_ACCOUNT_LEN);

    put (&list, hex, name_in (group, line->account), &line->stats, line->advice);
  }
  return g_variant_builder_end (&list);
}
