/* core/hark-handover.h - files for somebody who is no contact, by four words.
 *
 * Part of the door of "core", beside core/hark.h, which it stands on.
 *
 * A handover has an engine of its own, with an account nobody sees again: giver and taker meet by
 * the words (core/PROTOCOL.md "Handing over by words"), become contacts by the address that is told
 * there, and the files go as between any two. Nothing of the user's own account is told. One thread
 * for all calls: the one whose GMainContext the events come in.
 */
#pragma once

#include "core/hark.h"

typedef struct HarkHandover HarkHandover;

typedef enum {
  HARK_HANDOVER_WORDS, /* give: `words` are to be said */
  HARK_HANDOVER_THERE, /* take: somebody gives with these words */
  HARK_HANDOVER_MET,   /* the words are right: connecting */
  HARK_HANDOVER_FILE,  /* `transfer` has moved, or is over: DONE, REFUSED, FAILED */
  HARK_HANDOVER_OVER,  /* the last step: `ok`, or `text` says why not; see hark_handover_free() */
} HarkHandoverKind;

typedef struct {
  HarkHandoverKind kind;
  const char *words;
  const HarkTransfer *transfer; /* FILE; borrowed */
  unsigned files,
    over; /* MET, FILE: so many are to come (take: as they say), and so many are over */
  bool ok;
  bool refused;     /* OVER: what was asked cannot be: no four words, no address */
  const char *code; /* OVER: stable word, as HARK_EVENT_MEETING's; NULL for none */
  const char *text;
} HarkHandoverStep;

/**
 * hark_handover_is_words:
 * @text: as typed: four words with dashes or blanks between, of either case, each may be cut to its
 * first four letters
 *
 * Returns: they are words that a handover may have
 */
bool hark_handover_is_words (const char *text);

/**
 * hark_handover_new:
 * @config: of the networks to use, borrowed for the call; `profile`, what is taken unasked and
 * sound are the handover's own
 * @paths: (nullable): give these, 1 to 32, whole; NULL-terminated; borrowed
 * @words: (nullable): or take with these words, into the directory @to; borrowed
 * @on_step: what happens, in order; OVER comes once, unless it is freed before
 * @on_event: (nullable): every event of its engine, before the steps it leads to
 *
 * Makes its account in a directory of its own beside other temporary files. Fails with a sentence
 * for the user in @error.
 */
HarkHandover *hark_handover_new (const HarkEngineConfig *config,
                                 const char *const *paths,
                                 const char *words,
                                 const char *to,
                                 void (*on_step) (const HarkHandoverStep *step, void *data),
                                 void (*on_event) (const HarkEvent *event, void *data),
                                 void *data,
                                 GError **error);

/* hark_handover_free: ends it: what has not arrived does not, the words mean nothing any more, and
 * its account is erased. Not within @on_step. NULL is fine. */
void hark_handover_free (HarkHandover *handover);
