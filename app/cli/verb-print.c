/* app/cli/verb-print.c - results of verbs and the progress of files on a terminal. */
#include "app/cli/lines.h"
#include "app/cli/progress.h"
#include "app/cli/verb.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
hark_cli_print_people (JsonObject *result)
{
  JsonArray *people = json_object_get_array_member (result, "people");

  for (guint i = 0; i < json_array_get_length (people); i++) {
    JsonObject *person = json_array_get_object_element (people, i);

    printf ("%s  %s\n", hark_cli_member (person, "address"), hark_cli_member (person, "name"));
  }
}

void
hark_cli_print_mailboxes (JsonObject *result)
{
  JsonArray *list = json_object_get_array_member (result, "mailboxes");

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    JsonObject *one = json_array_get_object_element (list, i);
    bool keeps = json_object_get_boolean_member_with_default (one, "keeps", FALSE);

    if (json_object_get_boolean_member_with_default (one, "asked", FALSE))
      printf ("%s%s %s\n", hark_cli_member (one, "name"),
              json_object_get_boolean_member_with_default (one, "node", FALSE) ? " (your node)"
                                                                               : "",
              keeps ? "keeps mail for you" : "has not agreed to keep mail for you yet");
    if (json_object_get_boolean_member_with_default (one, "kept", FALSE))
      printf ("You keep mail for %s\n", hark_cli_member (one, "name"));
    else if (json_object_get_boolean_member_with_default (one, "wants", FALSE))
      printf ("%s would like you to keep mail: mailbox-for %s on\n", hark_cli_member (one, "name"),
              hark_cli_member (one, "name"));
  }
}

void
hark_cli_print_relay_nodes (JsonObject *result, bool json)
{
  JsonObject *network = json_object_get_object_member (result, "network");
  JsonArray *nodes = json_object_get_array_member (network, "relay_nodes");

  if (json) {
    hark_cli_print_json (network);
    return;
  }
  for (guint i = 0; nodes && i < json_array_get_length (nodes); i++)
    printf ("%s\n", json_array_get_string_element (nodes, i));
}

bool
hark_cli_print_findings (JsonObject *result, bool json)
{
  JsonArray *findings = json_object_get_array_member (result, "findings");
  bool well = true;

  if (json)
    hark_cli_print_json (result);
  for (guint i = 0; findings && i < json_array_get_length (findings); i++) {
    JsonObject *finding = json_array_get_object_element (findings, i);
    const char *level = hark_cli_member (finding, "level");

    well &= strcmp (level, "problem") != 0;
    if (json)
      continue;
    printf ("%-8s %s\n", level, hark_cli_member (finding, "text"));
    if (*hark_cli_member (finding, "step"))
      printf ("         %s\n", hark_cli_member (finding, "step"));
  }
  return well;
}

void
hark_cli_show_progress (JsonObject *event)
{
  int64_t size = json_object_get_int_member_with_default (event, "size", 0);
  int64_t bytes = json_object_get_int_member_with_default (event, "bytes", 0);
  double rate = json_object_get_double_member_with_default (event, "rate", 0);

  hark_cli_progress (hark_cli_member (event, "name"), (uint64_t) MAX (bytes, 0),
                     (uint64_t) MAX (size, 0), rate);
}

static void
print_left (JsonObject *ledger, const char *when, const char *title)
{
  static const char *const kinds[][2] = {
    {"people",   "to people"        },
    {"internet", "to the internet"  },
    {"local",    "on local networks"}
  };
  JsonObject *counts = json_object_get_object_member (ledger, when);

  printf ("%s\n", title);
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    JsonObject *count = json_object_get_object_member (counts, kinds[i][0]);
    g_autofree char *bytes = g_format_size ((guint64) json_object_get_int_member (count, "bytes"));

    printf ("  %-18s %10s in %" G_GINT64_FORMAT " packets\n", kinds[i][1], bytes,
            json_object_get_int_member (count, "packets"));
  }
}

static void
print_carried (JsonObject *person)
{
  static const struct {
    const char *bytes, *messages, *who;
  } ways[] = {
    {"relayed_for_us",   "kept_for_us",   "carried for you"   },
    {"relayed_for_them", "kept_for_them", "was carried by you"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (ways); i++) {
    int64_t bytes = json_object_get_int_member (person, ways[i].bytes);
    int64_t messages = json_object_get_int_member (person, ways[i].messages);
    g_autofree char *size = g_format_size ((guint64) bytes);

    if (bytes || messages)
      printf ("%s %s: %s relayed, %" G_GINT64_FORMAT " sealed messages kept\n",
              hark_cli_member (person, "name"), ways[i].who, size, messages);
  }
}

void
hark_cli_print_ledger (JsonObject *result)
{
  JsonObject *ledger = json_object_get_object_member (result, "ledger");
  JsonArray *people = json_object_get_array_member (ledger, "people");
  int64_t since_ms = json_object_get_int_member (ledger, "since_ms");
  g_autoptr (GDateTime) since = g_date_time_new_from_unix_utc (since_ms / 1000);
  g_autofree char *day = g_date_time_format (since, "Since %F");

  print_left (ledger, "today", "Today");
  print_left (ledger, "month", "Last 30 days");
  if (since_ms)
    print_left (ledger, "all", day);
  printf (
    "About %" G_GINT64_FORMAT " machines on the internet since Hark started; %" G_GINT64_FORMAT
    " packets not sent, as only the local network is allowed\n",
    json_object_get_int_member (ledger, "hosts"), json_object_get_int_member (ledger, "refused"));
  for (guint i = 0; people && i < json_array_get_length (people); i++)
    print_carried (json_array_get_object_element (people, i));
}
