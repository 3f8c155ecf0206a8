/* What a window draws, as core/hark-drawn.h has it: the store's file of what is under way. */
#include "core/engine/engine-private.h"
#include "core/hark.h"

#include <string.h>

G_STATIC_ASSERT ((int) HARK_DRAW_NOW == HARK_DRAWING_NOW
                 && (int) HARK_DRAW_LATER == HARK_DRAWING_LATER
                 && (int) HARK_DRAW_NEVER == HARK_DRAWING_NEVER);
G_STATIC_ASSERT ((int) HARK_DRAW_FILL == HARK_DRAWING_FILL
                 && (int) HARK_DRAW_LAY_OUT == HARK_DRAWING_LAY_OUT
                 && (int) HARK_DRAW_PAINT == HARK_DRAWING_PAINT);

static HarkPoison *
poison_of (HarkEngine *engine)
{
  return engine->store != NULL ? hark_store_poison (engine->store) : NULL;
}

static HarkKey
key_of (const uint8_t account[HARK_ACCOUNT_LEN])
{
  HarkKey key;

  memcpy (key.bytes, account, sizeof key.bytes);
  return key;
}

HarkDraw
hark_engine_draw (HarkEngine *engine,
                  HarkDrawStep step,
                  const uint8_t whose[HARK_ACCOUNT_LEN],
                  const void *what,
                  size_t len)
{
  const HarkKey key = key_of (whose);

  return (HarkDraw) hark_poison_draw (poison_of (engine), (HarkDrawingStep) step, &key, what, len);
}

void
hark_engine_drawn (HarkEngine *engine)
{
  hark_poison_drawn (poison_of (engine));
}

void
hark_engine_draw_rest (HarkEngine *engine)
{
  hark_poison_draw_rest (poison_of (engine));
}

bool
hark_engine_draw_died (HarkEngine *engine)
{
  return hark_poison_draw_died (poison_of (engine));
}

bool
hark_engine_draws_never (HarkEngine *engine,
                         const uint8_t whose[HARK_ACCOUNT_LEN],
                         const void *what,
                         size_t len)
{
  const HarkKey key = key_of (whose);

  return hark_poison_draws_never (poison_of (engine), &key, what, len);
}

void
hark_engine_draw_anyway (HarkEngine *engine,
                         const uint8_t whose[HARK_ACCOUNT_LEN],
                         const void *what,
                         size_t len)
{
  const HarkKey key = key_of (whose);

  hark_poison_draw_anyway (poison_of (engine), &key, what, len);
}
