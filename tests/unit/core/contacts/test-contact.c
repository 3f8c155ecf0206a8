#include "core/contacts/contact.h"

#include <glib.h>
#include <string.h>

/* No chain of what others can do leads to a contact without a click of ours. */
static void
try_peer_chains (HarkContactStep step, bool clicked, int left)
{
  g_assert_true (step != HARK_CONTACT_STEP_ACCEPTED || clicked);
  if (left == 0)
    return;
  for (HarkContactInput input = HARK_CONTACT_USER_ADD; input <= HARK_CONTACT_PEER_SESSION;
       input++) {
    bool click = input == HARK_CONTACT_USER_ADD || input == HARK_CONTACT_USER_ACCEPT
                 || input == HARK_CONTACT_USER_UNBLOCK;
    HarkContactStep next;

    if (hark_contact_step (step, input, &next))
      try_peer_chains (next, next != HARK_CONTACT_STEP_NONE && (clicked || click), left - 1);
  }
}

static void
test_consent (void)
{
  try_peer_chains (HARK_CONTACT_STEP_NONE, false, 6);
}

static void
test_silence (void)
{
  HarkContactStep next;

  g_assert_false (hark_contact_step (HARK_CONTACT_STEP_BLOCKED, HARK_CONTACT_PEER_REQUEST, &next));
  g_assert_false (hark_contact_step (HARK_CONTACT_STEP_BLOCKED, HARK_CONTACT_PEER_SESSION, &next));
  g_assert_false (hark_contact_step (HARK_CONTACT_STEP_DECLINED, HARK_CONTACT_PEER_REQUEST, &next));
  g_assert_false (hark_contact_step (HARK_CONTACT_STEP_NONE, HARK_CONTACT_PEER_SESSION, &next));
}

static void
test_crossed (void)
{
  HarkContactStep next;

  g_assert_true (hark_contact_step (HARK_CONTACT_STEP_ASKED, HARK_CONTACT_PEER_REQUEST, &next));
  g_assert_cmpint (next, ==, HARK_CONTACT_STEP_ACCEPTED);
  g_assert_true (hark_contact_step (HARK_CONTACT_STEP_REQUEST, HARK_CONTACT_USER_ADD, &next));
  g_assert_cmpint (next, ==, HARK_CONTACT_STEP_ACCEPTED);
}

static void
test_names (void)
{
  g_autofree char *many = g_strnfill (500, 'n');
  uint8_t account[32] = {0xab, 0xcd, 0x01, 0x02};
  g_autofree char *pet = hark_contact_name ("Pet", "Claimed", account);
  g_autofree char *claimed = hark_contact_name ("", "Claimed", account);
  g_autofree char *letters = hark_contact_name (NULL, "", account);
  char name[49], text[257];

  g_assert_cmpstr (pet, ==, "Pet");
  g_assert_cmpstr (claimed, ==, "Claimed");
  g_assert_cmpstr (letters, ==, "abcd0102");
  hark_contact_clean_name (many, name);
  g_assert_cmpuint (strlen (name), ==, 48);
  hark_contact_clean_name (" a\nb\x1b[31m\xe2\x80\xae ", name);
  g_assert_cmpstr (name, ==, "ab[31m");
  hark_contact_clean_name ("\xff\xfe", name);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  hark_contact_clean_name (NULL, name);
  g_assert_cmpstr (name, ==, "");
  hark_contact_clean_text ("one\ntwo", text);
  g_assert_cmpstr (text, ==, "one\ntwo");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contact/nobody-comes-in-without-a-click", test_consent);
  g_test_add_func ("/contact/blocked-and-declined-meet-silence", test_silence);
  g_test_add_func ("/contact/crossed-requests-are-consent", test_crossed);
  g_test_add_func ("/contact/names-are-cleaned", test_names);
  return g_test_run ();
}
