#include "app/house.h"

#include <string.h>

#define GROUP "hark"

typedef struct {
  const char *key;
  size_t offset; /* in HarkOptions */
} Key;

static const Key flags[] = {
  {"lan-only",   offsetof (HarkOptions, lan_only)  },
  {"no-dht",     offsetof (HarkOptions, no_dht)    },
  {"no-lan",     offsetof (HarkOptions, no_lan)    },
  {"no-mapping", offsetof (HarkOptions, no_mapping)},
  {"no-tcp",     offsetof (HarkOptions, no_tcp)    },
  {"no-relay",   offsetof (HarkOptions, no_relay)  },
};
static const Key texts[] = {
  {"network", offsetof (HarkOptions, network)},
  {"bind",    offsetof (HarkOptions, bind)   },
};
static const Key lists[] = {
  {"bootstrap", offsetof (HarkOptions, bootstrap)},
  {"peers",     offsetof (HarkOptions, peers)    },
};

static void *
field (HarkOptions *options, size_t offset)
{
  return (char *) options + offset;
}

static bool
apply_flag (GKeyFile *file, const char *key, bool *flag, GError **error)
{
  g_autoptr (GError) problem = NULL;
  const bool value = g_key_file_get_boolean (file, GROUP, key, &problem);

  if (problem) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return false;
  }
  *flag |= value;
  return true;
}

static bool
apply_port (GKeyFile *file, const char *key, HarkOptions *options, GError **error)
{
  g_autoptr (GError) problem = NULL;
  const int port = g_key_file_get_integer (file, GROUP, key, &problem);

  if (problem || port < 1 || port > 65535) {
    g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                 "\"port\" is not between 1 and 65535");
    return false;
  }
  if (options->port == 0)
    options->port = port;
  return true;
}

/* One key of the group; false: it is none of ours, or its value is no such thing. */
static bool
apply (GKeyFile *file, const char *key, HarkOptions *options, GError **error)
{
  for (size_t i = 0; i < G_N_ELEMENTS (flags); i++)
    if (strcmp (key, flags[i].key) == 0)
      return apply_flag (file, key, field (options, flags[i].offset), error);
  for (size_t i = 0; i < G_N_ELEMENTS (lists); i++)
    if (strcmp (key, lists[i].key) == 0) {
      char ***list = field (options, lists[i].offset);

      if (!*list)
        *list = g_key_file_get_string_list (file, GROUP, key, NULL, error);
      return *list != NULL;
    }
  for (size_t i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (key, texts[i].key) == 0) {
      char **text = field (options, texts[i].offset);

      if (!*text)
        *text = g_key_file_get_string (file, GROUP, key, error);
      return *text != NULL;
    }
  if (strcmp (key, "port") == 0)
    return apply_port (file, key, options, error);
  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
               "there is no setting \"%s\"", key);
  return false;
}

bool
hark_house_apply (const char *path, HarkOptions *options, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) keys = NULL;
  bool ok = g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &problem);

  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return true;
  if (ok)
    keys = g_key_file_get_keys (file, GROUP, NULL, &problem);
  for (size_t i = 0; !problem && keys && keys[i]; i++)
    apply (file, keys[i], options, &problem);
  if (!problem)
    return true;
  g_propagate_prefixed_error (error, g_steal_pointer (&problem), "%s: ", path);
  return false;
}
