/* app/command-lines.h - the lines in which commands come, of a length that is bounded.
 *
 * Pure. Whoever sends them may send without an end, so what is kept of a line is less than
 * HARK_COMMAND_LINE_MAX bytes and one piece that was read.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define HARK_COMMAND_LINE_MAX (1u << 20) /* bytes of one command, without the end of its line */

typedef struct HarkCommandLines HarkCommandLines;

typedef enum {
  HARK_COMMAND_LINES_NONE, /* none is whole */
  HARK_COMMAND_LINES_ONE,
  HARK_COMMAND_LINES_TOO_LONG, /* said once for each; up to its end it is passed over */
} HarkCommandLinesResult;

HarkCommandLines *hark_command_lines_new (void);

/* hark_command_lines_free: NULL is fine. */
void hark_command_lines_free (HarkCommandLines *lines);

/* hark_command_lines_add: @bytes were read; take the lines before there are more. */
void hark_command_lines_add (HarkCommandLines *lines, GBytes *bytes);

/* hark_command_lines_end: nothing more comes, which ends the last line as well; false where there
 * is none without an end. */
bool hark_command_lines_end (HarkCommandLines *lines);

/* hark_command_lines_take: the next line in @ret_line (transfer full), which is set with
 * %HARK_COMMAND_LINES_ONE only; until there is none. */
HarkCommandLinesResult hark_command_lines_take (HarkCommandLines *lines, char **ret_line);

/* hark_command_lines_sentence: (transfer full): what is said of a line that is too long. */
char *hark_command_lines_sentence (void);
