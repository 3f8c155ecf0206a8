#include "ui/model/pages.h"

#define KEY "hark-page" /* at the person: the question that is open */

#define HARK_TYPE_PAGE (hark_page_get_type ())
G_DECLARE_FINAL_TYPE (HarkPage, hark_page, HARK, PAGE, GObject)

/* A question. The person owns it; an answer to one that was replaced finds nobody. */
struct _HarkPage {
  GObject parent_instance;
  HarkClient *client;     /* borrowed: it answers */
  HarkPersonItem *person; /* borrowed: it owns this */
  HarkPageReply reply;
  GWeakRef owner;
};

G_DEFINE_TYPE (HarkPage, hark_page, G_TYPE_OBJECT)

static void
hark_page_finalize (GObject *object)
{
  g_weak_ref_clear (&HARK_PAGE (object)->owner);
  G_OBJECT_CLASS (hark_page_parent_class)->finalize (object);
}

static void
hark_page_class_init (HarkPageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_page_finalize;
}

static void
hark_page_init (HarkPage *page)
{
  g_weak_ref_init (&page->owner, NULL);
}

static HarkPage *
new_page (HarkClient *client, HarkPersonItem *person)
{
  HarkPage *page = g_object_new (HARK_TYPE_PAGE, NULL);

  page->client = client;
  page->person = person;
  g_object_set_data_full (G_OBJECT (person), KEY, page, g_object_unref);
  return page;
}

static void
ask (HarkPage *page, HarkCommand *command, unsigned rows, HarkReply on_result)
{
  command->limit = rows;
  hark_client_ask (page->client, command, G_OBJECT (page), on_result);
}

/* Rows on one side of those that are loaded; @set_over: says whether they were the last there. */
static void
add_rows (GObject *owner,
          const HarkEvent *result,
          void (*set_over) (HarkPersonItem *person, bool over),
          bool more)
{
  HarkPage *page = HARK_PAGE (owner);
  HarkPersonItem *person = page->person;
  g_autoptr (GPtrArray) rows = hark_client_take_rows (page->client, result);

  g_object_set_data (G_OBJECT (person), KEY, NULL);
  if (!result->ok)
    return;
  set_over (person, !more || rows->len == 0);
  hark_person_item_add_messages (person, rows);
}

static void
on_older (GObject *owner, const HarkEvent *result)
{
  add_rows (owner, result, hark_person_item_set_complete, result->older);
}

static void
on_newer (GObject *owner, const HarkEvent *result)
{
  add_rows (owner, result, hark_person_item_set_at_end, result->newer);
}

static void
on_window (GObject *owner, const HarkEvent *result)
{
  HarkPage *page = HARK_PAGE (owner);
  HarkPersonItem *person = page->person;
  g_autoptr (GObject) asker = g_weak_ref_get (&page->owner);
  g_autoptr (GPtrArray) rows = hark_client_take_rows (page->client, result);

  g_object_set_data (G_OBJECT (person), KEY, NULL);
  if (result->ok)
    hark_person_item_replace (person, rows, result->older, result->newer);
  if (asker && page->reply)
    page->reply (asker, person, result);
}

static bool
is_open (HarkPersonItem *person)
{
  return g_object_get_data (G_OBJECT (person), KEY) != NULL;
}

void
hark_pages_older (HarkClient *client, HarkPersonItem *person)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  if (hark_person_item_get_complete (person) || is_open (person))
    return;
  command = hark_command_for (HARK_COMMAND_HISTORY, person);
  command->before = hark_person_item_get_first_position (person);
  ask (new_page (client, person), command, HARK_STEP_ROWS, on_older);
}

void
hark_pages_newer (HarkClient *client, HarkPersonItem *person)
{
  HarkCommand *command;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  if (hark_person_item_get_at_end (person) || is_open (person))
    return;
  command = hark_command_for (HARK_COMMAND_HISTORY, person);
  command->window = HARK_HISTORY_AFTER;
  command->before = hark_person_item_get_last_position (person);
  ask (new_page (client, person), command, HARK_STEP_ROWS, on_newer);
}

void
hark_pages_window (HarkClient *client,
                   HarkPersonItem *person,
                   HarkCommand *command,
                   GObject *owner,
                   HarkPageReply reply)
{
  HarkPage *page;

  g_return_if_fail (HARK_IS_CLIENT (client) && HARK_IS_PERSON_ITEM (person));

  page = new_page (client, person);
  g_weak_ref_set (&page->owner, owner);
  page->reply = reply;
  ask (page, command, HARK_PAGE_ROWS, on_window);
}
