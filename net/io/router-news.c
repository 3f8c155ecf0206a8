#include "net/io/router-news.h"

#include "net/base/reader.h"

#include <glib.h>
#include <string.h>

#define ANSWER 0x80
#define PCP_VERSION 2
#define PCP_HEAD_LEN 24 /* RFC 6887 section 7.2 */
#define NAT_PMP_LEN 12  /* RFC 6886 section 3.2 */

/* RFC 6887 section 8.5, with both clocks allowed to be off by 1/16 and two seconds. */
static bool
is_same_life (const HarkRouterNews *news, uint32_t epoch, HarkTime now)
{
  int64_t here = (int64_t) (hark_time_since (now, news->heard) / HARK_SECOND);
  int64_t there = (int64_t) epoch - (int64_t) news->epoch;

  if (there < -1)
    return false;
  return here + 2 >= there - there / 16 && there + 2 >= here - here / 16;
}

bool
hark_router_news_read (HarkRouterNews *news, const uint8_t *data, size_t len, HarkTime now)
{
  uint8_t version, opcode, address[4] = {0};
  uint32_t epoch;
  HarkReader reader;
  bool changed;

  hark_reader_init (&reader, data, len);
  version = hark_reader_u8 (&reader);
  opcode = hark_reader_u8 (&reader);
  if (opcode != ANSWER) /* opcode 0: announcement, or the address outside */
    return false;
  if (version == PCP_VERSION && len >= PCP_HEAD_LEN) {
    hark_reader_borrow (&reader, 2 + 4); /* result, lifetime */
    epoch = hark_reader_u32 (&reader);
  } else if (version == 0 && len == NAT_PMP_LEN) {
    hark_reader_borrow (&reader, 2);
    epoch = hark_reader_u32 (&reader);
    hark_reader_copy (&reader, address, sizeof address);
  } else {
    return false;
  }
  if (!hark_reader_is_ok (&reader))
    return false;

  changed = !news->has_epoch || !is_same_life (news, epoch, now);
  if (version == 0) { /* a router that speaks both repeats itself in both */
    static const uint8_t none[4];

    changed |= memcmp (news->address, none, 4) != 0 && memcmp (news->address, address, 4) != 0;
    memcpy (news->address, address, sizeof address);
  }
  news->has_epoch = true;
  news->epoch = epoch;
  news->heard = now;
  return changed;
}

/* The value of a header, without blanks around it; NULL without one. */
static char *
header_of (char **lines, const char *name)
{
  size_t len = strlen (name);

  for (char **line = lines; *line; line++)
    if (g_ascii_strncasecmp (*line, name, len) == 0 && (*line)[len] == ':')
      return g_strstrip (g_strdup (*line + len + 1));
  return NULL;
}

bool
hark_router_news_read_ssdp (HarkRouterNews *news, const uint8_t *data, size_t len)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (len, HARK_ROUTER_NEWS_LEN_MAX));
  g_auto (GStrv) lines = g_strsplit (text, "\n", 64);
  g_autofree char *kind = header_of (lines, "NTS");
  g_autofree char *type = header_of (lines, "NT");
  g_autofree char *boot = header_of (lines, "BOOTID.UPNP.ORG");
  uint64_t number;
  bool changed;

  if (!g_str_has_prefix (text, "NOTIFY ") || !kind || !type
      || !strstr (type, "InternetGatewayDevice"))
    return false;
  if (strcmp (kind, "ssdp:byebye") == 0) {
    changed = news->has_boot;
    news->has_boot = false;
    return changed;
  }
  if (strcmp (kind, "ssdp:alive") != 0)
    return false;
  number = boot ? g_ascii_strtoull (boot, NULL, 10) : 0; /* UPnP 1.0 has none */
  changed = !news->has_boot || news->boot != number;
  news->has_boot = true;
  news->boot = number;
  return changed;
}
