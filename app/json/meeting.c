/* app/json/meeting.c - meeting somebody by a few words, as JSON. */
#include "app/json/put.h"

static const char *const step_words[] = {"there", "met", "over"};

void
hark_json_put_meeting (JsonBuilder *builder, const HarkEvent *event)
{
  put_string (builder, "state", WORD (step_words, event->meeting_step));
  put_string (builder, "code", event->code);
  put_string (builder, "reason", event->reason);
  put_string (builder, "address", event->address);
  if (event->number > 0)
    put_int (builder, "files", (int64_t) event->number);
}
