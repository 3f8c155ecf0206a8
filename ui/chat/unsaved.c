#include "ui/chat/unsaved.h"

#define KEY                                                                            \
  "hark-unsaved" /* of the page: questions without an answer; of one: what it is about \
                  */

typedef struct {
  GObject *page; /* keeps the question */
  HarkPersonItem **shown;
  HarkComposer *composer;
  HarkClient *client;
  HarkPersonItem *person;
  char *text; /* NULL: of an edit; the message itself still stands */
} Sent;

static void
sent_free (void *data)
{
  Sent *sent = data;

  g_object_unref (sent->client);
  g_object_unref (sent->person);
  g_free (sent->text);
  g_free (sent);
}

static void
give_back (const Sent *sent)
{
  g_autofree char *since = hark_composer_get_text (sent->composer);
  g_autofree char *both = *since ? g_strconcat (sent->text, "\n", since, NULL) : NULL;

  hark_composer_set_text (sent->composer, both ? both : sent->text);
}

static void
on_answer (GObject *question, const HarkEvent *result)
{
  const Sent *sent = g_object_get_data (question, KEY);

  if (!result->ok) {
    if (sent->text && *sent->shown == sent->person)
      give_back (sent);
    if (result->text)
      g_signal_emit_by_name (sent->client, "warning", result->text);
  }
  g_ptr_array_remove_fast (g_object_get_data (sent->page, KEY), question);
}

static GPtrArray *
questions_of (GObject *page)
{
  GPtrArray *questions = g_object_get_data (page, KEY);

  if (!questions) {
    questions = g_ptr_array_new_with_free_func (g_object_unref);
    g_object_set_data_full (page, KEY, questions, (GDestroyNotify) g_ptr_array_unref);
  }
  return questions;
}

void
hark_unsaved_send (GObject *page,
                   HarkPersonItem **shown,
                   HarkComposer *composer,
                   HarkClient *client,
                   HarkCommand *command)
{
  GObject *question = g_object_new (G_TYPE_OBJECT, NULL);
  Sent *sent = g_new0 (Sent, 1);

  sent->page = page;
  sent->shown = shown;
  sent->composer = composer;
  sent->client = g_object_ref (client);
  sent->person = g_object_ref (*shown);
  sent->text = command->kind == HARK_COMMAND_SEND ? g_strdup (command->text) : NULL;
  g_object_set_data_full (question, KEY, sent, sent_free);
  g_ptr_array_add (questions_of (page), question);
  hark_client_ask (client, command, question, on_answer);
}
