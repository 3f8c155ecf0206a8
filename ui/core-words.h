/* ui/core-words.h - sentences of the engine in the language of the window.
 *
 * The engine says what it has to say in English, so that logs, hark-cli and bug reports agree. What
 * it says to people is listed here with its variable parts as {1}, {2}...; tests/lint/languages.py
 * checks that the engine still says so. Pure, but for the language the process runs in.
 */
#pragma once

#include "core/hark.h"

/* hark_core_words: (transfer full) (nullable): @sentence (nullable), translated when it is known,
 * else as it is. */
char *hark_core_words (const char *sentence);

/* hark_core_words_translate: the same in place: frees and replaces *@sentence (nullable). */
void hark_core_words_translate (char **sentence);
