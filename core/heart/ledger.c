/* What has left this machine, and who carried for whom: gathered from the node and kept. Stands on
 * query.c. */
#include "core/heart/core-private.h"

#include <string.h>

#define DAY_MS (24 * 60 * 60 * 1000)
#define MONTH 30 /* days */

G_STATIC_ASSERT ((int) HARK_LEFT_KINDS == (int) HARK_SENT_KINDS);

static uint32_t
today (const HarkCore *core)
{
  return (uint32_t) (MAX (hark_core_wall (core), 0) / DAY_MS);
}

static void
gather_carried (HarkCore *core, const HarkKey *account)
{
  HarkNetCarried carried;

  hark_net_take_carried (core->net, account, &carried);
  hark_ledger_deed (core->ledger.book, account, HARK_DEED_RELAYED_FOR_US, carried.for_us);
  hark_ledger_deed (core->ledger.book, account, HARK_DEED_RELAYED_FOR_THEM, carried.for_them);
}

/* What the node has counted since the last time. */
static void
gather (HarkCore *core)
{
  HarkNetStatus status;
  GHashTableIter iter;
  void *account;

  hark_net_get_status (core->net, &status);
  for (int kind = 0; kind < HARK_SENT_KINDS; kind++) {
    HarkSentCount more = {.packets = status.sent[kind].packets - core->ledger.sent[kind].packets,
                          .bytes = status.sent[kind].bytes - core->ledger.sent[kind].bytes};

    hark_ledger_sent (core->ledger.book, today (core), (HarkSentKind) kind, &more);
    core->ledger.sent[kind] = status.sent[kind];
  }
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, &account, NULL))
    gather_carried (core, account);
}

void
hark_core_ledger_save (HarkCore *core)
{
  HarkStoreRequest *request;

  if (!core->has_account)
    return;
  gather (core);
  request = hark_core_request (HARK_STORE_PUT_LEDGER);
  request->ledger = hark_ledger_keep (core->ledger.book);
  hark_core_ask_store (core, request, NULL);
}

void
hark_core_ledger_deed (HarkCore *core, const HarkKey *account, HarkDeed deed)
{
  hark_ledger_deed (core->ledger.book, account, deed, 1);
}

static void
free_person (gpointer data)
{
  HarkLedgerPerson *person = data;

  g_free (person->name);
  g_free (person);
}

static void
add_person (const HarkCore *core, const HarkCoreContact *contact, GPtrArray *people)
{
  uint64_t deeds[HARK_DEEDS], any = 0;
  HarkLedgerPerson *person;

  hark_ledger_deeds (core->ledger.book, &contact->row.account, deeds);
  for (int deed = 0; deed < HARK_DEEDS; deed++)
    any |= deeds[deed];
  if (any == 0)
    return;
  person = g_new0 (HarkLedgerPerson, 1);
  memcpy (person->account, contact->row.account.bytes, sizeof person->account);
  person->name
    = hark_contact_name (contact->row.petname, contact->row.name, contact->row.account.bytes);
  person->relayed_for_us = deeds[HARK_DEED_RELAYED_FOR_US];
  person->relayed_for_them = deeds[HARK_DEED_RELAYED_FOR_THEM];
  person->kept_for_us = deeds[HARK_DEED_KEPT_FOR_US];
  person->kept_for_them = deeds[HARK_DEED_KEPT_FOR_THEM];
  g_ptr_array_add (people, person);
}

/* The sums of @from and later. */
static uint32_t
sum (const HarkCore *core, uint32_t from, HarkLeftCount ret[HARK_LEFT_KINDS])
{
  HarkSentCount counts[HARK_SENT_KINDS];
  uint32_t first = hark_ledger_sum (core->ledger.book, from, counts);

  for (int kind = 0; kind < HARK_LEFT_KINDS; kind++)
    ret[kind] = (HarkLeftCount){.packets = counts[kind].packets, .bytes = counts[kind].bytes};
  return first;
}

static HarkLedgerInfo *
info_of (HarkCore *core)
{
  HarkLedgerInfo *info = g_new0 (HarkLedgerInfo, 1);
  uint32_t day = today (core);
  HarkNetStatus status;
  GHashTableIter iter;
  void *value;

  hark_net_get_status (core->net, &status);
  sum (core, day, info->today);
  sum (core, day - MIN (day, MONTH - 1), info->month);
  info->since_ms = (int64_t) sum (core, 0, info->all) * DAY_MS;
  info->hosts = status.sent_hosts;
  info->refused = status.refused;
  info->people = g_ptr_array_new_with_free_func (free_person);
  g_hash_table_iter_init (&iter, core->contacts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!hark_core_is_node (core, &((const HarkCoreContact *) value)->row.account))
      add_person (core, value, info->people);
  return info;
}

void
hark_core_command_ledger (HarkCore *core, HarkCommand *command)
{
  HarkEvent *event;

  gather (core);
  if (command->on) {
    hark_ledger_forget (core->ledger.book, NULL);
    hark_core_ledger_save (core);
  }
  event = hark_core_result (command);
  event->ledger = info_of (core);
  hark_core_emit (core, event);
  hark_command_free (command);
}
