#include "ui/people/archive-row.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>

struct _HarkArchiveRow {
  GtkListBoxRow parent_instance;
  GtkWidget *arrow;
  GtkWidget *label;
  GtkWidget *unread;
  unsigned n, n_unread;
  bool open;
};

G_DEFINE_TYPE (HarkArchiveRow, hark_archive_row, GTK_TYPE_LIST_BOX_ROW)

static void
show (HarkArchiveRow *row)
{
  g_autofree char *words = g_strdup_printf (_ ("Archived (%u)"), row->n);
  g_autofree char *unread = g_strdup_printf ("%u", row->n_unread);
  g_autofree char *all
    = row->n_unread > 0 ? g_strdup_printf (
        ngettext ("%s, %u unread", "%s, %u unread", row->n_unread), words, row->n_unread)
                        : g_strdup (words);
  g_autofree char *spoken
    = g_strdup_printf (row->open ? _ ("%s, shown below") : _ ("%s, hidden"), all);

  hark_widget_text (row->label, words);
  hark_widget_text (row->unread, unread);
  gtk_widget_set_visible (row->unread, row->n_unread > 0);
  hark_widget_icon (row->arrow, row->open ? "pan-down-symbolic" : "pan-end-symbolic",
                    GTK_ICON_SIZE_MENU);
  hark_widget_spoken (row->arrow, spoken);
  hark_widget_spoken (GTK_WIDGET (row), spoken);
}

static void
hark_archive_row_class_init (HarkArchiveRowClass *klass)
{
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "person");
}

static void
hark_archive_row_init (HarkArchiveRow *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  row->arrow = gtk_image_new ();
  row->label = gtk_label_new (NULL);
  row->unread = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (row->label), 0);
  gtk_widget_set_hexpand (row->label, TRUE);
  hark_widget_class (row->label, "dim-label", true);
  hark_widget_class (row->unread, "badge", true);
  gtk_widget_set_valign (row->unread, GTK_ALIGN_CENTER);
  g_object_set (box, "margin", 10, NULL);
  gtk_container_add (GTK_CONTAINER (box), row->arrow);
  gtk_container_add (GTK_CONTAINER (box), row->label);
  gtk_container_add (GTK_CONTAINER (box), row->unread);
  gtk_container_add (GTK_CONTAINER (row), box);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_show_all (GTK_WIDGET (row));
  show (row);
}

GtkWidget *
hark_archive_row_new (void)
{
  return g_object_new (HARK_TYPE_ARCHIVE_ROW, NULL);
}

void
hark_archive_row_set (HarkArchiveRow *row, unsigned n, unsigned unread)
{
  g_return_if_fail (HARK_IS_ARCHIVE_ROW (row));

  row->n = n;
  row->n_unread = unread;
  row->open = row->open && n > 0;
  show (row);
}

void
hark_archive_row_set_open (HarkArchiveRow *row, bool open)
{
  g_return_if_fail (HARK_IS_ARCHIVE_ROW (row));

  row->open = open;
  show (row);
}

unsigned
hark_archive_row_get (HarkArchiveRow *row)
{
  g_return_val_if_fail (HARK_IS_ARCHIVE_ROW (row), 0);

  return row->n;
}

bool
hark_archive_row_is_open (HarkArchiveRow *row)
{
  g_return_val_if_fail (HARK_IS_ARCHIVE_ROW (row), false);

  return row->open;
}
