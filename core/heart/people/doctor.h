/* core/heart/people/doctor.h - why somebody cannot be reached, in words that help: what is wrong,
 * and what to do.
 *
 * Pure; any thread. Facts in, findings out, worst first. It knows of no sockets: everything it says
 * follows from what the node has seen.
 */
#pragma once

#include "core/hark.h"
#include "net/net.h"

/* What is known of the network we are on. */
typedef struct {
  HarkNetStatus net;
  bool invisible;      /* that was chosen */
  uint64_t running_ms; /* since this Hark started: less than some seconds proves nothing */
} HarkDoctorNetwork;

/* What is known of a contact. */
typedef struct {
  const char *name; /* borrowed */
  HarkPersonStatus status;
  bool hidden; /* we appear offline to them: that was chosen */
  HarkPresence presence;
  HarkPathKind path;
  const char *relay; /* borrowed: who relays; NULL or "" */
  int64_t last_seen_ms;
  HarkNetPeerRecord record;
} HarkDoctorContact;

/**
 * hark_doctor_examine:
 * @contact: (nullable): NULL: the network alone
 * @now_ms: Unix
 *
 * Returns: (transfer full) (element-type HarkFinding): problems first, then hints, then what is
 * well; never empty
 */
GPtrArray *hark_doctor_examine (const HarkDoctorNetwork *network,
                                const HarkDoctorContact *contact,
                                int64_t now_ms);
