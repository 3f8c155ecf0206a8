#include "core/heart/people/doctor.h"

#include <stdlib.h>

#define PATIENCE_MS 8000       /* after the start: until then the DHT may still be joining */
#define CLOCK_TOLERANCE_S 1800 /* records are found an hour off, not more (net/PROTOCOL.md) */
#define DAY_MS (24 * 60 * 60 * 1000ll)

static void
add (GPtrArray *findings, HarkFindingLevel level, const char *code, char *text, const char *step)
{
  HarkFinding *finding = g_new0 (HarkFinding, 1);

  finding->level = level;
  finding->code = code;
  finding->text = text;
  finding->step = g_strdup (step);
  g_ptr_array_add (findings, finding);
}

static void
problem (GPtrArray *findings, const char *code, const char *text, const char *step)
{
  add (findings, HARK_FINDING_PROBLEM, code, g_strdup (text), step);
}

static void
hint (GPtrArray *findings, const char *code, const char *text, const char *step)
{
  add (findings, HARK_FINDING_HINT, code, g_strdup (text), step);
}

static void
well (GPtrArray *findings, const char *code, const char *text)
{
  add (findings, HARK_FINDING_WELL, code, g_strdup (text), NULL);
}

/* ---- the network ------------------------------------------------------------------ */

static char *
how_long (uint64_t seconds)
{
  uint64_t days = seconds / 86400;

  if (days >= 730)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " years", days / 365);
  if (days >= 2)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " days", days);
  if (seconds >= 2 * 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " hours", (seconds + 1800) / 3600);
  return g_strdup_printf ("%" G_GUINT64_FORMAT " minutes", seconds / 60);
}

static void
examine_clock (GPtrArray *findings, const HarkNetStatus *net)
{
  int64_t skew = net->has_clock_skew ? net->clock_skew_s : 0;
  g_autofree char *away = NULL;
  char *text;

  if (llabs (skew) < CLOCK_TOLERANCE_S)
    return;
  away = how_long ((uint64_t) llabs (skew));
  text = g_strdup_printf ("This computer's clock is %s %s.", away, skew > 0 ? "slow" : "fast");
  add (findings, HARK_FINDING_PROBLEM, "clock-wrong", text,
       "Set the clock: where people are to be found changes with the day.");
}

/* Said of a network of our own, or when nobody of ours is there. */
static void
examine_others (GPtrArray *findings, const HarkNetStatus *net)
{
  if (net->other_networks == 0 || net->lan_peers > 0)
    return;
  if (net->closed_network)
    problem (findings, "other-network", "Harks of another network are here, and none of this one.",
             "Compare the network's name or secret with theirs, letter by letter.");
  else
    hint (findings, "other-network", "Harks of another, closed network are here.",
          "To reach the people there, join their network: one of them can hand over its secret.");
}

/* Nobody else can be reached there: is anybody here? */
static void
examine_neighbours (GPtrArray *findings, const HarkDoctorNetwork *network)
{
  if (network->net.lan_peers > 0)
    well (findings, "neighbours", "Other Harks are on this local network.");
  else if (network->running_ms >= PATIENCE_MS)
    hint (findings, "alone", "No other Hark is to be heard on this local network.",
          "Some networks keep computers apart or stop multicast: make one that runs Hark a known "
          "computer, or ask who runs this network.");
}

static void
examine_presence (GPtrArray *findings, const HarkDoctorNetwork *network)
{
  if (network->invisible)
    hint (
      findings, "invisible", "You are invisible: nobody finds you, and messages to you wait.",
      "Choose another presence to be found. Whom you write to or call is connected all the same.");
}

static void
examine_dht (GPtrArray *findings, const HarkDoctorNetwork *network)
{
  const HarkNetStatus *net = &network->net;

  if (net->lan_only) {
    hint (findings, "lan-only", "Hark stays on this local network: that was chosen.",
          "Only people on the same network can be reached, until that is switched off where it was "
          "chosen.");
    examine_neighbours (findings, network);
    return;
  }
  if (net->dht_off) {
    hint (findings, "dht-off", "The DHT is switched off: that was chosen.",
          "Only people on the same network, or whose computer was named, can be found.");
    examine_neighbours (findings, network);
    return;
  }
  if (net->dht_nodes > 0) {
    well (findings, "dht", "The DHT is reached: people can be found.");
    return;
  }
  if (network->running_ms < PATIENCE_MS) {
    hint (findings, "dht-joining", "Hark is still joining the DHT.", "Wait a few seconds.");
    return;
  }
  if (net->closed_network)
    problem (
      findings, "network-silent", "Nobody of this closed network answers.",
      "Check its name or secret, letter by letter, and that another of its members is running.");
  else
    problem (
      findings, "dht-unreachable",
      "No node of the DHT answers, so nobody can be found but on this local network.",
      "Check the internet connection. A firewall may stop UDP: ask who runs this network to let it "
      "out, or try another network.");
}

static void
examine_udp (GPtrArray *findings, const HarkNetStatus *net)
{
  if (net->udp == HARK_NET_UDP_BLOCKED)
    hint (findings, "udp-blocked",
          "This network lets no UDP out. Hark goes over TCP: calls may sound worse.",
          "Ask who runs this network to let UDP out, or use another one for calls.");
}

static void
examine_tunnel (GPtrArray *findings, const HarkNetStatus *net)
{
  if (net->tunnel)
    hint (findings, "vpn", "Everything goes through a VPN or tunnel.",
          "If somebody cannot be reached, or calls lag, try without it.");
}

static void
examine_reach (GPtrArray *findings, const HarkDoctorNetwork *network)
{
  const HarkNetStatus *net = &network->net;

  if (net->lan_only || net->dht_off || net->dht_nodes == 0)
    return;
  if (net->reachable) {
    well (findings, "reachable", "Others can reach this computer directly.");
    return;
  }
  if (net->contact_points > 0)
    well (findings, "contact-points", "Other Harks forward knocks to this computer.");
  else if (network->running_ms >= PATIENCE_MS)
    hint (findings, "no-helper",
          "No other Hark forwards knocks to this computer: reaching it may take up to 20 seconds.",
          "Switch on UPnP or NAT-PMP in the router, or use IPv6: then nobody has to forward.");
  if (net->symmetric && net->mapping == HARK_MAPPING_NONE)
    hint (findings, "symmetric-nat",
          "This network's router gives every connection another port: people behind one like it "
          "cannot be "
          "reached directly.",
          "Switch on UPnP or NAT-PMP in the router, or have a contact in common who relays.");
}

static void
examine_network (GPtrArray *findings, const HarkDoctorNetwork *network)
{
  if (network->net.no_address) {
    problem (findings, "no-network", "This computer is not connected to any network.",
             "Connect it by cable or Wi-Fi.");
    return;
  }
  examine_clock (findings, &network->net);
  examine_presence (findings, network);
  examine_dht (findings, network);
  examine_others (findings, &network->net);
  examine_udp (findings, &network->net);
  examine_reach (findings, network);
  examine_tunnel (findings, &network->net);
}

/* ---- one contact ------------------------------------------------------------------ */

static char *
ago (int64_t then_ms, int64_t now_ms)
{
  int64_t minutes = MAX (now_ms - then_ms, 0) / 60000;

  if (minutes < 2)
    return g_strdup ("a minute ago");
  if (minutes < 120)
    return g_strdup_printf ("%" G_GINT64_FORMAT " minutes ago", minutes);
  if (minutes < 2 * 24 * 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " hours ago", minutes / 60);
  return g_strdup_printf ("%" G_GINT64_FORMAT " days ago", minutes / 60 / 24);
}

static void
examine_online (GPtrArray *findings, const HarkDoctorContact *contact)
{
  if (contact->path != HARK_PATH_RELAY) {
    add (findings, HARK_FINDING_WELL, "online",
         g_strdup_printf (contact->path == HARK_PATH_LAN ? "%s is online, on this local network."
                                                         : "%s is online, connected directly.",
                          contact->name),
         NULL);
    return;
  }
  add (findings, HARK_FINDING_HINT, "relayed",
       contact->relay && *contact->relay
         ? g_strdup_printf ("%s is online; what you say and send goes sealed through %s.",
                            contact->name, contact->relay)
         : g_strdup_printf ("%s is online, through a contact who relays.", contact->name),
       "Hark goes over to a direct path by itself when there is one. UPnP or NAT-PMP in either "
       "router helps.");
}

/* Their record says that they are there, and yet there is no session. */
static void
examine_unanswered (GPtrArray *findings,
                    const HarkDoctorNetwork *network,
                    const HarkDoctorContact *contact)
{
  const HarkNetPeerRecord *record = &contact->record;

  if (record->last_failure == HARK_NET_FAILURE_PATH && network->net.symmetric)
    add (findings, HARK_FINDING_PROBLEM, "both-nats",
         g_strdup_printf (
           "%s's Hark answers, but no direct path can be made between your two routers, and no "
           "contact of both of you relays.",
           contact->name),
         "Switch on UPnP or NAT-PMP in one of the routers, or add a common contact who is online "
         "and relays.");
  else if (record->last_failure == HARK_NET_FAILURE_PATH)
    add (findings, HARK_FINDING_PROBLEM, "no-path",
         g_strdup_printf (
           "%s's Hark answers, but no path between you works. A firewall may be in the way.",
           contact->name),
         "Hark goes on trying. If it lasts, try another network on either side, or add a common "
         "contact who "
         "is online and relays.");
  else if (record->mailbox)
    add (
      findings, HARK_FINDING_HINT, "mailbox",
      g_strdup_printf ("%s has nobody who forwards knocks: connecting may take up to 20 seconds.",
                       contact->name),
      "Wait; messages go out as soon as it is done.");
  else
    add (
      findings, HARK_FINDING_PROBLEM, "no-answer",
      g_strdup_printf ("%s was there a short while ago, but does not answer now.", contact->name),
      "Perhaps the computer sleeps or is offline. Hark goes on trying.");
}

static void
examine_offline (GPtrArray *findings,
                 const HarkDoctorNetwork *network,
                 const HarkDoctorContact *contact,
                 int64_t now_ms)
{
  const HarkNetPeerRecord *record = &contact->record;
  g_autofree char *seen
    = contact->last_seen_ms > 0 ? ago (contact->last_seen_ms, now_ms) : g_strdup ("never");
  int64_t made_ms = record->made_s * 1000;

  if (record->found && record->online && !record->old) {
    examine_unanswered (findings, network, contact);
  } else if (record->found && !record->old) {
    add (findings, HARK_FINDING_PROBLEM, "left",
         g_strdup_printf ("%s has closed Hark. Last seen: %s.", contact->name, seen),
         "Messages go out when he or she is back.");
  } else if (record->found) {
    g_autofree char *when = ago (made_ms, now_ms);

    add (findings, HARK_FINDING_PROBLEM, "not-seen-since",
         g_strdup_printf ("%s's Hark was last heard of %s.", contact->name, when),
         "It is probably switched off or offline. Messages go out when it is back.");
  } else if (record->looked == 0) {
    add (findings, HARK_FINDING_HINT, "not-looked",
         g_strdup_printf ("Hark has not yet looked for %s.", contact->name), "Wait a few seconds.");
  } else {
    add (
      findings, HARK_FINDING_PROBLEM, "not-found",
      g_strdup_printf ("%s is not to be found. Last seen: %s.", contact->name, seen),
      now_ms - contact->last_seen_ms > 30 * DAY_MS
        ? "If Hark was set up anew there, ask for the new address. Otherwise wait: messages go out "
          "when "
          "it is back."
        : "His or her Hark is probably switched off or offline. Messages go out when it is back.");
  }
}

static void
examine_contact (GPtrArray *findings,
                 const HarkDoctorNetwork *network,
                 const HarkDoctorContact *contact,
                 int64_t now_ms)
{
  if (contact->status == HARK_PERSON_BLOCKED) {
    problem (findings, "blocked", "You have blocked this contact.",
             "Accept the contact to undo that.");
    return;
  }
  if (contact->presence == HARK_PRESENCE_ONLINE) {
    examine_online (findings, contact);
    return;
  }
  if (contact->hidden)
    add (findings, HARK_FINDING_HINT, "hidden",
         g_strdup_printf ("You appear offline to %s.", contact->name),
         "Let them see when you are online, or write to them or call.");
  else if (contact->status == HARK_PERSON_ASKED)
    add (findings, HARK_FINDING_HINT, "not-accepted",
         g_strdup_printf ("%s has not accepted your request yet, or has not been online.",
                          contact->name),
         "Ask by other means whether it arrived: a link for one person works once, within 30 days. "
         "Until "
         "then nobody can tell whether this Hark is running.");
  else
    examine_offline (findings, network, contact, now_ms);
}

/* ---- all of it -------------------------------------------------------------------- */

static gint
by_level (gconstpointer a, gconstpointer b)
{
  const HarkFinding *left = *(const HarkFinding *const *) a,
                    *right = *(const HarkFinding *const *) b;

  return (gint) left->level - (gint) right->level;
}

GPtrArray *
hark_doctor_examine (const HarkDoctorNetwork *network,
                     const HarkDoctorContact *contact,
                     int64_t now_ms)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_finding_free);

  examine_network (findings, network);
  if (contact)
    examine_contact (findings, network, contact, now_ms);
  g_ptr_array_sort (findings,
                    by_level); /* a stable sort: causes stay before what follows of them */
  return findings;
}
