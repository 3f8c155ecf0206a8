#include "ui/words/files.h"

#include "ui/language.h"
#include "ui/words/calls.h"

#include <glib/gi18n.h>

static char *
size_words (uint64_t bytes)
{
  g_autofree char *size = g_format_size (bytes);

  return hark_language_apart (size);
}

/* What stands still because they are away goes on by itself. */
static char *
stall_words (const HarkTransfer *transfer, const HarkPerson *person, char *moved)
{
  g_autofree char *own = moved;
  g_autofree char *name = hark_language_apart (person->name);

  if (transfer->rate >= 1.0 || transfer->has_group || transfer->sources > 1
      || person->presence == HARK_PRESENCE_ONLINE)
    return g_steal_pointer (&own);
  return g_strdup_printf (_ ("%s, waiting for %s"), own, name);
}

static char *
progress_words (const HarkTransfer *transfer, const HarkPerson *person, const char *size)
{
  g_autofree char *bytes = size_words (transfer->bytes);
  g_autofree char *rate = NULL;
  double left_s;

  if (transfer->rate < 1.0 || transfer->bytes > transfer->size)
    return stall_words (transfer, person, g_strdup_printf (_ ("%s of %s"), bytes, size));
  rate = size_words ((uint64_t) transfer->rate);
  left_s = (double) (transfer->size - transfer->bytes) / transfer->rate;
  if (left_s < 60.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u s left"), bytes, size, rate,
                            (unsigned) (left_s + 0.99));
  if (left_s < 3600.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u min left"), bytes, size, rate,
                            (unsigned) (left_s / 60.0 + 0.99));
  if (left_s < 100.0 * 3600.0)
    return g_strdup_printf (_ ("%s of %s, %s/s, %u h left"), bytes, size, rate,
                            (unsigned) (left_s / 3600.0 + 0.99));
  return g_strdup_printf (_ ("%s of %s, %s/s"), bytes, size, rate);
}

/* Who has to go on with it, and what for it waits. */
static char *
pause_words (const HarkTransfer *transfer, const char *size, const char *name)
{
  g_autofree char *bytes = size_words (transfer->bytes);
  g_autofree char *moved = g_strdup_printf (_ ("%s of %s"), bytes, size);

  if (transfer->lost && transfer->reason)
    return g_strdup_printf (_ ("%s, paused. %s"), moved, transfer->reason);
  if (transfer->paused_here && transfer->paused_there)
    return g_strdup_printf (_ ("%s, paused by you and by %s"), moved, name);
  if (transfer->paused_there)
    return g_strdup_printf (_ ("%s, paused by %s"), moved, name);
  if (transfer->reason)
    return g_strdup_printf (_ ("%s, paused. %s"), moved, transfer->reason);
  return transfer->paused_here ? g_strdup_printf (_ ("%s, paused by you"), moved)
                               : g_strdup_printf (_ ("%s, paused"), moved);
}

static char *
wait_words (const HarkTransfer *transfer, const HarkPerson *person, const char *size)
{
  g_autofree char *name = hark_language_apart (person->name);

  if (transfer->reason)
    return g_strdup_printf ("%s. %s", size, transfer->reason);
  if (transfer->outgoing)
    return g_strdup_printf (_ ("%s, waiting for %s to accept"), size, name);
  return hark_words_file_queues (transfer, person)
           ? g_strdup_printf (_ ("%s, comes when others have arrived"), size)
           : g_strdup_printf (_ ("%s, waiting for %s"), size, name);
}

bool
hark_words_file_queues (const HarkTransfer *transfer, const HarkPerson *person)
{
  return transfer->state == HARK_FILE_WAITING && !transfer->outgoing && !transfer->reason
         && person->presence == HARK_PRESENCE_ONLINE;
}

char *
hark_words_file_more (const HarkTransfer *transfer, const HarkPerson *person)
{
  g_autoptr (GString) more = g_string_new (NULL);
  g_autofree char *path = NULL;

  if (transfer->folder)
    g_string_append_printf (
      more, ngettext ("Folder with %u file", "Folder with %u files", transfer->files),
      transfer->files);
  if (transfer->has_group) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (more,
                            ngettext ("%u of %u has it", "%u of %u have it", transfer->people_have),
                            transfer->people_have, transfer->people);
  }
  if (transfer->sources > 1) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (
      more, ngettext ("Comes from %u contact", "Comes from %u contacts at once", transfer->sources),
      transfer->sources);
  }
  path = transfer->state == HARK_FILE_MOVING && !transfer->has_group && transfer->sources <= 1
           ? hark_words_call_path (person->path, person->relay)
           : NULL;
  if (path) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append (more, path);
  }
  if (transfer->skipped > 0) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append_printf (more,
                            ngettext ("%u left out: it is a link, a device or not readable",
                                      "%u left out: they are links, devices or not readable",
                                      transfer->skipped),
                            transfer->skipped);
  }
  if (transfer->risky) {
    g_string_append (more, more->len ? "\n" : "");
    g_string_append (more, _ ("Careful: opening it may run a program"));
  }
  return more->len ? g_strdup (more->str) : NULL;
}

char *
hark_words_file (const HarkTransfer *transfer, const HarkPerson *person)
{
  g_autofree char *size = size_words (transfer->size);
  g_autofree char *name = hark_language_apart (person->name);

  switch (transfer->state) {
  case HARK_FILE_OFFERED:
    return g_strdup_printf (_ ("%s, offered by %s"), size, name);
  case HARK_FILE_WAITING:
    return wait_words (transfer, person, size);
  case HARK_FILE_MOVING:
    return progress_words (transfer, person, size);
  case HARK_FILE_PAUSED:
    return pause_words (transfer, size, name);
  case HARK_FILE_DONE:
    if (transfer->has_group && transfer->outgoing)
      return transfer->reason ? g_strdup_printf ("%s. %s", size, transfer->reason)
                              : g_strdup (size);
    return transfer->outgoing ? g_strdup_printf (_ ("%s, on %s's disk"), size, name)
                              : g_strdup_printf (_ ("%s, saved and verified"), size);
  case HARK_FILE_REFUSED:
    return transfer->outgoing ? g_strdup_printf (_ ("%s, not wanted"), size)
                              : g_strdup_printf (_ ("%s, you refused it"), size);
  case HARK_FILE_FAILED:
    return g_strdup_printf (_ ("%s, failed. %s"), size, transfer->reason ? transfer->reason : "");
  }
  return g_strdup (size);
}
