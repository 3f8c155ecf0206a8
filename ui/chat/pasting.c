#include "ui/chat/pasting.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

static char *
choose_path (void)
{
  const char *pictures = g_get_user_special_dir (G_USER_DIRECTORY_PICTURES);
  g_autofree char *folder
    = g_build_filename (pictures ? pictures : g_get_home_dir (), "Hark", NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *name = g_date_time_format (now, "%F %H-%M-%S.png");

  return g_build_filename (folder, name, NULL);
}

GFile *
hark_pasting_keep (GtkWidget *parent, GdkPixbuf *picture, char **problem)
{
  g_autofree char *path = choose_path ();
  g_autofree char *shown = g_filename_display_name (path);
  g_autofree char *text
    = g_strdup_printf (_ ("It has %d × %d pixels. It is saved as %s and goes out from there."),
                       gdk_pixbuf_get_width (picture), gdk_pixbuf_get_height (picture), shown);
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  if (!hark_widget_agree (parent, _ ("Send the picture in the clipboard?"), text, _ ("_Send")))
    return NULL;
  folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  if (gdk_pixbuf_save (picture, path, "png", &error, NULL))
    return g_file_new_for_path (path);
  *problem = g_strdup_printf (_ ("The picture cannot be saved. %s"), error->message);
  return NULL;
}
