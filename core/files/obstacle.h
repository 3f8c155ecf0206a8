/* core/files/obstacle.h - why what comes cannot be put on the disk for now, in words.
 *
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>

/* hark_obstacle_may_pass: whether what failed with @error (errno; 0: none) may go once somebody has
 * mounted, allowed or made something; @synced: it was said when all of it was synced, and what had
 * been written before may not be on the disk. */
bool hark_obstacle_may_pass (int error, bool synced);

/* hark_obstacle_words: (transfer full): what is in the way of writing into the folder @directory.
 */
char *hark_obstacle_words (int error, const char *directory);

/* hark_obstacle_stays: (transfer full): likewise, where the user wanted to have something put into
 * @directory; 0: there is no room. */
char *hark_obstacle_stays (int error, const char *directory);
