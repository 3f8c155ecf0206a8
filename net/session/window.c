/* net/session/window.c - which numbered packets came already. */
#include "net/session/window.h"

#include <glib.h>
#include <string.h>

static uint64_t
bit_of (uint64_t number)
{
  return UINT64_C (1) << (number % 64);
}

static size_t
word_of (uint64_t number)
{
  return number / 64 % (HARK_WINDOW_LEN / 64);
}

bool
hark_window_is_fresh (const HarkWindow *window, uint64_t number)
{
  if (number >= window->next)
    return true;
  return window->next - number <= HARK_WINDOW_LEN
         && !(window->seen[word_of (number)] & bit_of (number));
}

void
hark_window_mark (HarkWindow *window, uint64_t number)
{
  if (number >= window->next) {
    if (number - window->next >= HARK_WINDOW_LEN)
      memset (window->seen, 0, sizeof window->seen);
    else
      for (uint64_t i = window->next; i <= number; i++)
        window->seen[word_of (i)] &= ~bit_of (i);
    window->next = number + 1;
  }
  window->seen[word_of (number)] |= bit_of (number);
}
