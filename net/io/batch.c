#include "net/io/batch.h"

#include <errno.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#define SEGMENTS_MAX 64    /* UDP_MAX_SEGMENTS of older kernels */
#define DATAGRAM_MAX 65507 /* bytes of the largest UDP payload over IPv4 */

void
hark_batch_init (HarkBatch *batch, int fd, const HarkEndpoint *to, bool mapped)
{
  memset (batch, 0, sizeof *batch);
  batch->fd = fd;
  batch->to_len = (socklen_t) hark_endpoint_to_sockaddr (to, mapped, &batch->to);
}

static HarkBatchResult
result_of (int error)
{
  switch (error) {
  case EAGAIN:
    return HARK_BATCH_BLOCKED;
  case EMSGSIZE:
    return HARK_BATCH_TOO_BIG;
  default:
    return HARK_BATCH_LOST;
  }
}

/* One sendmsg() of several packets; 0 or an errno. */
static int
send_segmented (HarkBatch *batch, const uint8_t *data, size_t len, size_t segment)
{
  union {
    char bytes[CMSG_SPACE (sizeof (uint16_t))];
    struct cmsghdr align;
  } control = {0};
  struct iovec iov = {.iov_base = (void *) data, .iov_len = len};
  struct msghdr message = {.msg_name = &batch->to,
                           .msg_namelen = batch->to_len,
                           .msg_iov = &iov,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *c = CMSG_FIRSTHDR (&message);
  uint16_t size = (uint16_t) segment;

  c->cmsg_level = SOL_UDP;
  c->cmsg_type = UDP_SEGMENT;
  c->cmsg_len = CMSG_LEN (sizeof size);
  memcpy (CMSG_DATA (c), &size, sizeof size);
  return sendmsg (batch->fd, &message, MSG_NOSIGNAL) < 0 ? errno : 0;
}

/* Packet by packet with one sendmmsg(); 0 or an errno, with how far it came in @ret_sent. */
static int
send_each (HarkBatch *batch, const uint8_t *data, size_t len, size_t segment, size_t *ret_sent)
{
  struct mmsghdr messages[SEGMENTS_MAX];
  struct iovec iov[SEGMENTS_MAX];
  unsigned n = 0;
  int taken;

  memset (messages, 0, sizeof messages);
  for (size_t at = 0; at < len && n < SEGMENTS_MAX; at += segment, n++) {
    iov[n] = (struct iovec){.iov_base = (void *) (data + at), .iov_len = MIN (segment, len - at)};
    messages[n].msg_hdr.msg_name = &batch->to;
    messages[n].msg_hdr.msg_namelen = batch->to_len;
    messages[n].msg_hdr.msg_iov = &iov[n];
    messages[n].msg_hdr.msg_iovlen = 1;
  }
  taken = sendmmsg (batch->fd, messages, n, MSG_NOSIGNAL);
  *ret_sent = taken > 0 ? MIN ((size_t) taken * segment, len) : 0;
  return taken < 0 ? errno : 0;
}

/* Older kernels say EINVAL for a segment above the MTU as well: only if the same packets pass one
 * by one was it GSO that was refused. */
static bool
is_gso_refusal (int error)
{
  return error == EINVAL || error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP;
}

HarkBatchResult
hark_batch_send (
  HarkBatch *batch, const uint8_t *data, size_t len, size_t segment, size_t *ret_sent)
{
  size_t whole = MIN (SEGMENTS_MAX, DATAGRAM_MAX / segment) * segment;
  size_t sent = 0;
  int error = 0;

  while (sent < len && !error) {
    size_t chunk = MIN (len - sent, whole);
    bool refused = false;

    if (!batch->no_gso && chunk > segment) {
      error = send_segmented (batch, data + sent, chunk, segment);
      if (!error)
        sent += chunk;
      refused = is_gso_refusal (error);
    }
    if (batch->no_gso || chunk <= segment || refused) {
      size_t taken = 0;

      error = send_each (batch, data + sent, chunk, segment, &taken);
      sent += taken;
      batch->no_gso |= refused && taken > 0;
    }
    if (error == EINTR)
      error = 0;
  }
  *ret_sent = sent;
  return error ? result_of (error) : HARK_BATCH_SENT;
}
