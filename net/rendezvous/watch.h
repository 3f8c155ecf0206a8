/* net/rendezvous/watch.h - whether another computer of the same account publishes beside us.
 *
 * Internal to net/rendezvous. An account that was moved to another computer has one who came after
 * us: what is in our own slot, signed by our own account, names its device by a certificate with a
 * higher list version. Nobody else can write there, so this is believed. publish.c looks into our
 * slot before the first put and when something newer stands there. Source: net/PROTOCOL.md
 * "Rendezvous".
 */
#pragma once

#include "net/rendezvous/private.h"

/* hark_watch_judge: acts on what the last look found, if it did; once. */
void hark_watch_judge (HarkRendezvous *rendezvous, HarkTime now);
