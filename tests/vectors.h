/* tests/vectors.h - published test vectors: JSON files in the folder that HARK_VECTORS names. */
#pragma once

#include "net/base/key.h"
#include "tests/bytes.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Returns: (transfer full): the parser of vectors/@name; keep it as long as what is read from it */
static inline JsonParser *
vectors_load (const char *name)
{
  g_autofree char *path = g_build_filename (g_getenv ("HARK_VECTORS"), name, NULL);
  JsonParser *parser = json_parser_new_immutable ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return parser;
}

static inline JsonObject *
vectors_root (JsonParser *parser)
{
  return json_node_get_object (json_parser_get_root (parser));
}

/* The text of @member, or NULL. */
static inline const char *
vectors_text (JsonObject *object, const char *member)
{
  return json_object_has_member (object, member) ? json_object_get_string_member (object, member)
                                                 : NULL;
}

/* Returns: (transfer full): the bytes that @member holds in hex; empty when there is none */
static inline GByteArray *
vectors_bytes (JsonObject *object, const char *member)
{
  const char *hex = vectors_text (object, member);
  GByteArray *bytes = g_byte_array_new ();

  if (hex && *hex) {
    g_byte_array_set_size (bytes, (guint) strlen (hex) / 2);
    g_assert_true (hark_hex_parse (hex, bytes->data, bytes->len));
  }
  return bytes;
}

/* Exactly @len bytes. False when there is no such member. */
static inline bool
vectors_fixed (JsonObject *object, const char *member, void *ret, size_t len)
{
  const char *hex = vectors_text (object, member);

  if (!hex)
    return false;
  g_assert_true (hark_hex_parse (hex, ret, len));
  return true;
}
