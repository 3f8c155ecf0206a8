#include "net/io/pcp.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#include <netinet/in.h>
#include <string.h>

#define VERSION 2
#define OPCODE_MAP 1
#define ANSWER 0x80
#define RESULT_SUCCESS 0
#define RESULT_UNSUPPORTED_VERSION 1

/* IPv4 addresses travel as IPv4-mapped IPv6 ones (section 5). */
static void
write_ip (HarkWriter *writer, const HarkEndpoint *endpoint)
{
  static const uint8_t mapped[] = {0xff, 0xff};

  hark_writer_zeros (writer, 10);
  hark_writer_bytes (writer, mapped, sizeof mapped);
  hark_writer_bytes (writer, endpoint->ip, 4); /* zeros when there is none: any */
}

static uint8_t
protocol_of (const HarkPcpMapping *mapping)
{
  return mapping->tcp ? IPPROTO_TCP : IPPROTO_UDP;
}

void
hark_pcp_write (const HarkPcpMapping *mapping,
                const HarkEndpoint *client,
                uint8_t ret[HARK_PCP_REQUEST_LEN])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, HARK_PCP_REQUEST_LEN);
  hark_writer_u8 (&writer, VERSION);
  hark_writer_u8 (&writer, OPCODE_MAP);
  hark_writer_zeros (&writer, 2);
  hark_writer_u32 (&writer, mapping->lifetime);
  write_ip (&writer, client);

  hark_writer_bytes (&writer, mapping->nonce, sizeof mapping->nonce);
  hark_writer_u8 (&writer, protocol_of (mapping));
  hark_writer_zeros (&writer, 3);
  hark_writer_u16 (&writer, mapping->port);
  hark_writer_u16 (&writer, mapping->suggested.port);
  write_ip (&writer, &mapping->suggested);
}

/* An IPv4-mapped address; others leave @ret without one. */
static void
read_ip (HarkReader *reader, HarkEndpoint *ret)
{
  static const uint8_t head[12] = {[10] = 0xff, [11] = 0xff};
  uint8_t ip[16];

  hark_reader_copy (reader, ip, sizeof ip);
  memset (ret, 0, sizeof *ret);
  if (memcmp (ip, head, sizeof head) != 0)
    return;
  ret->family = 4;
  memcpy (ret->ip, ip + 12, 4);
}

HarkPcpResult
hark_pcp_read (const uint8_t *data,
               size_t len,
               const HarkPcpMapping *mapping,
               HarkEndpoint *ret_external,
               uint32_t *ret_lifetime)
{
  uint8_t version, opcode, result, protocol;
  uint8_t nonce[HARK_PCP_NONCE_LEN];
  uint32_t lifetime;
  uint16_t port, external_port;
  HarkEndpoint external;
  HarkReader reader;

  hark_reader_init (&reader, data, len);
  version = hark_reader_u8 (&reader);
  opcode = hark_reader_u8 (&reader);
  hark_reader_u8 (&reader);
  result = hark_reader_u8 (&reader);
  if (!hark_reader_is_ok (&reader) || !(opcode & ANSWER) || len > HARK_PCP_ANSWER_LEN_MAX)
    return HARK_PCP_OTHER;
  /* a NAT-PMP gateway puts a result of two bytes here (RFC 6886 section 3.5) */
  if (version != VERSION)
    return version < VERSION && result == RESULT_UNSUPPORTED_VERSION ? HARK_PCP_VERSION
                                                                     : HARK_PCP_OTHER;
  if (opcode != (ANSWER | OPCODE_MAP))
    return HARK_PCP_OTHER;

  lifetime = hark_reader_u32 (&reader);
  hark_reader_borrow (&reader, 4 + 12); /* the gateway's epoch, reserved */
  hark_reader_copy (&reader, nonce, sizeof nonce);
  protocol = hark_reader_u8 (&reader);
  hark_reader_borrow (&reader, 3);
  port = hark_reader_u16 (&reader);
  external_port = hark_reader_u16 (&reader);
  read_ip (&reader, &external);
  if (!hark_reader_is_ok (&reader) || memcmp (nonce, mapping->nonce, sizeof nonce) != 0
      || protocol != protocol_of (mapping) || port != mapping->port)
    return HARK_PCP_OTHER;
  if (result != RESULT_SUCCESS)
    return result == RESULT_UNSUPPORTED_VERSION ? HARK_PCP_VERSION : HARK_PCP_REFUSED;

  external.port = external_port;
  *ret_external = external;
  *ret_lifetime = lifetime;
  return HARK_PCP_GRANTED;
}
