/* net/io/pcp.h - messages of the Port Control Protocol: one mapping asked for, one answer read.
 *
 * Pure; any thread. Source: RFC 6887 sections 7 and 11 (opcode MAP), IPv4 only.
 */
#pragma once

#include "net/base/endpoint.h"

#define HARK_PCP_PORT 5351
#define HARK_PCP_NONCE_LEN 12
#define HARK_PCP_REQUEST_LEN 60
#define HARK_PCP_ANSWER_LEN_MAX 1100 /* bytes, section 7 */

/* A mapping as we ask for it. */
typedef struct {
  uint8_t nonce[HARK_PCP_NONCE_LEN]; /* the same for every renewal */
  bool tcp;
  uint16_t port;          /* ours */
  HarkEndpoint suggested; /* what we have or would like; family 0: anything */
  uint32_t lifetime;      /* seconds; 0 removes it */
} HarkPcpMapping;

typedef enum {
  HARK_PCP_GRANTED,
  HARK_PCP_REFUSED, /* an answer to this request, with an error */
  HARK_PCP_VERSION, /* the gateway speaks another version: NAT-PMP, perhaps */
  HARK_PCP_OTHER,   /* no answer to this request */
} HarkPcpResult;

/* hark_pcp_write: @client: our address as the gateway sees it; anything else it refuses. */
void hark_pcp_write (const HarkPcpMapping *mapping,
                     const HarkEndpoint *client,
                     uint8_t ret[HARK_PCP_REQUEST_LEN]);

/**
 * hark_pcp_read:
 * @data: came from the gateway's PCP port; not trusted
 * @mapping: what was asked for
 * @ret_external: (out): with GRANTED: address and port outside; IPv4
 * @ret_lifetime: (out): with GRANTED: seconds, as the gateway says
 */
HarkPcpResult hark_pcp_read (const uint8_t *data,
                             size_t len,
                             const HarkPcpMapping *mapping,
                             HarkEndpoint *ret_external,
                             uint32_t *ret_lifetime);
