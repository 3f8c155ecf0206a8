#include "ui/people/code-picture.h"

#include "ui/picture-child.h"

static void
read_picture (GTask *task, void *source, void *data, GCancellable *cancellable)
{
  GError *error = NULL;
  char *text = hark_picture_read_code (data, &error);

  (void) source;
  (void) cancellable;
  if (text)
    g_task_return_pointer (task, text, g_free);
  else
    g_task_return_error (task, error);
}

void
hark_code_picture_read (GObject *owner, const char *path, GAsyncReadyCallback done)
{
  g_autoptr (GTask) task = g_task_new (owner, NULL, done, NULL);

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_picture);
}

char *
hark_code_picture_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
