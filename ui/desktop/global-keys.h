/* ui/desktop/global-keys.h - push to talk while another window is in front, if the user wants it
 * (HARK_SET_TALK_ANYWHERE): by X11 the key that was chosen, taken from other windows during calls
 * alone; elsewhere keys that the desktop asks the user for, one to talk and one to mute. Main
 * thread.
 */
#pragma once

#include "ui/model/client.h"

typedef struct _HarkGlobalKeys HarkGlobalKeys;

/* hark_global_keys_new: @client and @bus are kept. */
HarkGlobalKeys *hark_global_keys_new (HarkClient *client, GDBusConnection *bus);

/* hark_global_keys_free: (nullable) */
void hark_global_keys_free (HarkGlobalKeys *keys);

/* What is possible here, with the key chosen now. */
typedef enum {
  HARK_KEYS_OWN,      /* by X11 */
  HARK_KEYS_CHOOSE,   /* by X11, but no key was chosen, or one that others need */
  HARK_KEYS_TAKEN,    /* by X11, but another program has it */
  HARK_KEYS_DESKTOPS, /* by the desktop, if it can: hark_shortcuts_find() */
} HarkKeysWay;

HarkKeysWay hark_global_keys_way (void);
