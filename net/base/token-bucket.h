/* net/base/token-bucket.h - so much a second, with a burst.
 *
 * Pure; any thread, one at a time.
 */
#pragma once

#include "net/base/time.h"

#include <stdbool.h>

typedef struct {
  double rate;   /* tokens a second */
  double burst;  /* tokens at the most */
  double tokens; /* now */
  HarkTime last; /* when they were counted */
} HarkTokenBucket;

/* hark_token_bucket_init: full at @now. */
void hark_token_bucket_init (HarkTokenBucket *bucket, double rate, double burst, HarkTime now);

/* hark_token_bucket_take: takes @tokens and returns true, or takes none and returns false. */
bool hark_token_bucket_take (HarkTokenBucket *bucket, double tokens, HarkTime now);
