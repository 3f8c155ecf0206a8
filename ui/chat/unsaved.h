/* ui/chat/unsaved.h - messages that were sent but could not be saved, as on a full disk: what was
 * written is not lost. Main thread.
 */
#pragma once

#include "ui/chat/composer.h"
#include "ui/model/client.h"

/* hark_unsaved_send: (transfer full): @command to the engine. Should it refuse, the reason is told
 * as a warning of @client and a text of SEND comes back into @composer, above what was written
 * since, while *@shown, which lives as long as @page, is still whom it was for. */
void hark_unsaved_send (GObject *page,
                        HarkPersonItem **shown,
                        HarkComposer *composer,
                        HarkClient *client,
                        HarkCommand *command);
