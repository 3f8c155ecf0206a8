#include "ui/chat/writing.h"

#include "ui/chat/unsaved.h"
#include "ui/fence.h"
#include "ui/model/chats.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkWriting {
  GObject parent_instance;
  HarkClient *client;
  HarkComposer *composer; /* borrowed */
  HarkPersonItem *person; /* NULL: nobody */
  gulong changed;         /* a message of theirs */
  enum { WRITING, ANSWERING, EDITING } mode;
  uint8_t target[HARK_MESSAGE_ID_LEN]; /* what is answered or edited */
  char *put_aside;                     /* what was written when editing began */
  bool restores;                       /* what the draft answers is not here yet */
};

G_DEFINE_TYPE (HarkWriting, hark_writing, G_TYPE_OBJECT)

void
hark_writing_drop (HarkWriting *writing)
{
  if (writing->mode == EDITING)
    hark_composer_set_text (writing->composer, writing->put_aside ? writing->put_aside : "");
  g_clear_pointer (&writing->put_aside, g_free);
  writing->mode = WRITING;
  writing->restores = false;
  hark_composer_set_context (writing->composer, NULL, NULL);
}

static void
forget_person (HarkWriting *writing)
{
  if (writing->person)
    g_clear_signal_handler (&writing->changed, writing->person);
  g_clear_object (&writing->person);
}

static bool
is_kept (HarkPersonItem *person, const char *text, const uint8_t *reply_to)
{
  const HarkChat *chat = hark_person_item_get_chat (person);

  if (strcmp (text, hark_person_item_get_draft (person)) != 0)
    return false;
  return *text == '\0' /* what nothing is written to is answered by nothing */
         || (reply_to ? chat->has_draft_reply
                          && memcmp (reply_to, chat->draft_reply, sizeof chat->draft_reply) == 0
                      : !chat->has_draft_reply);
}

static bool
answers (const HarkWriting *writing)
{
  return writing->mode == ANSWERING || writing->restores;
}

static void
keep_draft (HarkWriting *writing)
{
  g_autofree char *written = hark_composer_get_text (writing->composer);
  const char *text = writing->mode == EDITING ? writing->put_aside : written;
  const uint8_t *reply_to = answers (writing) ? writing->target : NULL;
  HarkCommand *command;

  if (!writing->person || strlen (text) > HARK_COMPOSER_BYTES_MAX
      || is_kept (writing->person, text, reply_to))
    return;
  hark_person_item_set_draft (writing->person, text, reply_to);
  command = hark_command_for (HARK_COMMAND_DRAFT, writing->person);
  command->text = g_strdup (text);
  command->has_reply_to = reply_to != NULL;
  if (reply_to)
    memcpy (command->reply_to, reply_to, sizeof command->reply_to);
  hark_client_send (writing->client, command);
}

static void
show_answered (HarkWriting *writing, const HarkMessage *message)
{
  const char *name
    = message->outgoing ? NULL : hark_chats_name_of (writing->client, writing->person, message);
  g_autofree char *who
    = name ? g_strdup_printf (_ ("Answer to %s"), name) : g_strdup (_ ("Answer to yourself"));
  g_autofree char *line = hark_fence_hides (writing->client, message)
                            ? g_strdup (hark_fence_words ())
                            : hark_words_one_line (message->text);

  hark_composer_set_context (writing->composer, who, line);
}

/* What is deleted or has disappeared is answered no more; what was written stays. */
static void
on_message_changed (HarkWriting *writing, const uint8_t *id, const HarkMessage *message)
{
  if (writing->mode != ANSWERING || memcmp (id, writing->target, sizeof writing->target) != 0)
    return;
  if (message && !message->deleted)
    show_answered (writing, message);
  else
    hark_writing_drop (writing);
}

void
hark_writing_reply (HarkWriting *writing, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);

  hark_writing_drop (writing);
  writing->mode = ANSWERING;
  memcpy (writing->target, message->id, sizeof writing->target);
  show_answered (writing, message);
  keep_draft (writing);
  hark_composer_focus (writing->composer);
}

void
hark_writing_edit (HarkWriting *writing, HarkMessageItem *item)
{
  const HarkMessage *message = hark_message_item_get (item);
  g_autofree char *line = hark_words_one_line (message->text);

  hark_writing_drop (writing);
  writing->mode = EDITING;
  writing->put_aside = hark_composer_get_text (writing->composer);
  memcpy (writing->target, message->id, sizeof writing->target);
  hark_composer_set_context (writing->composer, _ ("Edit"), line);
  hark_composer_set_text (writing->composer, message->text);
  hark_composer_focus (writing->composer);
}

void
hark_writing_say_answered (HarkWriting *writing, HarkCommand *command)
{
  command->has_reply_to = answers (writing);
  if (command->has_reply_to)
    memcpy (command->reply_to, writing->target, sizeof command->reply_to);
}

bool
hark_writing_send (HarkWriting *writing, const char *text)
{
  bool edits = writing->mode == EDITING;
  HarkCommand *command
    = hark_command_for (edits ? HARK_COMMAND_EDIT : HARK_COMMAND_SEND, writing->person);

  command->text = g_strdup (text);
  if (edits)
    memcpy (command->id, writing->target, sizeof command->id);
  hark_writing_say_answered (writing, command);
  hark_unsaved_send (G_OBJECT (writing), &writing->person, writing->composer, writing->client,
                     command);
  hark_writing_drop (writing);
  keep_draft (writing);
  return !edits;
}

/* What was answered when it was left: nothing, when it is gone, or sent or let go of meanwhile. */
static void
on_draft_reply (GObject *owner, const HarkEvent *result)
{
  HarkWriting *writing = HARK_WRITING (owner);
  const HarkMessage *message = result->ok && result->messages && result->messages->len > 0
                                 ? result->messages->pdata[0]
                                 : NULL;

  if (!writing->restores)
    return;
  if (!message || message->deleted) {
    writing->restores = false;
  } else if (memcmp (message->id, writing->target, sizeof writing->target) == 0) {
    g_autoptr (HarkMessageItem) item = hark_message_item_new (message);

    hark_writing_reply (writing, item);
  }
}

void
hark_writing_open (HarkWriting *writing, HarkPersonItem *person)
{
  const HarkChat *chat = hark_person_item_get_chat (person);

  forget_person (writing);
  writing->person = g_object_ref (person);
  writing->changed = g_signal_connect_swapped (person, "message-changed",
                                               G_CALLBACK (on_message_changed), writing);
  hark_composer_set_text (writing->composer, hark_person_item_get_draft (person));
  if (chat->has_draft_reply && *hark_person_item_get_draft (person)) {
    HarkCommand *command = hark_command_for (HARK_COMMAND_MESSAGE, person);

    memcpy (command->id, chat->draft_reply, sizeof command->id);
    memcpy (writing->target, chat->draft_reply, sizeof writing->target);
    writing->restores = true;
    hark_client_ask (writing->client, command, G_OBJECT (writing), on_draft_reply);
  }
}

void
hark_writing_leave (HarkWriting *writing)
{
  keep_draft (writing);
  hark_writing_drop (writing);
  hark_composer_set_text (writing->composer, "");
  forget_person (writing);
}

static void
on_drop_context (HarkWriting *writing)
{
  hark_writing_drop (writing);
  keep_draft (writing);
}

/* ---- life ---- */

static void
hark_writing_dispose (GObject *object)
{
  HarkWriting *writing = HARK_WRITING (object);

  forget_person (writing);
  g_clear_object (&writing->client);
  g_clear_pointer (&writing->put_aside, g_free);
  G_OBJECT_CLASS (hark_writing_parent_class)->dispose (object);
}

static void
hark_writing_class_init (HarkWritingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_writing_dispose;
}

static void
hark_writing_init (HarkWriting *writing)
{
  (void) writing;
}

HarkWriting *
hark_writing_new (HarkClient *client, HarkComposer *composer)
{
  HarkWriting *writing = g_object_new (HARK_TYPE_WRITING, NULL);

  writing->client = g_object_ref (client);
  writing->composer = composer;
  g_signal_connect_object (composer, "drop-context", G_CALLBACK (on_drop_context), writing,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (composer, "draft", G_CALLBACK (keep_draft), writing, G_CONNECT_SWAPPED);
  return writing;
}
