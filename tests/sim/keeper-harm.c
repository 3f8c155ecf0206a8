#include "tests/sim/keeper-harm.h"

#define KINDS_OF_HARM 5

static HarkStoreReply *
tell_store (HarkSimCoreNode *node,
            HarkStoreRequestKind kind,
            const HarkStoreKept *kept,
            GBytes *sealed)
{
  HarkStoreRequest *request = hark_store_request_new (kind, 0);
  HarkStoreReply *reply;

  if (kept != NULL)
    request->kept = *kept;
  request->sealed = sealed != NULL ? g_bytes_ref (sealed) : NULL;
  reply = hark_store_execute (node->store, request);
  g_assert_true (reply->ok);
  return reply;
}

static void
put_back (HarkSimCoreNode *keeper, const HarkStoreKept *kept, uint64_t number, GBytes *sealed)
{
  HarkStoreKept changed = *kept;

  changed.number = number;
  hark_store_reply_free (tell_store (keeper, HARK_STORE_PUT_KEPT, &changed, sealed));
}

static GBytes *
spoil (GBytes *sealed, size_t at)
{
  gsize len;
  guint8 *bytes = g_bytes_unref_to_data (g_bytes_ref (sealed), &len);

  bytes[at % len] ^= 1;
  return g_bytes_new_take (bytes, len);
}

unsigned
hark_sim_do_harm (HarkSimCoreNode *keeper)
{
  g_autoptr (HarkStoreReply) all = tell_store (keeper, HARK_STORE_GET_ALL, NULL, NULL);
  const GArray *kept = all->snapshot->kept;
  g_autoptr (GPtrArray) sealed = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  unsigned whole = 0;

  for (guint i = 0; i < kept->len; i++) {
    const HarkStoreKept *one = &g_array_index (kept, HarkStoreKept, i);
    g_autoptr (HarkStoreReply) reply = tell_store (keeper, HARK_STORE_GET_KEPT, one, NULL);

    g_ptr_array_add (sealed, g_bytes_ref (reply->sealed));
    hark_store_reply_free (tell_store (keeper, HARK_STORE_DELETE_KEPT, one, NULL));
  }
  for (guint i = 0; i < kept->len; i++) {
    HarkStoreKept one = g_array_index (kept, HarkStoreKept, i);
    const uint64_t number = 2 * (kept->len - i);
    g_autoptr (GBytes) changed = spoil (sealed->pdata[i], i * 37);

    if (i % KINDS_OF_HARM == 0 || i % KINDS_OF_HARM == 4) {
      put_back (keeper, &one, number, sealed->pdata[i]);
      whole++;
    } else if (i % KINDS_OF_HARM == 1) {
      put_back (keeper, &one, number, changed);
    } else if (i % KINDS_OF_HARM == 2) {
      put_back (keeper, &one, number, sealed->pdata[i - 1]);
    }
    if (i % KINDS_OF_HARM == 4) {
      one.id[0] ^= 1;
      put_back (keeper, &one, number + 1, sealed->pdata[i]);
    }
  }
  hark_sim_core_node_kill (keeper);
  hark_sim_core_node_start (keeper);
  return whole;
}
