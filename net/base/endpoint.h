/* net/base/endpoint.h - an IP address and a UDP or TCP port, as data.
 *
 * Pure; any thread. IPv4-mapped IPv6 addresses are turned into IPv4 on every way in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;

#define HARK_ENDPOINT_TEXT_LEN 60 /* "tcp:[ipv6]:port" with its NUL */

typedef struct {
  uint8_t family;     /* 4, 6, or 0: none */
  bool tcp;           /* a TCP port; else UDP. Compact forms and sockaddrs do not carry it */
  uint16_t port;      /* host byte order */
  uint8_t ip[16];     /* network byte order; IPv4 in the first four bytes, the rest zero */
  uint32_t interface; /* index, of link-local IPv6 addresses only; 0: not known. Means nothing to
                         others: never sent */
} HarkEndpoint;

/* What kind of place an address is; decides who may be told of it and who may be sent to. */
typedef enum {
  HARK_SCOPE_NONE,       /* unspecified, multicast, broadcast, reserved: never a destination */
  HARK_SCOPE_LOOPBACK,   /* 127/8, ::1 */
  HARK_SCOPE_LINK_LOCAL, /* 169.254/16, fe80::/10 */
  HARK_SCOPE_PRIVATE,    /* RFC 1918, 100.64/10 (RFC 6598), fc00::/7 */
  HARK_SCOPE_PUBLIC,     /* everything else */
} HarkScope;

/* hark_endpoint_equal: same family, address, port and protocol. */
bool hark_endpoint_equal (const HarkEndpoint *a, const HarkEndpoint *b);

/* hark_endpoint_same_ip: same family and address, and not known to be on different interfaces. */
bool hark_endpoint_same_ip (const HarkEndpoint *a, const HarkEndpoint *b);

/* hark_endpoint_scope: see HarkScope. */
HarkScope hark_endpoint_scope (const HarkEndpoint *endpoint);

/* hark_endpoint_ip_len: 4 or 16 bytes of ip in use; 0 for none. */
size_t hark_endpoint_ip_len (const HarkEndpoint *endpoint);

/* hark_endpoint_parse: "192.0.2.1:6881" or "[2001:db8::1]:6881", before it "tcp:" for a TCP port;
 * no names. @ret is untouched on failure. */
bool hark_endpoint_parse (const char *text, HarkEndpoint *ret);

/* hark_endpoint_format: the same form; returns @ret. Addresses are for debug logs and the user's
 * own eyes. */
char *hark_endpoint_format (const HarkEndpoint *endpoint, char ret[HARK_ENDPOINT_TEXT_LEN]);

/* hark_endpoint_from_compact: BEP 5 / BEP 32 form, 6 or 18 bytes: address, UDP port. False for
 * other lengths. */
bool hark_endpoint_from_compact (const uint8_t *bytes, size_t len, HarkEndpoint *ret);

/* hark_endpoint_to_compact: writes 6 or 18 bytes and returns how many; 0 for no endpoint. */
size_t hark_endpoint_to_compact (const HarkEndpoint *endpoint, uint8_t ret[18]);

/* hark_endpoint_from_sockaddr: AF_INET or AF_INET6; false for others. */
bool hark_endpoint_from_sockaddr (const struct sockaddr *address, HarkEndpoint *ret);

/* hark_endpoint_to_sockaddr: @ret has room for a struct sockaddr_storage; returns the bytes used.
 * With @mapped IPv4 becomes an IPv4-mapped IPv6 address, for a dual-stack socket. */
size_t hark_endpoint_to_sockaddr (const HarkEndpoint *endpoint, bool mapped, void *ret);
