/* net/io/batch.h - many packets to one place with as few system calls as the kernel allows.
 *
 * Shell: sends on a borrowed, non-blocking UDP socket. UDP_SEGMENT (GSO) hands over up to 64
 * packets at once; where the kernel or the device refuses it, sendmmsg() does.
 */
#pragma once

#include "net/base/endpoint.h"

#include <sys/socket.h>

typedef struct {
  int fd; /* borrowed */
  struct sockaddr_storage to;
  socklen_t to_len;
  bool no_gso; /* refused once on this socket */
} HarkBatch;

typedef enum {
  HARK_BATCH_SENT,
  HARK_BATCH_BLOCKED, /* the socket's buffer is full: send the rest when it is writable */
  HARK_BATCH_TOO_BIG, /* packets are larger than the path carries; the rest is lost */
  HARK_BATCH_LOST,    /* any other failure; the rest is lost, as packets may be */
} HarkBatchResult;

/* hark_batch_init: @fd is of the family of @to, or IPv6 and dual-stack when @mapped. */
void hark_batch_init (HarkBatch *batch, int fd, const HarkEndpoint *to, bool mapped);

/**
 * hark_batch_send:
 * @data: cut into packets of @segment bytes, the last one may be shorter
 * @len: bytes, at least 1
 * @segment: 1 to 65,507
 * @ret_sent: (out): bytes the kernel took, always whole packets
 */
HarkBatchResult hark_batch_send (
  HarkBatch *batch, const uint8_t *data, size_t len, size_t segment, size_t *ret_sent);
