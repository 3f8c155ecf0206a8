#define G_LOG_DOMAIN "hark-rendezvous"

#include "net/rendezvous/find.h"

#include "net/rendezvous/days.h"

void
hark_find_free (HarkRendezvousFind *find)
{
  hark_token_clear (&find->token);
  g_free (find);
}

void
hark_find_push (HarkRendezvous *rendezvous, HarkRendezvousEvent event)
{
  g_queue_push_tail (&rendezvous->events, g_memdup2 (&event, sizeof event));
}

/* The bytes inside, borrowed; NULL when @value is no byte string. */
static const uint8_t *
unwrap_value (const uint8_t *value, size_t len, size_t *ret_len)
{
  size_t inner = 0;
  size_t at = 0;

  while (at < len && at < 4 && g_ascii_isdigit (value[at]))
    inner = inner * 10 + (size_t) (value[at++] - '0');
  if (at == 0 || at >= len || value[at] != ':' || len - at - 1 != inner)
    return NULL;
  *ret_len = inner;
  return value + at + 1;
}

/* Looks in the next epoch that is left; false when none is or the account is no key. */
static bool
find_step (HarkRendezvous *rendezvous, HarkRendezvousFind *find, HarkTime now)
{
  HarkSlotNetwork network = hark_days_network (rendezvous);

  if (rendezvous->slots == NULL)
    rendezvous->slots = hark_slot_cache_new ();
  if (find->at >= find->n_epochs
      || !hark_slot_cache_get (rendezvous->slots, &find->account, &find->token,
                               find->epochs[find->at], &network, find->slot))
    return false;
  find->at++;
  find->get = hark_dht_get_mutable (
    rendezvous->dht, find->slot, NULL, 0,
    find->epochs[find->at - 1] == find->epoch_known ? find->seq_known : -1, find->urgent, now);
  return find->get != 0;
}

/* The epoch of @now_s and the neighbour that counts as well, behind those before. */
static void
add_epochs (HarkRendezvousFind *find, uint64_t now_s)
{
  uint64_t epochs[2] = {hark_slot_epoch (&find->token, now_s)};
  unsigned n = hark_days_near (&find->token, now_s, epochs[0], &epochs[1]) ? 2 : 1;

  for (unsigned i = 0; i < n; i++) {
    bool known = false;

    for (unsigned j = 0; j < find->n_epochs; j++)
      known |= find->epochs[j] == epochs[i];
    if (!known && find->n_epochs < HARK_FIND_EPOCHS)
      find->epochs[find->n_epochs++] = epochs[i];
  }
}

uint32_t
hark_rendezvous_find (HarkRendezvous *rendezvous,
                      const HarkKey *account,
                      const HarkToken *token,
                      const HarkRendezvousKnown *known,
                      bool urgent,
                      HarkTime now)
{
  HarkRendezvousFind *find;
  uint64_t other_s;

  if (rendezvous->finds->len >= HARK_RENDEZVOUS_FINDS)
    return 0;

  find = g_new0 (HarkRendezvousFind, 1);
  find->account = *account;
  find->token = *token;
  find->urgent = urgent;
  find->seq_known = known ? known->seq : -1;
  find->epoch_known = known ? known->epoch : 0;
  add_epochs (find, hark_days_now_s (rendezvous, now));
  if (hark_days_other_s (rendezvous, now, &other_s))
    add_epochs (find, other_s);
  if (!find_step (rendezvous, find, now)) {
    hark_find_free (find);
    return 0;
  }
  find->number = ++rendezvous->last_find;
  g_ptr_array_add (rendezvous->finds, find);
  return find->number;
}

void
hark_rendezvous_cancel (HarkRendezvous *rendezvous, uint32_t number)
{
  for (guint i = 0; i < rendezvous->finds->len; i++) {
    HarkRendezvousFind *find = g_ptr_array_index (rendezvous->finds, i);

    if (find->number == number) {
      hark_dht_cancel (rendezvous->dht, find->get);
      g_ptr_array_remove_index_fast (rendezvous->finds, i);
      return;
    }
  }
}

static void
note_own (HarkRendezvousWatch *watch,
          const HarkRendezvousFind *find,
          const HarkRendezvousEvent *found)
{
  watch->found = true;
  watch->token = find->token;
  watch->record = found->record;
  watch->seq = found->known.seq;
}

/* A value for @find: reported when it opens and is newer than what was reported before. */
static void
handle_value (HarkRendezvous *rendezvous, HarkRendezvousFind *find, const HarkDhtEvent *event)
{
  HarkRendezvousEvent found = {
    .find = find->number,
    .found = true,
    .known = {.seq = event->seq, .epoch = find->epochs[find->at - 1]},
  };
  const uint8_t *sealed;
  size_t sealed_len = 0;

  if (find->found && event->seq <= find->seq)
    return;
  sealed = unwrap_value (event->data, event->len, &sealed_len);
  if (!sealed
      || !hark_record_open (sealed, sealed_len, &find->account, &find->token, find->slot,
                            event->seq, &found.record)) {
    g_debug ("a record does not open");
    return;
  }
  find->found = true;
  find->seq = event->seq;
  if (find->number == rendezvous->watch.find)
    note_own (&rendezvous->watch, find, &found);
  else
    hark_find_push (rendezvous, found);
}

bool
hark_find_handle_dht (HarkRendezvous *rendezvous, const HarkDhtEvent *event, HarkTime now)
{
  for (guint i = 0; i < rendezvous->finds->len; i++) {
    HarkRendezvousFind *find = g_ptr_array_index (rendezvous->finds, i);

    if (event->operation != find->get)
      continue;
    if (event->kind == HARK_DHT_EVENT_VALUE
        || (event->kind == HARK_DHT_EVENT_GET_DONE && event->found))
      handle_value (rendezvous, find, event);
    find->unchanged |= event->kind == HARK_DHT_EVENT_GET_DONE && event->unchanged;
    if (event->kind == HARK_DHT_EVENT_GET_DONE
        && (find->found || find->unchanged || !find_step (rendezvous, find, now))) {
      if (find->number == rendezvous->watch.find)
        rendezvous->watch.find = 0;
      else
        hark_find_push (rendezvous,
                        (HarkRendezvousEvent){.find = find->number,
                                              .done = true,
                                              .unchanged = !find->found && find->unchanged});
      g_ptr_array_remove_index_fast (rendezvous->finds, i);
    }
    return true;
  }
  return false;
}
