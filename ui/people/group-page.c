#include "ui/people/group-page.h"

#include "ui/fence.h"
#include "ui/language.h"
#include "ui/people/choose-picture.h"
#include "ui/people/faces.h"
#include "ui/people/group-dialog.h"
#include "ui/widgets.h"
#include "ui/words/people.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

struct _HarkGroupPage {
  GtkDialog parent_instance;
  HarkClient *client;
  HarkPersonItem *item;
  GtkWidget *problem;
  GtkWidget *name;
  GtkWidget *count;
  GtkWidget *list;
  GtkWidget *add;
  GtkWidget *notices_row;
  GtkWidget *notices;
  GtkWidget *timer_row;
  GtkWidget *timer;
  GtkWidget *avatar;
  GtkWidget *choose;
  GtkWidget *clear;
  GtkWidget *leave;
  GtkWidget *forget;
  char *shown_name;
  bool following;
};

G_DEFINE_TYPE (HarkGroupPage, hark_group_page, GTK_TYPE_DIALOG)

static const HarkGroupInfo *
info_of (HarkGroupPage *page)
{
  return hark_person_item_get_group (page->item);
}

static void
on_done (GObject *owner, const HarkEvent *result)
{
  GtkWidget *problem = HARK_GROUP_PAGE (owner)->problem;
  bool refused = !result->ok && result->text;

  gtk_label_set_text (GTK_LABEL (problem), refused ? result->text : "");
  gtk_widget_set_visible (problem, refused);
}

static void
ask (HarkGroupPage *page, HarkCommand *command)
{
  hark_client_ask (page->client, command, G_OBJECT (page), on_done);
}

/* ---- members ---- */

static const char *
role_words (const HarkGroupPerson *person)
{
  if (!person->joined)
    return _ ("Invited");
  if (person->asks)
    return _ ("Would like to be your contact");
  if (person->asked)
    return _ ("You asked them to be your contact");
  switch (person->role) {
  case HARK_GROUP_PERSON_FOUNDER:
    return _ ("Founder");
  case HARK_GROUP_PERSON_ADMIN:
    return _ ("Admin");
  default:
    return person->other_view ? _ ("Member; sees other members than you") : _ ("Member");
  }
}

static HarkCommand *
command_about (HarkGroupPage *page, HarkCommandKind kind, GtkWidget *button)
{
  HarkCommand *command = hark_command_for (kind, page->item);

  command->has_contact = true;
  memcpy (command->contact, g_object_get_data (G_OBJECT (button), "hark-account"),
          sizeof command->contact);
  return command;
}

static void
on_remove (HarkGroupPage *page, GtkWidget *button)
{
  g_autoptr (HarkCommand) command = command_about (page, HARK_COMMAND_GROUP_REMOVE, button);
  GtkLabel *shown = g_object_get_data (G_OBJECT (button), "hark-name");
  g_autofree char *name = hark_language_apart (gtk_label_get_text (shown));
  g_autofree char *question = g_strdup_printf (_ ("Remove %s from the group?"), name);

  if (hark_widget_confirm (GTK_WIDGET (page), question,
                           _ ("They do not see what is written from here on; what they have they "
                              "keep."),
                           _ ("Remove")))
    ask (page, g_steal_pointer (&command));
}

static void
on_role (HarkGroupPage *page, GtkWidget *button)
{
  HarkCommand *command = command_about (page, HARK_COMMAND_GROUP_ROLE, button);

  command->how = g_strdup (g_object_get_data (G_OBJECT (button), "hark-role"));
  ask (page, command);
}

/* Through the group: whoever of it is in touch with both carries it. */
static void
on_meet (HarkGroupPage *page, GtkWidget *button)
{
  ask (page, command_about (page, HARK_COMMAND_GROUP_MEET, button));
}

static GtkWidget *
add_button (HarkGroupPage *page,
            GtkWidget *row,
            const char *words,
            const char *icon,
            const HarkGroupPerson *person,
            GCallback on_clicked)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_BUTTON);

  hark_widget_name (button, words);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "hark-account",
                          g_memdup2 (person->account, sizeof person->account), g_free);
  g_signal_connect_object (button, "clicked", on_clicked, page, G_CONNECT_SWAPPED);
  gtk_container_add (GTK_CONTAINER (row), button);
  return button;
}

static GtkWidget *
add_line (GtkWidget *box)
{
  GtkWidget *line = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (line), 0);
  gtk_label_set_ellipsize (GTK_LABEL (line), PANGO_ELLIPSIZE_END);
  gtk_widget_set_halign (line, GTK_ALIGN_START); /* else names of the other direction stand apart */
  gtk_container_add (GTK_CONTAINER (box), line);
  return line;
}

/* A founder names admins; admins and the founder remove whoever stands below them. @name: as it may
 * be shown. */
static void
add_rights (HarkGroupPage *page,
            const HarkGroupInfo *group,
            const HarkGroupPerson *person,
            GtkWidget *row,
            GtkWidget *name)
{
  const bool is_admin = person->role == HARK_GROUP_PERSON_ADMIN;
  g_autofree char *apart = hark_language_apart (person->name);
  g_autofree char *role_words = is_admin
                                  ? g_strdup_printf (_ ("Let %s no longer be an admin"), apart)
                                  : g_strdup_printf (_ ("Make %s an admin"), apart);
  g_autofree char *remove_words = g_strdup_printf (_ ("Remove %s from the group"), apart);
  GtkWidget *button;

  if (group->role == HARK_GROUP_PERSON_FOUNDER && person->joined) {
    button
      = add_button (page, row, role_words, is_admin ? "starred-symbolic" : "non-starred-symbolic",
                    person, G_CALLBACK (on_role));
    g_object_set_data (G_OBJECT (button), "hark-role", is_admin ? "member" : "admin");
  }
  button
    = add_button (page, row, remove_words, "list-remove-symbolic", person, G_CALLBACK (on_remove));
  g_object_set_data (G_OBJECT (button), "hark-name", name);
}

static void
add_meeting (HarkGroupPage *page, const HarkGroupPerson *person, GtkWidget *row)
{
  g_autofree char *apart = hark_language_apart (person->name);
  g_autofree char *words = person->asks ? g_strdup_printf (_ ("Accept %s as a contact"), apart)
                                        : g_strdup_printf (_ ("Ask %s to be my contact"), apart);

  add_button (page, row, words, person->asks ? "object-select-symbolic" : "contact-new-symbolic",
              person, G_CALLBACK (on_meet));
}

static void
add_member (HarkGroupPage *page, const HarkGroupInfo *group, const HarkGroupPerson *person)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *avatar = hdy_avatar_new (32, "", TRUE);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = add_line (words);
  GtkWidget *what = add_line (words);
  HarkPersonItem *contact = hark_client_find (page->client, person->account);

  hark_fence_face (page->client, avatar, name, person->account, person->name);
  if (contact && !hark_person_item_is_self (contact))
    hark_face_show (HDY_AVATAR (avatar), page->client, contact);
  gtk_label_set_text (GTK_LABEL (what), role_words (person));
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_container_add (GTK_CONTAINER (row), avatar);
  gtk_container_add (GTK_CONTAINER (row), words);
  if (group->state == HARK_GROUP_IS_JOINED && person->role < group->role)
    add_rights (page, group, person, row, name);
  if (group->state == HARK_GROUP_IS_JOINED && person->joined && !person->is_contact
      && !person->asked && !(contact && hark_person_item_is_self (contact)))
    add_meeting (page, person, row);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (page->list), row);
}

/* Those who lead it first, those who were only asked in last; by name. */
static gint
compare_members (gconstpointer a, gconstpointer b)
{
  const HarkGroupPerson *x = *(const HarkGroupPerson *const *) a;
  const HarkGroupPerson *y = *(const HarkGroupPerson *const *) b;

  if (x->joined != y->joined)
    return x->joined ? -1 : 1;
  if (x->role != y->role)
    return x->role > y->role ? -1 : 1;
  return g_utf8_collate (x->name, y->name);
}

static void
add_members (HarkGroupPage *page, const HarkGroupInfo *group)
{
  g_autoptr (GPtrArray) people = g_ptr_array_sized_new (group->people->len); /* borrows */

  g_ptr_array_extend (people, group->people, NULL, NULL);
  g_ptr_array_sort (people, compare_members);
  for (guint i = 0; i < people->len; i++)
    add_member (page, group, people->pdata[i]);
}

/* ---- what is shown ---- */

/* Another time than those offered is shown among them. */
static void
show_timer (HarkGroupPage *page, const HarkGroupInfo *group, bool joined, bool leads)
{
  g_autofree char *id = g_strdup_printf ("%u", group->expires_s);
  g_autofree char *words = hark_words_duration (group->expires_s);

  if (!gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->timer), id)) {
    gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (page->timer), id, words);
    gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->timer), id);
  }
  gtk_widget_set_sensitive (page->timer, leads);
  gtk_widget_set_visible (page->timer_row, joined);
}

static void
show (HarkGroupPage *page)
{
  static const char *const notices[] = {"all", "mentions", "none"};
  const HarkGroupInfo *group = info_of (page);
  g_autoptr (GList) old = gtk_container_get_children (GTK_CONTAINER (page->list));
  bool joined = group->state == HARK_GROUP_IS_JOINED;
  bool leads = joined && group->role >= HARK_GROUP_PERSON_ADMIN;
  g_autofree char *count = hark_words_group (group);

  page->following = true;
  if (g_strcmp0 (page->shown_name, group->name) != 0) { /* else it may be being typed */
    gtk_entry_set_text (GTK_ENTRY (page->name), group->name);
    g_free (page->shown_name);
    page->shown_name = g_strdup (group->name);
  }
  gtk_widget_set_sensitive (page->name, leads);
  hark_widget_text (page->count, count);
  for (GList *at = old; at; at = at->next)
    gtk_widget_destroy (at->data);
  add_members (page, group);
  gtk_widget_set_visible (page->add, leads);
  hark_face_show (HDY_AVATAR (page->avatar), page->client, page->item);
  gtk_widget_set_visible (page->choose, leads);
  gtk_widget_set_visible (page->clear, leads && group->has_picture);
  show_timer (page, group, joined, leads);
  gtk_widget_set_visible (page->notices_row, joined);
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (page->notices),
                               notices[MIN ((guint) group->notices, G_N_ELEMENTS (notices) - 1)]);
  gtk_widget_set_visible (page->leave, joined);
  gtk_widget_set_visible (page->forget, group->state == HARK_GROUP_IS_LEFT);
  page->following = false;
}

static void
on_people_changed (HarkGroupPage *page)
{
  if (!hark_client_find (page->client, hark_person_item_get (page->item)->account))
    gtk_widget_destroy (GTK_WIDGET (page));
}

/* ---- what is changed ---- */

static void
apply_name (HarkGroupPage *page)
{
  g_autofree char *name = g_strdup (gtk_entry_get_text (GTK_ENTRY (page->name)));
  HarkCommand *command;

  g_strstrip (name);
  if (!gtk_widget_get_sensitive (page->name) || strcmp (name, info_of (page)->name) == 0)
    return;
  command = hark_command_for (HARK_COMMAND_GROUP_RENAME, page->item);
  command->name = g_steal_pointer (&name);
  ask (page, command);
}

static gboolean
on_left (HarkGroupPage *page)
{
  if (page->item && hark_client_find (page->client, hark_person_item_get (page->item)->account))
    apply_name (page);
  return GDK_EVENT_PROPAGATE;
}

static void
on_notices (HarkGroupPage *page)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (page->notices));
  HarkCommand *command;

  if (page->following || !id)
    return;
  command = hark_command_for (HARK_COMMAND_GROUP_NOTICES, page->item);
  command->how = g_strdup (id);
  ask (page, command);
}

static void
on_timer (HarkGroupPage *page)
{
  const char *id = gtk_combo_box_get_active_id (GTK_COMBO_BOX (page->timer));
  HarkCommand *command;

  if (page->following || !id)
    return;
  command = hark_command_for (HARK_COMMAND_TIMER, page->item);
  command->seconds = g_ascii_strtoull (id, NULL, 10);
  ask (page, command);
}

/* ---- the picture ---- */

static void
set_picture (HarkGroupPage *page, GBytes *pixels)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_GROUP_PICTURE, page->item);

  command->picture = pixels;
  ask (page, command);
}

static void
on_picture (GtkWidget *widget, GBytes *pixels, const char *problem)
{
  HarkGroupPage *page = HARK_GROUP_PAGE (widget);

  gtk_label_set_text (GTK_LABEL (page->problem), problem ? problem : "");
  gtk_widget_set_visible (page->problem, problem != NULL);
  if (pixels)
    set_picture (page, pixels);
}

static void
on_choose (HarkGroupPage *page)
{
  hark_choose_picture (GTK_WIDGET (page), page->choose, _ ("Picture of the Group"), on_picture);
}

static void
on_clear (HarkGroupPage *page)
{
  set_picture (page, g_bytes_new (NULL, 0));
}

static void
on_add (HarkGroupPage *page)
{
  gtk_window_present (
    GTK_WINDOW (hark_group_dialog_new (GTK_WINDOW (page), page->client, page->item)));
}

/* Nobody could ask people in or remove them any more. */
static bool
leads_alone (HarkGroupPage *page)
{
  const HarkGroupInfo *group = info_of (page);

  if (group->role < HARK_GROUP_PERSON_ADMIN || group->joined < 2)
    return false;
  for (guint i = 0; i < group->people->len; i++) {
    const HarkGroupPerson *person = group->people->pdata[i];
    HarkPersonItem *contact = hark_client_find (page->client, person->account);
    bool own = contact && hark_person_item_is_self (contact);

    if (person->joined && person->role >= HARK_GROUP_PERSON_ADMIN && !own)
      return false;
  }
  return true;
}

static void
on_leave (HarkGroupPage *page)
{
  const char *then
    = leads_alone (page)
        ? _ ("Nobody who stays can ask people in or remove them then; the founder can make "
             "somebody an admin before. What was written stays on this computer.")
        : _ ("The others see that you left. What was written stays on this computer.");

  if (hark_widget_confirm (GTK_WIDGET (page), _ ("Leave this group?"), then, _ ("Leave")))
    ask (page, hark_command_for (HARK_COMMAND_GROUP_LEAVE, page->item));
}

static void
on_forget (HarkGroupPage *page)
{
  if (hark_widget_confirm (GTK_WIDGET (page), _ ("Delete this group?"),
                           _ ("It and everything written in it are deleted from this computer."),
                           _ ("Delete")))
    ask (page, hark_command_for (HARK_COMMAND_GROUP_FORGET, page->item));
}

/* ---- life ---- */

static void
hark_group_page_dispose (GObject *object)
{
  HarkGroupPage *page = HARK_GROUP_PAGE (object);

  g_clear_object (&page->client);
  g_clear_object (&page->item);
  g_clear_pointer (&page->shown_name, g_free);
  G_OBJECT_CLASS (hark_group_page_parent_class)->dispose (object);
}

static void
hark_group_page_class_init (HarkGroupPageClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_group_page_dispose;
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/group-page.ui");
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, problem);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, name);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, count);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, list);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, add);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, notices_row);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, notices);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, timer_row);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, timer);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, avatar);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, choose);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, clear);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, leave);
  gtk_widget_class_bind_template_child (widgets, HarkGroupPage, forget);
  gtk_widget_class_bind_template_callback (widgets, apply_name);
  gtk_widget_class_bind_template_callback (widgets, on_left);
  gtk_widget_class_bind_template_callback (widgets, on_notices);
  gtk_widget_class_bind_template_callback (widgets, on_timer);
  gtk_widget_class_bind_template_callback (widgets, on_choose);
  gtk_widget_class_bind_template_callback (widgets, on_clear);
  gtk_widget_class_bind_template_callback (widgets, on_add);
  gtk_widget_class_bind_template_callback (widgets, on_leave);
  gtk_widget_class_bind_template_callback (widgets, on_forget);
}

static void
hark_group_page_init (HarkGroupPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  hark_widget_limit_bytes (GTK_WIDGET (page->name));
  hark_widget_spoken (page->name, _ ("Name of the group"));
  hark_widget_spoken (page->notices, _ ("Notices"));
  hark_widget_spoken (page->timer, _ ("Disappearing messages"));
}

GtkWidget *
hark_group_page_new (GtkWindow *parent, HarkClient *client, HarkPersonItem *group)
{
  HarkGroupPage *page
    = g_object_new (HARK_TYPE_GROUP_PAGE, "use-header-bar", 1, "transient-for", parent, NULL);

  page->client = g_object_ref (client);
  page->item = g_object_ref (group);
  g_signal_connect_object (group, "changed", G_CALLBACK (show), page, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed",
                           G_CALLBACK (on_people_changed), page, G_CONNECT_SWAPPED);
  show (page);
  hark_widget_fit (GTK_WIDGET (page));
  return GTK_WIDGET (page);
}
