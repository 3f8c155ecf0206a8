#include "net/base/hash-four.h"

#include "net/base/hash.h"

#include <glib.h>
#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LEN_MAX 700 /* several blocks of 128 bytes */

static void
check (const char *domain, size_t len, size_t shift)
{
  uint8_t *data = g_malloc (4 * LEN_MAX + shift), four[4][HARK_HASH_FOUR_LEN], one[32];
  const uint8_t *pieces[4];

  randombytes_buf_deterministic (data, 4 * LEN_MAX + shift,
                                 (const uint8_t[randombytes_SEEDBYTES]){7});
  for (unsigned i = 0; i < 4; i++)
    pieces[i] = data + shift + (size_t) i * LEN_MAX;
  hark_hash_four (four, domain, pieces, len);
  for (unsigned i = 0; i < 4; i++) {
    HARK_HASH (one, sizeof one, NULL, 0, domain, HARK_PART_BYTES (pieces[i], len));
    g_assert_true (memcmp (one, four[i], sizeof one) == 0);
  }
  g_free (data);
}

static void
test_lengths (void)
{
  for (size_t len = 0; len <= LEN_MAX; len++)
    check ("hark/test/1", len, len % 8);
}

static void
test_domains (void)
{
  char domain[129] = "";

  for (size_t len = 0; len <= 128; len++) {
    memset (domain, 'd', len);
    check (domain, 0, 0);
    check (domain, 128 - len, 1);
    check (domain, 300, 3);
  }
}

/* A block is read while the one before is hashed; after the last there is none. */
static void
test_end (void)
{
  const size_t page = (size_t) sysconf (_SC_PAGESIZE);
  uint8_t *data = mmap (NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  uint8_t four[4][HARK_HASH_FOUR_LEN];

  g_assert_true (data != MAP_FAILED);
  g_assert_cmpint (mprotect (data + page, page, PROT_NONE), ==, 0);
  for (size_t len = 1; len <= 600; len++) {
    const uint8_t *end = data + page - len, *pieces[4] = {end, end, end, end};

    hark_hash_four (four, "hark/test/1", pieces, len);
  }
  munmap (data, 2 * page);
}

/* RFC 7693 has no vector of this length; b2sum -l 256 says this of "abc". */
static void
test_vector (void)
{
  const char *abc = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319";
  const uint8_t *c = (const uint8_t *) "c";
  const uint8_t *pieces[4] = {c, c, c, c};
  uint8_t four[4][HARK_HASH_FOUR_LEN];
  char text[65];

  hark_hash_four (four, "ab", pieces, 1);
  for (unsigned i = 0; i < 4; i++)
    g_assert_cmpstr (sodium_bin2hex (text, sizeof text, four[i], 32), ==, abc);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_add_func ("/hash-four/every-length-as-one-by-one", test_lengths);
  g_test_add_func ("/hash-four/every-domain-as-one-by-one", test_domains);
  g_test_add_func ("/hash-four/reads-nothing-beyond-the-end", test_end);
  g_test_add_func ("/hash-four/known-vector", test_vector);
  return g_test_run ();
}
