#include "net/io/ice-check.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>

#define PRIORITY (110u << 24 | 65535u << 8 | 255u) /* peer reflexive, RFC 8445 section 5.1.2 */
#define COMPATIBILITY STUN_USAGE_ICE_COMPATIBILITY_RFC5245

static void
init_stun (StunAgent *stun)
{
  stun_agent_init (stun, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                   STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

void
hark_ice_check_init (HarkIceCheck *check,
                     const HarkIceCredentials *local,
                     const HarkIceCredentials *remote,
                     bool controlling,
                     HarkTime now)
{
  *check = (HarkIceCheck){.controlling = controlling};
  g_snprintf (check->username_in, sizeof check->username_in, "%s:%s", local->ufrag, remote->ufrag);
  g_snprintf (check->username_out, sizeof check->username_out, "%s:%s", remote->ufrag,
              local->ufrag);
  memcpy (check->password_in, local->password, sizeof check->password_in);
  memcpy (check->password_out, remote->password, sizeof check->password_out);
  hark_token_bucket_init (&check->answers, HARK_ICE_CHECK_RATE, HARK_ICE_CHECK_BURST, now);
}

static void
stop_asking (HarkIceCheck *check)
{
  g_clear_pointer (&check->asking, g_free);
}

void
hark_ice_check_clear (HarkIceCheck *check)
{
  stop_asking (check);
  sodium_memzero (check, sizeof *check);
}

size_t
hark_ice_check_ask (HarkIceCheck *check, uint8_t ret[HARK_ICE_CHECK_LEN_MAX])
{
  StunMessage message;
  uint64_t tie;

  stop_asking (check);
  check->asking = g_new (StunAgent, 1);
  init_stun (check->asking);
  randombytes_buf (&tie, sizeof tie); /* no conflict to break: roles are agreed beforehand */
  return stun_usage_ice_conncheck_create (
    check->asking, &message, ret, HARK_ICE_CHECK_LEN_MAX, (const uint8_t *) check->username_out,
    strlen (check->username_out), (const uint8_t *) check->password_out,
    strlen (check->password_out), false, check->controlling, PRIORITY, tie, NULL, COMPATIBILITY);
}

typedef struct {
  HarkIceCheck *check;
  HarkTime now;
} Asker;

/* Called for requests before the integrity is computed: others' names and too many cost no hash. */
static bool
admit (StunAgent *agent G_GNUC_UNUSED,
       StunMessage *message G_GNUC_UNUSED,
       uint8_t *username,
       uint16_t username_len,
       uint8_t **password,
       size_t *password_len,
       void *user_data)
{
  const Asker *asker = user_data;
  HarkIceCheck *check = asker->check;
  size_t len = strlen (check->username_in);

  if (!username || username_len != len || memcmp (username, check->username_in, len) != 0
      || !hark_token_bucket_take (&check->answers, 1, asker->now))
    return false;
  *password = (uint8_t *) check->password_in;
  *password_len = strlen (check->password_in);
  return true;
}

static HarkIceCheckResult
answer (HarkIceCheck *check,
        StunAgent *stun,
        StunMessage *request,
        const HarkEndpoint *from,
        uint8_t ret[HARK_ICE_CHECK_LEN_MAX],
        size_t *ret_len)
{
  struct sockaddr_storage address = {0};
  socklen_t address_len = (socklen_t) hark_endpoint_to_sockaddr (from, false, &address);
  size_t len = HARK_ICE_CHECK_LEN_MAX;
  bool controlling = check->controlling;
  StunMessage reply;

  if (stun_usage_ice_conncheck_create_reply (stun, request, &reply, ret, &len, &address,
                                             address_len, &controlling, 0, COMPATIBILITY)
        != STUN_USAGE_ICE_RETURN_SUCCESS
      || len == 0)
    return HARK_ICE_CHECK_DROPPED;
  *ret_len = len;
  return HARK_ICE_CHECK_ANSWER;
}

HarkIceCheckResult
hark_ice_check_handle (HarkIceCheck *check,
                       const HarkEndpoint *from,
                       const uint8_t *packet,
                       size_t len,
                       HarkTime now,
                       uint8_t ret[HARK_ICE_CHECK_LEN_MAX],
                       size_t *ret_len)
{
  Asker asker = {.check = check, .now = now};
  StunMessage message;
  StunAgent stun;

  if (len < STUN_MESSAGE_HEADER_LENGTH)
    return HARK_ICE_CHECK_DROPPED;
  if (packet[0] == 0x00 && packet[1] == 0x01) { /* Binding request */
    init_stun (&stun);
    if (stun_agent_validate (&stun, &message, packet, len, admit, &asker)
        != STUN_VALIDATION_SUCCESS)
      return HARK_ICE_CHECK_DROPPED;
    return answer (check, &stun, &message, from, ret, ret_len);
  }
  if (packet[0] == 0x01 && packet[1] == 0x01 && check->asking) { /* Binding success response */
    if (stun_agent_validate (check->asking, &message, packet, len, NULL, NULL)
        != STUN_VALIDATION_SUCCESS)
      return HARK_ICE_CHECK_DROPPED;
    stop_asking (check);
    return HARK_ICE_CHECK_ANSWERED;
  }
  return HARK_ICE_CHECK_DROPPED;
}
