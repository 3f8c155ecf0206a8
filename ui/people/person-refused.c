#include "ui/people/person-refused.h"

#include "ui/core-words.h"
#include "ui/widgets.h"
#include "ui/words/times.h"

#include <glib/gi18n.h>
#include <string.h>

#define PERSON "hark-person-refused"

/* All of one reason. */
typedef struct {
  const HarkRefused *last;
  unsigned n;
} Reason;

static Reason *
find (GArray *reasons, const char *reason)
{
  for (guint i = 0; i < reasons->len; i++) {
    Reason *at = &g_array_index (reasons, Reason, i);

    if (g_strcmp0 (at->last->reason, reason) == 0)
      return at;
  }
  return NULL;
}

/* (transfer full) (element-type Reason): of what @account sent, borrowed from @refused. */
static GArray *
sum_up (GPtrArray *refused, const uint8_t account[HARK_ACCOUNT_LEN])
{
  GArray *reasons = g_array_new (FALSE, FALSE, sizeof (Reason));

  for (guint i = 0; refused && i < refused->len; i++) {
    const HarkRefused *one = refused->pdata[i];
    Reason *reason = find (reasons, one->reason);
    const Reason first = {.last = one, .n = 1};

    if (memcmp (one->contact, account, HARK_ACCOUNT_LEN) != 0)
      continue;
    if (!reason) {
      g_array_append_val (reasons, first);
      continue;
    }
    reason->n++;
    if (one->received_ms > reason->last->received_ms)
      reason->last = one;
  }
  return reasons;
}

static void
on_refused (GObject *group, const HarkEvent *result)
{
  HarkPersonItem *person = g_object_get_data (group, PERSON);
  g_autoptr (GArray) reasons = sum_up (result->refused, hark_person_item_get (person)->account);

  for (guint i = 0; i < reasons->len; i++) {
    const Reason *reason = &g_array_index (reasons, Reason, i);
    GtkWidget *label;
    g_autofree char *why = hark_core_words (reason->last->reason);
    g_autofree char *day = hark_words_day (reason->last->received_ms, g_get_real_time () / 1000);
    g_autofree char *when = g_strdup_printf (
      ngettext ("%u time: %s", "%u times, the last one: %s", reason->n), reason->n, day);
    g_autofree char *text = g_strdup_printf ("%s\n%s", why ? why : "", when);

    label = hark_widget_add_label (GTK_WIDGET (group), "small", 20);
    gtk_widget_set_margin_bottom (label, 6);
    hark_widget_text (label, text);
  }
  gtk_widget_set_visible (GTK_WIDGET (group), reasons->len > 0);
}

void
hark_person_refused_fill (GtkWidget *group, HarkClient *client, HarkPersonItem *person)
{
  g_object_set_data_full (G_OBJECT (group), PERSON, g_object_ref (person), g_object_unref);
  hark_client_ask (client, hark_command_new (HARK_COMMAND_QUARANTINE), G_OBJECT (group),
                   on_refused);
}
