/* tests/bench/fill-profile.c - fill-profile DIR MESSAGES CONTACTS: puts so many people and
 * messages, nearly all of them with the first one, into a profile without a passphrase, for
 * bench-window.py.
 */
#include "core/store/profile.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define MINUTE_MS INT64_C (60000)
#define GROUP 256

static HarkStoreRequest *
put_contact (unsigned n, int64_t now_ms, HarkKey *ret_account)
{
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_CONTACT, n);
  HarkStoreContact *contact = g_new0 (HarkStoreContact, 1);
  uint8_t seed[32] = {1, (uint8_t) n, (uint8_t) (n >> 8)}, secret[64];

  crypto_sign_seed_keypair (contact->account.bytes, secret, seed);
  contact->status = HARK_CONTACT_ACCEPTED;
  g_snprintf (contact->name, sizeof contact->name, "Person %u", n + 1);
  contact->has_reach = contact->has_pairwise = true;
  randombytes_buf (contact->reach.bytes, sizeof contact->reach.bytes);
  randombytes_buf (contact->pairwise.bytes, sizeof contact->pairwise.bytes);
  contact->added_ms = contact->last_seen_ms = now_ms;
  request->contact = contact;
  *ret_account = contact->account;
  return request;
}

static HarkStoreRequest *
put_message (unsigned i, unsigned n, const HarkKey *contact, int64_t now_ms)
{
  static const char *const words[]
    = {"boat",  "tomorrow", "seven",  "letter", "window", "coffee", "train", "answer",
       "music", "garden",   "winter", "street", "Grüße",  "été",    "東京",  "🎉"};
  HarkStoreRequest *request = hark_store_request_new (HARK_STORE_PUT_MESSAGE, i);
  HarkStoreMessage *message = g_new0 (HarkStoreMessage, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (i);

  for (size_t k = 0; k < sizeof message->id; k++)
    message->id[k] = (uint8_t) g_rand_int (rand);
  message->contact = *contact;
  message->kind = HARK_MESSAGE_TEXT;
  message->outgoing = g_rand_boolean (rand);
  message->state = HARK_MESSAGE_READ;
  message->seq = i + 1;
  message->sent_ms = message->received_ms = now_ms - (int64_t) (n - i) * MINUTE_MS;
  for (gint32 left = g_rand_int_range (rand, 1, 40); left > 0; left--)
    g_string_append_printf (text, "%s ",
                            words[g_rand_int_range (rand, 0, (gint32) G_N_ELEMENTS (words))]);
  g_string_append_printf (text, "%u", i);
  message->text = g_strdup (text->str);
  request->message = message;
  return request;
}

static void
execute (HarkProfile *profile, HarkStoreRequest **requests, size_t n)
{
  HarkStoreReply *replies[GROUP];

  for (size_t done = 0; done < n;)
    done += hark_database_execute (profile->database, requests + done, replies + done, n - done);
  for (size_t i = 0; i < n; i++) {
    if (!replies[i]->ok)
      g_error ("%s", replies[i]->error->message);
    hark_store_reply_free (replies[i]);
    hark_store_request_free (requests[i]);
  }
}

int
main (int argc, char **argv)
{
  const unsigned messages = argc > 2 ? (unsigned) atoi (argv[2]) : 0;
  const unsigned contacts = argc > 3 ? (unsigned) atoi (argv[3]) : 0;
  const int64_t now_ms = g_get_real_time () / 1000;
  g_autofree HarkKey *accounts = g_new0 (HarkKey, contacts + 1);
  g_autoptr (GError) error = NULL;
  HarkStoreRequest *requests[GROUP];
  HarkProfile *profile;
  size_t n = 0;

  if (contacts == 0) {
    fprintf (stderr, "usage: fill-profile DIR MESSAGES CONTACTS\n");
    return 2;
  }
  profile = hark_profile_open (argv[1], &(HarkStoreUnlock){NULL}, NULL, &error);
  if (profile == NULL) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  for (unsigned i = 0; i < contacts; i++) {
    requests[0] = put_contact (i, now_ms, &accounts[i]);
    execute (profile, requests, 1);
  }
  for (unsigned i = 0; i < messages; i++) {
    /* one in a hundred is with somebody else */
    requests[n++]
      = put_message (i, messages, &accounts[i % 100 == 0 ? i / 100 % contacts : 0], now_ms);
    if (n == GROUP || i + 1 == messages) {
      execute (profile, requests, n);
      n = 0;
    }
  }
  hark_profile_close (profile);
  return 0;
}
