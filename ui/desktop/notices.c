#include "ui/desktop/notices.h"

#include "ui/chat-window.h"
#include "ui/desktop/person-hex.h"
#include "ui/desktop/sounds.h"
#include "ui/model/calls.h"
#include "ui/model/group-talk.h"
#include "ui/settings/settings.h"
#include "ui/words/messages.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>
#include <string.h>

#define NOTICE_PAUSE_US (3 * G_USEC_PER_SEC) /* between two notices about one person */

struct _HarkNotices {
  GObject parent_instance;
  GApplication *application; /* owns us */
  HarkClient *client;
  GtkWindow *window;
  HarkCallItem *ringing; /* that was told of */
  char *group;           /* the id of the one whose call was told of */
  GHashTable *told;      /* id of a notice that may still show -> whose account */
  bool declined;         /* through the notice: the row of that call is no news */
};

G_DEFINE_TYPE (HarkNotices, hark_notices, G_TYPE_OBJECT)

typedef enum { NEWS_MESSAGE, NEWS_REQUEST, NEWS_CALL } News;

/* @name: NULL: it is not told; @says: the text stands below */
static char *
headline (News news, const char *name, bool says)
{
  switch (news) {
  case NEWS_REQUEST:
    return name ? g_strdup_printf (_ ("%s wants to become your contact"), name)
                : g_strdup (_ ("Somebody wants to become your contact"));
  case NEWS_CALL:
    return name ? g_strdup_printf (_ ("%s is calling"), name)
                : g_strdup (_ ("Somebody is calling"));
  default:
    if (name && says)
      return g_strdup (name);
    return name ? g_strdup_printf (_ ("%s wrote to you"), name)
                : g_strdup (_ ("Somebody wrote to you"));
  }
}

/* Of the Desktop Notifications Specification; desktops have rules and sounds for some. */
static const char *
category (News news)
{
  switch (news) {
  case NEWS_CALL:
    return "call.incoming";
  case NEWS_REQUEST:
    return "im";
  default:
    return "im.received";
  }
}

static GNotification *
new_notice (HarkPersonItem *person, const char *hex, News news, const char *text)
{
  g_autofree char *level = hark_settings_get_text (hark_settings_get (), HARK_SET_NOTICES);
  bool nobody = strcmp (level, "none") == 0;
  g_autofree char *safe = hark_words_notice (strcmp (level, "all") == 0 ? text : "");
  const char *name = nobody ? NULL : hark_person_item_get (person)->name;
  g_autofree char *head = headline (news, name, *safe != '\0');
  GNotification *notice = g_notification_new (head);

  g_autoptr (GIcon) icon = g_themed_icon_new ("org.hark.Hark");

  g_notification_set_icon (notice, icon);
  g_notification_set_category (notice, category (news));
  g_notification_set_body (notice, safe);
  g_notification_set_default_action_and_target (notice, "app.show", "s", hex);
  return notice;
}

/* Whether the row of a call tells of one that was missed. */
static bool
is_missed (HarkNotices *notices, const HarkMessage *call)
{
  bool declined = notices->declined;

  notices->declined = false;
  return call->ref == 0 && !declined;
}

/* With the list, everything is; in a window of its own, that conversation. */
static bool
is_looked_at (HarkNotices *notices, HarkPersonItem *person)
{
  HarkChatWindow *own = hark_chat_window_of (person);

  return gtk_window_is_active (notices->window) || (own && gtk_window_is_active (GTK_WINDOW (own)));
}

/* Lines of calls are in every window. */
static bool
is_any_looked_at (HarkNotices *notices)
{
  return gtk_window_is_active (notices->window) || hark_chat_window_in_front () != NULL;
}

/* A burst of messages is one event for who is elsewhere. */
static bool
is_too_soon (HarkPersonItem *person)
{
  gint64 now = g_get_monotonic_time ();
  gint64 *last = g_object_get_data (G_OBJECT (person), "hark-noticed");

  if (last && now - *last < NOTICE_PAUSE_US)
    return true;
  g_object_set_data_full (G_OBJECT (person), "hark-noticed", g_memdup2 (&now, sizeof now), g_free);
  return false;
}

static void
tell (HarkNotices *notices, const char *id, HarkPersonItem *person, GNotification *notice)
{
  g_hash_table_insert (notices->told, g_strdup (id),
                       g_memdup2 (hark_person_item_get (person)->account, HARK_ACCOUNT_LEN));
  g_application_send_notification (notices->application, id, notice);
}

static void
on_read (HarkNotices *notices, HarkPersonItem *person)
{
  g_autofree char *hex = hark_person_hex (person);

  g_hash_table_remove (notices->told, hex);
  g_application_withdraw_notification (notices->application, hex);
}

/* Of who is there no more, and of a profile that is locked, nothing stays on the screen. */
static void
on_people (HarkNotices *notices, guint position, guint removed)
{
  GHashTableIter iter;
  void *id, *account;

  (void) position;
  g_hash_table_iter_init (&iter, notices->told);
  while (removed > 0 && g_hash_table_iter_next (&iter, &id, &account))
    if (!hark_client_find (notices->client, account)) {
      g_application_withdraw_notification (notices->application, id);
      g_hash_table_iter_remove (&iter);
    }
  if (g_list_model_get_n_items (hark_client_get_people (notices->client)) == 0)
    g_clear_pointer (&notices->group, g_free); /* if it still rings then, it is told again */
}

static void
on_message (HarkNotices *notices, HarkPersonItem *person, HarkMessageItem *message)
{
  const HarkMessage *value = hark_message_item_get (message);
  g_autoptr (GNotification) notice = NULL;
  g_autofree char *line = NULL;
  g_autofree char *hex = NULL;

  if (value->outgoing || value->type == HARK_MESSAGE_IS_GROUP || !notices->window
      || is_looked_at (notices, person)
      || (value->type == HARK_MESSAGE_IS_CALL && !is_missed (notices, value))
      || !hark_person_item_wants_notice (person, value, g_get_real_time () / 1000)
      || is_too_soon (person))
    return;
  hex = hark_person_hex (person);
  line = hark_words_line (value);
  notice = new_notice (person, hex, NEWS_MESSAGE, line);
  if (value->type == HARK_MESSAGE_IS_FILE)
    g_notification_add_button_with_target (notice, _ ("Accept"), "app.take", "t",
                                           (guint64) value->ref);
  g_notification_add_button_with_target (notice, _ ("Mark as Read"), "app.read", "s", hex);
  tell (notices, hex, person, notice);
}

static void
on_request (HarkNotices *notices, HarkPersonItem *person)
{
  g_autoptr (GNotification) notice = NULL;
  g_autofree char *hex = NULL;

  if (!notices->window || is_looked_at (notices, person))
    return;
  hex = hark_person_hex (person);
  notice = new_notice (person, hex, NEWS_REQUEST, hark_person_item_get (person)->request_text);
  tell (notices, hex, person, notice);
}

static void
on_call (HarkNotices *notices)
{
  HarkCallItem *ringing = hark_client_get_ringing (notices->client);
  HarkPersonItem *person
    = ringing ? hark_client_find (notices->client, hark_call_item_get (ringing)->contact) : NULL;
  g_autoptr (GNotification) notice = NULL;
  g_autofree char *hex = NULL;

  if (ringing == notices->ringing)
    return;
  g_set_object (&notices->ringing, ringing);
  if (!person) {
    g_application_withdraw_notification (notices->application, "call");
    if (notices->window)
      gtk_window_set_urgency_hint (GTK_WINDOW (notices->window), FALSE);
    return;
  }
  if (!notices->window || is_any_looked_at (notices))
    return;
  hex = hark_person_hex (person);
  notice = new_notice (person, hex, NEWS_CALL, "");
  gtk_window_set_urgency_hint (GTK_WINDOW (notices->window), TRUE);
  g_notification_set_priority (notice, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_add_button (
    notice,
    hark_client_get_other_call (notices->client, ringing) ? _ ("Hold and Answer") : _ ("Answer"),
    "app.answer");
  g_notification_add_button (notice, _ ("Decline"), "app.decline");
  g_application_send_notification (notices->application, "call", notice);
}

/* Told once for a call that begins; whoever sees the window sees it there, and hears it. */
static void
on_told (HarkNotices *notices, const HarkEvent *event)
{
  const HarkGroupCall *call = event->group_call;
  HarkPersonItem *group;
  g_autofree char *hex = NULL;

  if (event->kind != HARK_EVENT_GROUP_CALL)
    return;
  group = hark_group_talk_group (notices->client, call);
  hex = group ? hark_person_hex (group) : NULL;
  if (call->phase != HARK_GROUP_CALL_ON && hex && g_strcmp0 (hex, notices->group) == 0) {
    g_clear_pointer (&notices->group, g_free);
    g_application_withdraw_notification (notices->application, "group-call");
  } else if (call->rings && hex && g_strcmp0 (hex, notices->group) != 0 && notices->window) {
    g_autoptr (GNotification) notice = new_notice (group, hex, NEWS_CALL, "");

    g_free (notices->group);
    notices->group = g_steal_pointer (&hex);
    hark_sounds_ring (gtk_widget_get_display (GTK_WIDGET (notices->window)));
    if (is_any_looked_at (notices))
      return;
    g_notification_set_priority (notice, G_NOTIFICATION_PRIORITY_URGENT);
    g_notification_add_button_with_target (notice, _ ("Join"), "app.join", "s", notices->group);
    tell (notices, "group-call", group, notice);
  }
}

/* ---- life ---- */

static void
hark_notices_dispose (GObject *object)
{
  HarkNotices *notices = HARK_NOTICES (object);

  g_clear_weak_pointer (&notices->window);
  g_clear_object (&notices->ringing);
  g_clear_pointer (&notices->group, g_free);
  g_clear_pointer (&notices->told, g_hash_table_unref);
  g_clear_object (&notices->client);
  G_OBJECT_CLASS (hark_notices_parent_class)->dispose (object);
}

static void
hark_notices_class_init (HarkNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_notices_dispose;
}

static void
hark_notices_init (HarkNotices *notices)
{
  notices->told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

HarkNotices *
hark_notices_new (GApplication *application, HarkClient *client)
{
  HarkNotices *notices = g_object_new (HARK_TYPE_NOTICES, NULL);

  notices->application = application;
  notices->client = g_object_ref (client);
  g_signal_connect_object (client, "message", G_CALLBACK (on_message), notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "read", G_CALLBACK (on_read), notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "request", G_CALLBACK (on_request), notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "call", G_CALLBACK (on_call), notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), notices, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed", G_CALLBACK (on_people),
                           notices, G_CONNECT_SWAPPED);
  return notices;
}

void
hark_notices_set_window (HarkNotices *notices, GtkWindow *window)
{
  g_return_if_fail (HARK_IS_NOTICES (notices));

  g_set_weak_pointer (&notices->window, window);
}

void
hark_notices_declined (HarkNotices *notices)
{
  g_return_if_fail (HARK_IS_NOTICES (notices));

  notices->declined = true;
}
