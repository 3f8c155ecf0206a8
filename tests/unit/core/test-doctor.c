#include "core/heart/people/doctor.h"

#include <string.h>

#define NOW_MS 1800000000000

static HarkDoctorNetwork
good_network (void)
{
  return (HarkDoctorNetwork){
    .net = {.dht_nodes = 40, .contact_points = 3, .udp = HARK_NET_UDP_WORKS},
      .running_ms = 60000
  };
}

static HarkDoctorContact
bob (HarkPresence presence)
{
  return (HarkDoctorContact){.name = "Bob",
                             .status = HARK_PERSON_ACCEPTED,
                             .presence = presence,
                             .last_seen_ms = NOW_MS - 3600000};
}

/* The codes found, worst first, with a space behind each. */
static char *
codes (const HarkDoctorNetwork *network, const HarkDoctorContact *contact)
{
  g_autoptr (GPtrArray) findings = hark_doctor_examine (network, contact, NOW_MS);
  GString *text = g_string_new (NULL);

  g_assert_cmpuint (findings->len, >, 0);
  for (guint i = 0; i < findings->len; i++) {
    const HarkFinding *finding = g_ptr_array_index (findings, i);

    g_assert_true (g_str_has_suffix (finding->text, "."));
    g_assert_true (finding->step != NULL || finding->level == HARK_FINDING_WELL);
    g_string_append_printf (text, "%s ", finding->code);
  }
  return g_string_free (text, FALSE);
}

static void
assert_codes (const HarkDoctorNetwork *network,
              const HarkDoctorContact *contact,
              const char *expected)
{
  g_autofree char *found = codes (network, contact);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_network (void)
{
  HarkDoctorNetwork network = good_network ();

  assert_codes (&network, NULL, "dht contact-points ");
  network.net.symmetric = true;
  assert_codes (&network, NULL, "symmetric-nat dht contact-points ");
  network.net.mapping = HARK_MAPPING_PCP;
  network.net.reachable = true;
  assert_codes (&network, NULL, "dht reachable ");
  network.net.tunnel = true;
  assert_codes (&network, NULL, "vpn dht reachable ");
  network.net.udp = HARK_NET_UDP_BLOCKED;
  assert_codes (&network, NULL, "udp-blocked vpn dht reachable ");
  network.invisible = true;
  assert_codes (&network, NULL, "invisible udp-blocked vpn dht reachable ");
}

/* A Hark that looks around on its own network only. */
static void
test_local_network (void)
{
  HarkDoctorNetwork network = {.net = {.lan_only = true}, .running_ms = 60000};

  assert_codes (&network, NULL, "lan-only alone ");
  network.running_ms = 100;
  assert_codes (&network, NULL, "lan-only ");
  network.net.lan_peers = 2;
  assert_codes (&network, NULL, "lan-only neighbours ");
  network.net.other_networks = 1;
  assert_codes (&network, NULL, "lan-only neighbours ");
  network.net.lan_only = false;
  network.net.dht_off = true;
  assert_codes (&network, NULL, "dht-off neighbours ");
}

static void
test_other_networks (void)
{
  HarkDoctorNetwork network = good_network ();

  network.net.other_networks = 1;
  assert_codes (&network, NULL, "other-network dht contact-points ");
  network.net.lan_peers = 1;
  assert_codes (&network, NULL, "dht contact-points ");
  network = (HarkDoctorNetwork){
    .net = {.closed_network = true, .other_networks = 2},
      .running_ms = 60000
  };
  assert_codes (&network, NULL, "network-silent other-network ");
}

static void
test_no_network (void)
{
  HarkDoctorNetwork network = {.net = {.no_address = true}, .running_ms = 60000};

  assert_codes (&network, NULL, "no-network ");
  network.net.no_address = false;
  assert_codes (&network, NULL, "dht-unreachable ");
  network.net.closed_network = true;
  assert_codes (&network, NULL, "network-silent ");
  network.running_ms = 100;
  assert_codes (&network, NULL, "dht-joining ");
  network.net.dht_off = true;
  assert_codes (&network, NULL, "dht-off ");
  network.net.lan_only = true;
  assert_codes (&network, NULL, "lan-only ");
}

static void
test_clock (void)
{
  HarkDoctorNetwork network = good_network ();
  g_autoptr (GPtrArray) findings = NULL;
  const HarkFinding *first;

  network.net.clock_skew_s = -3653ll * 86400;
  assert_codes (&network, NULL, "dht contact-points "); /* nobody vouches for it */
  network.net.has_clock_skew = true;
  assert_codes (&network, NULL, "clock-wrong dht contact-points ");
  findings = hark_doctor_examine (&network, NULL, NOW_MS);
  first = g_ptr_array_index (findings, 0);
  g_assert_cmpstr (first->text, ==, "This computer's clock is 10 years fast.");

  network.net.clock_skew_s = 86400 - 20; /* the day is wrong */
  g_clear_pointer (&findings, g_ptr_array_unref);
  findings = hark_doctor_examine (&network, NULL, NOW_MS);
  first = g_ptr_array_index (findings, 0);
  g_assert_cmpstr (first->text, ==, "This computer's clock is 24 hours slow.");
}

static void
test_no_helper (void)
{
  HarkDoctorNetwork network = good_network ();

  network.net.contact_points = 0;
  assert_codes (&network, NULL, "no-helper dht ");
  network.running_ms = 1000;
  assert_codes (&network, NULL, "dht ");
}

static void
test_online (void)
{
  HarkDoctorNetwork network = good_network ();
  HarkDoctorContact contact = bob (HARK_PRESENCE_ONLINE);

  contact.path = HARK_PATH_DIRECT;
  assert_codes (&network, &contact, "dht contact-points online ");
  contact.path = HARK_PATH_RELAY;
  contact.relay = "Carol";
  assert_codes (&network, &contact, "relayed dht contact-points ");
}

static void
test_offline (void)
{
  HarkDoctorNetwork network = good_network ();
  HarkDoctorContact contact = bob (HARK_PRESENCE_OFFLINE);

  assert_codes (&network, &contact, "not-looked dht contact-points ");
  contact.record.looked = 1;
  assert_codes (&network, &contact, "not-found dht contact-points ");
  contact.record = (HarkNetPeerRecord){.looked = 1, .found = true};
  assert_codes (&network, &contact, "left dht contact-points ");
  contact.record.old = true;
  assert_codes (&network, &contact, "not-seen-since dht contact-points ");
  contact.record = (HarkNetPeerRecord){.looked = 1, .found = true, .online = true};
  assert_codes (&network, &contact, "no-answer dht contact-points ");
  contact.record.mailbox = true;
  assert_codes (&network, &contact, "mailbox dht contact-points ");
  contact.record.last_failure = HARK_NET_FAILURE_PATH;
  assert_codes (&network, &contact, "no-path dht contact-points ");
  network.net.symmetric = true;
  assert_codes (&network, &contact, "both-nats symmetric-nat dht contact-points ");
}

static void
test_not_a_contact (void)
{
  HarkDoctorNetwork network = good_network ();
  HarkDoctorContact contact = bob (HARK_PRESENCE_OFFLINE);

  contact.status = HARK_PERSON_ASKED;
  assert_codes (&network, &contact, "not-accepted dht contact-points ");
  contact.status = HARK_PERSON_BLOCKED;
  assert_codes (&network, &contact, "blocked dht contact-points ");
}

static void
test_hidden (void)
{
  HarkDoctorNetwork network = good_network ();
  HarkDoctorContact contact = bob (HARK_PRESENCE_OFFLINE);

  contact.hidden = true;
  assert_codes (&network, &contact, "hidden dht contact-points ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doctor/looks-around-on-a-local-network", test_local_network);
  g_test_add_func ("/doctor/knows-of-other-networks", test_other_networks);
  g_test_add_func ("/doctor/says-what-the-network-is-like", test_network);
  g_test_add_func ("/doctor/says-that-there-is-none", test_no_network);
  g_test_add_func ("/doctor/says-that-the-clock-is-wrong", test_clock);
  g_test_add_func ("/doctor/says-that-nobody-helps", test_no_helper);
  g_test_add_func ("/doctor/says-how-somebody-is-reached", test_online);
  g_test_add_func ("/doctor/says-why-somebody-is-not", test_offline);
  g_test_add_func ("/doctor/knows-who-is-no-contact-yet", test_not_a_contact);
  g_test_add_func ("/doctor/says-that-one-contact-sees-us-offline", test_hidden);
  return g_test_run ();
}
