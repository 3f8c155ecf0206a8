/* ui/network/network-file.h - a closed network that comes as a file (core/hark-network.h): opened
 * from the desktop, dropped on the window or chosen, and saved for others. Main thread.
 */
#pragma once

#include "ui/model/client.h"

#include <gtk/gtk.h>
#include <stdbool.h>

/* hark_network_file_is: @uri names such a file, whatever is in it. */
bool hark_network_file_is (const char *uri);

/**
 * hark_network_file_join:
 * @parent: a window; one question at a time
 * @client: with an engine
 * @on_joined: the profile belongs to the network, from the engine's next start on; with @data
 *
 * Says in words what joining changes, and joins when the user agrees. Nothing happens before; what
 * is wrong with the file becomes a warning of @client.
 */
void hark_network_file_join (GtkWindow *parent,
                             HarkClient *client,
                             const char *uri,
                             void (*on_joined) (void *data),
                             void *data);

/* hark_network_file_choose: the user chooses one; (transfer full) (nullable) its URI. */
char *hark_network_file_choose (GtkWindow *parent);

/* hark_network_file_keep: the user chooses where @network (as HarkEngineConfig.network) with @peers
 * (nullable) is written to. (transfer full) (nullable): what went wrong. */
char *hark_network_file_keep (GtkWindow *parent, const char *network, char **peers);

/* hark_network_file_is_given: @uris came over somebody called @name. When they are one such file,
 * which opens a network to whoever has it, the user is asked, @parent being where. Returns: whether
 * they are to be sent; else it was opened here, as from the desktop, or nothing is done. */
bool hark_network_file_is_given (GtkWidget *parent, char **uris, const char *name);

/* hark_network_file_drop_set: such files may be dropped on @window, and are opened by
 * @application as from the desktop. */
void
hark_network_file_drop_set (GtkWidget *window, GtkApplication *application, HarkClient *client);
