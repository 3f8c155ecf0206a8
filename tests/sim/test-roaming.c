/* Staying connected: in a call, a router forgets its ports, addresses change, people move to other
 * networks, lines are cut and healed; the session goes on, and so does what is under way in it. */
#include "net/node/node-private.h"
#include "net/session/life.h"
#include "tests/sim/core-world.h"

#include <string.h>

#define FRAME (20 * HARK_MS)

typedef struct {
  HarkSimWorld world;
  HarkSimCoreNode *people[2]; /* Alice, Bob */
  unsigned spare[2];          /* another home of each */
  unsigned heard[2];          /* voice packets */
  HarkTime last[2];           /* when the last came */
  HarkTime gap[2];            /* longest time without one */
} Line;

static HarkTime
now_of (const Line *line)
{
  return hark_sim_network_now (line->world.network);
}

static void
line_init (Line *line, uint64_t seed, HarkSimNatKind a, HarkSimNatKind b)
{
  static const char *const names[] = {"Alice", "Bob"};
  HarkSimLinkConfig link = {.delay = 10 * HARK_MS};

  *line = (Line){0};
  hark_sim_world_init (&line->world, seed);
  for (int i = 0; i < 2; i++) {
    line->people[i] = hark_sim_world_add (&line->world, i ? b : a, &link, names[i]);
    line->spare[i] = hark_sim_network_add_site (line->world.network, HARK_SIM_NAT_PORT_RESTRICTED);
    hark_sim_node_tell_hosts (line->people[i]->node);
  }
  g_assert_true (hark_sim_befriend (line->people[0], line->people[1], 10 * HARK_MINUTE));
  hark_sim_network_run (line->world.network, 30 * HARK_SECOND);
}

static void
line_clear (Line *line)
{
  hark_sim_world_clear (&line->world);
}

/* Lets both talk for @span. */
static void
talk (Line *line, HarkTime span)
{
  static const uint8_t payload[46] = {0x10};
  HarkTime end = now_of (line) + span;

  while (now_of (line) < end) {
    for (int i = 0; i < 2; i++) {
      hark_core_handle_voice_packet (line->people[i]->core, payload, sizeof payload, now_of (line));
      hark_sim_node_flush (line->people[i]->node);
    }
    hark_sim_network_run (line->world.network, FRAME);
    for (int i = 0; i < 2; i++) {
      HarkTime since = now_of (line) - line->last[i];

      if (line->people[i]->voice_packets != line->heard[i]) {
        line->heard[i] = line->people[i]->voice_packets;
        line->last[i] = now_of (line);
      }
      line->gap[i] = MAX (line->gap[i], since);
    }
  }
}

static void
say (HarkSimCoreNode *node, HarkCommandKind kind, const HarkSimCoreNode *other)
{
  const HarkEvent *result = hark_sim_core_node_ask (node, hark_sim_command (kind, other));

  g_assert_nonnull (result);
  g_assert_true (result->ok);
}

static void
call (Line *line)
{
  say (line->people[0], HARK_COMMAND_CALL, line->people[1]);
  hark_sim_network_run (line->world.network, 2 * HARK_SECOND);
  say (line->people[1], HARK_COMMAND_ANSWER, NULL);
  talk (line, 3 * HARK_SECOND);
  for (int i = 0; i < 2; i++) {
    g_assert_cmpuint (line->heard[i], >, 50);
    line->gap[i] = 0;
  }
}

static const HarkPeer *
peer_of (const Line *line, int who)
{
  GHashTable *peers = line->people[who]->net->peers;

  return g_hash_table_lookup (peers, &line->people[1 - who]->account);
}

/* The first session is still the one, and both see each other. */
static void
check_session (const Line *line, uint32_t session)
{
  for (int i = 0; i < 2; i++) {
    const HarkPeer *peer = peer_of (line, i);

    g_assert_cmpint (peer->state, ==, HARK_PEER_ONLINE);
    g_assert_cmpuint (peer->session, ==, session);
    g_assert_nonnull (peer->current);
    g_assert_cmpuint (hark_link_get_lost (peer->current), ==, HARK_TIME_NEVER);
  }
}

static void
check_gap (const Line *line, const char *what, HarkTime most)
{
  g_test_message ("%s: gaps of %.0f and %.0f ms", what, (double) line->gap[0] / HARK_MS,
                  (double) line->gap[1] / HARK_MS);
  for (int i = 0; i < 2; i++)
    g_assert_cmpuint (line->gap[i], <=, most);
}

static void
move (Line *line, int who, unsigned site)
{
  hark_sim_network_move_host (line->world.network, line->people[who]->host, site);
  line->world.sites[who] = site;
  hark_sim_node_tell_hosts (line->people[who]->node);
}

static void
test_rebind (void)
{
  for (int who = 0; who < 2; who++) {
    Line line;

    line_init (&line, 1, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    call (&line);
    for (int n = 0; n < 3; n++) {
      hark_sim_network_rebind_site (line.world.network, line.world.sites[who]);
      talk (&line, 10 * HARK_SECOND);
    }
    check_gap (&line, "rebind", HARK_SECOND);
    check_session (&line, 1);
    line_clear (&line);
  }
}

static void
test_renumber (void)
{
  for (int who = 0; who < 2; who++) {
    Line line;

    line_init (&line, 2, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_FULL_CONE);
    call (&line);
    move (&line, who, line.world.sites[who]);
    talk (&line, 10 * HARK_SECOND);
    check_gap (&line, "renumber", HARK_SECOND);
    check_session (&line, 1);
    line_clear (&line);
  }
}

static void
test_router_address (void)
{
  Line line;

  line_init (&line, 3, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  call (&line);
  hark_sim_network_renumber_site (line.world.network, line.world.sites[0]);
  talk (&line, 10 * HARK_SECOND);
  check_gap (&line, "router's address", HARK_SECOND);
  check_session (&line, 1);
  line_clear (&line);
}

static void
test_roam (void)
{
  for (int who = 0; who < 2; who++) {
    Line line;

    line_init (&line, 4, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    call (&line);
    move (&line, who, line.spare[who]);
    talk (&line, 20 * HARK_SECOND);
    check_gap (&line, "roam", HARK_SECOND);
    move (&line, who, line.world.sites[1 - who]); /* into the other's home, and back */
    talk (&line, 20 * HARK_SECOND);
    g_assert_cmpint (hark_link_get_path_info (peer_of (&line, 0)->current)->route, ==,
                     HARK_ROUTE_LAN);
    move (&line, who, line.spare[who]);
    talk (&line, 20 * HARK_SECOND);
    check_gap (&line, "roam thrice", HARK_SECOND);
    check_session (&line, 1);
    line_clear (&line);
  }
}

static void
test_both_roam (void)
{
  Line line;

  line_init (&line, 5, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  call (&line);
  move (&line, 0, line.spare[0]);
  move (&line, 1, line.spare[1]);
  talk (&line, 20 * HARK_SECOND);
  check_gap (&line, "both roam", 10 * HARK_SECOND);
  check_session (&line, 1);
  line_clear (&line);
}

/* Both notice at the same moment that the line is dead, and both begin. */
static void
test_glare (void)
{
  for (unsigned seed = 0; seed < 20; seed++) {
    Line line;

    line_init (&line, 10 + seed, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    call (&line);
    hark_sim_network_rebind_site (line.world.network, line.world.sites[0]);
    hark_sim_network_rebind_site (line.world.network, line.world.sites[1]);
    talk (&line, 30 * HARK_SECOND);
    check_session (&line, 1);
    line_clear (&line);
  }
}

static bool
is_mended (void *data)
{
  const Line *line = data;

  for (int i = 0; i < 2; i++) {
    const HarkPeer *peer = peer_of (line, i);

    if (peer->state != HARK_PEER_ONLINE || !peer->current
        || hark_link_get_lost (peer->current) != HARK_TIME_NEVER)
      return false;
  }
  return true;
}

static void
check_cut (HarkTime outage, HarkTime most)
{
  Line line;
  HarkTime healed;

  line_init (&line, 6, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], true);
  hark_sim_network_run (line.world.network, outage);
  g_assert_false (hark_sim_core_node_sees_online (line.people[1], line.people[0]));
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], false);
  healed = now_of (&line);
  g_assert_true (hark_sim_network_run_until (line.world.network, most, is_mended, &line));
  g_test_message ("cut for %.0f s: back after %.1f s", (double) outage / HARK_SECOND,
                  (double) (now_of (&line) - healed) / HARK_SECOND);
  check_session (&line, 1);
  line_clear (&line);
}

static void
test_cut (void)
{
  check_cut (15 * HARK_SECOND, 12 * HARK_SECOND);
  check_cut (30 * HARK_SECOND, 12 * HARK_SECOND);
  check_cut (5 * HARK_MINUTE, 12 * HARK_SECOND);
}

static void
test_short_cut_is_not_shown (void)
{
  Line line;
  guint before;

  line_init (&line, 7, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  call (&line);
  before = line.people[1]->events->len;
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], true);
  talk (&line, 800 * HARK_MS);
  hark_sim_network_cut_site (line.world.network, line.world.sites[0], false);
  talk (&line, 5 * HARK_SECOND);
  for (guint i = before; i < line.people[1]->events->len; i++) {
    const HarkEvent *event = line.people[1]->events->pdata[i];

    if (event->kind == HARK_EVENT_CONTACT)
      g_assert_cmpint (event->person->presence, ==, HARK_PRESENCE_ONLINE);
  }
  check_session (&line, 1);
  line_clear (&line);
}

/* Privacy addresses of IPv6 (RFC 8981) come and go beside the ones in use. */
static void
test_temporary_addresses (void)
{
  HarkEndpoint hosts[3] = {
    {0                                        },
    { .family = 6, .ip = {0x20, 0x01, 0x48, 0x60, [15] = 1}},
    { .family = 6, .ip = {0x20, 0x01, 0x48, 0x60, [15] = 2}},
  };
  Line line;

  line_init (&line, 8, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  call (&line);
  hosts[0] = hark_sim_network_get_address (line.world.network, line.people[0]->host);
  for (unsigned i = 0; i < 8; i++) {
    hosts[2].ip[15] = (uint8_t) i;
    hark_net_set_hosts (line.people[0]->net, hosts, 2 + i % 2, now_of (&line));
    hark_sim_node_flush (line.people[0]->node);
    talk (&line, 3 * HARK_SECOND);
    g_assert_cmpuint (peer_of (&line, 0)->restart.begun, ==, 0);
    g_assert_cmpuint (peer_of (&line, 1)->restart.begun, ==, 0);
  }
  check_gap (&line, "temporary addresses", 100 * HARK_MS);
  check_session (&line, 1);
  line_clear (&line);
}

/* ---- nobody talks, until somebody writes ---- */

static const char question[] = "Are you there?";

static bool
is_read (void *data)
{
  const Line *line = data;
  const GPtrArray *events = line->people[1]->events;

  for (guint i = 0; i < events->len; i++) {
    const HarkEvent *event = events->pdata[i];

    if (event->kind == HARK_EVENT_MESSAGE && strcmp (event->message->text, question) == 0)
      return true;
  }
  return false;
}

static void
write_to (Line *line, int from, const char *text)
{
  HarkCommand *command = hark_sim_command (HARK_COMMAND_SEND, line->people[1 - from]);
  const HarkEvent *result;

  command->text = g_strdup (text);
  result = hark_sim_core_node_ask (line->people[from], command);
  g_assert_true (result && result->ok);
}

/* Alice writes @after a fault at @who's: the path is dead, and nobody knows. @talk: they have
 * written to each other a minute ago. */
static HarkTime
time_to_read (uint64_t seed, int who, bool talk, HarkTime after)
{
  HarkTime start;
  Line line;

  line_init (&line, seed, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
  if (talk) {
    write_to (&line, 1, "Good evening.");
    hark_sim_network_run (line.world.network, HARK_MINUTE + seed * HARK_SECOND / 10);
  }
  hark_sim_network_rebind_site (line.world.network, line.world.sites[who]);
  hark_sim_network_run (line.world.network, after);
  start = now_of (&line);
  write_to (&line, 0, question);
  g_assert_true (hark_sim_network_run_until (line.world.network, HARK_MINUTE, is_read, &line));
  check_session (&line, 1);
  start = now_of (&line) - start;
  line_clear (&line);
  return start;
}

/* The reader's router says that it restarted: the way to him is there again before anybody could
 * notice by himself. */
static void
test_router_says_so (void)
{
  for (uint64_t seed = 60; seed < 64; seed++) {
    HarkTime start;
    Line line;

    line_init (&line, seed, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    hark_sim_network_run (line.world.network, 20 * HARK_SECOND + seed * HARK_SECOND / 10);
    hark_sim_network_rebind_site (line.world.network, line.world.sites[1]);
    hark_net_router_restarted (line.world.people[1]->net, now_of (&line));
    hark_sim_node_flush (line.world.people[1]->node);
    hark_sim_network_run (line.world.network, 200 * HARK_MS);
    start = now_of (&line);
    write_to (&line, 0, question);
    g_assert_true (hark_sim_network_run_until (line.world.network, HARK_MINUTE, is_read, &line));
    g_assert_cmpuint (now_of (&line) - start, <, 1500 * HARK_MS);
    check_session (&line, 1);
    line_clear (&line);
  }
}

static void
test_words_into_nothing (void)
{
  static const struct {
    const char *what;
    int who;
    bool talk;
    HarkTime most;
  } cases[] = {
    {"writer's router",                  0, false, HARK_SECOND                                },
    {"reader's router",                  1, false, HARK_LIFE_PERIOD * 3 / 2 + HARK_SECOND     },
    {"writer's router, in conversation", 0, true,  HARK_SECOND                                },
    {"reader's router, in conversation", 1, true,  HARK_LIFE_TALK_PERIOD * 3 / 2 + HARK_SECOND},
  };

  for (unsigned n = 0; n < G_N_ELEMENTS (cases); n++) {
    HarkTime longest = 0, sum = 0;

    for (unsigned i = 0; i < 8; i++) {
      HarkTime span = time_to_read (500 + i, cases[n].who, cases[n].talk, i * 900 * HARK_MS);

      longest = MAX (longest, span);
      sum += span;
    }
    g_test_message ("%s: read after %.2f s in the mean, %.2f s at most", cases[n].what,
                    (double) sum / 8 / HARK_SECOND, (double) longest / HARK_SECOND);
    g_assert_cmpuint (longest, <=, cases[n].most);
  }
}

/* ---- a file is on its way in a call ---- */

#define FILE_LEN ((size_t) 3 * 1024 * 1024)

typedef enum { REBIND, RENUMBER, ROUTER, ROAM, CUT, N_FAULTS } Fault;

static void
give (Line *line, const uint8_t *bytes)
{
  g_autofree char *path = g_build_filename (line->people[0]->folder, "gift.bin", NULL);
  HarkCommand *command = hark_sim_command (HARK_COMMAND_GIVE, line->people[1]);
  const HarkEvent *result;

  g_assert_true (g_file_set_contents (path, (const char *) bytes, FILE_LEN, NULL));
  command->paths = g_new0 (char *, 2);
  command->paths[0] = g_strdup (path);
  result = hark_sim_core_node_ask (line->people[0], command);
  g_assert_true (result && result->ok);
  talk (line, HARK_SECOND);
  command = hark_sim_command (HARK_COMMAND_TAKE, NULL);
  command->transfer
    = hark_sim_core_node_find (line->people[1], HARK_EVENT_FILE_OFFER, 0)->transfer->id;
  result = hark_sim_core_node_ask (line->people[1], command);
  g_assert_true (result && result->ok);
}

static void
happen (Line *line, Fault fault, int who)
{
  unsigned site = line->world.sites[who];

  switch (fault) {
  case REBIND:
    hark_sim_network_rebind_site (line->world.network, site);
    break;
  case RENUMBER:
    move (line, who, site);
    break;
  case ROUTER:
    hark_sim_network_renumber_site (line->world.network, site);
    break;
  case ROAM:
    move (line, who, line->spare[who]);
    break;
  case CUT:
    hark_sim_network_cut_site (line->world.network, site, true);
    talk (line, 5 * HARK_SECOND);
    hark_sim_network_cut_site (line->world.network, site, false);
    break;
  case N_FAULTS:
    break;
  }
}

static const HarkTransfer *
taken (const Line *line)
{
  const HarkEvent *event = hark_sim_core_node_find (line->people[1], HARK_EVENT_FILE_STATE, 0);

  return event ? event->transfer : NULL;
}

static void
check_file (Line *line, const uint8_t *bytes)
{
  g_autofree char *content = NULL;
  size_t len = 0;

  for (int i = 0; i < 60 && (!taken (line) || taken (line)->state != HARK_FILE_DONE); i++)
    talk (line, HARK_SECOND);
  g_assert_cmpint (taken (line)->state, ==, HARK_FILE_DONE);
  g_assert_true (g_file_get_contents (taken (line)->path, &content, &len, NULL));
  g_assert_cmpuint (len, ==, FILE_LEN);
  g_assert_true (memcmp (content, bytes, len) == 0);
}

static void
test_file_and_call (void)
{
  g_autofree uint8_t *bytes = g_malloc (FILE_LEN);
  HarkSimLinkConfig link = {.delay = 10 * HARK_MS, .rate = 8000000};

  for (unsigned n = 0; n < 2 * N_FAULTS; n++) {
    Fault fault = n / 2;
    Line line;

    line_init (&line, 40 + n, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    hark_sim_network_set_host_link (line.world.network, line.people[0]->host, &link, &link);
    hark_rng_bytes (hark_sim_network_rng (line.world.network), bytes, FILE_LEN);
    call (&line);
    give (&line, bytes);
    talk (&line, HARK_SECOND);
    g_assert_true (!taken (&line) || taken (&line)->state != HARK_FILE_DONE);
    happen (&line, fault, n % 2);
    check_file (&line, bytes);
    check_gap (&line, "with a file", (fault == CUT ? 7 : 1) * HARK_SECOND);
    check_session (&line, 1);
    line_clear (&line);
  }
}

/* ---- whatever may happen, in any order ---- */

static void
stumble (Line *line, HarkRng *rng)
{
  HarkSimNetwork *network = line->world.network;
  int who = (int) hark_rng_below (rng, 2);
  unsigned site = line->world.sites[who];

  switch (hark_rng_below (rng, 6)) {
  case 0:
    hark_sim_network_rebind_site (network, site);
    break;
  case 1:
    move (line, who, site);
    break;
  case 2:
    move (line, who, line->spare[hark_rng_below (rng, 2)]);
    break;
  case 3:
    hark_sim_network_renumber_site (network, site);
    break;
  case 4:
    hark_sim_network_cut_site (network, site, true);
    talk (line, hark_rng_below (rng, 20 * HARK_SECOND));
    hark_sim_network_cut_site (network, site, false);
    break;
  case 5: /* the lid is closed for a while */
    hark_sim_core_node_suspend (line->people[who], true);
    hark_sim_network_run (network, hark_rng_below (rng, 2 * HARK_MINUTE));
    hark_sim_core_node_suspend (line->people[who], false);
    break;
  default:
    break;
  }
  talk (line, hark_rng_below (rng, 4 * HARK_SECOND));
}

static void
test_sequences (void)
{
  unsigned same = 0, runs = hark_sim_runs (25) > 25 ? 1000 : 25;

  for (unsigned run = 0; run < runs; run++) {
    uint8_t seed[32] = {(uint8_t) run, (uint8_t) (run >> 8)};
    HarkRng rng;
    Line line;

    hark_rng_init (&rng, seed);
    line_init (&line, 1000 + run, HARK_SIM_NAT_PORT_RESTRICTED, HARK_SIM_NAT_PORT_RESTRICTED);
    call (&line);
    for (unsigned step = 0; step < 8; step++)
      stumble (&line, &rng);
    g_assert_true (hark_sim_network_run_until (line.world.network, HARK_MINUTE, is_mended, &line));
    hark_sim_network_run (line.world.network, HARK_MINUTE); /* attempts beside it end */
    g_assert_true (is_mended (&line));
    if (peer_of (&line, 0)->session == 1 && peer_of (&line, 1)->session == 1)
      same++;
    else
      g_test_message ("run %u: session %u", run, peer_of (&line, 0)->session);
    for (int i = 0; i < 2; i++)
      g_assert_cmpuint (line.people[i]->net->links->len, ==, 1);
    line_clear (&line);
  }
  g_test_message ("the first session was the last in %u of %u", same, runs);
  g_assert_cmpuint (same, >=, runs - runs / 200);
}

int
main (int argc, char *argv[])
{
  hark_sim_test_init (&argc, &argv);
  g_test_add_func ("/roaming/rebind-in-a-call", test_rebind);
  g_test_add_func ("/roaming/router-says-that-it-restarted", test_router_says_so);
  g_test_add_func ("/roaming/renumber-in-a-call", test_renumber);
  g_test_add_func ("/roaming/router-gets-another-address", test_router_address);
  g_test_add_func ("/roaming/roam-in-a-call", test_roam);
  g_test_add_func ("/roaming/both-roam-at-once", test_both_roam);
  g_test_add_func ("/roaming/both-restart-at-once", test_glare);
  g_test_add_func ("/roaming/cut-and-healed", test_cut);
  g_test_add_func ("/roaming/short-cut-is-not-shown", test_short_cut_is_not_shown);
  g_test_add_func ("/roaming/temporary-addresses-disturb-nothing", test_temporary_addresses);
  g_test_add_func ("/roaming/words-into-nothing", test_words_into_nothing);
  g_test_add_func ("/roaming/file-and-call-go-on", test_file_and_call);
  g_test_add_func ("/roaming/any-sequence", test_sequences);
  return g_test_run ();
}
