/* ui/words/files.h - how a file is coming or going.
 *
 * Main thread. Everything returned is UTF-8 for gtk_label_set_text(), never markup.
 */
#pragma once

#include "core/hark.h"

/* hark_words_file: (transfer full): "12 MB of 40 MB, 2.1 MB/s, 14 s left" */
char *hark_words_file (const HarkTransfer *transfer, const HarkPerson *person);

/* hark_words_file_queues: it was taken and waits only for other files of @person. */
bool hark_words_file_queues (const HarkTransfer *transfer, const HarkPerson *person);

/* hark_words_file_more: (transfer full) (nullable): what else there is to know, a line each: how
 * many files a folder has, from how many it comes, what was left out, that opening it is risky;
 * while it moves between us and @person alone, which way. */
char *hark_words_file_more (const HarkTransfer *transfer, const HarkPerson *person);
