#include "core/heart/ledger-days.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <string.h>

#define FORMAT 1
#define DAY_LEN (4 + HARK_SENT_KINDS * 16) /* bytes */
#define PERSON_LEN (HARK_KEY_LEN + HARK_DEEDS * 8)

typedef struct {
  uint32_t day;
  HarkSentCount counts[HARK_SENT_KINDS];
} Day;

typedef struct {
  HarkKey account; /* first, for hark_key_find() */
  uint64_t deeds[HARK_DEEDS];
} Person;

struct HarkLedger {
  GArray *days;   /* of Day */
  GArray *people; /* of Person */
};

/* A sum that stays where it is at its end. */
static void
add (uint64_t *sum, uint64_t more)
{
  *sum = more > UINT64_MAX - *sum ? UINT64_MAX : *sum + more;
}

static Day *
find_day (HarkLedger *ledger, uint32_t day)
{
  Day fresh = {.day = day};
  guint oldest = 0;

  for (guint i = 0; i < ledger->days->len; i++) {
    Day *known = &g_array_index (ledger->days, Day, i);

    if (known->day == day)
      return known;
    if (known->day < g_array_index (ledger->days, Day, oldest).day)
      oldest = i;
  }
  if (ledger->days->len == HARK_LEDGER_DAYS) {
    if (g_array_index (ledger->days, Day, oldest).day > day)
      return NULL;
    g_array_remove_index_fast (ledger->days, oldest);
  }
  g_array_append_val (ledger->days, fresh);
  return &g_array_index (ledger->days, Day, ledger->days->len - 1);
}

static void
read_all (HarkLedger *ledger, HarkReader *reader)
{
  uint8_t n_days = hark_reader_u8 (reader) == FORMAT ? hark_reader_u8 (reader) : 0;

  for (uint8_t i = 0; i < n_days && hark_reader_left (reader) >= DAY_LEN; i++) {
    uint32_t day = hark_reader_u32 (reader);

    for (int kind = 0; kind < HARK_SENT_KINDS; kind++) {
      HarkSentCount count = {.packets = hark_reader_u64 (reader)};

      count.bytes = hark_reader_u64 (reader);
      hark_ledger_sent (ledger, day, (HarkSentKind) kind, &count);
    }
  }
  while (hark_reader_left (reader) >= PERSON_LEN) {
    HarkKey account;

    hark_reader_copy (reader, account.bytes, sizeof account.bytes);
    for (int deed = 0; deed < HARK_DEEDS; deed++)
      hark_ledger_deed (ledger, &account, (HarkDeed) deed, hark_reader_u64 (reader));
  }
}

HarkLedger *
hark_ledger_new (GBytes *kept)
{
  HarkLedger *ledger = g_new0 (HarkLedger, 1);
  gsize len = 0;
  const uint8_t *bytes = kept ? g_bytes_get_data (kept, &len) : NULL;
  HarkReader reader;

  ledger->days = g_array_new (FALSE, TRUE, sizeof (Day));
  ledger->people = g_array_new (FALSE, TRUE, sizeof (Person));
  hark_reader_init (&reader, bytes, len);
  read_all (ledger, &reader);
  return ledger;
}

void
hark_ledger_free (HarkLedger *ledger)
{
  if (ledger == NULL)
    return;
  g_array_unref (ledger->days);
  g_array_unref (ledger->people);
  g_free (ledger);
}

void
hark_ledger_sent (HarkLedger *ledger, uint32_t day, HarkSentKind kind, const HarkSentCount *more)
{
  Day *found = more->packets || more->bytes ? find_day (ledger, day) : NULL;

  if (found == NULL)
    return;
  add (&found->counts[kind].packets, more->packets);
  add (&found->counts[kind].bytes, more->bytes);
}

void
hark_ledger_deed (HarkLedger *ledger, const HarkKey *account, HarkDeed deed, uint64_t amount)
{
  Person *person = hark_key_find (ledger->people, account), fresh = {.account = *account};

  if (amount == 0 || (person == NULL && ledger->people->len == HARK_LEDGER_PEOPLE_MAX))
    return;
  if (person == NULL) {
    g_array_append_val (ledger->people, fresh);
    person = hark_key_find (ledger->people, account);
  }
  add (&person->deeds[deed], amount);
}

uint32_t
hark_ledger_sum (const HarkLedger *ledger, uint32_t from, HarkSentCount ret[HARK_SENT_KINDS])
{
  uint32_t first = 0;

  memset (ret, 0, HARK_SENT_KINDS * sizeof ret[0]);
  for (guint i = 0; i < ledger->days->len; i++) {
    const Day *day = &g_array_index (ledger->days, Day, i);

    first = first == 0 ? day->day : MIN (first, day->day);
    for (int kind = 0; day->day >= from && kind < HARK_SENT_KINDS; kind++) {
      add (&ret[kind].packets, day->counts[kind].packets);
      add (&ret[kind].bytes, day->counts[kind].bytes);
    }
  }
  return first;
}

void
hark_ledger_deeds (const HarkLedger *ledger, const HarkKey *account, uint64_t ret[HARK_DEEDS])
{
  const Person *person = hark_key_find (ledger->people, account);

  memset (ret, 0, HARK_DEEDS * sizeof ret[0]);
  if (person != NULL)
    memcpy (ret, person->deeds, sizeof person->deeds);
}

void
hark_ledger_forget (HarkLedger *ledger, const HarkKey *account)
{
  Person *person = account != NULL ? hark_key_find (ledger->people, account) : NULL;

  if (person != NULL)
    g_array_remove_index_fast (ledger->people,
                               (guint) (person - &g_array_index (ledger->people, Person, 0)));
  if (account != NULL)
    return;
  g_array_set_size (ledger->days, 0);
  g_array_set_size (ledger->people, 0);
}

GBytes *
hark_ledger_keep (const HarkLedger *ledger)
{
  gsize len = 2 + ledger->days->len * DAY_LEN + ledger->people->len * PERSON_LEN;
  uint8_t *bytes = g_malloc (len);
  HarkWriter writer;

  hark_writer_init (&writer, bytes, len);
  hark_writer_u8 (&writer, FORMAT);
  hark_writer_u8 (&writer, (uint8_t) ledger->days->len);
  for (guint i = 0; i < ledger->days->len; i++) {
    const Day *day = &g_array_index (ledger->days, Day, i);

    hark_writer_u32 (&writer, day->day);
    for (int kind = 0; kind < HARK_SENT_KINDS; kind++) {
      hark_writer_u64 (&writer, day->counts[kind].packets);
      hark_writer_u64 (&writer, day->counts[kind].bytes);
    }
  }
  for (guint i = 0; i < ledger->people->len; i++) {
    const Person *person = &g_array_index (ledger->people, Person, i);

    hark_writer_bytes (&writer, person->account.bytes, sizeof person->account.bytes);
    for (int deed = 0; deed < HARK_DEEDS; deed++)
      hark_writer_u64 (&writer, person->deeds[deed]);
  }
  return g_bytes_new_take (bytes, len);
}
