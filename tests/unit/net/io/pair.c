#include "tests/unit/net/io/pair.h"

#include <string.h>

static void
on_local (void *user_data, uint32_t number G_GNUC_UNUSED, const HarkPathDescription *local)
{
  PairEnd *end = user_data;

  end->local = *local;
  end->local_count++;
  if (!end->mute && end->other->path) {
    uint8_t bytes[HARK_PATH_DESCRIPTION_LEN_MAX];
    size_t len = hark_path_description_write (local, bytes, sizeof bytes);
    HarkPathDescription told;

    g_assert_true (hark_path_description_read (bytes, len, true, &told));
    told.complete &= !end->undecided;
    hark_ice_path_set_remote (end->other->path, &told);
  }
}

static void
on_state (void *user_data,
          uint32_t number G_GNUC_UNUSED,
          HarkPathState state,
          const HarkPathInfo *info)
{
  PairEnd *end = user_data;

  g_assert_true ((state == HARK_PATH_READY) == (info != NULL));
  end->state = state;
  if (info) {
    end->info = *info;
    end->ready_count++;
  }
}

static void
on_packet (void *user_data,
           uint32_t number G_GNUC_UNUSED,
           const HarkEndpoint *from,
           const uint8_t *data,
           size_t len)
{
  PairEnd *end = user_data;

  g_assert_cmpuint (end->n_packets, <, PAIR_PACKETS_MAX);
  g_assert_true (!from == !hark_ice_path_is_taken (end->path));
  end->from = from ? *from : (HarkEndpoint){0};
  end->lens[end->n_packets] = len;
  if (len >= 4)
    memcpy (&end->firsts[end->n_packets], data, 4);
  end->n_packets++;
  end->unflushed++;
  end->unflushed_max = MAX (end->unflushed_max, end->unflushed);
  if (end->close_on_packet)
    g_clear_pointer (&end->path, hark_ice_path_close);
}

static void
on_too_big (void *user_data, uint32_t number G_GNUC_UNUSED)
{
  PairEnd *end = user_data;

  end->too_big_count++;
}

static void
on_flush (void *user_data)
{
  PairEnd *end = user_data;

  end->flush_count++;
  end->unflushed = 0;
}

static const HarkIceHandlers handlers = {.on_local = on_local,
                                         .on_state = on_state,
                                         .on_packet = on_packet,
                                         .on_too_big = on_too_big,
                                         .on_flush = on_flush};

void
pair_open_path (Pair *pair)
{
  for (int i = 0; i < 2; i++) {
    PairEnd *end = &pair->ends[i];

    end->state = HARK_PATH_GATHERING;
    end->n_packets = end->ready_count = end->local_count = 0;
    if (pair->before_open)
      pair->before_open (i);
    end->path = hark_ice_path_open (end->ice, 1, i == 0, pair->stun);
  }
}

void
pair_close_path (Pair *pair)
{
  for (int i = 0; i < 2; i++)
    g_clear_pointer (&pair->ends[i].path, hark_ice_path_close);
}

Pair *
pair_new (const char *bind)
{
  HarkIceConfig config = {.bind = bind, .allow_loopback = true};
  Pair *pair = g_new0 (Pair, 1);

  pair->context = g_main_context_new ();
  g_main_context_push_thread_default (pair->context);
  for (int i = 0; i < 2; i++) {
    pair->ends[i].other = &pair->ends[!i];
    pair->ends[i].ice = hark_ice_new (&config, pair->context, &handlers, &pair->ends[i]);
  }
  pair_open_path (pair);
  return pair;
}

void
pair_free (Pair *pair)
{
  pair_close_path (pair);
  for (int i = 0; i < 2; i++)
    hark_ice_free (pair->ends[i].ice);
  g_main_context_pop_thread_default (pair->context);
  g_main_context_unref (pair->context);
  g_free (pair);
}

static gboolean
on_timeout (gpointer data)
{
  *(bool *) data = true;
  return G_SOURCE_CONTINUE;
}

static GSource *
attach_timeout (Pair *pair, unsigned ms, bool *flag)
{
  GSource *source = g_timeout_source_new (ms);

  g_source_set_callback (source, on_timeout, flag, NULL);
  g_source_attach (source, pair->context);
  return source;
}

void
pair_run (Pair *pair, bool (*done) (Pair *pair))
{
  bool over = false;
  GSource *timeout = attach_timeout (pair, 10000, &over);

  while (!done (pair)) {
    g_assert_false (over);
    g_main_context_iteration (pair->context, TRUE);
  }
  g_source_destroy (timeout);
  g_source_unref (timeout);
}

void
pair_settle (Pair *pair, unsigned ms)
{
  bool over = false;
  GSource *timeout = attach_timeout (pair, ms, &over);

  while (!over)
    g_main_context_iteration (pair->context, TRUE);
  g_source_destroy (timeout);
  g_source_unref (timeout);
}

bool
pair_is_ready (Pair *pair)
{
  return pair->ends[0].state == HARK_PATH_READY && pair->ends[1].state == HARK_PATH_READY;
}

unsigned
pair_count_fds (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  unsigned n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static bool
are_taken (Pair *pair)
{
  for (int i = 0; i < 2; i++)
    if (!pair->ends[!i].undecided && !hark_ice_path_is_taken (pair->ends[i].path))
      return false;
  return pair_is_ready (pair);
}

void
pair_run_until_taken (Pair *pair)
{
  pair_run (pair, are_taken);
}
