#include "net/io/router-news.h"

#include <glib.h>
#include <string.h>

#define START (1000 * HARK_SECOND)

static size_t
announce (uint32_t epoch, uint8_t ret[24])
{
  memset (ret, 0, 24);
  ret[0] = 2;
  ret[1] = 0x80;
  for (int i = 0; i < 4; i++)
    ret[8 + i] = (uint8_t) (epoch >> (24 - 8 * i));
  return 24;
}

static size_t
tell_address (uint32_t epoch, uint8_t last, uint8_t ret[24])
{
  memset (ret, 0, 24);
  ret[1] = 0x80;
  for (int i = 0; i < 4; i++)
    ret[4 + i] = (uint8_t) (epoch >> (24 - 8 * i));
  memcpy (ret + 8, (const uint8_t[]){198, 51, 100, last}, 4);
  return 12;
}

static bool
hear (HarkRouterNews *news, uint32_t epoch, unsigned after_s)
{
  uint8_t data[24];
  size_t len = announce (epoch, data);

  return hark_router_news_read (news, data, len, START + after_s * HARK_SECOND);
}

static void
test_restart (void)
{
  HarkRouterNews news = {0};

  g_assert_true (hear (&news, 500, 0)); /* nothing known: it may have just started */
  g_assert_false (hear (&news, 500, 0));
  g_assert_false (hear (&news, 501, 1)); /* repeats itself */
  g_assert_false (hear (&news, 560, 58));
  g_assert_true (hear (&news, 3, 60)); /* began anew */
  g_assert_false (hear (&news, 5, 62));
  g_assert_true (hear (&news, 5, 162)); /* 100 s later it is as young as before */
}

static void
test_address (void)
{
  HarkRouterNews news = {0};
  uint8_t data[24];

  g_assert_true (hark_router_news_read (&news, data, tell_address (9, 7, data), START));
  g_assert_false (hark_router_news_read (&news, data, tell_address (9, 7, data), START));
  g_assert_false (hark_router_news_read (&news, data, announce (9, data), START));
  g_assert_true (hark_router_news_read (&news, data, tell_address (9, 8, data), START));
}

static void
test_other (void)
{
  HarkRouterNews news = {0};
  uint8_t data[24];

  for (size_t len = 0; len < announce (1, data); len++)
    g_assert_false (hark_router_news_read (&news, data, len, START));
  data[1] = 0; /* a question */
  g_assert_false (hark_router_news_read (&news, data, 24, START));
  announce (1, data);
  data[0] = 3;
  g_assert_false (hark_router_news_read (&news, data, 24, START));
  g_assert_false (news.has_epoch);
}

static bool
notify (HarkRouterNews *news, const char *kind, const char *type, const char *more)
{
  g_autofree char *text = g_strdup_printf (
    "NOTIFY * HTTP/1.1\r\nHOST:239.255.255.250:1900\r\nNT: %s\r\nNTS:%s\r\n%s\r\n", type, kind,
    more);

  return hark_router_news_read_ssdp (news, (const uint8_t *) text, strlen (text));
}

static void
test_ssdp (void)
{
  static const char router[] = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
  HarkRouterNews news = {0};

  g_assert_false (notify (&news, "ssdp:alive", "urn:schemas-upnp-org:device:MediaServer:1", ""));
  g_assert_true (notify (&news, "ssdp:alive", router, "BOOTID.UPNP.ORG: 5\r\n"));
  g_assert_false (notify (&news, "ssdp:alive", router, "BOOTID.UPNP.ORG: 5\r\n"));
  g_assert_true (notify (&news, "ssdp:alive", router, "bootid.upnp.org:6\r\n"));
  g_assert_true (notify (&news, "ssdp:byebye", router, "BOOTID.UPNP.ORG: 6\r\n"));
  g_assert_false (notify (&news, "ssdp:byebye", router, "BOOTID.UPNP.ORG: 6\r\n"));
  g_assert_true (notify (&news, "ssdp:alive", router, "BOOTID.UPNP.ORG: 6\r\n"));
  g_assert_false (hark_router_news_read_ssdp (&news, (const uint8_t *) "NOTIFY ", 7));
  g_assert_false (hark_router_news_read_ssdp (&news, (const uint8_t *) "", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router-news/restart-is-told-from-repeats", test_restart);
  g_test_add_func ("/router-news/another-address-outside", test_address);
  g_test_add_func ("/router-news/anything-else-is-nothing", test_other);
  g_test_add_func ("/router-news/upnp-boot-numbers", test_ssdp);
  return g_test_run ();
}
