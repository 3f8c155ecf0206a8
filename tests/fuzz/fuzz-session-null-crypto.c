/* Frames of any kind in well sealed packets, against a confirmed session of either role: the guard
 * and ngtcp2 must neither abort nor keep state without end.
 *
 * Input: u8 role, then packets: u8 how many numbers to go back, u8 pause in ms, u8 length, frames.
 */
#include "tests/unit/net/session/link.c"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  uint8_t packet[400];
  uint32_t number = 100;
  unsigned end;
  Link *link;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("word", 4);

  if (size < 1)
    return 0;
  end = data[0] & 1;
  link = link_new (1, NULL);
  g_assert (link_run (link, 2 * HARK_SECOND, link_is_confirmed));
  for (unsigned i = 0; i < 3; i++) {
    int64_t stream = hark_session_stream_open (link->ends[end].session, i);

    hark_session_stream_send (link->ends[end].session, stream, bytes, i == 1);
  }
  link->ends[end].echo_finish = (data[0] & 2) != 0;
  link->ends[end].hold = (data[0] & 4) != 0;
  link_run (link, 200 * HARK_MS, NULL);
  data++;
  size--;
  while (size >= 3) {
    size_t len = MIN (data[2], size - 3);
    size_t sealed
      = link_forge (&link->secrets, end == 1, false, number - data[0] % 64, data + 3, len, packet);

    number++;
    link_inject (link, end, packet, sealed);
    link_run (link, data[1] * HARK_MS, NULL);
    data += 3 + len;
    size -= 3 + len;
  }
  link_run (link, HARK_SECOND, NULL);
  hark_session_close (link->ends[end].session, 1, link->now);
  link_run (link, HARK_SECOND, NULL);
  link_free (link);
  return 0;
}
