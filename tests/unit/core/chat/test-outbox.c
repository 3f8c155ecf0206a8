#include "core/chat/conversation.h"

#include <string.h>

static HarkChatEntry
text_number (uint64_t n)
{
  HarkChatEntry text = {.seq = n, .text = (char *) "text"};

  memcpy (text.id, &n, sizeof n);
  return text;
}

static void
fill (HarkOutbox *outbox, uint64_t from, uint64_t to)
{
  for (uint64_t n = from; n <= to; n++) {
    HarkChatEntry text = text_number (n);

    g_assert_null (hark_outbox_reserve (outbox, 4));
    hark_outbox_add (outbox, &text, true);
  }
}

static void
test_order (void)
{
  HarkOutbox outbox;

  hark_outbox_init (&outbox);
  fill (&outbox, 1, 10);
  for (uint64_t n = 1; n <= 10; n++)
    g_assert_cmpuint (hark_outbox_next (&outbox)->entry.seq, ==, n);
  g_assert_null (hark_outbox_next (&outbox));
  fill (&outbox, 11, 11);
  g_assert_cmpuint (hark_outbox_next (&outbox)->entry.seq, ==, 11);
  hark_outbox_clear (&outbox);
}

/* Their word came through a keeper, whatever this session is about to do. */
static void
test_settle (void)
{
  HarkOutbox outbox;

  hark_outbox_init (&outbox);
  fill (&outbox, 1, 5);
  g_assert_nonnull (hark_outbox_next (&outbox));
  g_assert_true (hark_outbox_settle (&outbox, text_number (1).id)); /* in flight */
  g_assert_true (hark_outbox_settle (&outbox, text_number (2).id)); /* the next */
  g_assert_true (hark_outbox_settle (&outbox, text_number (5).id));
  g_assert_false (hark_outbox_settle (&outbox, text_number (5).id));
  g_assert_null (hark_outbox_get (&outbox, text_number (2).id));
  g_assert_cmpuint (outbox.in_flight, ==, 0);
  for (uint64_t n = 3; n <= 4; n++)
    g_assert_cmpuint (hark_outbox_next (&outbox)->entry.seq, ==, n);
  g_assert_null (hark_outbox_next (&outbox));
  hark_outbox_clear (&outbox);
}

static void
test_resend (void)
{
  HarkOutbox outbox;

  hark_outbox_init (&outbox);
  fill (&outbox, 1, 5);
  for (int i = 0; i < 4; i++)
    g_assert_nonnull (hark_outbox_next (&outbox));
  g_assert_true (hark_outbox_acknowledge (&outbox, text_number (2).id));
  g_assert_true (hark_outbox_acknowledge (&outbox, text_number (1).id));
  g_assert_false (hark_outbox_acknowledge (&outbox, text_number (1).id));
  hark_outbox_rewind (&outbox);
  /* of an older session: it will be acknowledged again */
  g_assert_false (hark_outbox_acknowledge (&outbox, text_number (3).id));
  for (uint64_t n = 3; n <= 5; n++)
    g_assert_cmpuint (hark_outbox_next (&outbox)->entry.seq, ==, n);
  g_assert_null (hark_outbox_next (&outbox));
  g_assert_cmpuint (hark_outbox_count (&outbox), ==, 3);
  hark_outbox_clear (&outbox);
}

static void
test_window (void)
{
  HarkOutbox outbox;

  hark_outbox_init (&outbox);
  fill (&outbox, 1, HARK_OUTBOX_WINDOW + 10);
  for (int i = 0; i < HARK_OUTBOX_WINDOW; i++)
    g_assert_nonnull (hark_outbox_next (&outbox));
  g_assert_null (hark_outbox_next (&outbox));
  g_assert_true (hark_outbox_acknowledge (&outbox, text_number (1).id));
  g_assert_cmpuint (hark_outbox_next (&outbox)->entry.seq, ==, HARK_OUTBOX_WINDOW + 1);
  hark_outbox_clear (&outbox);
}

static void
test_limits (void)
{
  HarkOutbox outbox;

  hark_outbox_init (&outbox);
  fill (&outbox, 1, HARK_OUTBOX_MESSAGES_MAX);
  g_assert_nonnull (hark_outbox_reserve (&outbox, 1));
  hark_outbox_next (&outbox);
  hark_outbox_acknowledge (&outbox, text_number (1).id);
  g_assert_null (hark_outbox_reserve (&outbox, 1));
  hark_outbox_release (&outbox, 1);
  g_assert_nonnull (hark_outbox_reserve (&outbox, HARK_OUTBOX_BYTES_MAX));
  hark_outbox_clear (&outbox);
}

static void
test_acks (void)
{
  HarkConversation conversation;
  g_autoptr (GBytes) first = NULL, second = NULL;

  hark_conversation_init (&conversation, HARK_SECOND);
  for (uint64_t n = 0; n < HARK_CHAT_ACKS_MAX + 1; n++)
    hark_conversation_acknowledge (&conversation, text_number (n).id);
  first = hark_conversation_take_acks (&conversation);
  second = hark_conversation_take_acks (&conversation);
  g_assert_cmpuint (g_bytes_get_size (first), >, HARK_CHAT_ACKS_MAX * 18);
  g_assert_cmpuint (g_bytes_get_size (second), ==, 64);
  g_assert_null (hark_conversation_take_acks (&conversation));
  hark_conversation_acknowledge (&conversation, text_number (1).id);
  hark_conversation_session (&conversation);
  g_assert_null (hark_conversation_take_acks (&conversation));
  hark_conversation_clear (&conversation);
}

static void
test_typing (void)
{
  HarkConversation conversation;
  unsigned told = 0;

  hark_conversation_init (&conversation, HARK_SECOND);
  g_assert_true (hark_conversation_typing (&conversation, true, HARK_SECOND));
  g_assert_false (hark_conversation_typing (&conversation, true, HARK_SECOND));
  for (int i = 0; i < 1000; i++)
    told += hark_conversation_typing (&conversation, i % 2, HARK_SECOND);
  g_assert_cmpuint (told, <, 20);
  hark_conversation_clear (&conversation);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outbox/keeps-the-order", test_order);
  g_test_add_func ("/outbox/sends-again-what-was-not-acknowledged", test_resend);
  g_test_add_func ("/outbox/settled-another-way-is-not-sent", test_settle);
  g_test_add_func ("/outbox/window-bounds-what-is-in-flight", test_window);
  g_test_add_func ("/outbox/limits-are-refused-with-words", test_limits);
  g_test_add_func ("/conversation/acks-are-gathered", test_acks);
  g_test_add_func ("/conversation/typing-cannot-flood", test_typing);
  return g_test_run ();
}
