#include "ui/chat/reactions.h"

#include "ui/widgets.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define SIGN_CHARS 16

typedef struct {
  HarkClient *client;
  HarkPersonItem *person;
  HarkMessageItem *item;
  char *sign;
} Choice;

static void
choice_free (void *data, GClosure *closure)
{
  Choice *choice = data;

  (void) closure;
  g_object_unref (choice->client);
  g_object_unref (choice->person);
  g_object_unref (choice->item);
  g_free (choice->sign);
  g_free (choice);
}

static const char *
our_sign (HarkClient *client, const HarkMessage *message)
{
  for (guint i = 0; message->reactions && i < message->reactions->len; i++) {
    const HarkReaction *reaction = &g_array_index (message->reactions, HarkReaction, i);

    if (hark_client_is_own (client, reaction->account))
      return reaction->text;
  }
  return "";
}

void
hark_reactions_give (HarkClient *client,
                     HarkPersonItem *person,
                     HarkMessageItem *item,
                     const char *sign)
{
  const HarkMessage *message = hark_message_item_get (item);
  HarkCommand *command = hark_command_for (HARK_COMMAND_REACT, person);
  bool again = strcmp (our_sign (client, message), sign) == 0;

  memcpy (command->id, message->id, sizeof command->id);
  command->text = g_strdup (again ? "" : sign);
  hark_client_send (client, command);
}

static void
on_clicked (GtkButton *button, void *data)
{
  Choice *choice = data;

  (void) button;
  hark_reactions_give (choice->client, choice->person, choice->item, choice->sign);
}

static char *
name_of (HarkClient *client, const uint8_t account[HARK_ACCOUNT_LEN])
{
  HarkPersonItem *person = hark_client_find (client, account);

  if (hark_client_is_own (client, account))
    return g_strdup (_ ("you"));
  return person ? hark_words_shown (hark_person_item_get (person)->name, 48)
                : g_strdup (_ ("somebody else"));
}

/* "👍 by you, Bob"; @ret_n: how many. */
static char *
sentence (HarkClient *client, const GArray *reactions, const char *sign, unsigned *ret_n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *shown = hark_words_shown (sign, SIGN_CHARS);

  *ret_n = 0;
  for (guint i = 0; i < reactions->len; i++) {
    const HarkReaction *reaction = &g_array_index (reactions, HarkReaction, i);
    g_autofree char *name = NULL;

    if (strcmp (reaction->text, sign) != 0)
      continue;
    name = name_of (client, reaction->account);
    g_string_append_printf (text, "%s%s", (*ret_n)++ == 0 ? "" : _ (", "), name);
  }
  /* a sign, then who gave it: "👍 by you, Bob" */
  return g_strdup_printf (_ ("%s by %s"), shown, text->str);
}

static bool
was_shown (const GArray *reactions, guint i)
{
  const char *sign = g_array_index (reactions, HarkReaction, i).text;

  for (guint j = 0; j < i; j++)
    if (strcmp (g_array_index (reactions, HarkReaction, j).text, sign) == 0)
      return true;
  return false;
}

static GtkWidget *
make_button (
  HarkClient *client, HarkPersonItem *person, HarkMessageItem *item, const char *sign, bool can)
{
  const HarkMessage *message = hark_message_item_get (item);
  unsigned n;
  g_autofree char *shown = hark_words_shown (sign, SIGN_CHARS);
  g_autofree char *name = sentence (client, message->reactions, sign, &n);
  g_autofree char *label = n > 1 ? g_strdup_printf ("%s %u", shown, n) : g_strdup (shown);
  GtkWidget *button = gtk_button_new_with_label (label);
  Choice *choice = g_new0 (Choice, 1);

  choice->client = g_object_ref (client);
  choice->person = g_object_ref (person);
  choice->item = g_object_ref (item);
  choice->sign = g_strdup (sign);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_clicked), choice, choice_free, 0);
  hark_widget_name (button, name);
  hark_widget_class (button, "reaction", true);
  hark_widget_class (button, "own", strcmp (our_sign (client, message), sign) == 0);
  gtk_widget_set_sensitive (button, can);
  gtk_widget_show (button);
  return button;
}

static void
remove_button (GtkWidget *button, void *data)
{
  (void) data;
  gtk_widget_destroy (button);
}

void
hark_reactions_fill (
  GtkContainer *box, HarkClient *client, HarkPersonItem *person, HarkMessageItem *item, bool can)
{
  const GArray *reactions = hark_message_item_get (item)->reactions;

  gtk_container_foreach (box, remove_button, NULL);
  for (guint i = 0; reactions && i < reactions->len; i++)
    if (!was_shown (reactions, i))
      gtk_container_add (box, make_button (client, person, item,
                                           g_array_index (reactions, HarkReaction, i).text, can));
  gtk_widget_set_visible (GTK_WIDGET (box), reactions && reactions->len > 0);
}
