#include "tests/ui/fake-engine.h"

#include "core/hark-address.h"
#include "core/hark-ending.h"

#include <gio/gio.h>
#include <string.h>

struct HarkEngine {
  void (*on_event) (const HarkEvent *event, void *data);
  void *data;
};

static HarkEngine *running;
static GQueue commands = G_QUEUE_INIT;
static bool (*command_hook) (HarkCommand *command);
static HarkDraw (*draw_hook) (HarkDrawStep step, const char *what, size_t len);
static bool has_profile = true;
static char *profile_passphrase;
static bool hangs; /* at its start */

void
fake_engine_emit (HarkEvent *event)
{
  if (running)
    running->on_event (event, running->data);
  hark_event_free (event);
}

HarkCommand *
fake_engine_take (HarkCommandKind kind)
{
  for (GList *at = commands.head; at; at = at->next) {
    HarkCommand *command = at->data;

    if (command->kind == kind) {
      g_queue_delete_link (&commands, at);
      return command;
    }
  }
  return NULL;
}

HarkEvent *
fake_engine_answer (const HarkCommand *command)
{
  HarkEvent *event = hark_event_new (HARK_EVENT_RESULT);

  event->command = command->kind;
  event->tag = g_strdup (command->tag);
  event->ok = true;
  return event;
}

HarkEvent *
fake_engine_answer_to (HarkCommandKind kind)
{
  g_autoptr (HarkCommand) command = fake_engine_take (kind);

  g_assert_nonnull (command);
  return fake_engine_answer (command);
}

bool
fake_engine_is_running (void)
{
  return running != NULL;
}

void
fake_engine_on_command (bool (*hook) (HarkCommand *command))
{
  command_hook = hook;
}

void
fake_engine_set_profile (bool exists, const char *passphrase)
{
  has_profile = exists;
  g_free (profile_passphrase);
  profile_passphrase = g_strdup (passphrase);
}

/* ---- core/hark.h ---- */

bool
hark_profile_create (const char *dir,
                     const char *name,
                     const char *passphrase,
                     const char *words,
                     char **ret_words,
                     GError **error)
{
  (void) dir;
  (void) words;
  if (strcmp (name, "refused") == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The disk is full.");
    return false;
  }
  fake_engine_set_profile (true, passphrase);
  if (ret_words)
    *ret_words = g_strdup ("abandon ability able");
  return true;
}

bool
hark_profile_exists (const char *dir)
{
  (void) dir;
  return has_profile;
}

bool
hark_profile_needs_passphrase (const char *dir)
{
  (void) dir;
  return profile_passphrase != NULL;
}

bool
hark_profile_has_keyring (void)
{
  return true;
}

bool
hark_profile_change_unlock (const char *dir,
                            const char *passphrase,
                            const char *words,
                            HarkUnlock way,
                            const char *wanted,
                            GError **error)
{
  (void) dir;
  (void) words;
  if (g_strcmp0 (passphrase, profile_passphrase) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "This is not the passphrase.");
    return false;
  }
  fake_engine_set_profile (true, way == HARK_UNLOCK_PASSPHRASE ? wanted : NULL);
  return true;
}

bool
hark_profile_restore (const char *dir,
                      const char *path,
                      const char *words,
                      const char *backup_passphrase,
                      const char *passphrase,
                      HarkRestored *ret,
                      GError **error)
{
  (void) dir;
  if (g_str_has_suffix (path, "broken") || !words == !backup_passphrase) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "This is no backup.");
    return false;
  }
  *ret = (HarkRestored){1750075200000, 2, 5};
  fake_engine_set_profile (true, passphrase);
  return true;
}

bool
hark_profile_erase (const char *dir, GError **error)
{
  (void) dir;
  (void) error;
  fake_engine_set_profile (false, NULL);
  return true;
}

char *
hark_network_create (void)
{
  return g_strdup ("hn1secret");
}

const char *
hark_network_check (const char *text, bool *ret_sealed)
{
  if (ret_sealed)
    *ret_sealed = g_str_has_prefix (text, "hn1");
  return NULL;
}

/* ---- sound ---- */

struct HarkMeter {
  bool loud;
};

HarkMeter *
hark_meter_new (const char *mic, GError **error)
{
  (void) mic;
  (void) error;
  return g_new0 (HarkMeter, 1);
}

double
hark_meter_get (HarkMeter *meter)
{
  meter->loud = !meter->loud;
  return meter->loud ? 0.3 : 0.1;
}

void
hark_meter_free (HarkMeter *meter)
{
  g_free (meter);
}

void
hark_words_free (char *words)
{
  g_free (words);
}

const char *
hark_address_check (const char *text)
{
  if (g_str_has_prefix (text, "hark:"))
    text += strlen ("hark:");
  if (!g_str_has_prefix (text, "hk1"))
    return "An address begins with hk1.";
  return strlen (text) < 20 ? "The address is too short." : NULL;
}

char *
hark_address_find (const char *text)
{
  const char *found = strstr (text, "hk1");

  return found && strlen (found) >= 20 ? g_strndup (found, strcspn (found, " ")) : NULL;
}

void
fake_engine_hang (void)
{
  hangs = true;
}

HarkEngine *
hark_engine_new (const HarkEngineConfig *config,
                 GMainContext *context,
                 void (*on_event) (const HarkEvent *event, void *data),
                 void *data,
                 GError **error)
{
  (void) context;
  while (hangs)
    g_usleep (G_USEC_PER_SEC);
  if (g_strcmp0 (config->passphrase, profile_passphrase) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "This is not the passphrase.");
    return NULL;
  }
  running = g_new0 (HarkEngine, 1);
  running->on_event = on_event;
  running->data = data;
  return running;
}

void
hark_engine_send (HarkEngine *engine, HarkCommand *command)
{
  g_assert (engine == running);
  if (!command_hook || !command_hook (command))
    g_queue_push_tail (&commands, command);
}

void
hark_engine_free (HarkEngine *engine)
{
  g_assert (engine == running);
  g_queue_clear_full (&commands, (GDestroyNotify) hark_command_free);
  g_clear_pointer (&running, g_free);
}

void
hark_engine_free_within (HarkEngine *engine, unsigned limit_ms)
{
  (void) limit_ms;
  hark_engine_free (engine);
}

/* ---- what is drawn ---- */

void
fake_engine_on_draw (HarkDraw (*hook) (HarkDrawStep step, const char *what, size_t len))
{
  draw_hook = hook;
}

HarkDraw
hark_engine_draw (HarkEngine *engine,
                  HarkDrawStep step,
                  const uint8_t whose[HARK_ACCOUNT_LEN],
                  const void *what,
                  size_t len)
{
  (void) whose;
  g_assert (engine == running);
  return draw_hook ? draw_hook (step, what, len) : HARK_DRAW_NOW;
}

void
hark_engine_drawn (HarkEngine *engine)
{
  g_assert (engine == running);
}

bool
hark_engine_draw_died (HarkEngine *engine)
{
  (void) engine;
  return false;
}

void
hark_engine_draw_rest (HarkEngine *engine)
{
  g_assert (engine == running);
}

bool
hark_engine_draws_never (HarkEngine *engine,
                         const uint8_t whose[HARK_ACCOUNT_LEN],
                         const void *what,
                         size_t len)
{
  return hark_engine_draw (engine, HARK_DRAW_FILL, whose, what, len) == HARK_DRAW_NEVER;
}

void
hark_engine_draw_anyway (HarkEngine *engine,
                         const uint8_t whose[HARK_ACCOUNT_LEN],
                         const void *what,
                         size_t len)
{
  (void) whose;
  (void) what;
  (void) len;
  g_assert (engine == running);
  draw_hook = NULL;
}

/* ---- files by words ---- */

struct HarkHandover {
  char *words;
  void (*on_step) (const HarkHandoverStep *step, void *data);
  void *data;
};

static HarkHandover *handed;

bool
hark_handover_is_words (const char *text)
{
  return g_regex_match_simple ("^[a-z]+([- ][a-z]+){3}$", text, G_REGEX_CASELESS, 0);
}

HarkHandover *
hark_handover_new (const HarkEngineConfig *config,
                   const char *const *paths,
                   const char *words,
                   const char *to,
                   void (*on_step) (const HarkHandoverStep *step, void *data),
                   void (*on_event) (const HarkEvent *event, void *data),
                   void *data,
                   GError **error)
{
  g_assert (!handed && config->port == 0 && (paths || to) && !on_event && !*error);
  handed = g_new0 (HarkHandover, 1);
  handed->words = g_strdup (words ? words : "");
  handed->on_step = on_step;
  handed->data = data;
  return handed;
}

void
hark_handover_free (HarkHandover *handover)
{
  if (!handover)
    return;
  g_assert (handover == handed);
  g_free (handover->words);
  g_clear_pointer (&handed, g_free);
}

const char *
fake_handover_words (void)
{
  return handed ? handed->words : NULL;
}

void
fake_handover_step (const HarkHandoverStep *step)
{
  if (handed)
    handed->on_step (step, handed->data);
}

/* ---- values ---- */

HarkPerson *
fake_person (uint8_t n, const char *name, HarkPersonStatus status)
{
  HarkPerson *person = g_new0 (HarkPerson, 1);

  memset (person->account, n, sizeof person->account);
  person->status = status;
  person->name = g_strdup (name);
  person->claimed = g_strdup (name);
  person->request_text = g_strdup ("");
  return person;
}

HarkMessage *
fake_message (uint8_t person, uint64_t position, bool outgoing, const char *text)
{
  HarkMessage *message = g_new0 (HarkMessage, 1);

  memset (message->contact, person, sizeof message->contact);
  memcpy (message->id, &position, sizeof position);
  message->id[15] = person;
  message->type = HARK_MESSAGE_IS_TEXT;
  message->outgoing = outgoing;
  message->state = outgoing ? HARK_STATE_QUEUED : HARK_STATE_DELIVERED;
  message->text = g_strdup (text);
  message->sent_ms = g_get_real_time () / 1000;
  message->position = position;
  return message;
}

HarkTransfer *
fake_transfer (uint8_t person, uint64_t id, bool outgoing, const char *name)
{
  HarkTransfer *transfer = g_new0 (HarkTransfer, 1);

  memset (transfer->contact, person, sizeof transfer->contact);
  transfer->id = id;
  transfer->outgoing = outgoing;
  transfer->name = g_strdup (name);
  transfer->files = 1;
  return transfer;
}

HarkFinding *
fake_finding (HarkFindingLevel level, const char *code, const char *text, const char *step)
{
  HarkFinding *finding = g_new0 (HarkFinding, 1);

  finding->level = level;
  finding->code = code;
  finding->text = g_strdup (text);
  finding->step = g_strdup (step);
  return finding;
}

HarkGroupInfo *
fake_group (uint8_t n, const char *name, HarkGroupState state)
{
  HarkGroupInfo *group = g_new0 (HarkGroupInfo, 1);

  memset (group->id, n, sizeof group->id);
  group->name = g_strdup (name);
  group->state = state;
  group->role = HARK_GROUP_PERSON_FOUNDER;
  group->people = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_group_person_free);
  return group;
}

void
fake_group_add (HarkGroupInfo *group, uint8_t n, const char *name, HarkGroupPersonRole role)
{
  HarkGroupPerson *person = g_new0 (HarkGroupPerson, 1);

  memset (person->account, n, sizeof person->account);
  person->name = g_strdup (name);
  person->role = role;
  person->joined = true;
  g_ptr_array_add (group->people, person);
  group->joined++;
}

HarkMessage *
fake_group_message (uint8_t n, uint8_t author, uint64_t position, const char *text)
{
  HarkMessage *message = fake_message (n, position, false, text);

  memset (message->contact + HARK_MESSAGE_ID_LEN, 0, HARK_ACCOUNT_LEN - HARK_MESSAGE_ID_LEN);
  message->has_group = message->has_author = true;
  memset (message->group, n, sizeof message->group);
  memset (message->author, author, sizeof message->author);
  return message;
}

HarkNeighbour *
fake_neighbour (uint8_t n, const char *name, const char *address)
{
  HarkNeighbour *neighbour = g_new0 (HarkNeighbour, 1);

  memset (neighbour->account, n, sizeof neighbour->account);
  neighbour->name = g_strdup (name);
  neighbour->address = g_strdup (address);
  return neighbour;
}

HarkOwnAddress *
fake_address (const char *address, const char *label, bool one_time)
{
  HarkOwnAddress *own = g_new0 (HarkOwnAddress, 1);

  own->address = g_strdup (address);
  own->label = g_strdup (label);
  own->one_time = one_time;
  own->made_ms = g_get_real_time () / 1000;
  own->ends_ms = one_time ? own->made_ms + INT64_C (30) * 86400000 : 0;
  return own;
}
