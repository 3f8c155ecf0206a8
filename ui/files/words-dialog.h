/* ui/files/words-dialog.h - files for somebody who is no contact, by four words, and taking them.
 *
 * Main thread. What happens is a handover of core/hark.h: an engine of its own, in the networks
 * that the user's profile belongs to. Closing the dialog ends it.
 */
#pragma once

#include "core/hark-handover.h"
#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_WORDS_DIALOG (hark_words_dialog_get_type ())
G_DECLARE_FINAL_TYPE (HarkWordsDialog, hark_words_dialog, HARK, WORDS_DIALOG, GtkDialog)

/**
 * hark_words_dialog_new:
 * @client: says which networks; its engine takes no part
 * @config: of the program; its strings outlive the dialog
 * @paths: (nullable): give these: NULL-terminated, copied; at most 32
 * @words: (nullable): or take with these, copied
 */
GtkWidget *hark_words_dialog_new (GtkWindow *parent,
                                  HarkClient *client,
                                  const HarkEngineConfig *config,
                                  const char *const *paths,
                                  const char *words);
