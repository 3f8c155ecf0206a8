/* net/io/origin.h - from which of our addresses to answer whom.
 *
 * A machine has several addresses (two lines, IPv6 privacy addresses), and the kernel's choice for
 * an answer may not be the one that was asked; the asker, and every firewall between, drop such an
 * answer. So the signalling socket remembers where each peer reached it (RFC 3542 section 6, ip(7)
 * IP_PKTINFO) and answers from there.
 *
 * Shell; one thread. A table of fixed size: a newer peer takes the place of an older one.
 */
#pragma once

#include "net/base/endpoint.h"

#include <stdbool.h>
#include <sys/socket.h>

#define HARK_ORIGIN_PEERS 1024
#define HARK_ORIGIN_CONTROL_LEN 64 /* bytes of control data for one datagram */

typedef struct {
  struct {
    HarkEndpoint peer;
    uint8_t local[16]; /* IPv4 in mapped form */
  } slots[HARK_ORIGIN_PEERS];
} HarkOrigins;

/* hark_origin_enable: asks the kernel for the local address of datagrams on @fd. */
void hark_origin_enable (int fd, bool six);

/* hark_origin_remember: @message came from @peer; its control data says where to. */
void hark_origin_remember (HarkOrigins *origins, const HarkEndpoint *peer, struct msghdr *message);

/* hark_origin_read: at which of our addresses @message came; its interface only where it is
 * link-local. False: it was sent to a group, or nothing is known. */
bool hark_origin_read (struct msghdr *message, HarkEndpoint *ret);

/* hark_origin_put: adds to @message that it leaves from @local, by its interface if that is known;
 * @control as below. Both are of one family. */
void hark_origin_put (const HarkEndpoint *local, bool six, struct msghdr *message, void *control);

/* hark_origin_apply: adds to @message, for @peer, the address it last reached us at; @control:
 * HARK_ORIGIN_CONTROL_LEN aligned bytes. Without one the kernel chooses. @six: the socket is an
 * IPv6 one. */
void hark_origin_apply (const HarkOrigins *origins,
                        const HarkEndpoint *peer,
                        bool six,
                        struct msghdr *message,
                        void *control);
