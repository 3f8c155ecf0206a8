/* bench-aead - packet protection alone: seal in place, through net/session/keys.c, by processor
 * time. One JSON line each. */
#include "net/session/keys.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of this thread, seconds. */
static double
get_spent (void)
{
  struct timespec spent;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spent);
  return (double) spent.tv_sec + (double) spent.tv_nsec / 1e9;
}

static void
measure (bool aes, size_t size, double seconds)
{
  HarkPacketSecret secret = {
    {1, 2, 3}
  };
  HarkPacketKey *key = hark_packet_key_new (&secret, HARK_SPACE_APPLICATION, aes);
  g_autofree uint8_t *packet = g_malloc0 (size + HARK_TAG_LEN);
  uint8_t nonce[HARK_NONCE_LEN], head[5] = {0x43};
  double begin = get_spent (), spent;
  uint64_t count = 0;

  do {
    for (unsigned i = 0; i < 100; i++) {
      hark_packet_key_nonce (key->iv, count++, nonce);
      hark_packet_key_seal (key, packet, packet, size, nonce, head, sizeof head);
    }
    spent = get_spent () - begin;
  } while (spent < seconds);
  printf ("{\"bench\":\"aead\",\"cipher\":\"%s\",\"packet\":%zu,\"MB_per_s\":%.0f}\n",
          aes ? "aes256gcm" : "chacha20poly1305", size, (double) (count * size) / spent / 1e6);
  hark_packet_key_free (key);
}

int
main (int argc, char **argv)
{
  static const size_t sizes[] = {1200, 1452, 8900, 16000};
  double seconds = argc > 1 ? g_ascii_strtod (argv[1], NULL) : 0.3;

  if (sodium_init () < 0)
    return 1;
  for (unsigned i = 0; i < G_N_ELEMENTS (sizes); i++) {
    measure (false, sizes[i], seconds);
    if (hark_keys_have_aes ())
      measure (true, sizes[i], seconds);
  }
  return 0;
}
