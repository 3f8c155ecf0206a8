/* app/cli-verb-print.c - results of verbs and the progress of files on a terminal. */
#include "app/cli-progress.h"
#include "app/cli-verb.h"

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
hark_cli_print_relay_nodes (JsonObject *result)
{
  JsonObject *network = json_object_get_object_member (result, "network");
  JsonArray *nodes = json_object_get_array_member (network, "relay_nodes");

  for (guint i = 0; nodes && i < json_array_get_length (nodes); i++)
    printf ("%s\n", json_array_get_string_element (nodes, i));
}

/* True when nothing is a problem. */
bool
hark_cli_print_findings (JsonObject *result)
{
  JsonArray *findings = json_object_get_array_member (result, "findings");
  bool well = true;

  for (guint i = 0; findings && i < json_array_get_length (findings); i++) {
    JsonObject *finding = json_array_get_object_element (findings, i);
    const char *level = hark_cli_member (finding, "level");

    well &= strcmp (level, "problem") != 0;
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
