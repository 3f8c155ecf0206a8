#include "app/options.h"

#include "app/house.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

void
hark_options_init (HarkOptions *options)
{
  *options = (HarkOptions){.passphrase_fd = HARK_OPTIONS_NO_FD};
}

void
hark_options_clear (HarkOptions *options)
{
  g_free (options->profile);
  g_free (options->bind);
  g_strfreev (options->bootstrap);
  g_strfreev (options->peers);
  g_free (options->network);
  g_free (options->mic);
  g_free (options->speaker);
  g_free (options->auto_accept_files);
  g_strfreev (options->relay_hosts);
  g_free (options->log);
  hark_options_init (options);
}

/* GOption writes gboolean; ours are bool. */
static gboolean
on_flag (const gchar *name, const gchar *value, gpointer data, GError **error)
{
  HarkOptions *options = data;
  const struct {
    const char *name;
    bool *flag;
  } flags[] = {
    {"--json",                 &options->json                },
    {"--no-dht",               &options->no_dht              },
    {"--lan-only",             &options->lan_only            },
    {"--no-lan",               &options->no_lan              },
    {"--visible",              &options->visible             },
    {"--no-mapping",           &options->no_mapping          },
    {"--no-tcp",               &options->no_tcp              },
    {"--keep-echo",            &options->keep_echo           },
    {"--keep-noise",           &options->keep_noise          },
    {"--keep-gain",            &options->keep_gain           },
    {"--auto-accept-requests", &options->auto_accept_requests},
    {"--auto-answer",          &options->auto_answer         },
    {"--no-relay",             &options->no_relay            },
    {"--relay",                &options->relay               },
    {"--mailbox",              &options->mailbox             },
    {"--cubic",                &options->cubic               },
    {"--no-aes",               &options->no_aes              },
    {"--jumbo",                &options->jumbo               },
  };

  (void) value;
  for (size_t i = 0; i < G_N_ELEMENTS (flags); i++)
    if (strcmp (flags[i].name, name) == 0) {
      *flags[i].flag = true;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "unknown option %s", name);
  return FALSE;
}

#define FLAG(name, help)                                                                 \
  {                                                                                      \
    name, 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, (gpointer) on_flag, help, NULL \
  }

void
hark_options_add (HarkOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    {"profile",           0, 0, G_OPTION_ARG_FILENAME,     &options->profile,           "Profile directory",                "DIR"        },
    {"port",              0, 0, G_OPTION_ARG_INT,          &options->port,              "UDP port (0: any)",                "N"          },
    {"bind",              0, 0, G_OPTION_ARG_STRING,       &options->bind,              "Use these addresses, interfaces",  "LIST"       },
    {"bootstrap",         0, 0, G_OPTION_ARG_STRING_ARRAY, &options->bootstrap,
     "Start from this DHT node instead of the built-in list (repeatable)",                                                  "HOST:PORT"  },
    FLAG ("no-dht", "Stay out of the DHT: only the local network and --peer"),
    FLAG ("lan-only", "Send nothing beyond the local networks"),
    FLAG ("no-lan", "Look for nobody on the local networks"),
    FLAG ("visible", "Be seen by everybody on the local networks"),
    {"peer",              0, 0, G_OPTION_ARG_STRING_ARRAY, &options->peers,
     "Hark runs there (repeatable): for networks without multicast",                                                        "HOST[:PORT]"},
    FLAG ("no-mapping", "Ask no router to open a port"),
    FLAG ("no-tcp", "UDP only; by default networks that block it are crossed over TCP"),
    {"network",           0, 0, G_OPTION_ARG_STRING,       &options->network,
     "A closed network: its name or secret (see hark-cli network)",                                                         "NAME"       },
    {"mic",               0, 0, G_OPTION_ARG_STRING,       &options->mic,
     "pulse[:DEVICE], wav:FILE, wav-loop:FILE or none",                                                                     "SOURCE"     },
    {"speaker",           0, 0, G_OPTION_ARG_STRING,       &options->speaker,           "pulse[:DEVICE], wav:FILE or none",
     "SINK"                                                                                                                              },
    FLAG ("keep-echo", "Leave what the loudspeaker plays in what the microphone hears"),
    FLAG ("keep-noise", "Leave the room's noise in what the microphone hears"),
    FLAG ("keep-gain", "Leave voices as loud as they are"),
    FLAG ("auto-accept-requests", "Accept every contact request"),
    FLAG ("auto-answer", "Answer every call"),
    FLAG ("no-relay", "Carry no packets of contacts who cannot reach each other directly"),
    {"auto-accept-files", 0, 0, G_OPTION_ARG_FILENAME,     &options->auto_accept_files,
     "Take every offered file into this directory",                                                                         "DIR"        },
    {"log",               0, 0, G_OPTION_ARG_STRING,       &options->log,               "error, warning, info or debug",    "LEVEL"      },
    {"passphrase-fd",     0, 0, G_OPTION_ARG_INT,          &options->passphrase_fd,
     "Read the passphrase from this file descriptor",                                                                       "N"          },
    FLAG ("cubic", "CUBIC congestion control instead of BBR2"),
    FLAG ("no-aes", "Never use AES-256-GCM"),
    FLAG ("jumbo", "Large datagrams: loopback, or a LAN that carries them"),
    G_OPTION_ENTRY_NULL,
  };
  GOptionGroup *group = g_option_group_new ("engine", "Engine", "Engine", options, NULL);

  g_option_group_add_entries (group, entries);
  g_option_context_set_main_group (context, group);
}

void
hark_options_add_headless (HarkOptions *options, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    FLAG ("json", "Commands on stdin, events on stdout, one JSON object a line"),
    FLAG ("relay", "node: carry packets for whoever has the link that is printed"),
    FLAG ("mailbox", "node: keep mail for its owner: whoever adds the link that is printed"),
    {"mailbox-size", 0, 0, G_OPTION_ARG_INT,          &options->mailbox_size,
                                                                                          "node: keep so much of it at most (1024)",                   "MIB"        },
    {"relay-host",   0, 0, G_OPTION_ARG_STRING_ARRAY, &options->relay_hosts,
                                                                                          "node: the address that goes into the link (twice at most)", "ADDR[:PORT]"},
    G_OPTION_ENTRY_NULL,
  };

  g_option_group_add_entries (g_option_context_get_main_group (context), entries);
}

bool
hark_options_finish (HarkOptions *options, GError **error)
{
  if (options->port < 0 || options->port > 65535) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "port %d is not between 0 and 65535", options->port);
    return false;
  }
  if (options->mailbox_size < 0 || options->mailbox_size > 1024 * 1024) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%d MiB is no size for a mailbox",
                 options->mailbox_size);
    return false;
  }
  if (options->log && !hark_options_set_log (options->log)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "\"%s\" is no log level: use error, warning, info or debug", options->log);
    return false;
  }
  if (!hark_house_apply (HARK_HOUSE_FILE, options, error))
    return false;
  if (!options->profile)
    options->profile = g_build_filename (g_get_user_data_dir (), "hark", "default", NULL);
  return true;
}

void
hark_options_to_config (const HarkOptions *options, const char *passphrase, HarkEngineConfig *ret)
{
  *ret = (HarkEngineConfig){
    .profile = options->profile,
    .passphrase = passphrase,
    .port = (uint16_t) options->port,
    .bind = options->bind,
    .bootstrap = (const char *const *) options->bootstrap,
    .no_dht = options->no_dht,
    .peers = (const char *const *) options->peers,
    .lan_only = options->lan_only,
    .no_lan = options->no_lan,
    .visible = options->visible,
    .no_mapping = options->no_mapping,
    .no_tcp = options->no_tcp,
    .keep_echo = options->keep_echo,
    .keep_noise = options->keep_noise,
    .network = options->network,
    .keep_gain = options->keep_gain,
    .mic = options->mic,
    .speaker = options->speaker,
    .no_sound = true, /* a server's */
    .auto_accept_requests = options->auto_accept_requests,
    .auto_answer = options->auto_answer,
    .one_call = options->auto_answer, /* a machine answers no second one over the first */
    .no_relay = options->no_relay,
    .auto_accept_files = options->auto_accept_files,
    .cubic = options->cubic,
    .no_aes = options->no_aes,
    .jumbo = options->jumbo,
  };
}

char *
hark_options_read_passphrase (int fd, GError **error)
{
  char buffer[1024];
  size_t len = 0;
  ssize_t n;
  char *passphrase = NULL;

  if (fd < 0) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%d is no file descriptor", fd);
    return NULL;
  }
  while (len < sizeof buffer - 1 && (n = read (fd, buffer + len, sizeof buffer - 1 - len)) != 0) {
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0 || memchr (buffer + len, '\n', (size_t) n)) {
      len += n > 0 ? (size_t) n : 0;
      break;
    }
    len += (size_t) n;
  }
  buffer[len] = '\0';
  buffer[strcspn (buffer, "\n")] = '\0';

  if (buffer[0] == '\0')
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "file descriptor %d holds no passphrase", fd);
  else
    passphrase = g_strdup (buffer);
  explicit_bzero (buffer, sizeof buffer);
  return passphrase;
}

static GLogLevelFlags log_shown = G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING;

/* Others do not keep our rules: at debug level libnice writes ICE passwords. */
static bool
is_ours (const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
      return g_str_has_prefix (fields[i].value, "hark");
  return false;
}

/* stdout belongs to the events, so that every level goes to stderr. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  (void) data;
  if ((!(level & log_shown) && !(level & G_LOG_FLAG_FATAL))
      || ((level & G_LOG_LEVEL_DEBUG) && !is_ours (fields, n_fields)))
    return G_LOG_WRITER_HANDLED;
  g_log_writer_standard_streams (level, fields, n_fields, NULL);
  return G_LOG_WRITER_HANDLED;
}

bool
hark_options_set_log (const char *level)
{
  static const struct {
    const char *word;
    GLogLevelFlags shown;
  } levels[] = {
    {"error",   G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL                      },
    {"warning", G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING},
    {"info",    (GLogLevelFlags) (~0U & ~(guint) G_LOG_LEVEL_DEBUG)           },
    {"debug",   G_LOG_LEVEL_MASK                                              },
  };
  static gsize installed;

  for (size_t i = 0; i < G_N_ELEMENTS (levels); i++)
    if (strcmp (levels[i].word, level) == 0) {
      log_shown = levels[i].shown;
      if (g_once_init_enter (&installed)) {
        g_log_writer_default_set_use_stderr (TRUE);
        g_log_set_writer_func (on_log, NULL, NULL);
        g_once_init_leave (&installed, 1);
      }
      return true;
    }
  return false;
}
