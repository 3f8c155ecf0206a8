/* tests/ui/fake-hark.c - the window with a fake engine and a scene to look at.
 *
 *   fake-hark [SCENE]    "shown SCENE" is printed once it stands; without a known scene: their
 * names
 */
#include "tests/ui/scenes.h"
#include "ui/application.h"
#include "ui/language.h"

#include <locale.h>

static const char *scene;

/* When nothing else is left to do. */
static gboolean
on_idle (gpointer data)
{
  (void) data;
  g_print ("shown %s\n", scene);
  return G_SOURCE_REMOVE;
}

static gboolean
on_start (gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (data);

  if (fake_engine_is_running ())
    scene_play ();
  scene_open (HARK_WINDOW (window), hark_application_get_client (data));
  g_idle_add_full (G_PRIORITY_LOW, on_idle, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_activate (HarkApplication *application)
{
  g_idle_add (on_start, application);
}

static bool
is_known (const char *name)
{
  return name && g_strv_contains (scene_names, name);
}

int
main (int argc, char **argv)
{
  const HarkEngineConfig config = {.profile = "/nonexistent"};
  g_autoptr (HarkApplication) application = NULL;

  setlocale (LC_ALL, "");
  hark_language_start (HARK_PO);
  scene = argc > 1 ? argv[1] : "chat";
  if (!is_known (scene)) {
    for (const char *const *name = scene_names; *name; name++)
      g_print ("%s\n", *name);
    return 0;
  }
  scene_begin (scene, NULL);
  application = hark_application_new (&config, false);
  g_signal_connect_after (application, "activate", G_CALLBACK (on_activate), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
