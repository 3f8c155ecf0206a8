/* core/store/suspects.h - things that processes died over, with how many: what poison.h remembers.
 *
 * Pure. An array of the caller's, which may be that of a file: all zeros is empty, the newest stand
 * first. When it is full, of those with the fewest deaths the oldest goes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HARK_SUSPECT_NAME 16 /* bytes; a hash */

typedef struct {
  uint8_t name[HARK_SUSPECT_NAME];
  uint8_t deaths; /* 0: the place is free */
  uint8_t is_person;
} HarkSuspect;

/* hark_suspects_find: (nullable): borrowed from @all (@n places), until the next blame.
 * hark_suspects_deaths: 0 when it is not there. */
HarkSuspect *hark_suspects_find (HarkSuspect *all, size_t n, const uint8_t name[HARK_SUSPECT_NAME]);
unsigned hark_suspects_deaths (HarkSuspect *all, size_t n, const uint8_t name[HARK_SUSPECT_NAME]);

/* hark_suspects_blame: one death more; it is the newest now. */
void hark_suspects_blame (HarkSuspect *all,
                          size_t n,
                          const uint8_t name[HARK_SUSPECT_NAME],
                          uint8_t is_person);
