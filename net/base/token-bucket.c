#include "net/base/token-bucket.h"

void
hark_token_bucket_init (HarkTokenBucket *bucket, double rate, double burst, HarkTime now)
{
  *bucket = (HarkTokenBucket){.rate = rate, .burst = burst, .tokens = burst, .last = now};
}

bool
hark_token_bucket_take (HarkTokenBucket *bucket, double tokens, HarkTime now)
{
  double gained
    = (double) hark_time_since (now, bucket->last) / (double) HARK_SECOND * bucket->rate;

  bucket->tokens
    = bucket->tokens + gained > bucket->burst ? bucket->burst : bucket->tokens + gained;
  if (now > bucket->last)
    bucket->last = now;

  if (bucket->tokens < tokens)
    return false;
  bucket->tokens -= tokens;
  return true;
}
