#include "tests/sim/long-clip.h"

#include "core/voice/recorder.h"

#include <string.h>

#define BLOCKS 100 /* of 10 ms */

GPtrArray *
hark_sim_speak_parts (uint8_t set, unsigned n)
{
  const uint8_t name[HARK_OGG_SET_LEN] = {set};
  const int16_t quiet[HARK_VOICE_BLOCK] = {0};
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (unsigned part = 1; part <= n; part++) {
    g_autoptr (HarkRecorder) recorder = hark_recorder_new (name);
    g_autoptr (GPtrArray) files = NULL;
    uint8_t *bytes;
    gsize len;

    for (unsigned i = 0; i < BLOCKS; i++)
      hark_recorder_take (recorder, quiet);
    files = hark_recorder_finish (recorder);
    bytes = g_bytes_unref_to_data (g_ptr_array_steal_index (files, 0), &len);
    hark_ogg_set_part (bytes, name, part, n);
    g_ptr_array_add (parts, g_bytes_new_take (bytes, len));
  }
  return parts;
}

void
hark_sim_take_parts (HarkCommand *command, const GPtrArray *parts)
{
  command->sound = g_bytes_ref (parts->pdata[0]);
  command->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 1; i < parts->len; i++)
    g_ptr_array_add (command->parts, g_bytes_ref (parts->pdata[i]));
}

bool
hark_sim_has_clip (HarkSimCoreNode *node,
                   const HarkKey *contact,
                   const uint8_t id[HARK_MESSAGE_ID_LEN],
                   const GPtrArray *parts,
                   HarkMessageState least)
{
  g_autoptr (GPtrArray) rows = hark_sim_core_node_history (node, contact);
  const HarkStoreMessage *row = rows->len == 1 ? rows->pdata[0] : NULL;

  return row != NULL && memcmp (row->id, id, sizeof row->id) == 0 && row->parts == parts->len
         && row->parts_here == parts->len && row->length_ms == 1000 * parts->len && !row->deleted
         && (row->has_group ? row->state : row->least) >= least;
}
