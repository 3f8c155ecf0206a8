/* A router that speaks NAT-PMP, and answers to something else than it was asked. This process lives
 * in a network namespace of its own. */
#include "net/io/router.h"
#include "tests/unit/net/io/places.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/in.h>

#define PORT 40000 /* ours */
#define OUTSIDE 50000

/* RFC 6886 section 3: what it says to a request for a mapping. */
typedef enum {
  HONEST,
  ADDRESS_AGAIN, /* to the question before, with our port in the address */
  OTHER_PROTOCOL,
} Manner;

typedef struct {
  int fd;
  Manner manner;
} Router;

static void
put_u16 (uint8_t *at, uint16_t value)
{
  at[0] = (uint8_t) (value >> 8);
  at[1] = (uint8_t) value;
}

static size_t
write_address (uint8_t *ret, const uint8_t address[4])
{
  memset (ret, 0, 12);
  ret[1] = 128;
  memcpy (ret + 8, address, 4);
  return 12;
}

static size_t
write_mapping (uint8_t *ret, uint8_t protocol)
{
  memset (ret, 0, 16);
  ret[1] = (uint8_t) (128 + protocol);
  put_u16 (ret + 8, PORT);
  put_u16 (ret + 10, OUTSIDE);
  put_u16 (ret + 14, 7200);
  return 16;
}

static size_t
answer (const Router *router, const uint8_t *request, uint8_t *ret)
{
  /* as libnatpmp keeps them, a port and an address lie in one place */
  static const uint8_t external[] = {198, 51, 100, 7}, trick[] = {PORT & 0xff, PORT >> 8, 80, 195};

  if (request[1] == 0)
    return write_address (ret, external);
  switch (router->manner) {
  case ADDRESS_AGAIN:
    return write_address (ret, trick);
  case OTHER_PROTOCOL:
    return write_mapping (ret, 3 - request[1]);
  case HONEST:
    break;
  }
  return write_mapping (ret, request[1]);
}

/* Until its socket is shut. */
static void *
run_router (void *data)
{
  const Router *router = data;

  for (;;) {
    struct sockaddr_storage from;
    socklen_t from_len = sizeof from;
    uint8_t request[64] = {0}, reply[16];
    ssize_t len
      = recvfrom (router->fd, request, sizeof request, 0, (struct sockaddr *) &from, &from_len);

    if (len < 2)
      return NULL;
    sendto (router->fd, reply, answer (router, request, reply), 0, (struct sockaddr *) &from,
            from_len);
  }
}

static HarkRouterResult
ask (Manner manner, HarkRouterAnswer *ret)
{
  struct sockaddr_in place
    = {.sin_family = AF_INET, .sin_port = htons (HARK_PCP_PORT), .sin_addr = {htonl (0x7f000001)}};
  atomic_bool stop = false;
  HarkRouterRequest request = {
    .gateway = {.family = 4,  .ip = {127, 0, 0, 1}},
    .client = {.family = 4,  .ip = {127, 0, 0, 1}},
    .mapping = {.port = PORT, .lifetime = 7200    },
    .stop = &stop
  };
  Router router = {.fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), .manner = manner};
  HarkRouterResult result;
  GThread *thread;

  g_assert_cmpint (bind (router.fd, (struct sockaddr *) &place, sizeof place), ==, 0);
  thread = g_thread_new ("router", run_router, &router);
  result = hark_router_ask_nat_pmp (&request, ret);
  shutdown (router.fd, SHUT_RDWR);
  g_thread_join (thread);
  close (router.fd);
  return result;
}

static void
test_answers (void)
{
  HarkRouterAnswer got = {0};

  g_assert_cmpint (ask (HONEST, &got), ==, HARK_ROUTER_GRANTED);
  g_assert_cmpuint (got.external.ip[0], ==, 198);
  g_assert_cmpuint (got.external.port, ==, OUTSIDE);
  g_assert_cmpuint (got.lifetime, ==, 7200);
  g_assert_cmpint (ask (ADDRESS_AGAIN, &got), ==, HARK_ROUTER_SILENT);
  g_assert_cmpint (ask (OTHER_PROTOCOL, &got), ==, HARK_ROUTER_SILENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!places_open (1) || !places_run ("ip link set lo up")) {
    g_print ("1..0 # SKIP no network namespaces here\n");
    return 0;
  }
  g_test_add_func ("/nat-pmp/only-answers-to-the-question", test_answers);
  return g_test_run ();
}
