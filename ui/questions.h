/* ui/questions.h - dialogs that are waited for in a loop of their own.
 *
 * Whatever the window does goes on meanwhile: another conversation is opened by a notice, a contact
 * is removed, the profile is locked, the program is told to end. So who asks holds on to what the
 * question is about, and a question ends, unanswered, with the window it belongs to. Main thread.
 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* hark_question_run: (transfer full) @dialog, which is gone afterwards. Returns: its response;
 * GTK_RESPONSE_NONE when it went before somebody answered */
int hark_question_run (GtkWidget *dialog);

/* hark_question_choose: shows @chooser, which stays the caller's. Returns: true: something was
 * chosen, and the window that @chooser belongs to is still there */
bool hark_question_choose (GtkFileChooserNative *chooser);

/* hark_questions_end: nobody answers those that are open any more; who asked goes on as soon as the
 * main loop is left to them. */
void hark_questions_end (void);
