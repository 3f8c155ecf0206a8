#include "net/dht/krpc.h"

#include <glib.h>
#include <string.h>

#define NODE4_LEN 26
#define NODE6_LEN 38

static const char *const method_names[] = {
  [HARK_KRPC_PING] = "ping",
  [HARK_KRPC_FIND_NODE] = "find_node",
  [HARK_KRPC_GET_PEERS] = "get_peers",
  [HARK_KRPC_ANNOUNCE_PEER] = "announce_peer",
  [HARK_KRPC_GET] = "get",
  [HARK_KRPC_PUT] = "put",
  [HARK_KRPC_HK_KEEP] = "hk_keep",
  [HARK_KRPC_HK_KNOCK] = "hk_knock",
  [HARK_KRPC_HK_RING] = "hk_ring",
  [HARK_KRPC_HK_PROBE] = "hk_probe",
  [HARK_KRPC_HK_MORE] = "hk_more",
  [HARK_KRPC_HK_GET] = "hk_get",
  [HARK_KRPC_HK_PUT] = "hk_put",
};

static bool
bytes_are (HarkBytes bytes, const char *text)
{
  return bytes.len == strlen (text) && memcmp (bytes.data, text, bytes.len) == 0;
}

/* ---- reading ------------------------------------------------------------------------------- */

typedef enum {
  BYTES,   /* a byte string of min..max bytes */
  PADDING, /* written like BYTES; when read anything: libtorrent puts our port there */
  NUMBER,  /* any integer, with a flag that it was there */
  PORT,    /* an integer 1..65535 (0 beside implied_port) */
  FLAG,    /* an integer, true unless 0 */
  VALUE,   /* anything */
  WANT,    /* list of n4, n6 */
  ID,      /* exactly 20 bytes */
} FieldType;

typedef struct {
  const char *key;
  FieldType type;
  size_t offset;      /* of the field in HarkKrpc */
  size_t offset_flag; /* NUMBER, PORT: of its has_ */
  size_t min, max;    /* BYTES */
} Field;

#define AT(field) offsetof (HarkKrpc, field)

/* The body, in canonical order: both directions go by this table. Lengths that BEP 44 answers with
 * an error of its own (salt, k, sig) are left to the one who answers. */
static const Field body_fields[] = {
  {"c",            BYTES,   AT (c),            0,              6,  18  },
  {"cas",          NUMBER,  AT (cas),          AT (has_cas),   0,  0   },
  {"h",            BYTES,   AT (handle),       0,              8,  32  },
  {"id",           ID,      AT (id),           0,              0,  0   },
  {"implied_port", FLAG,    AT (implied_port), 0,              0,  0   },
  {"info_hash",    BYTES,   AT (info_hash),    0,              20, 20  },
  {"k",            BYTES,   AT (k),            0,              0,  1500},
  {"n",            NUMBER,  AT (count),        AT (has_count), 0,  0   },
  {"nodes",        BYTES,   AT (nodes),        0,              0,  1500},
  {"nodes6",       BYTES,   AT (nodes6),       0,              0,  1500},
  {"p",            PADDING, AT (padding),      0,              0,  1500},
  {"port",         PORT,    AT (port),         AT (has_port),  0,  0   },
  {"s",            NUMBER,  AT (clock),        AT (has_clock), 0,  0   },
  {"salt",         BYTES,   AT (salt),         0,              0,  1500},
  {"seq",          NUMBER,  AT (seq),          AT (has_seq),   0,  0   },
  {"sig",          BYTES,   AT (sig),          0,              0,  1500},
  {"target",       BYTES,   AT (target),       0,              20, 20  },
  {"token",        BYTES,   AT (token),        0,              0,  64  },
  {"ttl",          NUMBER,  AT (ttl),          AT (has_ttl),   0,  0   },
  {"v",            VALUE,   AT (v),            0,              0,  0   },
  {"values",       VALUE,   AT (values),       0,              0,  0   },
  {"via",          BYTES,   AT (via),          0,              6,  18  },
  {"want",         WANT,    0,                 0,              0,  0   },
  {"x",            BYTES,   AT (x),            0,              0,  1500},
};

static bool
read_bytes (HarkBencode value, HarkBytes *ret)
{
  ret->data = hark_bencode_get_bytes (value, &ret->len);
  return ret->data != NULL;
}

static bool
read_want (HarkBencode value, HarkKrpc *message)
{
  HarkBencodeIter iter;
  HarkBencode entry;
  HarkBytes text;

  hark_bencode_iter_init (&iter, value);
  while (hark_bencode_iter_next (&iter, NULL, &entry)) {
    if (!read_bytes (entry, &text))
      return false;
    message->want4 |= bytes_are (text, "n4");
    message->want6 |= bytes_are (text, "n6");
  }
  return hark_bencode_is_list (value);
}

static bool
read_field (const Field *field, HarkBencode value, HarkKrpc *message)
{
  void *at = (uint8_t *) message + field->offset;
  bool *flag = (bool *) ((uint8_t *) message + field->offset_flag);
  HarkBytes bytes;
  int64_t number;

  switch (field->type) {
  case PADDING:
    return true;
  case VALUE:
    *(HarkBencode *) at = value;
    return true;
  case WANT:
    return read_want (value, message);
  case BYTES:
    if (!read_bytes (value, &bytes) || bytes.len < field->min || bytes.len > field->max)
      return false;
    *(HarkBytes *) at = bytes;
    return true;
  case ID:
    if (!read_bytes (value, &bytes) || bytes.len != HARK_NODE_ID_LEN)
      return false;
    *(const uint8_t **) at = bytes.data;
    return true;
  case NUMBER:
    *flag = true;
    return hark_bencode_get_int (value, at);
  case FLAG:
    *(bool *) at = hark_bencode_get_int (value, &number) && number != 0;
    return true;
  case PORT:
    if (!hark_bencode_get_int (value, &number) || number < 0 || number > UINT16_MAX)
      return false;
    *flag = true;
    *(uint16_t *) at = (uint16_t) number;
    return true;
  }
  return false;
}

static bool
read_body (HarkBencode body, HarkKrpc *message)
{
  HarkBencodeIter iter;
  HarkBencode key, value;
  size_t field = 0;

  if (!hark_bencode_is_dict (body))
    return false;

  /* Keys and fields are both sorted: one pass over both. */
  hark_bencode_iter_init (&iter, body);
  while (hark_bencode_iter_next (&iter, &key, &value)) {
    HarkBytes name;
    int order = 1;

    if (!read_bytes (key, &name))
      return false;
    while (field < G_N_ELEMENTS (body_fields)) {
      size_t len = strlen (body_fields[field].key);

      order = memcmp (body_fields[field].key, name.data, MIN (len, name.len));
      if (order == 0)
        order = (len > name.len) - (len < name.len);
      if (order >= 0)
        break;
      field++;
    }
    if (order == 0 && field < G_N_ELEMENTS (body_fields)
        && !read_field (&body_fields[field++], value, message))
      return false;
  }
  return message->id != NULL;
}

static bool
read_error (HarkBencode error, HarkKrpc *message)
{
  HarkBencodeIter iter;
  HarkBencode code, text;

  if (!hark_bencode_is_list (error))
    return false;
  hark_bencode_iter_init (&iter, error);
  return hark_bencode_iter_next (&iter, NULL, &code) && hark_bencode_iter_next (&iter, NULL, &text)
         && hark_bencode_get_int (code, &message->code) && read_bytes (text, &message->message);
}

static HarkKrpcMethod
read_method (HarkBytes name)
{
  for (HarkKrpcMethod i = HARK_KRPC_PING; i < G_N_ELEMENTS (method_names); i++)
    if (bytes_are (name, method_names[i]))
      return i;
  return HARK_KRPC_UNKNOWN;
}

typedef struct {
  HarkBencode a, e, q, r, ro, t, y, ip;
} Envelope;

static bool
read_envelope (HarkBencode top, Envelope *ret)
{
  HarkBencodeIter iter;
  HarkBencode key, value;
  HarkBytes name;

  if (!hark_bencode_is_dict (top))
    return false;
  hark_bencode_iter_init (&iter, top);
  while (hark_bencode_iter_next (&iter, &key, &value)) {
    if (!read_bytes (key, &name))
      return false;
    if (bytes_are (name, "a"))
      ret->a = value;
    else if (bytes_are (name, "e"))
      ret->e = value;
    else if (bytes_are (name, "ip"))
      ret->ip = value;
    else if (bytes_are (name, "q"))
      ret->q = value;
    else if (bytes_are (name, "r"))
      ret->r = value;
    else if (bytes_are (name, "ro"))
      ret->ro = value;
    else if (bytes_are (name, "t"))
      ret->t = value;
    else if (bytes_are (name, "y"))
      ret->y = value;
  }
  return true;
}

bool
hark_krpc_parse (const uint8_t *data, size_t len, HarkKrpc *ret)
{
  HarkKrpc message = {0};
  HarkBencode top;
  Envelope envelope = {0};
  HarkBytes type, method;
  int64_t read_only = 0;

  if (len > HARK_KRPC_LEN_MAX || !hark_bencode_parse (data, len, &top)
      || !read_envelope (top, &envelope) || !read_bytes (envelope.y, &type)
      || !read_bytes (envelope.t, &message.transaction)
      || message.transaction.len > HARK_KRPC_TRANSACTION_LEN_MAX)
    return false;
  if (envelope.ip.len)
    read_bytes (envelope.ip, &message.ip);
  hark_bencode_get_int (envelope.ro, &read_only);
  message.read_only = read_only == 1;

  if (bytes_are (type, "q")) {
    message.kind = HARK_KRPC_QUERY;
    if (!read_bytes (envelope.q, &method) || !read_body (envelope.a, &message))
      return false;
    message.method = read_method (method);
  } else if (bytes_are (type, "r")) {
    message.kind = HARK_KRPC_RESPONSE;
    if (!read_body (envelope.r, &message))
      return false;
  } else if (bytes_are (type, "e")) {
    message.kind = HARK_KRPC_ERROR;
    if (!read_error (envelope.e, &message))
      return false;
  } else {
    return false;
  }
  *ret = message;
  return true;
}

/* ---- writing ------------------------------------------------------------------------------- */

static void
write_field_bytes (HarkWriter *writer, const char *key, HarkBytes bytes)
{
  if (!bytes.data)
    return;
  hark_bencode_write_text (writer, key);
  hark_bencode_write_bytes (writer, bytes.data, bytes.len);
}

static void
write_field_int (HarkWriter *writer, const char *key, int64_t number)
{
  hark_bencode_write_text (writer, key);
  hark_bencode_write_int (writer, number);
}

static void
write_want (HarkWriter *writer, const HarkKrpc *message)
{
  if (!message->want4 && !message->want6)
    return;
  hark_bencode_write_text (writer, "want");
  hark_bencode_write_mark (writer, 'l');
  if (message->want4)
    hark_bencode_write_text (writer, "n4");
  if (message->want6)
    hark_bencode_write_text (writer, "n6");
  hark_bencode_write_mark (writer, 'e');
}

static void
write_field (HarkWriter *writer, const Field *field, const HarkKrpc *message)
{
  const void *at = (const uint8_t *) message + field->offset;
  const bool *present = (const bool *) ((const uint8_t *) message + field->offset_flag);

  switch (field->type) {
  case BYTES:
  case PADDING:
    write_field_bytes (writer, field->key, *(const HarkBytes *) at);
    break;
  case ID:
    write_field_bytes (writer, field->key,
                       (HarkBytes){*(const uint8_t *const *) at, HARK_NODE_ID_LEN});
    break;
  case NUMBER:
    if (*present)
      write_field_int (writer, field->key, *(const int64_t *) at);
    break;
  case PORT:
    if (*present)
      write_field_int (writer, field->key, *(const uint16_t *) at);
    break;
  case FLAG:
    if (*(const bool *) at)
      write_field_int (writer, field->key, 1);
    break;
  case VALUE: {
    HarkBencode value = *(const HarkBencode *) at;

    if (value.len) {
      hark_bencode_write_text (writer, field->key);
      hark_writer_bytes (writer, value.data, value.len);
    }
    break;
  }
  case WANT:
    write_want (writer, message);
    break;
  }
}

static void
write_values (HarkWriter *writer, const HarkEndpoint *values, size_t n_values)
{
  hark_bencode_write_text (writer, "values");
  hark_bencode_write_mark (writer, 'l');
  for (size_t i = 0; i < n_values; i++) {
    uint8_t compact[18];

    hark_bencode_write_bytes (writer, compact, hark_endpoint_to_compact (&values[i], compact));
  }
  hark_bencode_write_mark (writer, 'e');
}

static void
write_body (HarkWriter *writer,
            const HarkKrpc *message,
            const HarkEndpoint *values,
            size_t n_values)
{
  hark_bencode_write_mark (writer, 'd');
  for (size_t i = 0; i < G_N_ELEMENTS (body_fields); i++) {
    if (n_values && body_fields[i].offset == AT (values) && body_fields[i].type == VALUE)
      write_values (writer, values, n_values);
    else
      write_field (writer, &body_fields[i], message);
  }
  hark_bencode_write_mark (writer, 'e');
}

size_t
hark_krpc_write (
  const HarkKrpc *message, const HarkEndpoint *values, size_t n_values, uint8_t *ret, size_t size)
{
  static const char *const types[] = {"q", "r", "e"};
  HarkWriter writer;

  hark_writer_init (&writer, ret, size);
  hark_bencode_write_mark (&writer, 'd');
  if (message->kind == HARK_KRPC_QUERY) {
    hark_bencode_write_text (&writer, "a");
    write_body (&writer, message, NULL, 0);
  } else if (message->kind == HARK_KRPC_ERROR) {
    hark_bencode_write_text (&writer, "e");
    hark_bencode_write_mark (&writer, 'l');
    hark_bencode_write_int (&writer, message->code);
    hark_bencode_write_bytes (&writer, message->message.data, message->message.len);
    hark_bencode_write_mark (&writer, 'e');
  }
  write_field_bytes (&writer, "ip", message->ip);
  if (message->kind == HARK_KRPC_QUERY) {
    hark_bencode_write_text (&writer, "q");
    hark_bencode_write_text (&writer, method_names[message->method]);
  } else if (message->kind == HARK_KRPC_RESPONSE) {
    hark_bencode_write_text (&writer, "r");
    write_body (&writer, message, values, n_values);
  }
  if (message->read_only)
    write_field_int (&writer, "ro", 1);
  write_field_bytes (&writer, "t", message->transaction);
  hark_bencode_write_text (&writer, "y");
  hark_bencode_write_text (&writer, types[message->kind]);
  hark_bencode_write_mark (&writer, 'e');
  return hark_writer_is_ok (&writer) ? writer.len : 0;
}

size_t
hark_krpc_node_write (const HarkNodeId *id, const HarkEndpoint *endpoint, uint8_t ret[38])
{
  memcpy (ret, id->bytes, HARK_NODE_ID_LEN);
  return HARK_NODE_ID_LEN + hark_endpoint_to_compact (endpoint, ret + HARK_NODE_ID_LEN);
}

bool
hark_krpc_node_read (
  HarkBytes nodes, uint8_t family, size_t i, HarkNodeId *ret_id, HarkEndpoint *ret_endpoint)
{
  size_t len = family == 6 ? NODE6_LEN : NODE4_LEN;
  HarkEndpoint endpoint;

  if (!nodes.data || (i + 1) * len > nodes.len)
    return false;
  hark_endpoint_from_compact (nodes.data + i * len + HARK_NODE_ID_LEN, len - HARK_NODE_ID_LEN,
                              &endpoint);
  memcpy (ret_id->bytes, nodes.data + i * len, HARK_NODE_ID_LEN);
  *ret_endpoint = endpoint;
  return true;
}
