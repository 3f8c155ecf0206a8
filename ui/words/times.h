/* ui/words/times.h - times of day, days and lengths as they are shown, in the zone of this machine.
 *
 * Main thread. Everything returned is UTF-8 for gtk_label_set_text(), never markup.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* hark_words_look_up_zone: times of day are in the zone that there is now, which is else looked up
 * once a minute. */
void hark_words_look_up_zone (void);

char *hark_words_time (int64_t ms);                /* (transfer full): 14:02 */
char *hark_words_day (int64_t ms, int64_t now_ms); /* (transfer full): Today, Yesterday, ... */
bool hark_words_same_day (int64_t a_ms, int64_t b_ms);
bool hark_words_is_yesterday (int64_t ms, int64_t now_ms);

char *hark_words_clock (uint64_t seconds);    /* (transfer full): "3:20", "1:00:05" */
char *hark_words_duration (uint64_t seconds); /* (transfer full): "5 minutes", "1 day" */
