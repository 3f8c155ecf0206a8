#define G_LOG_DOMAIN "hark-io"

#include "net/io/bound.h"

#include <errno.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  HarkEndpoint address; /* family 0: it is a device */
  char device[IF_NAMESIZE];
} Entry;

struct HarkBound {
  Entry entries[HARK_BOUND_MAX];
  size_t n_entries;
  HarkEndpoint places[HARK_BOUND_PLACES_MAX]; /* in the order of entries; each with its interface */
  size_t n_places;
};

/* As the kernel takes names (dev_valid_name()), and without what an address could be. */
static bool
is_device (const char *text)
{
  if (*text == '\0' || strlen (text) >= IF_NAMESIZE || strcmp (text, ".") == 0
      || strcmp (text, "..") == 0)
    return false;
  for (; *text; text++)
    if (*text == '/' || *text == ':' || g_ascii_isspace (*text) || !g_ascii_isprint (*text))
      return false;
  return true;
}

static bool
read_entry (const char *text, Entry *ret)
{
  g_autofree char *whole = g_strdup_printf (strchr (text, ':') ? "[%s]:1" : "%s:1", text);

  *ret = (Entry){0};
  if (hark_endpoint_parse (whole, &ret->address)) {
    ret->address.port = 0;
    return true;
  }
  /* what begins with digits and dots is an address with a fault in it */
  if (!is_device (text) || strspn (text, "0123456789.") == strlen (text))
    return false;
  g_strlcpy (ret->device, text, sizeof ret->device);
  return true;
}

HarkBound *
hark_bound_new (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", HARK_BOUND_MAX + 1);
  g_autoptr (HarkBound) bound = g_new0 (HarkBound, 1);

  for (size_t i = 0; i == 0 || parts[i]; i++) {
    const char *part = parts[i] ? g_strstrip (parts[i]) : "";

    if (i == HARK_BOUND_MAX || !read_entry (part, &bound->entries[i])) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "“%s” is neither an IP address nor the name of an interface", part);
      return NULL;
    }
    bound->n_entries++;
  }
  hark_bound_update (bound);
  return g_steal_pointer (&bound);
}

void
hark_bound_free (HarkBound *bound)
{
  g_free (bound);
}

bool
hark_bound_is_single (const HarkBound *bound, HarkEndpoint *ret)
{
  if (bound->n_entries != 1 || !bound->entries[0].address.family)
    return false;
  *ret = bound->entries[0].address;
  return true;
}

static bool
entry_names (const Entry *entry, const char *device, const HarkEndpoint *address)
{
  return entry->address.family ? hark_endpoint_same_ip (&entry->address, address)
                               : strcmp (entry->device, device) == 0;
}

bool
hark_bound_names (const HarkBound *bound, const char *device, const HarkEndpoint *address)
{
  for (size_t i = 0; i < bound->n_entries; i++)
    if (entry_names (&bound->entries[i], device, address))
      return true;
  return false;
}

void
hark_bound_update (HarkBound *bound)
{
  struct ifaddrs *list;

  if (getifaddrs (&list) < 0) {
    g_debug ("getifaddrs: %s", g_strerror (errno));
    return;
  }
  bound->n_places = 0;
  for (size_t entry = 0; entry < bound->n_entries; entry++)
    for (struct ifaddrs *i = list; i && bound->n_places < HARK_BOUND_PLACES_MAX; i = i->ifa_next) {
      HarkEndpoint place = {0};

      if (!i->ifa_addr || !(i->ifa_flags & IFF_UP)
          || !hark_endpoint_from_sockaddr (i->ifa_addr, &place)
          || !entry_names (&bound->entries[entry], i->ifa_name, &place))
        continue;
      place.port = 0;
      place.interface = if_nametoindex (i->ifa_name);
      bound->places[bound->n_places++] = place;
    }
  freeifaddrs (list);
}

/* (nullable) */
static const HarkEndpoint *
find_place (const HarkBound *bound, const HarkEndpoint *local)
{
  for (size_t i = 0; i < bound->n_places; i++)
    if (bound->places[i].family == local->family
        && memcmp (bound->places[i].ip, local->ip, hark_endpoint_ip_len (local)) == 0
        && (!local->interface || local->interface == bound->places[i].interface))
      return &bound->places[i];
  return NULL;
}

bool
hark_bound_is_there (const HarkBound *bound)
{
  return bound->n_places > 0;
}

bool
hark_bound_has (const HarkBound *bound, const HarkEndpoint *local)
{
  return find_place (bound, local) != NULL;
}

static bool
get_local (int fd, HarkEndpoint *ret)
{
  struct sockaddr_storage own;
  socklen_t len = sizeof own;

  return getsockname (fd, (struct sockaddr *) &own, &len) == 0
         && hark_endpoint_from_sockaddr ((struct sockaddr *) &own, ret);
}

/* The address that the kernel would send to @to from; nothing is sent. */
static bool
ask_kernel (const HarkEndpoint *to, HarkEndpoint *ret)
{
  struct sockaddr_storage address;
  socklen_t len = (socklen_t) hark_endpoint_to_sockaddr (to, false, &address);
  int fd = socket (address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
  bool ok = fd >= 0 && connect (fd, (struct sockaddr *) &address, len) == 0 && get_local (fd, ret);

  if (fd >= 0)
    close (fd);
  return ok;
}

bool
hark_bound_source (const HarkBound *bound, const HarkEndpoint *to, HarkEndpoint *ret)
{
  HarkEndpoint choice = {0};
  const HarkEndpoint *place = ask_kernel (to, &choice) ? find_place (bound, &choice) : NULL;

  for (size_t i = 0; !place && i < bound->n_places; i++)
    if (bound->places[i].family == to->family
        && (hark_endpoint_scope (&bound->places[i]) == HARK_SCOPE_LOOPBACK)
             == (hark_endpoint_scope (to) == HARK_SCOPE_LOOPBACK))
      place = &bound->places[i];
  if (!place)
    return false;
  *ret = *place;
  return true;
}

void
hark_bound_confine (const char *text, int fd)
{
  g_autoptr (HarkBound) bound = text ? hark_bound_new (text, NULL) : NULL;
  const HarkEndpoint *place;
  HarkEndpoint local = {0};
  int index;

  if (!bound || hark_bound_is_single (bound, &local) || !get_local (fd, &local))
    return;
  local.interface = 0;
  place = find_place (bound, &local);
  index = place ? (int) place->interface : 0;
  if (index && setsockopt (fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof index) < 0)
    g_debug ("interface %d: %s", index, g_strerror (errno));
}
