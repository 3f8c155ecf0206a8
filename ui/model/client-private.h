/* ui/model/client-private.h - what a client consists of; for ui/model/client.c, which talks with
 * the engine, and ui/model/client-models.c, whose lists follow what it says, alone.
 */
#pragma once

#include "ui/model/client.h"

struct _HarkClient {
  GObject parent_instance;
  HarkEngine *engine;
  bool starting;
  GQueue waiting; /* HarkCommand: for the engine that starts */
  HarkClientFilter filter;
  void *filter_data;
  GListStore *people;
  GHashTable *by_account; /* account -> HarkPersonItem */
  GHashTable *transfers;  /* id -> HarkTransferItem */
  GHashTable *questions;  /* tag -> Question */
  uint64_t next_tag;
  GPtrArray *calls; /* HarkCallItem; see call-list.h */
  uint8_t own[HARK_ACCOUNT_LEN];
  bool relays;        /* we do, for contacts */
  char *not_accepted; /* what was said last because somebody had not accepted yet; NULL: nothing */
  uint8_t not_accepted_by[HARK_ACCOUNT_LEN];
};

enum {
  HARK_CLIENT_READY,
  HARK_CLIENT_LISTED,
  HARK_CLIENT_MESSAGE,
  HARK_CLIENT_READ,
  HARK_CLIENT_REQUEST,
  HARK_CLIENT_CALL,
  HARK_CLIENT_TRANSFER,
  HARK_CLIENT_NETWORK,
  HARK_CLIENT_WARNING,
  HARK_CLIENT_WARNING_OVER,
  HARK_CLIENT_SENT,
  HARK_CLIENT_HEARD,
  HARK_CLIENT_TOLD,
  HARK_CLIENT_N_SIGNALS
};
extern guint hark_client_signals[HARK_CLIENT_N_SIGNALS];

/* hark_client_follow: the lists follow @event, which is neither a result nor a warning.
 * hark_client_take_status: and what STATUS told. */
void hark_client_follow (HarkClient *client, const HarkEvent *event);
void hark_client_take_status (HarkClient *client, const HarkEvent *result);
