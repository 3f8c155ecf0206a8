#include "ui/people/faces.h"

#include <string.h>

#define FACES_MAX 400      /* of 27 KiB */
#define WANTED "hark-face" /* at an avatar: hex name of the picture it shows or waits for */

/* name -> GdkPixbuf, with the client for as long as that lives. */
static GHashTable *
faces_of (HarkClient *client)
{
  GHashTable *faces = g_object_get_data (G_OBJECT (client), "hark-faces");

  if (!faces) {
    faces = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
    g_object_set_data_full (G_OBJECT (client), "hark-faces", faces,
                            (GDestroyNotify) g_hash_table_unref);
  }
  return faces;
}

static GdkPixbuf *
draw (GBytes *pixels)
{
  if (!pixels || g_bytes_get_size (pixels) != HARK_PICTURE_LEN)
    return NULL;
  return gdk_pixbuf_new_from_bytes (pixels, GDK_COLORSPACE_RGB, FALSE, 8, HARK_PICTURE_SIDE,
                                    HARK_PICTURE_SIDE, HARK_PICTURE_SIDE * 3);
}

void
hark_face_set_pixels (HdyAvatar *avatar, GBytes *pixels)
{
  g_autoptr (GdkPixbuf) picture = draw (pixels);

  g_object_set_data (G_OBJECT (avatar), WANTED, NULL);
  hdy_avatar_set_loadable_icon (avatar, picture ? G_LOADABLE_ICON (picture) : NULL);
}

static void
on_picture (GObject *owner, const HarkEvent *result)
{
  HdyAvatar *avatar = HDY_AVATAR (owner);
  HarkClient *client = g_object_get_data (owner, "hark-client");
  const char *wanted = g_object_get_data (owner, WANTED);
  const char *asked = g_object_get_data (owner, "hark-face-asked");
  GdkPixbuf *picture = result->ok ? draw (result->picture) : NULL;
  GHashTable *faces = faces_of (client);

  if (!picture || !wanted || g_strcmp0 (wanted, asked) != 0) {
    g_clear_object (&picture);
    return; /* another one by now */
  }
  if (g_hash_table_size (faces) >= FACES_MAX)
    g_hash_table_remove_all (faces);
  hdy_avatar_set_loadable_icon (avatar, G_LOADABLE_ICON (picture));
  g_hash_table_insert (faces, g_strdup (wanted), picture);
}

static void
show (HdyAvatar *avatar, HarkClient *client, const uint8_t *picture, HarkCommand *command)
{
  g_autoptr (HarkCommand) question = command;
  g_autofree char *name = picture ? hark_hex (picture, 32) : NULL;
  GdkPixbuf *known = name ? g_hash_table_lookup (faces_of (client), name) : NULL;

  if (g_strcmp0 (name, g_object_get_data (G_OBJECT (avatar), WANTED)) == 0)
    return;
  g_object_set_data_full (G_OBJECT (avatar), WANTED, g_strdup (name), g_free);
  hdy_avatar_set_loadable_icon (avatar, known ? G_LOADABLE_ICON (known) : NULL);
  if (!name || known)
    return;
  g_object_set_data_full (G_OBJECT (avatar), "hark-face-asked", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (avatar), "hark-client", g_object_ref (client), g_object_unref);
  hark_client_ask (client, g_steal_pointer (&question), G_OBJECT (avatar), on_picture);
}

void
hark_face_show (HdyAvatar *avatar, HarkClient *client, HarkPersonItem *item)
{
  const HarkPerson *person = hark_person_item_get (item);

  hdy_avatar_set_text (avatar, person->name);
  if (hark_person_item_is_self (item))
    hdy_avatar_set_icon_name (avatar, "document-edit-symbolic");
  else if (hark_person_item_get_group (item))
    hdy_avatar_set_icon_name (avatar, "system-users-symbolic");
  hdy_avatar_set_show_initials (avatar, !hark_person_item_is_self (item)
                                          && !hark_person_item_get_group (item));
  show (avatar, client, person->has_picture ? person->picture : NULL,
        hark_command_for (HARK_COMMAND_PICTURE, item));
}

void
hark_face_show_own (HdyAvatar *avatar, HarkClient *client, const HarkProfile *profile)
{
  hdy_avatar_set_text (avatar, profile->name);
  show (avatar, client, profile->has_picture ? profile->picture : NULL,
        hark_command_new (HARK_COMMAND_PICTURE));
}
