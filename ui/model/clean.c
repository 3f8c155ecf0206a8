#include "ui/model/clean.h"

#include "ui/core-words.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>

#define NAME_CHARS 48

void
hark_clean_line (char **text, size_t chars_max)
{
  char *line;

  if (!*text)
    return;
  line = g_strdelimit (hark_words_shown (*text, chars_max), "\n\r\t", ' ');
  g_free (*text);
  *text = line;
}

void
hark_clean_person (HarkPerson *person)
{
  char **const names[] = {&person->name, &person->claimed, &person->via, &person->resembles};

  for (size_t i = 0; i < G_N_ELEMENTS (names); i++)
    hark_clean_line (names[i], NAME_CHARS);
}

void
hark_clean_group (HarkGroupInfo *group)
{
  hark_clean_line (&group->name, NAME_CHARS);
  for (guint i = 0; i < group->people->len; i++)
    hark_clean_line (&((HarkGroupPerson *) group->people->pdata[i])->name, NAME_CHARS);
}

void
hark_clean_group_call (HarkGroupCall *call)
{
  hark_core_words_translate (&call->reason);
  for (guint i = 0; i < call->people->len; i++) {
    HarkGroupCallPerson *person = call->people->pdata[i];

    hark_clean_line (&person->name, NAME_CHARS);
    hark_core_words_translate (&person->reason);
  }
}

void
hark_clean_rename (HarkPerson *person, HarkGroupInfo *group, const char *name)
{
  g_free (person->name);
  person->name = g_strdup (name);
  if (!group)
    return;
  g_free (group->name);
  group->name = g_strdup (name);
}

/* The beginning of the key tells one from the other. */
void
hark_clean_hide (char **hidden, HarkPerson *person, HarkGroupInfo *group)
{
  g_autofree char *key = NULL;
  g_autofree char *shown = NULL;

  if (g_strcmp0 (*hidden, person->name) != 0)
    g_clear_pointer (hidden, g_free);
  if (!*hidden)
    return;
  key = hark_hex (person->account, 4);
  shown = g_strdup_printf (_ ("Name not shown (%s)"), key);
  hark_clean_rename (person, group, shown);
}
