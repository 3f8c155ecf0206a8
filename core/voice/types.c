#include "core/voice/types.h"

GQuark
hark_voice_error_quark (void)
{
  return g_quark_from_static_string ("hark-voice-error-quark");
}
