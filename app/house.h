/* app/house.h - what an administrator decided for everybody on this computer.
 *
 * A key file (Desktop Entry Specification, "Basic format"), group [hark]: lan-only, no-dht, no-lan,
 * no-mapping, no-tcp, no-relay (true or false), network (a name or secret), bind (addresses and
 * interfaces with commas between), port (UDP), bootstrap, peers (HOST:PORT with semicolons
 * between). A flag that is true holds whatever the command line and the user's settings say; the
 * others are used where the command line has none.
 */
#pragma once

#include "app/options.h"

#define HARK_HOUSE_FILE "/etc/hark/hark.conf"

/* hark_house_apply: what stands in @path goes into @options; without the file nothing. False with
 * @error when it cannot be read or says what is not understood: then nothing may start, since a
 * word that was misspelled must not let packets out. */
bool hark_house_apply (const char *path, HarkOptions *options, GError **error);
