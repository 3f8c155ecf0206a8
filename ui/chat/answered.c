#include "ui/chat/answered.h"

#include "ui/chat/quote.h"
#include "ui/fence.h"
#include "ui/model/chats.h"
#include "ui/words/messages.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define CLIENT "hark-client"
#define PERSON "hark-person"
#define ID "hark-id"

static void
set_quote (GObject *quote, const HarkMessage *quoted)
{
  HarkClient *client = g_object_get_data (quote, CLIENT);
  HarkPersonItem *person = g_object_get_data (quote, PERSON);
  g_autofree char *who = quoted->outgoing
                           ? g_strdup (_ ("You"))
                           : hark_words_shown (hark_chats_name_of (client, person, quoted), 48);
  g_autofree char *line = quoted->type == HARK_MESSAGE_IS_TEXT && !quoted->deleted
                            ? hark_words_one_line (quoted->text)
                            : hark_words_line (quoted);
  const bool hidden = hark_fence_hides (client, quoted);

  hark_quote_set (HARK_QUOTE (quote), who, hidden ? hark_fence_words () : line);
}

static void
set_gone (GObject *quote)
{
  hark_quote_set (HARK_QUOTE (quote), C_ ("a message", "Answer"),
                  _ ("The message is not here any more."));
}

static void
on_quoted (GObject *quote, const HarkEvent *result)
{
  if (result->ok && result->messages && result->messages->len > 0)
    set_quote (quote, result->messages->pdata[0]);
  else
    set_gone (quote);
}

/* What was deleted or has disappeared is not read in quotes either. */
static void
on_message_changed (GObject *quote, const uint8_t *id, const HarkMessage *message)
{
  if (memcmp (id, g_object_get_data (quote, ID), HARK_MESSAGE_ID_LEN) != 0)
    return;
  if (message)
    set_quote (quote, message);
  else
    set_gone (quote);
}

GtkWidget *
hark_answered_new (HarkClient *client,
                   HarkPersonItem *person,
                   const uint8_t id[HARK_MESSAGE_ID_LEN])
{
  GObject *quote = g_object_new (HARK_TYPE_QUOTE, "visible", TRUE, NULL);
  HarkMessageItem *loaded = hark_person_item_find (person, id);
  HarkCommand *command;

  g_object_set_data_full (quote, CLIENT, g_object_ref (client), g_object_unref);
  g_object_set_data_full (quote, PERSON, g_object_ref (person), g_object_unref);
  g_object_set_data_full (quote, ID, g_memdup2 (id, HARK_MESSAGE_ID_LEN), g_free);
  g_signal_connect_object (person, "message-changed", G_CALLBACK (on_message_changed), quote,
                           G_CONNECT_SWAPPED);
  if (loaded) {
    set_quote (quote, hark_message_item_get (loaded));
    return GTK_WIDGET (quote);
  }
  hark_quote_set (HARK_QUOTE (quote), C_ ("a message", "Answer"), "…");
  command = hark_command_for (HARK_COMMAND_MESSAGE, person);
  memcpy (command->id, id, sizeof command->id);
  hark_client_ask (client, command, quote, on_quoted);
  return GTK_WIDGET (quote);
}
