#include "net/node/link-restart.h"

#include "net/base/reader.h"
#include "net/base/writer.h"

#define SIGNAL_FIRST (300 * HARK_MS) /* between RESTARTs, doubling */
#define SIGNAL_SPAN (8 * HARK_SECOND)

void
hark_link_restart_init (HarkLinkRestart *restart, HarkTime now)
{
  *restart = (HarkLinkRestart){.next = HARK_TIME_NEVER};
  hark_token_bucket_init (&restart->allowed, HARK_LINK_GENERATIONS_RATE,
                          HARK_LINK_GENERATIONS_BURST, now);
}

void
hark_link_restart_begin (HarkLinkRestart *restart, uint32_t generation, bool ours, HarkTime now)
{
  restart->generation = generation;
  restart->ours = ours;
  restart->answered = false;
  restart->due = false;
  restart->interval = SIGNAL_FIRST;
  restart->next = ours ? now : HARK_TIME_NEVER;
  restart->ends = hark_time_add (now, SIGNAL_SPAN);
}

bool
hark_link_restart_accept (HarkLinkRestart *restart, uint32_t generation, HarkTime now)
{
  return generation > restart->generation
         && generation - restart->generation <= HARK_LINK_GENERATION_JUMP_MAX
         && hark_token_bucket_take (&restart->allowed, 1, now);
}

bool
hark_link_restart_hurry (HarkLinkRestart *restart, HarkTime now)
{
  if (!restart->ours || now >= restart->ends)
    return false;
  restart->interval = SIGNAL_FIRST;
  restart->next = now;
  return true;
}

void
hark_link_restart_stop (HarkLinkRestart *restart)
{
  restart->next = HARK_TIME_NEVER;
  restart->due = false;
}

void
hark_link_restart_handle_time (HarkLinkRestart *restart, HarkTime now)
{
  if (restart->next > now)
    return;
  if (now >= restart->ends) {
    hark_link_restart_stop (restart);
    return;
  }
  restart->due = true;
  restart->next = hark_time_add (now, restart->interval);
  restart->interval *= 2;
}

HarkTime
hark_link_restart_get_deadline (const HarkLinkRestart *restart)
{
  return restart->next;
}

size_t
hark_link_restart_write (uint32_t generation,
                         const HarkPathDescription *local,
                         uint8_t ret[HARK_LINK_RESTART_BODY_MAX])
{
  HarkWriter writer;

  hark_writer_init (&writer, ret, 4);
  hark_writer_u32 (&writer, generation);
  return 4 + hark_path_description_write (local, ret + 4, HARK_PATH_DESCRIPTION_LEN_MAX);
}

bool
hark_link_restart_read (const uint8_t *body,
                        size_t len,
                        bool allow_loopback,
                        uint32_t *ret_generation,
                        HarkPathDescription *ret_remote)
{
  HarkReader reader;
  uint32_t generation;

  hark_reader_init (&reader, body, len);
  generation = hark_reader_u32 (&reader);
  if (!hark_reader_is_ok (&reader) || generation == 0
      || !hark_path_description_read (body + 4, len - 4, allow_loopback, ret_remote))
    return false;
  *ret_generation = generation;
  return true;
}
