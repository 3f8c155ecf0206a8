#include "ui/questions.h"

typedef struct {
  GMainLoop *loop;
  GtkNativeDialog *chooser;
  int response;
} Choosing;

/* Those that are open, the innermost last. */
static GPtrArray *dialogs;  /* GtkDialog */
static GPtrArray *choosers; /* Choosing */

static void
need_lists (void)
{
  if (dialogs)
    return;
  dialogs = g_ptr_array_new ();
  choosers = g_ptr_array_new ();
}

int
hark_question_run (GtkWidget *dialog)
{
  int response;

  g_return_val_if_fail (GTK_IS_DIALOG (dialog), GTK_RESPONSE_NONE);

  need_lists ();
  g_object_ref (dialog); /* it may be destroyed with its parent */
  g_ptr_array_add (dialogs, dialog);
  response = gtk_dialog_run (GTK_DIALOG (dialog));
  g_ptr_array_remove (dialogs, dialog);
  gtk_widget_destroy (dialog);
  g_object_unref (dialog);
  return response;
}

static void
on_response (Choosing *choosing, int response)
{
  choosing->response = response;
  g_main_loop_quit (choosing->loop);
}

static void
end (Choosing *choosing)
{
  gtk_native_dialog_hide (choosing->chooser);
  on_response (choosing, GTK_RESPONSE_NONE);
}

/* gtk_native_dialog_run() does not end before the user says so. */
bool
hark_question_choose (GtkFileChooserNative *chooser)
{
  GtkWindow *parent = gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (chooser));
  Choosing choosing = {.chooser = GTK_NATIVE_DIALOG (chooser), .response = GTK_RESPONSE_NONE};
  gulong answered, gone;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), false);

  need_lists ();
  g_object_ref (parent);
  choosing.loop = g_main_loop_new (NULL, FALSE);
  g_ptr_array_add (choosers, &choosing);
  answered = g_signal_connect_swapped (chooser, "response", G_CALLBACK (on_response), &choosing);
  gone = g_signal_connect_swapped (parent, "destroy", G_CALLBACK (end), &choosing);
  gtk_native_dialog_set_modal (choosing.chooser, TRUE);
  gtk_native_dialog_show (choosing.chooser);
  g_main_loop_run (choosing.loop);
  g_signal_handler_disconnect (chooser, answered);
  if (g_signal_handler_is_connected (parent, gone))
    g_signal_handler_disconnect (parent, gone);
  g_ptr_array_remove (choosers, &choosing);
  g_main_loop_unref (choosing.loop);
  g_object_unref (parent);
  return choosing.response == GTK_RESPONSE_ACCEPT;
}

void
hark_questions_end (void)
{
  need_lists ();
  for (guint i = 0; i < dialogs->len; i++)
    gtk_dialog_response (dialogs->pdata[i], GTK_RESPONSE_NONE);
  for (guint i = 0; i < choosers->len; i++)
    end (choosers->pdata[i]);
}
