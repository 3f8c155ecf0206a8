/* core/hark-sizes.h - how long what has a fixed length is; part of core/hark.h. */
#pragma once

#include <stddef.h>

#define HARK_ACCOUNT_LEN 32
#define HARK_MESSAGE_ID_LEN 16
#define HARK_PICTURE_SIDE 96 /* pixels */
#define HARK_SOUND_MAX 65536 /* bytes of a voice message */
#define HARK_RECORDING_MS_MAX 300000
#define HARK_PEAKS 64 /* parts of a voice message: how loud each is, 0 to 255 */
/* A preview of a picture that is given: a byte for its width, one for its height, then RGB, row by
 * row. */
#define HARK_PREVIEW_WIDTH_MAX 160
#define HARK_PREVIEW_HEIGHT_MAX 120
#define HARK_PREVIEW_LEN_MAX \
  (2 + (size_t) HARK_PREVIEW_WIDTH_MAX * HARK_PREVIEW_HEIGHT_MAX * 3) /* bytes */
#define HARK_PICTURE_LEN                                                  \
  ((size_t) HARK_PICTURE_SIDE * HARK_PICTURE_SIDE * 3) /* RGB, row by row \
                                                        */
