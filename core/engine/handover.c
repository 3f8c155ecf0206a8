#include "core/hark-handover.h"
#include "core/identity/meeting.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

#define CONNECT_S 90      /* from the words to the connection */
#define LAST_WORD_MS 3000 /* what we said last shall be read */

struct HarkHandover {
  HarkEngine *engine;
  char *profile; /* directory of this handover */
  char **paths;  /* give; else NULL */
  char *words;   /* take: as typed */
  void (*on_step) (const HarkHandoverStep *step, void *data);
  void (*on_event) (const HarkEvent *event, void *data);
  void *data;
  GSource *timeout;      /* no connection, or the last word was said */
  GHashTable *transfers; /* numbers of those that go on */
  unsigned files, over;
  bool failed; /* one of them */
  bool met;
  bool ended;          /* what comes now changes nothing any more */
  bool ok, refused;    /* of OVER, */
  char *code, *reason; /* and why */
};

bool
hark_handover_is_words (const char *text)
{
  HarkMeetingWords words;
  const bool are = hark_meeting_words_parse (text, &words);

  sodium_memzero (&words, sizeof words);
  return are;
}

static void
tell (HarkHandover *handover,
      HarkHandoverKind kind,
      const char *words,
      const HarkTransfer *transfer)
{
  const HarkHandoverStep step = {.kind = kind,
                                 .words = words,
                                 .transfer = transfer,
                                 .files = handover->files,
                                 .over = handover->over,
                                 .ok = handover->ok,
                                 .refused = handover->refused,
                                 .code = handover->code,
                                 .text = handover->reason};

  handover->on_step (&step, handover->data);
}

static gboolean
on_over (gpointer data)
{
  HarkHandover *handover = data;

  g_clear_pointer (&handover->timeout, g_source_unref);
  tell (handover, HARK_HANDOVER_OVER, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
wait_then (HarkHandover *handover, unsigned ms, GSourceFunc after)
{
  if (handover->timeout)
    g_source_destroy (handover->timeout);
  g_clear_pointer (&handover->timeout, g_source_unref);
  handover->timeout = g_timeout_source_new (ms);
  g_source_set_callback (handover->timeout, after, handover, NULL);
  g_source_attach (handover->timeout, g_main_context_get_thread_default ());
}

/* @code, @reason: (nullable); @ms: the last packets are on their way for so long. */
static void
end (HarkHandover *handover, bool ok, const char *code, const char *reason, unsigned ms)
{
  if (handover->ended)
    return;
  handover->ended = true;
  handover->ok = ok;
  handover->code = g_strdup (code);
  handover->reason = g_strdup (reason);
  wait_then (handover, ms, on_over);
}

static gboolean
on_no_connection (gpointer data)
{
  end (data, false, "no-way",
       "You found each other, but no way between the two networks works. Is UDP blocked?", 0);
  return G_SOURCE_REMOVE;
}

/* ---- commands -------------------------------------------------------------------- */

static void
meet (HarkHandover *handover, const char *address)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_MEET);

  command->how = g_strdup (handover->paths ? "give" : "take");
  command->address = g_strdup (address);
  command->text = g_strdup (handover->words);
  command->limit = handover->files;
  hark_engine_send (handover->engine, command);
}

static void
begin (HarkHandover *handover)
{
  HarkCommand *command;

  if (!handover->paths) {
    meet (handover, NULL);
    return;
  }
  command = hark_command_new (HARK_COMMAND_ADDRESS);
  command->one_time = true;
  hark_engine_send (handover->engine, command);
}

static void
give (HarkHandover *handover, const HarkPerson *person)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_GIVE);

  command->has_contact = true;
  memcpy (command->contact, person->account, sizeof command->contact);
  command->paths = g_strdupv (handover->paths);
  hark_engine_send (handover->engine, command);
}

/* ---- what comes back ------------------------------------------------------------- */

static void
go_on (HarkHandover *handover, uint64_t transfer)
{
  g_hash_table_add (handover->transfers, g_memdup2 (&transfer, sizeof transfer));
}

static void
handle_result (HarkHandover *handover, const HarkEvent *event)
{
  if (!event->ok) {
    handover->refused = event->command == HARK_COMMAND_MEET;
    end (handover, false, event->code, event->text, 0);
  } else if (event->command == HARK_COMMAND_ADDRESS)
    meet (handover, event->address);
  else if (event->command == HARK_COMMAND_MEET && handover->paths)
    tell (handover, HARK_HANDOVER_WORDS, event->text, NULL);
  else if (event->command == HARK_COMMAND_GIVE)
    for (guint i = 0; event->numbers && i < event->numbers->len; i++)
      go_on (handover, g_array_index (event->numbers, uint64_t, i));
}

static void
handle_met (HarkHandover *handover, const HarkEvent *event)
{
  HarkCommand *command;

  if (!handover->paths && event->number == 0) {
    end (handover, false, "mailbox",
         "These words are a mailbox node's: it is added in the preferences of the network.", 0);
    return;
  }
  handover->met = true;
  wait_then (handover, CONNECT_S * 1000, on_no_connection);
  if (!handover->paths) {
    handover->files = (unsigned) event->number;
    command = hark_command_new (HARK_COMMAND_ADD);
    command->address = g_strdup (event->address);
    hark_engine_send (handover->engine, command);
  }
  tell (handover, HARK_HANDOVER_MET, NULL, NULL);
}

static void
handle_meeting (HarkHandover *handover, const HarkEvent *event)
{
  const bool tells = handover->paths && g_strcmp0 (event->code, "wrong-words") == 0;

  switch (event->meeting_step) {
  case HARK_MEETING_STEP_THERE:
    tell (handover, HARK_HANDOVER_THERE, NULL, NULL);
    break;
  case HARK_MEETING_STEP_MET:
    handle_met (handover, event);
    break;
  case HARK_MEETING_STEP_OVER: /* who tried is told, too */
    end (handover, false, event->code, event->reason, tells ? LAST_WORD_MS : 0);
    break;
  }
}

static void
handle_contact (HarkHandover *handover, const HarkPerson *person)
{
  const bool online = person->presence == HARK_PRESENCE_ONLINE;

  if (person->status != HARK_PERSON_ACCEPTED || !handover->met)
    return;
  if (online && handover->timeout && !handover->ended) {
    g_source_destroy (handover->timeout);
    g_clear_pointer (&handover->timeout, g_source_unref);
    if (handover->paths)
      give (handover, person);
  }
  /* whoever has everything may go first */
  if (!online && handover->over > 0 && handover->over >= handover->files) {
    if (handover->ended && handover->timeout)
      wait_then (handover, 0, on_over);
    else
      end (handover, !handover->failed, NULL, handover->reason, 0);
  }
}

static void
handle_transfer (HarkHandover *handover, const HarkTransfer *transfer)
{
  const bool over = transfer->state == HARK_FILE_DONE || transfer->state == HARK_FILE_REFUSED
                    || transfer->state == HARK_FILE_FAILED;

  if (!handover->paths && !transfer->outgoing && !over)
    go_on (handover, transfer->id);
  if (!g_hash_table_contains (handover->transfers, &transfer->id))
    return;
  if (over) {
    g_hash_table_remove (handover->transfers, &transfer->id);
    handover->over++;
    handover->failed |= transfer->state != HARK_FILE_DONE;
  }
  tell (handover, HARK_HANDOVER_FILE, NULL, transfer);
  if (over && handover->over >= handover->files) /* they hear that we have it */
    end (handover, !handover->failed, NULL, NULL, handover->paths ? 0 : LAST_WORD_MS);
}

static void
on_event (const HarkEvent *event, void *data)
{
  HarkHandover *handover = data;

  if (handover->on_event)
    handover->on_event (event, handover->data);
  if (handover->ended && event->kind != HARK_EVENT_CONTACT)
    return;
  if (event->kind == HARK_EVENT_READY)
    begin (handover);
  else if (event->kind == HARK_EVENT_RESULT)
    handle_result (handover, event);
  else if (event->kind == HARK_EVENT_MEETING)
    handle_meeting (handover, event);
  else if (event->kind == HARK_EVENT_CONTACT)
    handle_contact (handover, event->person);
  else if (event->kind == HARK_EVENT_FILE_OFFER || event->kind == HARK_EVENT_FILE_STATE)
    handle_transfer (handover, event->transfer);
}

/* ---- life ------------------------------------------------------------------------ */

static bool
start (HarkHandover *handover, const HarkEngineConfig *config, const char *to, GError **error)
{
  HarkEngineConfig own = *config;

  handover->profile = g_dir_make_tmp ("hark-handover-XXXXXX", error);
  if (!handover->profile
      || !hark_profile_create (handover->profile, "Hark", NULL, NULL, NULL, error))
    return false;
  own.profile = handover->profile;
  own.passphrase = NULL;
  own.mic = own.speaker = "none";
  own.auto_accept_requests = handover->paths != NULL;
  own.auto_accept_files = handover->paths ? NULL : to;
  own.auto_answer = own.visible = own.mailbox = false;
  own.relay_file = NULL;
  own.no_relay = true;
  handover->engine = hark_engine_new (&own, NULL, on_event, handover, error);
  return handover->engine != NULL;
}

HarkHandover *
hark_handover_new (const HarkEngineConfig *config,
                   const char *const *paths,
                   const char *words,
                   const char *to,
                   void (*on_step) (const HarkHandoverStep *step, void *data),
                   void (*on_event_too) (const HarkEvent *event, void *data),
                   void *data,
                   GError **error)
{
  HarkHandover *handover = g_new0 (HarkHandover, 1);

  handover->paths = g_strdupv ((char **) paths);
  handover->words = g_strdup (words);
  handover->files = paths ? g_strv_length (handover->paths) : 0;
  handover->on_step = on_step;
  handover->on_event = on_event_too;
  handover->data = data;
  handover->transfers = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  if (!start (handover, config, to, error))
    g_clear_pointer (&handover, hark_handover_free);
  return handover;
}

void
hark_handover_free (HarkHandover *handover)
{
  if (!handover)
    return;
  if (handover->engine)
    hark_engine_free (handover->engine);
  if (handover->timeout)
    g_source_destroy (handover->timeout);
  g_clear_pointer (&handover->timeout, g_source_unref);
  if (handover->profile) {
    hark_profile_erase (handover->profile, NULL);
    g_rmdir (handover->profile);
  }
  g_free (handover->profile);
  g_strfreev (handover->paths);
  hark_words_free (handover->words);
  g_hash_table_unref (handover->transfers);
  g_free (handover->code);
  g_free (handover->reason);
  g_free (handover);
}
