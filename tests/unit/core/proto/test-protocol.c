/* What core/PROTOCOL.md says in numbers is what the headers have: each sentence below is put
 * together from them and has to stand there. Whoever changes one of the two is told of the other.
 */
#include "core/backup/record.h"
#include "core/calls/call.h"
#include "core/calls/round.h"
#include "core/chat/clip.h"
#include "core/chat/entry.h"
#include "core/chat/message.h"
#include "core/chat/outbox.h"
#include "core/contacts/pairing.h"
#include "core/files/manifest.h"
#include "core/files/offer.h"
#include "core/files/shared.h"
#include "core/groups/group.h"
#include "core/hark-sizes.h"
#include "core/heart/core-private.h"
#include "core/heart/groups/groups.h"
#include "core/identity/address.h"
#include "core/identity/network.h"
#include "core/identity/safety-number.h"
#include "core/mailbox/keeper.h"

#include <string.h>

#define MIB (1024 * 1024)
#define SECONDS(time) ((uint64_t) ((time) / HARK_SECOND))

/* All of the file, each run of white space one space. */
static char *
read_text (void)
{
  g_autofree char *path
    = g_build_filename (g_getenv ("HARK_VECTORS"), "..", "..", "core", "PROTOCOL.md", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GRegex) space = g_regex_new ("\\s+", 0, 0, NULL);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return g_regex_replace_literal (space, text, -1, 0, " ", 0, NULL);
}

/* 131072 as 131,072. */
static char *
in_words (uint64_t number)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  const size_t len = strlen (digits);
  GString *ret = g_string_new (NULL);

  for (size_t i = 0; i < len; i++) {
    if (i > 0 && (len - i) % 3 == 0)
      g_string_append_c (ret, ',');
    g_string_append_c (ret, digits[i]);
  }
  return g_string_free (ret, FALSE);
}

/* @sentence: each # is the next of @numbers. */
static void
assert_says (const char *text, const char *sentence, const uint64_t *numbers)
{
  g_autoptr (GString) wanted = g_string_new (NULL);

  for (const char *at = sentence; *at != '\0'; at++) {
    g_autofree char *number = *at == '#' ? in_words (*numbers++) : NULL;

    if (number != NULL)
      g_string_append (wanted, number);
    else
      g_string_append_c (wanted, *at);
  }
  if (strstr (text, wanted->str) == NULL)
    g_error ("core/PROTOCOL.md does not say: %s", wanted->str);
}

static void
test_limits (void)
{
  const struct {
    const char *sentence;
    uint64_t numbers[5];
  } sayings[] = {
  /* identity */
    {"# characters, at most four wrong ones",                                                  {HARK_ADDRESS_LEN}                               },
    {"`hv1` and # characters of bech32m",                                                      {HARK_SAFETY_CODE_LEN - 3}                       },
    {"`hn1` and # characters of base32",                                                       {HARK_NETWORK_TEXT_LEN - 3}                      },
    {"may follow, at most #: `@`",                                                             {HARK_NETWORK_PLACES_MAX}                        },
    {"packet has # bytes, the rest zeros",                                                     {HARK_MEETING_PACKET_LEN}                        },
 /* streams and frames */
    {"contact may have # streams open at a time",                                              {HARK_CORE_STREAMS_MAX}                          },
    {"At most # bytes; a longer length ends the session",                                      {HARK_FRAME_LEN_MAX}                             },
    {"to a multiple of # bytes, of # for `Entry`",                                             {HARK_FRAME_STEP_CONTROL, HARK_FRAME_STEP_TEXT}  },
    {"with more than # a second and # at once",                                                {HARK_CORE_FRAMES_RATE, HARK_CORE_FRAMES_BURST}  },
    {"Whoever leaves # MiB of answers unread",                                                 {HARK_CORE_CHOKED_MAX / MIB}                     },
 /* contacts */
    {"at most #: # by lasting addresses, # by one invite; and # declined ones",
     {HARK_CORE_REQUESTS_MAX, HARK_CORE_REQUESTS_PUBLIC_MAX, HARK_CORE_REQUESTS_INVITE_MAX,
      HARK_CORE_DECLINED_MAX}                                                                                                                   },
    {"its own is older than # days",                                                           {HARK_PAIR_AGE_MAX_MS / 86400000}                },
    {"status text of at most # bytes",                                                         {HARK_STORE_STATUS_MAX}                          },
    {"# rows of # pixels, three bytes each (#)",
     {HARK_PICTURE_SIDE, HARK_PICTURE_SIDE, HARK_PICTURE_LEN}                                                                                   },
 /* entries */
    {"a sign, at most # bytes without controls",                                               {HARK_CHAT_REACTION_LEN_MAX}                     },
    {"it and `body` have at most # bytes together",                                            {HARK_CHAT_TEXT_LEN_MAX}                         },
    {"`kind` is at most #, `expires_s` at most #",                                             {HARK_CHAT_KIND_MAX, HARK_CHAT_EXPIRES_MAX}      },
    {"there are at most # `parents`; an `Ack` has 1 to # ids",
     {HARK_CHAT_PARENTS_MAX, HARK_CHAT_ACKS_MAX}                                                                                                },
    {"At most # entries or # MiB wait for one contact; up to # are sent and not acknowledged",
     {HARK_OUTBOX_MESSAGES_MAX, HARK_OUTBOX_BYTES_MAX / MIB, HARK_OUTBOX_WINDOW}                                                                },
    {"at most # bytes of `OpusTags`",                                                          {HARK_CLIP_TAGS_MAX}                             },
    {"1 ms to # minutes",                                                                      {HARK_CLIP_MS_MAX / 60000}                       },
    {"One that comes before its target waits (# in a conversation do)",                        {HARK_STORE_PENDING_MAX}                         },
    {"quarantine (# entries of a contact, # in all)",
     {HARK_STORE_QUARANTINE_MAX_OF, HARK_STORE_QUARANTINE_MAX}                                                                                  },
    {"| 0 | text |",                                                                           {HARK_CHAT_TEXT}                                 },
    {"| # | edit |",                                                                           {HARK_CHAT_EDIT}                                 },
    {"| # | delete |",                                                                         {HARK_CHAT_DELETE}                               },
    {"| # | reaction |",                                                                       {HARK_CHAT_REACTION}                             },
    {"| # | timer |",                                                                          {HARK_CHAT_TIMER}                                },
    {"| # | clip |",                                                                           {HARK_CHAT_CLIP}                                 },
    {"| # | group |",                                                                          {HARK_CHAT_GROUP}                                },
 /* groups */
    {"At most # people. A group is",                                                           {HARK_GROUP_MEMBERS_MAX}                         },
    {"tag | # bytes for each reader",                                                          {HARK_GROUP_TAG_LEN}                             },
    {"content and body # KiB each; text # bytes; names #; # chains of an author in a log; # "
     "operations in a group",                                                             {HARK_GROUP_CONTENT_LEN_MAX / 1024, HARK_GROUP_TEXT_LEN_MAX, HARK_GROUP_NAME_LEN_MAX,
      HARK_GROUP_CHAINS_MAX, HARK_GROUP_OPS_MAX}                                                              },
    {"# of one author; # heads in a `GroupHave`; # groups, # of one contact",
     {HARK_GROUP_OPS_AUTHOR_MAX, HARK_CORE_GROUP_HEADS_MAX, HARK_CORE_GROUPS_MAX,
      HARK_CORE_GROUP_OFFERS_MAX}                                                                                                               },
 /* mailbox */
    {"`Places`: at most #, of them # nodes",                                                   {HARK_MAIL_PLACES_MAX, HARK_MAIL_NODES_OF_ONE}   },
    {"(Unix time / # s)",                                                                      {HARK_MAIL_EPOCH_MS / 1000}                      },
    {"at most # or # KiB (but one at least), then `End`",
     {HARK_KEEPER_ROUND, HARK_KEEPER_ROUND_BYTES / 1024}                                                                                        },
    {"All go after # days",                                                                    {HARK_KEEPER_LIFE_MS / 86400000}                 },
 /* files and shared folders */
    {"names have 1 to # bytes of UTF-8",                                                       {HARK_FILE_OFFER_NAME_MAX}                       },
    {"reasons up to # bytes",                                                                  {HARK_FILE_REASON_MAX}                           },
    {"at most # offers of one contact wait",                                                   {HARK_CORE_OFFERS_MAX}                           },
    {"width (1 to #), height (1 to #)",                                                        {HARK_PREVIEW_WIDTH_MAX, HARK_PREVIEW_HEIGHT_MAX}},
    {"At most # entries, # MiB, # bytes of names",
     {HARK_MANIFEST_ENTRIES_MAX, HARK_MANIFEST_LEN_MAX / MIB, HARK_MANIFEST_PATH_MAX}                                                           },
    {"1 to #; 1 lies in the given folder",                                                     {HARK_MANIFEST_DEPTH_MAX}                        },
    {"A way has at most # components of 1 to 255 bytes",                                       {HARK_SHARED_DEPTH_MAX}                          },
    {"and # bytes; anything else is refused before the disk is asked",                         {HARK_SHARED_PATH_MAX}                           },
    {"`Listing` carries at most # entries",                                                    {HARK_SHARED_PAGE}                               },
    {"that can be read, at most #",                                                            {HARK_SHARED_NAMES_MAX}                          },
 /* calls */
    {"A call rings for # s on either side",                                                    {SECONDS (HARK_CALL_RING_TIME)}                  },
    {"leaves an accepted call open for # s",                                                   {SECONDS (HARK_CALL_RECONNECT_TIME)}             },
    {"whom the writer hears, at most #,",                                                      {HARK_ROUND_OTHERS_MAX}                          },
    {"joined less than # s ago heeds",                                                         {SECONDS (HARK_ROUND_FULL_TIME)}                 },
    {"in the call for # s; who has not said",                                                  {SECONDS (HARK_ROUND_RECONNECT_TIME)}            },
 /* backup */
    {"behind a u32 of its length, at most # MiB",                                              {HARK_BACKUP_RECORD_MAX / MIB}                   },
    {"A version above #, a record against a rule, or more than # contacts",
     {HARK_BACKUP_VERSION, HARK_BACKUP_CONTACTS_MAX}                                                                                            },
  };
  g_autofree char *text = read_text ();

  for (size_t i = 0; i < G_N_ELEMENTS (sayings); i++)
    assert_says (text, sayings[i].sentence, sayings[i].numbers);
}

/* "A contact keeps ...; a node ...": the two keepers' limits. */
static void
test_keepers (void)
{
  const HarkKeeperLimits *one = &hark_keeper_of_friend, *node = &hark_keeper_of_node;
  g_autofree char *text = read_text ();

  assert_says (text, "A contact keeps # deposits or # MiB of one depositor, # or # MiB in all",
               (const uint64_t[]){one->deposits_of_one, one->bytes_of_one / MIB, one->deposits,
                                  one->bytes / MIB});
  assert_says (text, "takes # a second (# at once) of one",
               (const uint64_t[]){(uint64_t) one->rate, (uint64_t) one->burst});
  assert_says (text, "a node # or # MiB of one, # or # GiB in all",
               (const uint64_t[]){node->deposits_of_one, node->bytes_of_one / MIB, node->deposits,
                                  node->bytes / MIB / 1024});
  assert_says (text, "and # a second (# at once)",
               (const uint64_t[]){(uint64_t) node->rate, (uint64_t) node->burst});
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/limits-are-those-of-the-headers", test_limits);
  g_test_add_func ("/protocol/keepers-keep-what-is-said", test_keepers);
  return g_test_run ();
}
