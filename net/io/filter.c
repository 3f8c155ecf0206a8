#define G_LOG_DOMAIN "hark-io"

#include "net/io/filter.h"

#include "net/path/path.h"

#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>

#define UDP_HEAD 8 /* the program sees a datagram from there on */
#define STUN_HEAD 20
#define STUN_REQUEST 0x0001 /* Binding */
#define STUN_ERROR 0x0111
#define STUN_USERNAME 0x0006
#define IP4_SOURCE 12 /* in the IP header */
#define IP6_SOURCE 8
#define PREFIX_STEPS_MAX 13 /* four words: load, mask, compare each; and a jump */
#define ATTRIBUTE_STEPS 7
#define STEPS_MAX \
  (HARK_EGRESS_PREFIXES_MAX * PREFIX_STEPS_MAX + HARK_FILTER_ATTRIBUTES_MAX * ATTRIBUTE_STEPS + 32)

G_STATIC_ASSERT (HARK_UFRAG_LEN == 8);
G_STATIC_ASSERT (STEPS_MAX <= BPF_MAXINSNS);

typedef struct {
  struct sock_filter steps[STEPS_MAX];
  unsigned n;
} Program;

static void
add (Program *program, struct sock_filter step)
{
  g_assert (program->n < STEPS_MAX);
  program->steps[program->n++] = step;
}

#define ADD(...) add (program, (struct sock_filter) __VA_ARGS__)
#define DROP BPF_STMT (BPF_RET | BPF_K, 0)
#define TAKE BPF_STMT (BPF_RET | BPF_K, 0xffffffffu)

static uint32_t
word_at (const void *bytes)
{
  const uint8_t *b = bytes;

  return (uint32_t) b[0] << 24 | (uint32_t) b[1] << 16 | (uint32_t) b[2] << 8 | b[3];
}

/* Goes on at the end of the list (written by the caller, to `ret_jump`) when the source is within
 * the prefix, and behind these steps when it is not. */
static void
add_prefix (Program *program, uint8_t family, const HarkEgressPrefix *prefix, unsigned *ret_jump)
{
  uint32_t source = (uint32_t) SKF_NET_OFF + (family == 4 ? IP4_SOURCE : IP6_SOURCE);
  unsigned compares[4], n = 0;

  for (unsigned bit = 0; bit < prefix->bits; bit += 32) {
    unsigned bits = MIN (prefix->bits - bit, 32);
    uint32_t mask = 0xffffffffu << (32 - bits);

    ADD (BPF_STMT (BPF_LD | BPF_W | BPF_ABS, source + bit / 8));
    if (bits < 32)
      ADD (BPF_STMT (BPF_ALU | BPF_AND | BPF_K, mask));
    compares[n++] = program->n;
    ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, word_at (prefix->address.ip + bit / 8) & mask, 0, 0));
  }
  *ret_jump = program->n;
  ADD (BPF_STMT (BPF_JMP | BPF_JA, 0));
  for (unsigned i = 0; i < n; i++)
    program->steps[compares[i]].jf = (uint8_t) (program->n - compares[i] - 1);
}

static void
add_sources (Program *program, uint8_t family, const HarkEgressPrefix *prefixes, size_t n)
{
  unsigned jumps[HARK_EGRESS_PREFIXES_MAX];
  size_t n_jumps = 0;

  for (size_t i = 0; i < n && i < HARK_EGRESS_PREFIXES_MAX; i++)
    if (prefixes[i].address.family == family)
      add_prefix (program, family, &prefixes[i], &jumps[n_jumps++]);
  ADD (DROP);
  for (size_t i = 0; i < n_jumps; i++)
    program->steps[jumps[i]].k = program->n - jumps[i] - 1;
}

/* Looks for the USERNAME, from attribute to attribute; reading beyond the end drops. */
static void
add_username (Program *program, const char *ufrag)
{
  unsigned found[HARK_FILTER_ATTRIBUTES_MAX];

  ADD (BPF_STMT (BPF_LDX | BPF_W | BPF_IMM, UDP_HEAD + STUN_HEAD));
  for (unsigned i = 0; i < HARK_FILTER_ATTRIBUTES_MAX; i++) {
    ADD (BPF_STMT (BPF_LD | BPF_H | BPF_IND, 0));
    found[i] = program->n;
    ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, STUN_USERNAME, 0, 0));
    ADD (BPF_STMT (BPF_LD | BPF_H | BPF_IND, 2)); /* length, without head and padding */
    ADD (BPF_STMT (BPF_ALU | BPF_ADD | BPF_K, 7));
    ADD (BPF_STMT (BPF_ALU | BPF_AND | BPF_K, ~3u));
    ADD (BPF_STMT (BPF_ALU | BPF_ADD | BPF_X, 0));
    ADD (BPF_STMT (BPF_MISC | BPF_TAX, 0));
  }
  ADD (DROP);
  for (unsigned i = 0; i < HARK_FILTER_ATTRIBUTES_MAX; i++)
    program->steps[found[i]].jt = (uint8_t) (program->n - found[i] - 1);
  ADD (BPF_STMT (BPF_LD | BPF_W | BPF_IND, 4));
  ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, word_at (ufrag), 0, 5));
  ADD (BPF_STMT (BPF_LD | BPF_W | BPF_IND, 8));
  ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, word_at (ufrag + 4), 0, 3));
  ADD (BPF_STMT (BPF_LD | BPF_B | BPF_IND, 12));
  ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ':', 0, 1));
  ADD (TAKE);
  ADD (DROP);
}

bool
hark_filter_attach (
  int fd, uint8_t family, const char *ufrag, const HarkEgressPrefix *prefixes, size_t n)
{
  g_autofree Program *program = g_new0 (Program, 1);
  struct sock_fprog filter = {.filter = program->steps};

  if (n > 0)
    add_sources (program, family, prefixes, n);
  ADD (BPF_STMT (BPF_LD | BPF_W | BPF_LEN, 0));
  ADD (BPF_JUMP (BPF_JMP | BPF_JGE | BPF_K, UDP_HEAD + STUN_HEAD, 1, 0));
  ADD (TAKE); /* too short for STUN */
  ADD (BPF_STMT (BPF_LD | BPF_H | BPF_ABS, UDP_HEAD));
  ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, STUN_ERROR, 0, 1));
  ADD (DROP);
  ADD (BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, STUN_REQUEST, 1, 0));
  ADD (TAKE);
  add_username (program, ufrag);
  filter.len = (unsigned short) program->n;
  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}
