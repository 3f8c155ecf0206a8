#include "ui/desktop/launcher.h"

#include "ui/desktop/follower.h"
#include "ui/model/chats.h"

#define INTERFACE "com.canonical.Unity.LauncherEntry"
#define PATH "/org/hark/Hark/LauncherEntry"
#define ENTRY "application://org.hark.Hark.desktop"

struct _HarkLauncher {
  GDBusConnection *connection;
  HarkClient *client;
  HarkFollower *follower;
  GPtrArray *batch;         /* HarkTransferItem: moving, or moved since nothing did */
  unsigned unread, percent; /* as said last */
  bool moving;
};

/* Per cent of what belongs together, so that the bar does not fall back when one of several files
 * is done; *@ret_moving: some of it moves. */
static unsigned
count_percent (HarkLauncher *launcher, bool *ret_moving)
{
  double bytes = 0, size = 0;

  *ret_moving = false;
  for (guint i = 0; i < launcher->batch->len; i++) {
    const HarkTransfer *transfer = hark_transfer_item_get (launcher->batch->pdata[i]);
    const bool done = transfer->state == HARK_FILE_DONE;

    if (transfer->state == HARK_FILE_REFUSED || transfer->state == HARK_FILE_FAILED)
      continue;
    *ret_moving |= transfer->state == HARK_FILE_MOVING;
    bytes += (double) (done ? transfer->size : MIN (transfer->bytes, transfer->size));
    size += (double) transfer->size;
  }
  return size > 0 ? (unsigned) (100 * bytes / size) : 0;
}

static void
tell (HarkLauncher *launcher)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&values, "{sv}", "progress",
                         g_variant_new_double (launcher->percent / 100.0));
  g_variant_builder_add (&values, "{sv}", "progress-visible",
                         g_variant_new_boolean (launcher->moving));
  g_variant_builder_add (&values, "{sv}", "count", g_variant_new_int64 (launcher->unread));
  g_variant_builder_add (&values, "{sv}", "count-visible",
                         g_variant_new_boolean (launcher->unread > 0));
  g_dbus_connection_emit_signal (launcher->connection, NULL, PATH, INTERFACE, "Update",
                                 g_variant_new ("(sa{sv})", ENTRY, &values), NULL);
}

static void
look (void *data)
{
  HarkLauncher *launcher = data;
  const unsigned unread = hark_chats_count_unread (launcher->client, false);
  unsigned percent;
  bool moving;

  if (!hark_client_get_engine (launcher->client))
    g_ptr_array_set_size (launcher->batch, 0); /* locked: nothing moves */
  percent = count_percent (launcher, &moving);
  if (!moving) {
    g_ptr_array_set_size (launcher->batch, 0);
    percent = 0;
  }
  if (unread == launcher->unread && percent == launcher->percent && moving == launcher->moving)
    return;
  launcher->unread = unread;
  launcher->percent = percent;
  launcher->moving = moving;
  tell (launcher);
}

static void
on_transfer (HarkLauncher *launcher, HarkTransferItem *item)
{
  if (hark_transfer_item_get (item)->state == HARK_FILE_MOVING
      && !g_ptr_array_find (launcher->batch, item, NULL))
    g_ptr_array_add (launcher->batch, g_object_ref (item));
  if (launcher->batch->len > 0)
    hark_follower_look (launcher->follower);
}

HarkLauncher *
hark_launcher_new (GDBusConnection *connection, HarkClient *client)
{
  HarkLauncher *launcher = g_new0 (HarkLauncher, 1);

  launcher->connection = g_object_ref (connection);
  launcher->client = g_object_ref (client);
  launcher->batch = g_ptr_array_new_with_free_func (g_object_unref);
  launcher->follower = hark_follower_new (client, look, launcher);
  g_signal_connect_swapped (client, "transfer", G_CALLBACK (on_transfer), launcher);
  g_signal_connect_swapped (hark_client_get_people (client), "items-changed",
                            G_CALLBACK (hark_follower_look), launcher->follower);
  return launcher;
}

void
hark_launcher_free (HarkLauncher *launcher)
{
  if (!launcher)
    return;
  g_signal_handlers_disconnect_by_data (launcher->client, launcher);
  g_signal_handlers_disconnect_by_data (hark_client_get_people (launcher->client),
                                        launcher->follower);
  hark_follower_free (launcher->follower);
  g_ptr_array_unref (launcher->batch);
  g_object_unref (launcher->client);
  g_object_unref (launcher->connection);
  g_free (launcher);
}
