#include "core/backup/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A record is refused, or means something that can be stored. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (HarkBackupItem) item;

  hark_backup_parse (data, size, &item);
  if ((item.kind == HARK_BACKUP_PUT) != (item.request != NULL))
    abort ();
  if (item.request != NULL && item.request->message != NULL
      && !g_utf8_validate (item.request->message->text, -1, NULL))
    abort ();
  return 0;
}
