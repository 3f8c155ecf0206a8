#include "ui/desktop/launcher.h"

#include "ui/model/chats.h"

#define INTERFACE "com.canonical.Unity.LauncherEntry"
#define PATH "/org/hark/Hark/LauncherEntry"
#define ENTRY "application://org.hark.Hark.desktop"

typedef struct {
  GDBusConnection *connection;
  HarkClient *client; /* owns us */
  GPtrArray *batch;   /* HarkTransferItem: moving, or moved since nothing did */
  guint idle;
  unsigned unread, percent; /* as said last */
  bool moving;
} Launcher;

static void
launcher_free (void *data)
{
  Launcher *launcher = data;

  g_clear_handle_id (&launcher->idle, g_source_remove);
  g_ptr_array_unref (launcher->batch);
  g_object_unref (launcher->connection);
  g_free (launcher);
}

/* Per cent of what belongs together, so that the bar does not fall back when one of several files
 * is done; *@ret_moving: some of it moves. */
static unsigned
count_percent (Launcher *launcher, bool *ret_moving)
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
tell (Launcher *launcher)
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

static gboolean
on_idle (void *data)
{
  Launcher *launcher = data;
  const unsigned unread = hark_chats_count_unread (launcher->client, false);
  unsigned percent;
  bool moving;

  launcher->idle = 0;
  if (!hark_client_get_engine (launcher->client))
    g_ptr_array_set_size (launcher->batch, 0); /* locked: nothing moves */
  percent = count_percent (launcher, &moving);
  if (!moving) {
    g_ptr_array_set_size (launcher->batch, 0);
    percent = 0;
  }
  if (unread == launcher->unread && percent == launcher->percent && moving == launcher->moving)
    return G_SOURCE_REMOVE;
  launcher->unread = unread;
  launcher->percent = percent;
  launcher->moving = moving;
  tell (launcher);
  return G_SOURCE_REMOVE;
}

static void
look_again (Launcher *launcher)
{
  if (launcher->idle == 0)
    launcher->idle = g_idle_add (on_idle, launcher);
}

static void
on_transfer (Launcher *launcher, HarkTransferItem *item)
{
  if (hark_transfer_item_get (item)->state == HARK_FILE_MOVING
      && !g_ptr_array_find (launcher->batch, item, NULL))
    g_ptr_array_add (launcher->batch, g_object_ref (item));
  if (launcher->batch->len > 0)
    look_again (launcher);
}

void
hark_launcher_follow (GDBusConnection *connection, HarkClient *client)
{
  static const char *const others[] = {"message", "read", "told"};
  Launcher *launcher = g_new0 (Launcher, 1);

  launcher->connection = g_object_ref (connection);
  launcher->client = client;
  launcher->batch = g_ptr_array_new_with_free_func (g_object_unref);
  g_object_set_data_full (G_OBJECT (client), "hark-launcher", launcher, launcher_free);
  g_signal_connect_swapped (client, "transfer", G_CALLBACK (on_transfer), launcher);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_signal_connect_swapped (client, others[i], G_CALLBACK (look_again), launcher);
  g_signal_connect_swapped (hark_client_get_people (client), "items-changed",
                            G_CALLBACK (look_again), launcher);
}
