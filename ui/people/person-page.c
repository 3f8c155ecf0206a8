#include "ui/people/person-page.h"

#include "ui/people/faces.h"
#include "ui/people/parting.h"
#include "ui/people/person-files.h"
#include "ui/people/person-refused.h"
#include "ui/people/safety-dialog.h"
#include "ui/questions.h"
#include "ui/settings/left-window.h"
#include "ui/widgets.h"
#include "ui/words/people.h"
#include "ui/words/shown.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

#define HOUR_MS INT64_C (3600000)
#define NOTES_MAX 1024 /* bytes, as the engine takes them */

/* Switches that tell the engine and follow what it says. */
enum { PINNED, SEE_READ, SEE_TYPING, SEE_ONLINE, MAY_GIVE, RELAY, KEEP_FOR, KEPT_BY, N_SWITCHES };

static const struct {
  const char *title, *subtitle;
} switches[N_SWITCHES] = {
  [PINNED] = {N_ ("Pinned"),                    N_ ("Stands at the top of the list")                               },
  [SEE_READ]
  = {N_ ("They see what I have read"), N_ ("Off: they see that it arrived, not that you read it.")        },
  [SEE_TYPING] = {N_ ("They see while I write"),    NULL                                                               },
  [SEE_ONLINE] = {N_ ("They see when I am online"),
              N_ ("Off: you look offline to them, and what they send waits until you write or "
                      "call. Groups you share still show you.")                                                    },
  [MAY_GIVE] = {N_ ("Take their files"),          N_ ("Without a question")                                          },
  [RELAY]
  = {N_ ("Relay for them"),            N_ ("When no direct path is found; needs “Relay for Contacts”")},
  [KEEP_FOR] = {N_ ("Keep mail for them"),        N_ ("Sealed; for when they are away")                              },
  [KEPT_BY] = {N_ ("Ask them to keep my mail"),  N_ ("Sealed; for when this computer is off")                       },
};

struct _HarkPersonPage {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  GtkWidget *avatar;
  GtkWidget *name;
  GtkWidget *claimed;
  GtkWidget *presence;
  GtkWidget *petname;
  GtkWidget *notes;
  GtkWidget *verified;
  GtkWidget *notices;
  GtkWidget *group; /* of the switches */
  GtkWidget *files;
  GtkWidget *refused;
  GtkWidget *problem;
  GtkWidget *block;
  GtkWidget *unblock;
  GtkWidget *toggles[N_SWITCHES];
  GtkWidget *rows[N_SWITCHES];
  uint32_t told_nobody; /* HARK_MAY_NOT_...: of all contacts */
  bool following;       /* what is set now is what the engine says */
  bool kept, asked;
};

G_DEFINE_TYPE (HarkPersonPage, hark_person_page, GTK_TYPE_DIALOG)

static void
on_done (GObject *owner, const HarkEvent *result)
{
  GtkWidget *problem = HARK_PERSON_PAGE (owner)->problem;
  bool refused = !result->ok && result->text;

  gtk_label_set_text (GTK_LABEL (problem), refused ? result->text : "");
  gtk_widget_set_visible (problem, refused);
}

static void
ask (HarkPersonPage *page, HarkCommand *command)
{
  hark_client_ask (page->client, command, G_OBJECT (page), on_done);
}

/* ---- what is shown ---- */

static void
set_toggle (HarkPersonPage *page, int which, bool on, bool sensitive)
{
  gtk_switch_set_active (GTK_SWITCH (page->toggles[which]), on);
  gtk_widget_set_sensitive (page->toggles[which], sensitive);
}

/* What all contacts are not told this one is not either, whatever is set here. */
static void
show_told (HarkPersonPage *page, int which, uint32_t not )
{
  const HarkPerson *person = hark_person_item_get (page->person);
  bool nobody = (page->told_nobody & not ) != 0;

  set_toggle (page, which, !nobody && !(person->may & not ), !nobody);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (page->rows[which]),
                               nobody ? _ ("Off for all contacts in the preferences")
                               : switches[which].subtitle ? _ (switches[which].subtitle)
                                                          : NULL);
}

static void
show_verified (HarkPersonPage *page, const HarkPerson *person)
{
  g_autofree char *day = person->verified > 0 && person->verified_ms > 0
                           ? hark_words_day (person->verified_ms, g_get_real_time () / 1000)
                           : NULL;
  g_autofree char *text = NULL;

  if (person->verified == 0)
    text = g_strdup (_ ("Not compared yet"));
  else if (person->verified == 1)
    text = day ? g_strdup_printf (_ ("Compared by voice: %s"), day)
               : g_strdup (_ ("Compared by voice"));
  else
    text = day ? g_strdup_printf (_ ("Compared in person: %s"), day)
               : g_strdup (_ ("Compared in person"));
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (page->verified), text);
}

static void
show (HarkPersonPage *page)
{
  const HarkPerson *person = hark_person_item_get (page->person);
  int64_t now_ms = g_get_real_time () / 1000;
  bool known = person->status == HARK_PERSON_ACCEPTED;
  g_autofree char *presence = hark_words_presence (person, now_ms);
  g_autofree char *status = hark_words_shown (person->status_text ? person->status_text : "", 140);
  g_autofree char *claims = g_strdup_printf (_ ("Calls themselves “%s”"), person->claimed);
  g_autofree char *all = *status ? g_strdup_printf ("%s\n%s", status, presence) : NULL;

  page->following = true;
  hark_face_show (HDY_AVATAR (page->avatar), page->client, page->person);
  hark_widget_text (page->name, person->name);
  hark_widget_text (page->claimed, claims);
  gtk_widget_set_visible (page->claimed,
                          person->claimed && g_strcmp0 (person->claimed, person->name) != 0);
  hark_widget_text (page->presence, all ? all : presence);
  show_verified (page, person);
  set_toggle (page, PINNED, hark_person_item_is_pinned (page->person), true);
  show_told (page, SEE_READ, HARK_MAY_NOT_SEE_READ);
  show_told (page, SEE_TYPING, HARK_MAY_NOT_SEE_TYPING);
  set_toggle (page, SEE_ONLINE, !(person->may & HARK_MAY_NOT_SEE_ONLINE), known);
  set_toggle (page, MAY_GIVE, (person->may & HARK_MAY_GIVE_FILES) != 0, known);
  set_toggle (page, RELAY, person->relayed, known && hark_client_get_relays (page->client));
  set_toggle (page, KEEP_FOR, page->kept, known);
  set_toggle (page, KEPT_BY, page->asked, known);
  if (!hark_person_item_is_silent (page->person, now_ms))
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->notices), "on");
  else if (person->silent_until_ms == INT64_MAX)
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->notices), "never");
  else
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->notices), "hour");
  gtk_widget_set_visible (page->block, person->status != HARK_PERSON_BLOCKED);
  gtk_widget_set_visible (page->unblock, person->status == HARK_PERSON_BLOCKED);
  page->following = false;
}

static void
take_mailboxes (HarkPersonPage *page, const HarkEvent *event)
{
  const HarkPerson *person = hark_person_item_get (page->person);

  page->kept = page->asked = false;
  for (guint i = 0; event->mailboxes && i < event->mailboxes->len; i++) {
    const HarkMailboxInfo *box = event->mailboxes->pdata[i];

    if (box->node || memcmp (box->account, person->account, sizeof person->account) != 0)
      continue;
    page->kept = box->kept;
    page->asked = box->asked;
  }
  show (page);
}

static void
on_mailboxes (GObject *owner, const HarkEvent *result)
{
  if (result->ok)
    take_mailboxes (HARK_PERSON_PAGE (owner), result);
}

static void
take_profile (HarkPersonPage *page, const HarkEvent *event)
{
  if (!event->profile)
    return;
  page->told_nobody = event->profile->may;
  show (page);
}

static void
on_profile (GObject *owner, const HarkEvent *result)
{
  take_profile (HARK_PERSON_PAGE (owner), result);
}

static void
on_told (HarkPersonPage *page, const HarkEvent *event)
{
  if (event->kind == HARK_EVENT_MAILBOX)
    take_mailboxes (page, event);
  if (event->kind == HARK_EVENT_PROFILE)
    take_profile (page, event);
}

static void
on_people_changed (HarkPersonPage *page)
{
  if (!hark_client_find (page->client, hark_person_item_get (page->person)->account))
    gtk_widget_destroy (GTK_WIDGET (page));
}

/* ---- what is changed ---- */

static void
on_switched (HarkPersonPage *page, GParamSpec *what, GtkWidget *widget)
{
  static const HarkCommandKind kinds[N_SWITCHES] = {
    [PINNED] = HARK_COMMAND_PIN,           [SEE_READ] = HARK_COMMAND_MAY,
    [SEE_TYPING] = HARK_COMMAND_MAY,       [SEE_ONLINE] = HARK_COMMAND_MAY,
    [MAY_GIVE] = HARK_COMMAND_MAY,         [RELAY] = HARK_COMMAND_RELAY,
    [KEEP_FOR] = HARK_COMMAND_MAILBOX_FOR, [KEPT_BY] = HARK_COMMAND_MAILBOX_ADD,
  };
  static const char *const rights[N_SWITCHES] = {[SEE_READ] = "see-read",
                                                 [SEE_TYPING] = "see-typing",
                                                 [SEE_ONLINE] = "see-online",
                                                 [MAY_GIVE] = "give-files"};
  bool on = gtk_switch_get_active (GTK_SWITCH (widget));
  HarkCommand *command;
  int which = 0;

  (void) what;
  if (page->following)
    return;
  while (page->toggles[which] != widget)
    which++;
  command = hark_command_for (which == KEPT_BY && !on ? HARK_COMMAND_MAILBOX_DROP : kinds[which],
                              page->person);
  command->on = on;
  command->how = g_strdup (rights[which]);
  ask (page, command);
}

static void
on_notices (HarkPersonPage *page)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (page->notices));
  HarkCommand *command;

  if (page->following || !id)
    return;
  command = hark_command_for (HARK_COMMAND_SILENCE, page->person);
  command->on = strcmp (id, "on") != 0;
  if (strcmp (id, "hour") == 0)
    command->before = (uint64_t) (g_get_real_time () / 1000 + HOUR_MS);
  if (strcmp (id, "day") == 0)
    command->before = (uint64_t) (g_get_real_time () / 1000 + 24 * HOUR_MS);
  ask (page, command);
}

/* What was typed counts when the field is left, Enter is pressed, or the page is closed. */
static void
apply_petname (HarkPersonPage *page)
{
  const HarkPerson *person = hark_person_item_get (page->person);
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (page->petname)));
  HarkCommand *command;

  if (strcmp (g_strstrip (name), person->name) == 0)
    return;
  command = hark_command_for (HARK_COMMAND_RENAME, page->person);
  command->name = g_steal_pointer (&name);
  ask (page, command);
}

static void
apply_notes (HarkPersonPage *page)
{
  const HarkPerson *person = hark_person_item_get (page->person);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (page->notes));
  GtkTextIter start, end;
  g_autofree char *text = NULL;
  HarkCommand *command;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  if (strcmp (text, person->notes ? person->notes : "") == 0)
    return;
  if (strlen (text) > NOTES_MAX) {
    gtk_label_set_text (
      GTK_LABEL (page->problem),
      _ ("Notes have at most 1,024 letters; fewer with accents, and in other scripts."));
    gtk_widget_show (page->problem);
    return;
  }
  command = hark_command_for (HARK_COMMAND_NOTES, page->person);
  command->text = g_steal_pointer (&text);
  ask (page, command);
}

static gboolean
on_left (HarkPersonPage *page)
{
  if (!page->person
      || !hark_client_find (page->client, hark_person_item_get (page->person)->account))
    return GDK_EVENT_PROPAGATE; /* gone, and so is the page */
  apply_petname (page);
  apply_notes (page);
  return GDK_EVENT_PROPAGATE;
}

/* ---- comparing, keeping, parting ---- */

static void
on_compare (HarkPersonPage *page)
{
  gtk_window_present (
    GTK_WINDOW (hark_safety_dialog_new (GTK_WINDOW (page), page->client, page->person)));
}

static void
on_export (HarkPersonPage *page)
{
  g_autofree char *name = g_strdup_printf ("%s.txt", hark_person_item_get (page->person)->name);
  g_autoptr (GtkFileChooserNative) chooser
    = gtk_file_chooser_native_new (_ ("Export the Conversation"), GTK_WINDOW (page),
                                   GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));
  HarkCommand *command;

  g_strdelimit (name, "/\\", '_');
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  if (!hark_question_choose (chooser))
    return;
  command = hark_command_for (HARK_COMMAND_EXPORT, page->person);
  command->path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser));
  ask (page, command);
}

static void
part (HarkPersonPage *page, HarkCommandKind kind)
{
  if (hark_parting_is_meant (GTK_WIDGET (page), page->person, kind))
    ask (page, hark_command_for (kind, page->person));
}

static void
on_clear (HarkPersonPage *page)
{
  if (hark_widget_confirm (GTK_WIDGET (page), _ ("Clear this conversation?"),
                           _ ("Everything in it is deleted from this computer. The contact stays."),
                           _ ("Clear")))
    ask (page, hark_command_for (HARK_COMMAND_CLEAR, page->person));
}

static void
on_block (HarkPersonPage *page)
{
  part (page, HARK_COMMAND_BLOCK);
}

static void
on_unblock (HarkPersonPage *page)
{
  ask (page, hark_command_for (HARK_COMMAND_UNBLOCK, page->person));
}

static void
on_remove (HarkPersonPage *page)
{
  part (page, HARK_COMMAND_REMOVE);
}

/* ---- life ---- */

static void
hark_person_page_dispose (GObject *object)
{
  HarkPersonPage *page = HARK_PERSON_PAGE (object);

  g_clear_object (&page->client);
  g_clear_object (&page->person);
  G_OBJECT_CLASS (hark_person_page_parent_class)->dispose (object);
}

static void
bind (GtkWidgetClass *widgets)
{
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, avatar);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, name);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, claimed);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, presence);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, petname);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, notes);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, verified);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, notices);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, group);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, files);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, refused);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, problem);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, block);
  gtk_widget_class_bind_template_child (widgets, HarkPersonPage, unblock);
  gtk_widget_class_bind_template_callback (widgets, on_left);
  gtk_widget_class_bind_template_callback (widgets, apply_petname);
  gtk_widget_class_bind_template_callback (widgets, on_notices);
  gtk_widget_class_bind_template_callback (widgets, on_compare);
  gtk_widget_class_bind_template_callback (widgets, on_export);
  gtk_widget_class_bind_template_callback (widgets, on_clear);
  gtk_widget_class_bind_template_callback (widgets, on_block);
  gtk_widget_class_bind_template_callback (widgets, on_unblock);
  gtk_widget_class_bind_template_callback (widgets, on_remove);
}

static void
hark_person_page_class_init (HarkPersonPageClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_person_page_dispose;
  g_type_ensure (HDY_TYPE_ACTION_ROW);
  g_type_ensure (HDY_TYPE_PREFERENCES_GROUP);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/person-page.ui");
  bind (widgets);
}

/* A row is called what stands in it. */
static void
name_row (GtkWidget *widget, void *data)
{
  if (HDY_IS_PREFERENCES_ROW (widget))
    hark_widget_spoken (widget, hdy_preferences_row_get_title (HDY_PREFERENCES_ROW (widget)));
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_foreach (GTK_CONTAINER (widget), name_row, data);
}

static void
hark_person_page_init (HarkPersonPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  hark_widget_limit_bytes (GTK_WIDGET (page->petname));
  hark_widget_spoken (page->petname, _ ("Your name for this person"));
  hark_widget_spoken (page->notes, _ ("Your notes about this person"));
  hark_widget_spoken (page->notices, _ ("Notices"));
  for (int i = 0; i < N_SWITCHES; i++) {
    GtkWidget *row
      = g_object_new (HDY_TYPE_ACTION_ROW, "visible", TRUE, "title", _ (switches[i].title),
                      "title-lines", 0, "subtitle-lines", 0, NULL);

    page->rows[i] = row;
    if (switches[i].subtitle)
      hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), _ (switches[i].subtitle));
    page->toggles[i]
      = g_object_new (GTK_TYPE_SWITCH, "visible", TRUE, "valign", GTK_ALIGN_CENTER, NULL);
    hark_widget_spoken (page->toggles[i], _ (switches[i].title));
    gtk_container_add (GTK_CONTAINER (row), page->toggles[i]);
    hdy_action_row_set_activatable_widget (HDY_ACTION_ROW (row), page->toggles[i]);
    gtk_container_add (GTK_CONTAINER (page->group), row);
    g_signal_connect_object (page->toggles[i], "notify::active", G_CALLBACK (on_switched), page,
                             G_CONNECT_SWAPPED);
  }
  name_row (GTK_WIDGET (page), NULL);
}

GtkWidget *
hark_person_page_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *person)
{
  HarkPersonPage *page
    = g_object_new (HARK_TYPE_PERSON_PAGE, "use-header-bar", 1, "transient-for", parent, NULL);
  const HarkPerson *value = hark_person_item_get (person);

  page->client = g_object_ref (client);
  page->person = g_object_ref (person);
  gtk_entry_set_text (GTK_ENTRY (page->petname), value->name);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (page->notes)),
                            value->notes ? value->notes : "", -1);
  g_signal_connect_object (person, "changed", G_CALLBACK (show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "network", G_CALLBACK (show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed",
                           G_CALLBACK (on_people_changed), page, G_CONNECT_SWAPPED);
  hark_person_refused_fill (page->refused, client, person);
  hark_person_files_fill (page->files, client, person);
  hark_left_deeds_fill (page->group, client, person);
  show (page);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_MAILBOX), G_OBJECT (page), on_mailboxes);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_PROFILE), G_OBJECT (page), on_profile);
  hark_widget_fit (GTK_WIDGET (page));
  return GTK_WIDGET (page);
}
