/* core/hark-ledger.h - a part of core/hark.h, which includes it: what has left this machine.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef enum {
  HARK_LEFT_PEOPLE,   /* messages, files and calls, and what is relayed: sealed, to people */
  HARK_LEFT_INTERNET, /* lookups, sealed records and knocks, to machines of strangers */
  HARK_LEFT_LOCAL,    /* the same within this machine and local networks, and beacons there */
  HARK_LEFT_KINDS,
} HarkLeftKind;

typedef struct {
  uint64_t packets, bytes; /* without the headers of UDP and IP */
} HarkLeftCount;

/* Who carried how much for whom, since they are a contact. */
typedef struct {
  uint8_t account[32];
  char *name;
  uint64_t relayed_for_us, relayed_for_them; /* bytes both ways */
  uint64_t kept_for_us, kept_for_them;       /* sealed messages, taken or handed over */
} HarkLedgerPerson;

/* Without what tries out paths (ICE), opens ports in the router or looks names up. */
typedef struct {
  HarkLeftCount today[HARK_LEFT_KINDS], month[HARK_LEFT_KINDS], all[HARK_LEFT_KINDS];
  int64_t since_ms;  /* Unix: when the first of the days of `all` began; 0: nothing was sent yet */
  unsigned hosts;    /* public addresses that INTERNET went to since Hark started, about */
  uint64_t refused;  /* packets not sent since then because only the local network is allowed */
  GPtrArray *people; /* HarkLedgerPerson: contacts with whom there is something */
} HarkLedgerInfo;

/* hark_ledger_info_free: NULL is fine. */
void hark_ledger_info_free (HarkLedgerInfo *info);
