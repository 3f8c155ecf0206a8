#include "core/chat/conversation.h"

#include <string.h>

static HarkChatEntry
make (uint32_t kind, const char *text, const char *body)
{
  HarkChatEntry entry = {.kind = kind, .seq = 1, .clock = 1, .text = g_strdup (text)};

  entry.body = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  entry.has_target
    = kind == HARK_CHAT_EDIT || kind == HARK_CHAT_DELETE || kind == HARK_CHAT_REACTION;
  return entry;
}

static bool
round_trip (const HarkChatEntry *entry, HarkChatEntry *ret)
{
  g_autoptr (GBytes) bytes = hark_chat_write_entry (entry);
  const size_t len = g_bytes_get_size (bytes);
  g_autoptr (Hark__Frame) frame
    = hark_frame_unpack ((const uint8_t *) g_bytes_get_data (bytes, NULL) + 4, len - 4);

  g_assert_cmpuint (len % HARK_FRAME_STEP_TEXT, ==, 0);
  g_assert_nonnull (frame);
  g_assert_cmpint (frame->what_case, ==, HARK__FRAME__WHAT_ENTRY);
  return hark_chat_read_entry (frame->entry, ret);
}

static void
test_every_field (void)
{
  g_auto (HarkChatEntry) back = {0};
  g_auto (HarkChatEntry) entry = make (4711, "grüß dich", "body");

  memset (entry.id, 1, sizeof entry.id);
  entry.seq = INT64_MAX;
  entry.sent_ms = 1700000000000;
  entry.clock = HARK_CHAT_TIME_MAX;
  entry.has_reply_to = entry.has_target = entry.has_group = entry.has_author = true;
  memset (entry.reply_to, 2, sizeof entry.reply_to);
  memset (entry.target, 3, sizeof entry.target);
  memset (entry.group, 4, sizeof entry.group);
  memset (entry.author, 5, sizeof entry.author);
  entry.n_parents = HARK_CHAT_PARENTS_MAX;
  memset (entry.parents, 6, sizeof entry.parents);
  entry.expires_s = HARK_CHAT_EXPIRES_MAX;
  g_assert_true (round_trip (&entry, &back));
  g_assert_true (memcmp (back.id, entry.id, 16) == 0);
  g_assert_cmpuint (back.kind, ==, 4711);
  g_assert_cmpuint (back.seq, ==, INT64_MAX);
  g_assert_cmpint (back.sent_ms, ==, entry.sent_ms);
  g_assert_cmpint (back.clock, ==, entry.clock);
  g_assert_cmpstr (back.text, ==, entry.text);
  g_assert_true (back.has_reply_to && back.has_target && back.has_group && back.has_author);
  g_assert_true (memcmp (back.reply_to, entry.reply_to, 16) == 0);
  g_assert_true (memcmp (back.target, entry.target, 16) == 0);
  g_assert_true (memcmp (back.group, entry.group, 16) == 0);
  g_assert_true (memcmp (back.author, entry.author, 32) == 0);
  g_assert_cmpuint (back.n_parents, ==, HARK_CHAT_PARENTS_MAX);
  g_assert_true (memcmp (back.parents, entry.parents, sizeof entry.parents) == 0);
  g_assert_cmpuint (back.expires_s, ==, HARK_CHAT_EXPIRES_MAX);
  g_assert_true (g_bytes_equal (back.body, entry.body));
}

static void
test_kinds (void)
{
  const struct {
    uint32_t kind;
    const char *text, *body;
    bool fits;
  } rows[] = {
    {HARK_CHAT_TEXT,     "hi",                                NULL, true },
    {HARK_CHAT_TEXT,     "",                                  NULL, true },
    {HARK_CHAT_TEXT,     "hi",                                "x",  false},
    {HARK_CHAT_EDIT,     "hi",                                NULL, true },
    {HARK_CHAT_DELETE,   "",                                  NULL, true },
    {HARK_CHAT_DELETE,   "because",                           NULL, false},
    {HARK_CHAT_REACTION, "👍",                              NULL, true },
    {HARK_CHAT_REACTION, "",                                  NULL, true },
    {HARK_CHAT_REACTION, "a b",                               NULL, false},
    {HARK_CHAT_REACTION, "123456789012345678901234567890123", NULL, false},
    {HARK_CHAT_TIMER,    "",                                  NULL, true },
    {HARK_CHAT_TIMER,    "soon",                              NULL, false},
    {HARK_CHAT_CLIP,     "",                                  NULL, true },
    {HARK_CHAT_CLIP,     "",                                  "x",  false}, /* no sound */
    {HARK_CHAT_CLIP,     "x",                                 "x",  false},
    {HARK_CHAT_GROUP,    "x",                                 "x",  true },
    {65535,              "x",                                 "x",  true },
    {65536,              "x",                                 "x",  false},
    {HARK_CHAT_TEXT,     "\xc3\x28",                          NULL, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (HarkChatEntry) entry = make (rows[i].kind, rows[i].text, rows[i].body);

    g_assert_true (hark_chat_entry_is_fit (&entry) == rows[i].fits);
    if (rows[i].kind >= HARK_CHAT_EDIT && rows[i].kind <= HARK_CHAT_CLIP && rows[i].fits) {
      entry.has_target = !entry.has_target;
      g_assert_false (hark_chat_entry_is_fit (&entry));
    }
  }
}

static void
test_limits (void)
{
  g_autofree char *longest = g_strnfill (HARK_CHAT_TEXT_LEN_MAX, 'y');
  g_autofree char *longer = g_strnfill (HARK_CHAT_TEXT_LEN_MAX + 1, 'y');
  g_auto (HarkChatEntry) entry = make (HARK_CHAT_TEXT, longest, NULL);
  g_auto (HarkChatEntry) back = {0};
  g_auto (HarkChatEntry) both = make (HARK_CHAT_GROUP, longest, "y");

  g_assert_true (hark_chat_text_is_fit (longest));
  g_assert_false (hark_chat_text_is_fit (longer));
  g_assert_false (hark_chat_text_is_fit (""));
  g_assert_false (hark_chat_text_is_fit (NULL));
  g_assert_false (hark_chat_text_is_fit ("\xff"));
  g_assert_true (round_trip (&entry, &back));
  g_assert_cmpstr (back.text, ==, longest);
  g_assert_false (hark_chat_entry_is_fit (&both));

  for (int i = 0; i < 6; i++) {
    HarkChatEntry bad = entry;

    bad.seq = i == 0 ? 0 : i == 1 ? UINT64_MAX : 1;
    bad.sent_ms = i == 2 ? -1 : i == 3 ? HARK_CHAT_TIME_MAX + 1 : 0;
    bad.clock = i == 4 ? HARK_CHAT_TIME_MAX + 1 : 0;
    bad.expires_s = i == 5 ? HARK_CHAT_EXPIRES_MAX + 1 : 0;
    g_assert_false (hark_chat_entry_is_fit (&bad));
  }
}

static void
test_refuses_lengths (void)
{
  uint8_t bytes[33] = {0};
  ProtobufCBinaryData parents[HARK_CHAT_PARENTS_MAX + 1];
  g_auto (HarkChatEntry) back = {.seq = 99};

  for (int i = 0; i < 7; i++) {
    Hark__Entry entry = HARK__ENTRY__INIT;

    for (size_t k = 0; k < G_N_ELEMENTS (parents); k++)
      parents[k] = (ProtobufCBinaryData){i == 5 ? 15 : 16, bytes};
    entry.id = (ProtobufCBinaryData){i == 0 ? 17 : 16, bytes};
    entry.seq = 1;
    entry.kind = HARK_CHAT_GROUP;
    entry.reply_to = (ProtobufCBinaryData){i == 1 ? 3 : 0, bytes};
    entry.target = (ProtobufCBinaryData){i == 2 ? 1 : 0, bytes};
    entry.group = (ProtobufCBinaryData){i == 3 ? 32 : 16, bytes};
    entry.author = (ProtobufCBinaryData){i == 4 ? 33 : 32, bytes};
    entry.parents = parents;
    entry.n_parents = HARK_CHAT_PARENTS_MAX + (i == 6);
    g_assert_false (hark_chat_read_entry (&entry, &back));
    g_assert_cmpuint (back.seq, ==, 99);
  }
}

/* Every length has the length of its step on the wire and nothing between. */
static void
test_padding (void)
{
  for (size_t len = 0; len <= 1500; len++) {
    g_autofree char *text = g_strnfill (len, 'x');
    HarkChatEntry entry = {.seq = 1, .text = text};
    g_autoptr (GBytes) bytes = hark_chat_write_entry (&entry);

    g_assert_cmpuint (g_bytes_get_size (bytes) % HARK_FRAME_STEP_TEXT, ==, 0);
    g_assert_cmpuint (g_bytes_get_size (bytes), <, len + 2 * HARK_FRAME_STEP_TEXT);
  }
}

static void
test_clock (void)
{
  const int64_t now = INT64_C (1700000000000), year = INT64_C (31536000000);

  g_assert_cmpint (hark_chat_next_clock (0, now), ==, now);
  g_assert_cmpint (hark_chat_next_clock (now, now), ==, now + 1);
  g_assert_cmpint (hark_chat_next_clock (now + 5 * year, now), ==, now + 5 * year + 1);
  g_assert_cmpint (hark_chat_next_clock (0, -5), ==, 1);
  g_assert_cmpint (hark_chat_next_clock (HARK_CHAT_TIME_MAX, now), ==, HARK_CHAT_TIME_MAX);
  g_assert_cmpint (hark_chat_next_clock (5, INT64_MAX), ==, HARK_CHAT_TIME_MAX);
}

static void
test_parents (void)
{
  HarkConversation conversation;
  HarkChatEntry theirs[2] = {
    {.id = {1}, .clock = 10, .seq = 1},
    {.id = {2}, .clock = 11, .seq = 2}
  };
  HarkChatEntry ours = {.id = {3}}, next = {.id = {4}};

  hark_conversation_init (&conversation, HARK_SECOND);
  hark_conversation_saw (&conversation, &theirs[0]);
  hark_conversation_saw (&conversation, &theirs[1]);
  hark_conversation_stamp (&conversation, &ours, 5);
  g_assert_cmpuint (ours.seq, ==, 1);
  g_assert_cmpint (ours.clock, ==, 12);
  g_assert_cmpuint (ours.n_parents, ==, 2);
  hark_conversation_stamp (&conversation, &next, 5);
  g_assert_cmpuint (next.n_parents, ==, 1);
  g_assert_cmpuint (next.parents[0][0], ==, 3);
  for (uint8_t i = 10; i < 40; i++) {
    HarkChatEntry another = {.id = {i}};

    hark_conversation_saw (&conversation, &another);
    g_assert_cmpint (another.clock, ==, 13 + i - 9);
  }
  hark_conversation_stamp (&conversation, &next, 5);
  g_assert_cmpuint (next.n_parents, ==, HARK_CHAT_PARENTS_MAX);
  g_assert_cmpuint (next.parents[HARK_CHAT_PARENTS_MAX - 1][0], ==, 39);
  hark_conversation_clear (&conversation);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entry/every-field-arrives", test_every_field);
  g_test_add_func ("/entry/each-kind-has-its-fields", test_kinds);
  g_test_add_func ("/entry/limits-hold", test_limits);
  g_test_add_func ("/entry/refuses-other-lengths", test_refuses_lengths);
  g_test_add_func ("/entry/padding-hides-the-length", test_padding);
  g_test_add_func ("/entry/clock-grows-and-follows-time", test_clock);
  g_test_add_func ("/conversation/names-as-parents-what-nothing-follows", test_parents);
  return g_test_run ();
}
