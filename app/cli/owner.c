#include "app/cli/owner.h"

#include "app/cli/cli.h"
#include "app/cli/lines.h"

#include <stdio.h>

#define WORDS_MAX 6
#define COMES_MS 120000   /* who has the words is here by then, or nobody is */
#define LAST_WORD_MS 5000 /* who had other ones shall hear of it before there are new ones */

struct HarkCliOwner {
  HarkEngine *engine;
  char *link;     /* NULL: there is an owner, or nothing is known yet */
  unsigned drawn; /* words */
  guint timeout;  /* until new ones are drawn */
};

static void
draw_words (HarkCliOwner *owner)
{
  HarkCommand *command;

  if (owner->drawn == WORDS_MAX) {
    printf ("No more words are shown until it is started again. The link holds.\n");
    return;
  }
  owner->drawn++;
  command = hark_command_new (HARK_COMMAND_MEET);
  command->how = g_strdup ("give");
  command->address = g_strdup (owner->link);
  hark_engine_send (owner->engine, command);
}

static void
clear (HarkCliOwner *owner)
{
  g_clear_handle_id (&owner->timeout, g_source_remove);
  g_clear_pointer (&owner->link, g_free);
}

static void
begin (HarkCliOwner *owner, const HarkEvent *event)
{
  clear (owner);
  owner->link = g_strdup (event->address);
  printf ("The mailbox is ready on UDP port %u and has no owner yet. In your Hark, Preferences, "
          "Network, Mailboxes takes its code, its link or its words.\n",
          event->port);
  hark_cli_print_qr (owner->link, true);
  printf ("Link: %s\n", owner->link);
  draw_words (owner);
}

static gboolean
on_time (gpointer data)
{
  HarkCliOwner *owner = data;

  owner->timeout = 0;
  draw_words (owner);
  fflush (stdout);
  return G_SOURCE_REMOVE;
}

static void
draw_later (HarkCliOwner *owner, unsigned ms)
{
  g_clear_handle_id (&owner->timeout, g_source_remove);
  owner->timeout = g_timeout_add (ms, on_time, owner);
}

static void
handle_meeting (HarkCliOwner *owner, const HarkEvent *event)
{
  const bool tried = g_strcmp0 (event->code, "wrong-words") == 0;

  switch (event->meeting_step) {
  case HARK_MEETING_STEP_THERE:
    break;
  case HARK_MEETING_STEP_MET:
    printf ("Somebody has typed the words and is connecting.\n");
    draw_later (owner, COMES_MS);
    break;
  case HARK_MEETING_STEP_OVER:
    if (tried)
      printf ("Somebody tried with other words: they were mistyped, or a stranger guessed.\n");
    draw_later (owner, tried ? LAST_WORD_MS : 0);
    break;
  }
}

/* Whoever it keeps mail for first is its owner. */
static void
handle_mailboxes (HarkCliOwner *owner, const GPtrArray *mailboxes)
{
  for (guint i = 0; i < mailboxes->len; i++) {
    const HarkMailboxInfo *info = mailboxes->pdata[i];
    g_autofree char *name = hark_cli_clean (info->name, NULL);
    HarkCommand *command;

    if (!info->kept)
      continue;
    printf ("%s owns this mailbox now.\n", name);
    clear (owner);
    command = hark_command_new (HARK_COMMAND_MEET);
    command->how = g_strdup ("end");
    hark_engine_send (owner->engine, command);
    return;
  }
}

void
hark_cli_owner_handle (HarkCliOwner *owner, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_READY && event->address)
    begin (owner, event);
  if (!owner->link)
    return;
  if (event->kind == HARK_EVENT_RESULT && event->command == HARK_COMMAND_MEET && event->ok)
    printf ("Words, for ten minutes: %s\n", event->text);
  else if (event->kind == HARK_EVENT_MEETING)
    handle_meeting (owner, event);
  else if (event->kind == HARK_EVENT_MAILBOX)
    handle_mailboxes (owner, event->mailboxes);
  fflush (stdout);
}

HarkCliOwner *
hark_cli_owner_new (HarkEngine *engine)
{
  HarkCliOwner *owner = g_new0 (HarkCliOwner, 1);

  owner->engine = engine;
  return owner;
}

void
hark_cli_owner_free (HarkCliOwner *owner)
{
  if (!owner)
    return;
  clear (owner);
  g_free (owner);
}
