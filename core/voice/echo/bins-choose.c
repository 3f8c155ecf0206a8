#include "core/voice/echo/bins.h"

const HarkBins *
hark_bins (void)
{
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &hark_bins_wide;
#endif
  return &hark_bins_plain;
}
