#include "net/dht/contact-point.h"

#include "net/dht/table.h"

#include <string.h>

void
hark_contact_point_init (HarkContactPoint *point)
{
  point->registrations = g_array_new (FALSE, TRUE, sizeof (HarkRegistration));
  point->forwards = g_array_new (FALSE, TRUE, sizeof (HarkForward));
}

void
hark_contact_point_clear (HarkContactPoint *point)
{
  g_clear_pointer (&point->registrations, g_array_unref);
  g_clear_pointer (&point->forwards, g_array_unref);
}

static HarkRegistration *
find (const HarkContactPoint *point, const uint8_t handle[HARK_POINT_HANDLE_LEN], HarkTime now)
{
  for (unsigned i = 0; i < point->registrations->len; i++) {
    HarkRegistration *known = &g_array_index (point->registrations, HarkRegistration, i);

    if (known->expires > now && memcmp (known->handle, handle, HARK_POINT_HANDLE_LEN) == 0)
      return known;
  }
  return NULL;
}

bool
hark_contact_point_has (const HarkContactPoint *point,
                        const uint8_t handle[HARK_POINT_HANDLE_LEN],
                        HarkTime now)
{
  return find (point, handle, now) != NULL;
}

int
hark_contact_point_keep (HarkContactPoint *point,
                         const uint8_t handle[HARK_POINT_HANDLE_LEN],
                         const HarkEndpoint *callee,
                         HarkTime now)
{
  HarkRegistration *known = find (point, handle, now);
  HarkRegistration fresh = {.callee = *callee, .expires = hark_time_add (now, HARK_POINT_TTL)};
  unsigned of_host = 0;

  if (known) {
    /* A NAT may have given the callee another port; another host may not take a living handle over.
     */
    if (!hark_endpoint_same_ip (&known->callee, callee))
      return HARK_KRPC_ERROR_BUSY;
    known->callee = *callee;
    known->expires = fresh.expires;
    return 0;
  }

  hark_contact_point_expire (point, now);
  for (unsigned i = 0; i < point->registrations->len; i++)
    of_host
      += hark_same_host (&g_array_index (point->registrations, HarkRegistration, i).callee, callee);
  if (of_host >= HARK_POINT_PER_HOST || point->registrations->len >= HARK_POINT_REGISTRATIONS_MAX)
    return HARK_KRPC_ERROR_BUSY;
  memcpy (fresh.handle, handle, sizeof fresh.handle);
  hark_token_bucket_init (&fresh.knocks, HARK_POINT_KNOCKS_RATE, HARK_POINT_KNOCKS_BURST, now);
  g_array_append_val (point->registrations, fresh);
  return 0;
}

unsigned
hark_contact_point_load (const HarkContactPoint *point, HarkTime now)
{
  unsigned alive = 0;

  for (unsigned i = 0; i < point->registrations->len; i++)
    alive += g_array_index (point->registrations, HarkRegistration, i).expires > now;
  return alive;
}

HarkForward *
hark_contact_point_repeat (HarkContactPoint *point,
                           const HarkEndpoint *caller,
                           HarkBytes transaction,
                           HarkTime now)
{
  for (unsigned i = 0; i < point->forwards->len; i++) {
    HarkForward *forward = &g_array_index (point->forwards, HarkForward, i);

    if (forward->expires > now && forward->transaction_len == transaction.len
        && memcmp (forward->transaction, transaction.data, transaction.len) == 0
        && hark_endpoint_equal (&forward->caller, caller))
      return forward;
  }
  return NULL;
}

/* Too many knocks of @caller's host to @handle are on their way, or were a moment ago. */
static bool
is_caller_busy (const HarkContactPoint *point,
                const uint8_t handle[HARK_POINT_HANDLE_LEN],
                const HarkEndpoint *caller,
                HarkTime now)
{
  unsigned n = 0, silent = 0;

  for (unsigned i = 0; i < point->forwards->len; i++) {
    const HarkForward *forward = &g_array_index (point->forwards, HarkForward, i);

    if (forward->expires <= now || !hark_same_host (&forward->caller, caller)
        || memcmp (forward->handle, handle, HARK_POINT_HANDLE_LEN) != 0)
      continue;
    n++;
    silent += forward->answers == 0;
  }
  return silent >= HARK_POINT_PER_CALLER || n >= HARK_POINT_PER_CALLER_ANSWERED;
}

HarkForward *
hark_contact_point_forward (HarkContactPoint *point,
                            const uint8_t handle[HARK_POINT_HANDLE_LEN],
                            const HarkEndpoint *caller,
                            HarkBytes transaction,
                            size_t x_len,
                            HarkRng *rng,
                            HarkTime now,
                            int *ret_code)
{
  HarkRegistration *registration = find (point, handle, now);
  HarkForward forward = {.caller = *caller, .x_len = x_len};

  if (!registration) {
    *ret_code = HARK_KRPC_ERROR_UNKNOWN_HANDLE;
    return NULL;
  }
  if (point->forwards->len >= HARK_POINT_PENDING_MAX)
    hark_contact_point_expire (point, now);
  if (point->forwards->len >= HARK_POINT_PENDING_MAX || is_caller_busy (point, handle, caller, now)
      || !hark_token_bucket_take (&registration->knocks, 1, now)) {
    *ret_code = HARK_KRPC_ERROR_BUSY;
    return NULL;
  }
  memcpy (forward.handle, handle, sizeof forward.handle);
  forward.callee = registration->callee;
  forward.expires = hark_time_add (now, HARK_POINT_PENDING);
  forward.transaction_len = transaction.len;
  memcpy (forward.transaction, transaction.data, transaction.len);
  hark_rng_bytes (rng, forward.ring, sizeof forward.ring);
  g_array_append_val (point->forwards, forward);
  return &g_array_index (point->forwards, HarkForward, point->forwards->len - 1);
}

const HarkForward *
hark_contact_point_answered (HarkContactPoint *point,
                             const HarkEndpoint *from,
                             HarkBytes transaction,
                             size_t x_len,
                             HarkTime now)
{
  for (unsigned i = 0; i < point->forwards->len; i++) {
    HarkForward *forward = &g_array_index (point->forwards, HarkForward, i);

    if (forward->expires > now && transaction.len == sizeof forward->ring
        && memcmp (forward->ring, transaction.data, sizeof forward->ring) == 0
        && hark_endpoint_equal (&forward->callee, from))
      return x_len <= forward->x_len && forward->answers++ < HARK_POINT_ANSWERS_MAX ? forward
                                                                                    : NULL;
  }
  return NULL;
}

void
hark_contact_point_expire (HarkContactPoint *point, HarkTime now)
{
  for (unsigned i = point->registrations->len; i-- > 0;)
    if (g_array_index (point->registrations, HarkRegistration, i).expires <= now)
      g_array_remove_index (point->registrations, i);
  for (unsigned i = point->forwards->len; i-- > 0;)
    if (g_array_index (point->forwards, HarkForward, i).expires <= now)
      g_array_remove_index (point->forwards, i);
}
