#include "ui/chat/offers-box.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkOffersBox {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person; /* NULL: none */
  GHashTable *ids;        /* of what is offered: uint64_t */
  GtkWidget *words;
  GtkWidget *accept;
};

G_DEFINE_TYPE (HarkOffersBox, hark_offers_box, GTK_TYPE_BOX)

static guint signal_accepted;

static void
show (HarkOffersBox *box)
{
  g_autoptr (GPtrArray) offers
    = box->person ? hark_client_get_offers (box->client, box->person) : g_ptr_array_new ();
  g_autofree char *size = NULL;
  g_autofree char *words = NULL;
  uint64_t bytes = 0;

  g_hash_table_remove_all (box->ids);
  for (guint i = 0; i < offers->len; i++) {
    const HarkTransfer *transfer = hark_transfer_item_get (offers->pdata[i]);

    bytes += transfer->size;
    g_hash_table_add (box->ids, g_memdup2 (&transfer->id, sizeof transfer->id));
  }
  size = g_format_size (bytes);
  words = g_strdup_printf (ngettext ("%u file waits for your answer (%s).",
                                     "%u files wait for your answer (%s).", offers->len),
                           offers->len, size);
  hark_widget_text (box->words, words);
  gtk_widget_set_visible (GTK_WIDGET (box), offers->len > 1);
}

/* Figures of what moves come all the time, and are none of this. */
static void
on_transfer (HarkOffersBox *box, HarkTransferItem *item)
{
  const HarkTransfer *transfer = hark_transfer_item_get (item);
  const bool offered = !transfer->outgoing && transfer->state == HARK_FILE_OFFERED;

  if (offered || g_hash_table_contains (box->ids, &transfer->id))
    show (box);
}

static void
on_accept (HarkOffersBox *box)
{
  g_autoptr (GPtrArray) offers = hark_client_get_offers (box->client, box->person);

  for (guint i = 0; i < offers->len; i++)
    hark_client_send_transfer (box->client, HARK_COMMAND_TAKE,
                               hark_transfer_item_get (offers->pdata[i])->id);
  g_signal_emit (box, signal_accepted, 0);
}

static void
hark_offers_box_dispose (GObject *object)
{
  HarkOffersBox *box = HARK_OFFERS_BOX (object);

  g_clear_object (&box->client);
  g_clear_object (&box->person);
  g_clear_pointer (&box->ids, g_hash_table_unref);
  G_OBJECT_CLASS (hark_offers_box_parent_class)->dispose (object);
}

static void
hark_offers_box_class_init (HarkOffersBoxClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_offers_box_dispose;
  signal_accepted = g_signal_new ("accepted", HARK_TYPE_OFFERS_BOX, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
hark_offers_box_init (HarkOffersBox *box)
{
  box->ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_box_set_spacing (GTK_BOX (box), 6);
  hark_widget_class (GTK_WIDGET (box), "waits", true);
  box->words = gtk_label_new (NULL);
  hark_widget_wrap (box->words);
  gtk_label_set_xalign (GTK_LABEL (box->words), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (box->words), 30); /* else two panes need more room */
  gtk_widget_set_hexpand (box->words, TRUE);
  box->accept = gtk_button_new_with_mnemonic (_ ("Acce_pt All"));
  gtk_widget_set_valign (box->accept, GTK_ALIGN_CENTER);
  hark_widget_name (box->accept, _ ("Accept all files that wait in this conversation"));
  g_signal_connect_swapped (box->accept, "clicked", G_CALLBACK (on_accept), box);
  gtk_container_add (GTK_CONTAINER (box), box->words);
  gtk_container_add (GTK_CONTAINER (box), box->accept);
  gtk_widget_show_all (GTK_WIDGET (box));
  gtk_widget_hide (GTK_WIDGET (box));
}

void
hark_offers_box_set (HarkOffersBox *box, HarkClient *client, HarkPersonItem *person)
{
  g_return_if_fail (HARK_IS_OFFERS_BOX (box));

  if (!box->client) {
    box->client = g_object_ref (client);
    g_signal_connect_object (client, "transfer", G_CALLBACK (on_transfer), box, G_CONNECT_SWAPPED);
  }
  if (g_set_object (&box->person, person))
    show (box);
}
