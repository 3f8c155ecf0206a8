#include "core/contacts/contact.h"

#include "net/base/hex.h"

#include <glib.h>
#include <string.h>

#define NAME_LEN_MAX 48
#define TEXT_LEN_MAX 256
#define STATUS_LEN_MAX 140

static const struct {
  HarkContactStep from;
  HarkContactInput input;
  HarkContactStep to;
} steps[] = {
  {HARK_CONTACT_STEP_NONE,     HARK_CONTACT_USER_ADD,     HARK_CONTACT_STEP_ASKED   },
  {HARK_CONTACT_STEP_NONE,     HARK_CONTACT_PEER_REQUEST, HARK_CONTACT_STEP_REQUEST },
  {HARK_CONTACT_STEP_NONE,     HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_ASKED,    HARK_CONTACT_USER_ADD,     HARK_CONTACT_STEP_ASKED   },
  {HARK_CONTACT_STEP_ASKED,    HARK_CONTACT_PEER_REQUEST, HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_ASKED,    HARK_CONTACT_PEER_SESSION, HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_ASKED,    HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_ASKED,    HARK_CONTACT_USER_REMOVE,  HARK_CONTACT_STEP_NONE    },
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_USER_ADD,     HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_USER_ACCEPT,  HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_USER_DECLINE, HARK_CONTACT_STEP_DECLINED},
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_USER_REMOVE,  HARK_CONTACT_STEP_NONE    },
  {HARK_CONTACT_STEP_REQUEST,  HARK_CONTACT_PEER_REQUEST, HARK_CONTACT_STEP_REQUEST },
  {HARK_CONTACT_STEP_ACCEPTED, HARK_CONTACT_PEER_SESSION, HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_ACCEPTED, HARK_CONTACT_PEER_REQUEST, HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_ACCEPTED, HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_ACCEPTED, HARK_CONTACT_USER_REMOVE,  HARK_CONTACT_STEP_NONE    },
  {HARK_CONTACT_STEP_BLOCKED,  HARK_CONTACT_USER_ADD,     HARK_CONTACT_STEP_ASKED   },
  {HARK_CONTACT_STEP_BLOCKED,  HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_BLOCKED,  HARK_CONTACT_USER_UNBLOCK, HARK_CONTACT_STEP_ACCEPTED},
  {HARK_CONTACT_STEP_BLOCKED,  HARK_CONTACT_USER_HEAR,    HARK_CONTACT_STEP_REQUEST },
  {HARK_CONTACT_STEP_BLOCKED,  HARK_CONTACT_USER_REMOVE,  HARK_CONTACT_STEP_NONE    },
  {HARK_CONTACT_STEP_DECLINED, HARK_CONTACT_USER_ADD,     HARK_CONTACT_STEP_ASKED   },
  {HARK_CONTACT_STEP_DECLINED, HARK_CONTACT_USER_BLOCK,   HARK_CONTACT_STEP_BLOCKED },
  {HARK_CONTACT_STEP_DECLINED, HARK_CONTACT_USER_REMOVE,  HARK_CONTACT_STEP_NONE    },
};

bool
hark_contact_step (HarkContactStep from, HarkContactInput input, HarkContactStep *ret)
{
  for (size_t i = 0; i < G_N_ELEMENTS (steps); i++) {
    if (steps[i].from == from && steps[i].input == input) {
      *ret = steps[i].to;
      return true;
    }
  }
  return false;
}

const char *
hark_contact_refusal (HarkContactStep from, HarkContactInput input)
{
  if (from == HARK_CONTACT_STEP_ACCEPTED && input == HARK_CONTACT_USER_ADD)
    return "This person is a contact already.";
  if (from == HARK_CONTACT_STEP_NONE)
    return "There is no such contact.";
  if (input == HARK_CONTACT_USER_UNBLOCK || input == HARK_CONTACT_USER_HEAR)
    return "This person is not blocked.";
  return "This person has not asked to become a contact.";
}

char *
hark_contact_name (const char *petname, const char *claimed, const uint8_t account[32])
{
  if (petname != NULL && *petname != '\0')
    return g_strdup (petname);
  if (claimed != NULL && *claimed != '\0')
    return g_strdup (claimed);
  return hark_hex (account, 4);
}

char *
hark_contact_waiting (const char *name, bool asked, bool online, int64_t next_s)
{
  if (asked)
    return g_strdup_printf ("%s has not accepted yet; the message will go out when that happens.",
                            name);
  if (online)
    return g_strdup ("The message is on its way.");
  if (next_s < 0)
    return g_strdup_printf ("%s's Hark is not online; the message will go out when it is.", name);
  if (next_s == 0)
    return g_strdup_printf (
      "%s's Hark is not online; it is looked for now, and the message will go out when it is.",
      name);
  return g_strdup_printf ("%s's Hark is not online; the message will go out when it is. It is "
                          "looked for again in %" G_GINT64_FORMAT " s.",
                          name, next_s);
}

static bool
is_shown (gunichar c, bool lines)
{
  GUnicodeType type = g_unichar_type (c);

  if (c == '\n')
    return lines;
  return type != G_UNICODE_CONTROL && type != G_UNICODE_LINE_SEPARATOR
         && type != G_UNICODE_PARAGRAPH_SEPARATOR && type != G_UNICODE_SURROGATE
         && !(c >= 0x202A && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069) && c != 0x200E
         && c != 0x200F && c != 0xFEFF;
}

static void
clean (const char *claimed, bool lines, size_t len_max, char *ret)
{
  g_autofree char *valid = g_utf8_make_valid (claimed != NULL ? claimed : "", -1);
  size_t len = 0;

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at)) {
    size_t char_len = (size_t) (g_utf8_next_char (at) - at);

    if (len + char_len > len_max)
      break;
    if (!is_shown (g_utf8_get_char (at), lines))
      continue;
    memcpy (ret + len, at, char_len);
    len += char_len;
  }
  ret[len] = '\0';
  g_strstrip (ret);
}

void
hark_contact_clean_name (const char *claimed, char ret[49])
{
  clean (claimed, false, NAME_LEN_MAX, ret);
}

void
hark_contact_clean_text (const char *claimed, char ret[257])
{
  clean (claimed, true, TEXT_LEN_MAX, ret);
}

void
hark_contact_clean_status (const char *claimed, char ret[141])
{
  clean (claimed, false, STATUS_LEN_MAX, ret);
}
