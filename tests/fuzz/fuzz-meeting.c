/* What somebody leaves at a meeting by words. The first byte chooses who reads it: 0 the giver, 1
 * the taker, 2 the taker who has answered; then packets, one behind the other, zeros at the end.
 * Nobody meets anybody, as nobody has the words. */
#include "core/identity/meeting.h"

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const uint8_t seed[32] = {1}, payload[HARK_MEETING_PAYLOAD_LEN] = {2};
  const HarkMeetingWords words = {
    {1, 2, 3, 4}
  };
  HarkMeeting giver, taker, *reader;
  HarkRng rng;

  if (size == 0 || sodium_init () < 0)
    return 0;
  hark_rng_init (&rng, seed);
  hark_meeting_give (&giver, &words, payload, &rng, HARK_SECOND);
  hark_meeting_take (&taker, &words, &rng, HARK_SECOND);
  if (data[0] == 2)
    hark_meeting_handle_packet (&taker, giver.packet, HARK_SECOND);
  reader = data[0] == 0 ? &giver : &taker;
  for (size_t at = 1; at < size; at += HARK_MEETING_PACKET_LEN) {
    uint8_t packet[HARK_MEETING_PACKET_LEN] = {0};

    memcpy (packet, data + at, MIN (size - at, sizeof packet));
    hark_meeting_handle_packet (reader, packet, HARK_SECOND);
    g_assert_cmpint (reader->state, !=, HARK_MEETING_MET);
  }
  return 0;
}
