/* ui/desktop/follower.h - tells that what the desktop shows of Hark may have changed: messages,
 * what was read, the profile, a call and how it goes.
 *
 * Main thread. However much happens at once, it is told once, when the main loop is idle.
 */
#pragma once

#include "ui/model/client.h"

typedef struct _HarkFollower HarkFollower;

/* hark_follower_new: @changed (@data) is called after changes, until hark_follower_free().
 * @client is kept. */
HarkFollower *hark_follower_new (HarkClient *client, GSourceOnceFunc changed, void *data);

void hark_follower_free (HarkFollower *follower);

/* hark_follower_look: @changed is to be called once more, as after a change. */
void hark_follower_look (HarkFollower *follower);
