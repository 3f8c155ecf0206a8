/* core/chat/entry.h - entries: whatever must arrive in a conversation, once and in order.
 *
 * Pure; any thread. Entries read come from an authenticated peer and are not trusted.
 * Source: core/proto/hark.proto, core/PROTOCOL.md "Entries".
 */
#pragma once

#include "core/proto/frame.h"

#define HARK_CHAT_ID_LEN 16
#define HARK_CHAT_AUTHOR_LEN 32
#define HARK_CHAT_TEXT_LEN_MAX 65536 /* bytes of UTF-8; with the body together, too */
#define HARK_CHAT_REACTION_LEN_MAX 32
#define HARK_CHAT_PARENTS_MAX 8
#define HARK_CHAT_EXPIRES_MAX (365 * 24 * 3600)      /* seconds */
#define HARK_CHAT_TIME_MAX INT64_C (253402300799999) /* ms: the end of the year 9999 */
#define HARK_CHAT_KIND_MAX 65535                     /* known or not */

/* As on the wire. Others are kept and acknowledged, and not shown. */
typedef enum {
  HARK_CHAT_TEXT = 0,
  HARK_CHAT_EDIT = 1,     /* target, text: instead of what it said */
  HARK_CHAT_DELETE = 2,   /* target: please delete it */
  HARK_CHAT_REACTION = 3, /* target, text: a sign, at most 32 bytes; empty: none any more */
  HARK_CHAT_TIMER = 4,    /* expires_s: of what either writes from now on; 0: never */
  HARK_CHAT_CLIP = 5,     /* body: core/chat/clip.h */
  HARK_CHAT_GROUP = 6,    /* body */
} HarkChatKind;

typedef struct {
  uint8_t id[HARK_CHAT_ID_LEN];
  uint32_t kind;   /* HarkChatKind or another, at most HARK_CHAT_KIND_MAX */
  uint64_t seq;    /* the sender's count, from 1 */
  int64_t sent_ms; /* Unix, by the sender's clock */
  int64_t clock;   /* 0: not told */
  char *text;      /* never NULL */
  bool has_reply_to, has_target, has_group, has_author;
  uint8_t reply_to[HARK_CHAT_ID_LEN];
  uint8_t target[HARK_CHAT_ID_LEN];
  uint8_t group[HARK_CHAT_ID_LEN];
  uint8_t author[HARK_CHAT_AUTHOR_LEN];
  unsigned n_parents;
  uint8_t parents[HARK_CHAT_PARENTS_MAX][HARK_CHAT_ID_LEN];
  uint32_t expires_s;
  GBytes *body; /* NULL: none */
  bool has_whole;
  uint8_t whole[HARK_CHAT_ID_LEN]; /* ours, and more of this one; nothing on the wire */
} HarkChatEntry;

/* hark_chat_entry_clear: frees text and body; hark_chat_entry_copy: deep, clear the result. */
void hark_chat_entry_clear (HarkChatEntry *entry);
HarkChatEntry hark_chat_entry_copy (const HarkChatEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HarkChatEntry, hark_chat_entry_clear)

/* hark_chat_entry_len: bytes of text and body. */
size_t hark_chat_entry_len (const HarkChatEntry *entry);

/* hark_chat_text_is_fit: 1 to HARK_CHAT_TEXT_LEN_MAX bytes of UTF-8. */
bool hark_chat_text_is_fit (const char *text);

/* hark_chat_sign_is_fit: 1 to HARK_CHAT_REACTION_LEN_MAX bytes of UTF-8 without controls. */
bool hark_chat_sign_is_fit (const char *text);

/* hark_chat_entry_is_fit: keeps the rules of "Entries". A text, edit or clip without text or body
 * is one whose content was taken back before it arrived. */
bool hark_chat_entry_is_fit (const HarkChatEntry *entry);

/* hark_chat_write_entry: (transfer full): a whole frame, padded; @entry is fit. */
GBytes *hark_chat_write_entry (const HarkChatEntry *entry);

/* hark_chat_read_entry: false, with @ret untouched, when it breaks a rule; @ret is then to be
 * cleared by the caller. */
bool hark_chat_read_entry (const Hark__Entry *frame, HarkChatEntry *ret);

/* hark_chat_next_clock: of an entry written at @wall_ms by somebody who has seen @highest. Time, as
 * long as clocks are right; above what was seen, however wrong they are (a hybrid logical clock:
 * Kulkarni et al. 2014). At the end of time it stands still. */
int64_t hark_chat_next_clock (int64_t highest, int64_t wall_ms);
