/* net/dht/krpc.h - the messages of the DHT (BEP 5, 32, 42, 43, 44 and our hk_ queries).
 *
 * Pure; any thread. Reading borrows from the datagram; writing goes into the caller's buffer.
 * Unknown keys are skipped, a known key of the wrong type or size makes the message invalid.
 */
#pragma once

#include "net/dht/bencode.h"
#include "net/dht/node-id.h"

#define HARK_KRPC_LEN_MAX 1500
#define HARK_KRPC_TRANSACTION_LEN_MAX 16 /* bytes of somebody else's transaction id */

typedef enum { HARK_KRPC_QUERY, HARK_KRPC_RESPONSE, HARK_KRPC_ERROR } HarkKrpcKind;

typedef enum {
  HARK_KRPC_UNKNOWN,
  HARK_KRPC_PING,
  HARK_KRPC_FIND_NODE,
  HARK_KRPC_GET_PEERS,
  HARK_KRPC_ANNOUNCE_PEER,
  HARK_KRPC_GET,
  HARK_KRPC_PUT,
  HARK_KRPC_HK_KEEP,
  HARK_KRPC_HK_KNOCK,
  HARK_KRPC_HK_RING,
  HARK_KRPC_HK_PROBE,
  HARK_KRPC_HK_MORE,
  HARK_KRPC_HK_GET,
  HARK_KRPC_HK_PUT,
} HarkKrpcMethod;

/* BEP 5, BEP 44 and ours */
enum {
  HARK_KRPC_ERROR_PROTOCOL = 203,
  HARK_KRPC_ERROR_UNKNOWN_METHOD = 204,
  HARK_KRPC_ERROR_TOO_BIG = 205,
  HARK_KRPC_ERROR_SIGNATURE = 206,
  HARK_KRPC_ERROR_SALT = 207,
  HARK_KRPC_ERROR_UNKNOWN_HANDLE = 210,
  HARK_KRPC_ERROR_BUSY = 211,
  HARK_KRPC_ERROR_CAS = 301,
  HARK_KRPC_ERROR_SEQ = 302,
};

/* The content of a byte string; data NULL: absent. */
typedef struct {
  const uint8_t *data; /* borrowed */
  size_t len;          /* bytes */
} HarkBytes;

typedef struct {
  HarkKrpcKind kind;
  HarkKrpcMethod method; /* queries */
  HarkBytes transaction;
  bool read_only;    /* ro, BEP 43 */
  HarkBytes ip;      /* the reader's compact endpoint as the writer saw it, BEP 42 */
  int64_t code;      /* errors */
  HarkBytes message; /* errors */

  /* of the body: arguments or response */
  const uint8_t *id; /* 20 bytes; NULL only in errors */
  HarkBytes c;       /* hk_ring, hk_probe: compact endpoint of the caller */
  bool has_cas;
  int64_t cas;
  HarkBytes handle; /* h: 8 bytes, hk_keep up to four times as many */
  bool implied_port;
  HarkBytes info_hash; /* 20 bytes */
  HarkBytes k;         /* 32 bytes */
  bool has_count;
  int64_t count;     /* n */
  HarkBytes nodes;   /* 26 bytes each */
  HarkBytes nodes6;  /* 38 bytes each */
  HarkBytes padding; /* p: means nothing */
  bool has_port;
  uint16_t port;
  bool has_clock;
  int64_t clock; /* s: Unix seconds */
  HarkBytes salt;
  bool has_seq;
  int64_t seq;
  HarkBytes sig;    /* 64 bytes */
  HarkBytes target; /* 20 bytes */
  HarkBytes token;
  bool has_ttl;
  int64_t ttl;        /* seconds */
  HarkBencode v;      /* any value */
  HarkBencode values; /* a list of compact endpoints */
  HarkBytes via;      /* hk_probe: compact endpoint of another node */
  bool want4, want6;
  HarkBytes x;
} HarkKrpc;

/* hark_krpc_parse: false, with @ret untouched, for whatever is no valid message. */
bool hark_krpc_parse (const uint8_t *data, size_t len, HarkKrpc *ret);

/* hark_krpc_write: the fields of @message that are set, in canonical order. @values: (nullable):
 * peers to write as `values` instead of message->values. Returns the bytes used, 0 when @size is
 * too small. */
size_t hark_krpc_write (
  const HarkKrpc *message, const HarkEndpoint *values, size_t n_values, uint8_t *ret, size_t size);

/* hark_krpc_node_write: appends one entry of `nodes` or `nodes6`, 26 or 38 bytes. */
size_t hark_krpc_node_write (const HarkNodeId *id, const HarkEndpoint *endpoint, uint8_t ret[38]);

/* hark_krpc_node_read: entry @i of @nodes, @family 4 or 6; false past the last one. */
bool hark_krpc_node_read (
  HarkBytes nodes, uint8_t family, size_t i, HarkNodeId *ret_id, HarkEndpoint *ret_endpoint);
