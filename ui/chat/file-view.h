/* ui/chat/file-view.h - one file in a conversation: name, state in words, progress, what can be
 * done. Main thread. */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>

#define HARK_TYPE_FILE_VIEW (hark_file_view_get_type ())
G_DECLARE_FINAL_TYPE (HarkFileView, hark_file_view, HARK, FILE_VIEW, GtkBox)

/* hark_file_view_set: the file of @message, from or to @person; once. */
void hark_file_view_set (HarkFileView *view,
                         HarkClient *client,
                         HarkPersonItem *person,
                         HarkMessageItem *message);
