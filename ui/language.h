/* ui/language.h - the language of the window: that of the locale, if there is a translation.
 *
 * Main thread, before anything is shown.
 */
#pragma once

/**
 * hark_language_start:
 * @folder: (nullable): where LANGUAGE/LC_MESSAGES/hark.mo lie; NULL: where they were installed, or
 * beside a program that runs in its build folder
 *
 * After setlocale(): from here on gettext() speaks it.
 */
void hark_language_start (const char *folder);

/* hark_language_turn: after gtk_init(): lets widgets run from right to left where the language
 * does, also where GTK itself has no translation. */
void hark_language_turn (void);

/* hark_language_apart: (transfer full): @text (a name, a path; nullable) for a place in a sentence:
 * where its letters run the other way than the sentence's, isolated from it (UAX #9). */
char *hark_language_apart (const char *text);
