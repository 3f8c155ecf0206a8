#include "net/node/requests.h"

#include "net/node/knocks.h"
#include "net/node/links.h"
#include "net/node/mailbox.h"
#include "net/node/records.h"

void
hark_node_requests_send (HarkNet *net, HarkPeer *peer, HarkTime now)
{
  HarkKnockRequest request
    = {.answer = peer->request.answer, .made_ms = hark_node_records_theirs_ms (net, peer, now)};
  HarkKnockTarget target = {
    .account = peer->account,
    .device = hark_record_device (&peer->record),
    .secret = peer->request_token.bytes,
    .secret_len = sizeof peer->request_token.bytes,
    .day = hark_node_records_theirs_day (net, peer, now),
    .index = hark_node_links_fresh_index (net),
    .purpose = HARK_KNOCK_REQUEST,
    .request = &request,
  };
  HarkKnock knock;

  g_strlcpy (request.name, peer->request.name, sizeof request.name);
  g_strlcpy (request.text, peer->request.text, sizeof request.text);
  if (hark_knock_init (&knock, &net->link_context.self, &target, &net->rng)) {
    hark_node_knocks_send (net, 0, &peer->record, knock.packet, now);
    if (peer->record.flags & HARK_RECORD_MAILBOX)
      hark_node_mailbox_leave_request (net, peer, knock.packet, now);
    hark_knock_clear (&knock);
  }
  hark_token_clear (&request.answer);
}
