/* core/contacts/contact.h - how somebody becomes a contact and stops being one.
 *
 * Pure; any thread. One table of every step; what is not listed does not happen.
 *
 *              USER_ADD              PEER_SESSION, PEER_REQUEST, USER_ACCEPT
 *     NONE ---------------> ASKED ------------------------------------------> ACCEPTED
 *       |   PEER_REQUEST            USER_ACCEPT, USER_ADD                       ^
 *       +---------------> REQUEST ----------------------------------------------+
 *                            | USER_DECLINE
 *                            v
 *                         DECLINED (silent: they learn nothing)
 *     any --USER_BLOCK--> BLOCKED;  any --USER_REMOVE--> NONE
 *     BLOCKED --USER_UNBLOCK--> ACCEPTED, of whom was met before; --USER_HEAR--> REQUEST, of others
 *
 * What holds: nobody becomes ACCEPTED without a click of ours: ASKED is one (we added them),
 * USER_ACCEPT and USER_UNBLOCK the others.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The numbers are those of HarkContactStatus in the store. */
typedef enum {
  HARK_CONTACT_STEP_NONE = 0,
  HARK_CONTACT_STEP_ASKED = 1,
  HARK_CONTACT_STEP_REQUEST = 2,
  HARK_CONTACT_STEP_ACCEPTED = 3,
  HARK_CONTACT_STEP_BLOCKED = 4,
  HARK_CONTACT_STEP_DECLINED = 5,
} HarkContactStep;

typedef enum {
  HARK_CONTACT_USER_ADD,
  HARK_CONTACT_USER_ACCEPT,
  HARK_CONTACT_USER_DECLINE,
  HARK_CONTACT_USER_BLOCK,
  HARK_CONTACT_USER_UNBLOCK, /* who shares a secret with us: was a contact */
  HARK_CONTACT_USER_HEAR,    /* who only asked: they may be answered after all */
  HARK_CONTACT_USER_REMOVE,
  HARK_CONTACT_PEER_REQUEST, /* a claim; nothing is proved */
  HARK_CONTACT_PEER_SESSION, /* proved by the final keys */
} HarkContactInput;

/* hark_contact_step: false when @input means nothing in @from, else the next step in @ret. */
bool hark_contact_step (HarkContactStep from, HarkContactInput input, HarkContactStep *ret);

/* hark_contact_refusal: why a click does not work in @from; static. */
const char *hark_contact_refusal (HarkContactStep from, HarkContactInput input);

/* hark_contact_name: what to show: @petname, else @claimed, else the first letters of @account;
 * (transfer full). */
char *hark_contact_name (const char *petname, const char *claimed, const uint8_t account[32]);

/* hark_contact_waiting: (transfer full): why a message to @name waits. @next_s: seconds until they
 * are looked for again; below: not known. */
char *hark_contact_waiting (const char *name, bool asked, bool online, int64_t next_s);

/* hark_contact_clean_name: copies a claimed name: UTF-8, no controls, no line ends, at most 48
 * bytes. */
void hark_contact_clean_name (const char *claimed, char ret[49]);

/* hark_contact_clean_text: the same for a request's text, at most 256 bytes, line ends kept. */
void hark_contact_clean_text (const char *claimed, char ret[257]);

/* hark_contact_clean_status: a status text: as a name, at most 140 bytes. */
void hark_contact_clean_status (const char *claimed, char ret[141]);
