/* app/cli/verb-table.h - the verbs that act through an engine, and what each wants. */
#pragma once

#include "app/cli/verb.h"

/* hark_verb_find: (nullable): static; by its one word, as "group-add". */
const HarkVerbRow *hark_verb_find (const char *name);

/* hark_verb_list_behind: (transfer full) (nullable): what may stand behind "group", "mailbox" or
 * "relay", with commas between; NULL behind what wants nothing. */
char *hark_verb_list_behind (const char *name);

/* hark_verb_wants_paths: files or folders of this computer. */
bool hark_verb_wants_paths (const HarkVerbRow *row);

/* hark_verb_count_arguments: without those that its own file takes, or may leave. */
int hark_verb_count_arguments (const HarkVerbRow *row);
