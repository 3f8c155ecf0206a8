/* net/base/domain.h - every string that separates one use of a key or hash from another.
 *
 * One table, so that nobody invents a second meaning for one. Each is hashed without its NUL, in
 * front of everything else, unless net/PROTOCOL.md or core/PROTOCOL.md says otherwise.
 */
#pragma once

/* signatures by the account key */
#define HARK_DOMAIN_DEVICE_CERTIFICATE "hark/devcert/1"

/* handshake (net/noise) */
#define HARK_DOMAIN_PROLOGUE "hark/hs/1"
#define HARK_DOMAIN_PSK "hark/psk/1"
#define HARK_DOMAIN_GATE "hark/gate/1" /* gate key from an address, invite or pairwise secret */
#define HARK_DOMAIN_GATE_TAG "hark/gatetag/1"       /* tag of a day */
#define HARK_DOMAIN_MAC1 "hark/mac1/1"              /* mac1, under the gate key */
#define HARK_DOMAIN_MAC2 "hark/mac2/1"              /* mac2, under a cookie */
#define HARK_DOMAIN_COOKIE "hark/cookie/1"          /* key under which cookie replies are sealed */
#define HARK_DOMAIN_COOKIE_VALUE "hark/cookie-ip/1" /* the cookie of an endpoint */

/* what a finished handshake is split into */
#define HARK_DOMAIN_QUIC_INITIAL "hark/quic-initial/1"
#define HARK_DOMAIN_QUIC_HANDSHAKE "hark/quic-handshake/1"
#define HARK_DOMAIN_QUIC_APPLICATION "hark/quic-app/1"
#define HARK_DOMAIN_QUIC_FINISHED "hark/quic-finished/1"
#define HARK_DOMAIN_QUIC_KEY "hark/quic-key/1"   /* AEAD key and nonce base of a secret */
#define HARK_DOMAIN_QUIC_HEADER "hark/quic-hp/1" /* header protection key of a secret */
#define HARK_DOMAIN_QUIC_DCID "hark/quic-dcid/1" /* first connection id; no secret */
#define HARK_DOMAIN_KEY_UPDATE "hark/ku/1"
#define HARK_DOMAIN_MEDIA "hark/media/1"
#define HARK_DOMAIN_RELAY "hark/relay/1"               /* sealed packets beside QUIC for a relay */
#define HARK_DOMAIN_RELAY_SECRET "hark/relay-pair/1"   /* what relay tags of a session come from */
#define HARK_DOMAIN_RELAY_TAG "hark/relay-tag/1"       /* by which a relay matches the two */
#define HARK_DOMAIN_RELAY_HOLDER "hark/relay-holder/1" /* keys of a relay node's channels, */
#define HARK_DOMAIN_RELAY_GUEST "hark/relay-guest/1"   /* for either end */
#define HARK_DOMAIN_RELAY_HOST_ID "hark/relay-node/1"  /* how its holders call it */
#define HARK_DOMAIN_RELAY_HOST_MAC "hark/relay-mac/1"
#define HARK_DOMAIN_RELAY_COOKIE "hark/relay-cookie/1"
#define HARK_DOMAIN_SIGNAL "hark/signal/1" /* sealed packets beside the path: confirm, trickle */
#define HARK_DOMAIN_PATH_TCP "hark/path-tcp/1" /* proof at the start of a connection of a path */

/* rendezvous */
#define HARK_DOMAIN_SLOT "hark/rdv/1"
#define HARK_DOMAIN_SLOT_OFFSET "hark/rdv-off/1"
#define HARK_DOMAIN_SLOT_NONCE "hark/nonce/1"
#define HARK_DOMAIN_RECORD "hark/rdv-rec/1"
#define HARK_DOMAIN_NETWORK "hark/network/1"
#define HARK_DOMAIN_MAILBOX "hark/mbox/1" /* seed of the key that a mailbox is stored under */
#define HARK_DOMAIN_MAILBOX_KEY "hark/mbox-key/1" /* what is in it is sealed under this */
#define HARK_DOMAIN_HELPERS "hark/public/1"       /* infohashes of nodes that serve */

/* DHT */
#define HARK_DOMAIN_DHT_TOKEN "hark/dht-token/1"

/* local and closed networks (net/lan) */
#define HARK_DOMAIN_LAN_TAG "hark/lan-tag/1"       /* how a network calls itself in beacons */
#define HARK_DOMAIN_LAN_PERSON "hark/lan-person/1" /* signed by an account that shows itself */
#define HARK_DOMAIN_SENT "hark/sent/1"         /* key of the estimate of machines (net/sent.h) */
#define HARK_DOMAIN_DATAGRAM "hark/datagram/1" /* key of a closed network's datagrams */
#define HARK_DOMAIN_NETWORK_TEXT "hark/net-text/1" /* checksum of a network's secret as text */

/* between people (core) */
#define HARK_DOMAIN_PAIR "hark/pair/1"
#define HARK_DOMAIN_RUN "hark/run/1" /* names a run of the program; no secret */
#define HARK_DOMAIN_SAFETY "hark/safety/1"
#define HARK_DOMAIN_WORDS_COMMIT "hark/sasc/1" /* commitment to a nonce of the words to compare */
#define HARK_DOMAIN_WORDS "hark/sas/1"         /* the words to compare by voice */
#define HARK_DOMAIN_MEETING "hark/meeting/1"   /* where two meet who share a few words */
#define HARK_DOMAIN_MEETING_KEY "hark/meeting-key/1" /* what the giver then tells is sealed so */
#define HARK_DOMAIN_PICTURE "hark/picture/1"         /* names a picture; no secret */
#define HARK_DOMAIN_REACH "hark/reach/1" /* token of a contact who does not know the new one */
#define HARK_DOMAIN_KEY_COMMITMENT "hark/commit/1"
#define HARK_DOMAIN_KEY_FILE "hark/keyfile/1"
#define HARK_DOMAIN_KEY_WORDS \
  "hark/key-words/1"                       /* what the account's seed wraps the data key with */
#define HARK_DOMAIN_BACKUP "hark/backup/1" /* the X25519 key that backups are sealed to */
#define HARK_DOMAIN_KEPT_SLOT                                                                   \
  "hark/kept-slot/1"                           /* where a pair leaves sealed mail at a keeper's \
                                                */
#define HARK_DOMAIN_KEPT_TAG "hark/kept-tag/1" /* what the keeper sees of a slot */
#define HARK_DOMAIN_KEPT_KEY "hark/kept-key/1" /* what lies in a slot is sealed under this */
#define HARK_DOMAIN_KEPT_ID "hark/kept-id/1"   /* names a deposit, the same at every try */
#define HARK_DOMAIN_KEPT_RECEIPT "hark/kept-receipt/1" /* whoever shows it may remove a deposit */
#define HARK_DOMAIN_KEPT_LOCK "hark/kept-lock/1"       /* by which the keeper knows the receipt */
#define HARK_DOMAIN_KEPT_HINT "hark/kept-hint/1"       /* names a keeper to those who know them */
#define HARK_DOMAIN_KEPT_SAID "hark/kept-said/1" /* what was said about keepers, in memory only */
#define HARK_DOMAIN_FILE_LEAF "hark/leaf/1"
#define HARK_DOMAIN_FILE_NODE "hark/node/1"
#define HARK_DOMAIN_FILE_SAMPLE "hark/sample/1"
#define HARK_DOMAIN_MANIFEST "hark/manifest/1"
#define HARK_DOMAIN_GROUP "hark/group/1"             /* a group's id, of founder and nonce */
#define HARK_DOMAIN_GROUP_BODY "hark/group-body/1"   /* names what an entry says */
#define HARK_DOMAIN_GROUP_CHAIN "hark/group-chain/1" /* names a chain of this copy of a profile */
#define HARK_DOMAIN_GROUP_ENTRY "hark/group-entry/1"
#define HARK_DOMAIN_GROUP_INTRODUCTION "hark/group-introduction/1" /* an invite between members */
#define HARK_DOMAIN_GROUP_KEY "hark/group-key/1" /* from one member to another, under X25519 */
#define HARK_DOMAIN_GROUP_TAG "hark/group-tag/1" /* an entry's tag for one member */
#define HARK_DOMAIN_GROUP_VIEW "hark/group-view/1"
