#include "ui/chat/message-text.h"

#include "ui/chat/long-text.h"
#include "ui/format.h"
#include "ui/words/shown.h"

#include <stdbool.h>
#include <string.h>

struct _HarkMessageText {
  HarkWrappedLabel parent_instance;
  GArray *spans;
  char *link; /* that was told last; keeps the signal's argument alive */
};

G_DEFINE_TYPE (HarkMessageText, hark_message_text, HARK_TYPE_WRAPPED_LABEL)

static guint signal_link;

static void
add (PangoAttrList *list, PangoAttribute *attribute, const HarkFormatSpan *span)
{
  attribute->start_index = span->start;
  attribute->end_index = span->end;
  pango_attr_list_insert (list, attribute);
}

static void
decorate (HarkMessageText *label)
{
  PangoAttrList *list = pango_attr_list_new ();

  /* a word that is broken gets no hyphen, which is not of the text */
  pango_attr_list_insert (list, pango_attr_insert_hyphens_new (FALSE));
  for (guint i = 0; i < label->spans->len; i++) {
    const HarkFormatSpan *span = &g_array_index (label->spans, HarkFormatSpan, i);

    switch (span->kind) {
    case HARK_FORMAT_BOLD:
      add (list, pango_attr_weight_new (PANGO_WEIGHT_BOLD), span);
      break;
    case HARK_FORMAT_ITALIC:
      add (list, pango_attr_style_new (PANGO_STYLE_ITALIC), span);
      break;
    case HARK_FORMAT_CODE:
      add (list, pango_attr_family_new ("monospace"), span);
      break;
    case HARK_FORMAT_LINK:
      add (list, pango_attr_underline_new (PANGO_UNDERLINE_SINGLE), span);
      break;
    }
  }
  gtk_label_set_attributes (GTK_LABEL (label), list);
  pango_attr_list_unref (list);
}

static bool
is_shown (HarkMessageText *label, const char *text, const GArray *spans)
{
  return label->spans && label->spans->len == spans->len
         && (spans->len == 0
             || memcmp (label->spans->data, spans->data, spans->len * sizeof (HarkFormatSpan)) == 0)
         && strcmp (gtk_label_get_text (GTK_LABEL (label)), text) == 0;
}

/* Where it is delivered, read and reacted to it is the same, and would be laid out for each.
 * @spans: (transfer full) */
static void
put (HarkMessageText *label, const char *text, GArray *spans)
{
  const bool same = is_shown (label, text, spans);

  g_clear_pointer (&label->spans, g_array_unref);
  label->spans = spans;
  if (same)
    return;
  gtk_label_set_text (GTK_LABEL (label), text);
  decorate (label);
}

gboolean
hark_message_text_set (HarkMessageText *label, const char *text, gboolean whole)
{
  const gsize chars = text ? (gsize) g_utf8_strlen (text, -1) : 0;
  const gsize chars_max = whole ? chars : hark_long_text_cheap (text);
  GArray *spans = NULL;
  g_autofree char *fit = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *parts = NULL;

  g_return_val_if_fail (HARK_IS_MESSAGE_TEXT (label), FALSE);

  fit = hark_words_shown (text, chars_max);
  shown = hark_format_scan (fit, &spans);
  parts = hark_long_text_part (shown);
  for (guint i = 0; i < spans->len; i++) {
    HarkFormatSpan *span = &g_array_index (spans, HarkFormatSpan, i);

    span->start = (guint) hark_long_text_offset (shown, parts, span->start);
    span->end = (guint) hark_long_text_offset (shown, parts, span->end);
  }
  put (label, parts, spans);
  return chars <= chars_max;
}

void
hark_message_text_say (HarkMessageText *label, const char *sentence)
{
  g_autofree char *parts = hark_long_text_part (sentence);

  g_return_if_fail (HARK_IS_MESSAGE_TEXT (label));

  put (label, parts, g_array_new (FALSE, FALSE, sizeof (HarkFormatSpan)));
}

static char *
link_text (HarkMessageText *label, const HarkFormatSpan *span)
{
  return hark_long_text_join (
    g_strndup (gtk_label_get_text (GTK_LABEL (label)) + span->start, span->end - span->start));
}

char **
hark_message_text_get_links (HarkMessageText *label)
{
  g_autoptr (GStrvBuilder) links = g_strv_builder_new ();

  g_return_val_if_fail (HARK_IS_MESSAGE_TEXT (label), NULL);

  for (guint i = 0; label->spans && i < label->spans->len; i++) {
    const HarkFormatSpan *span = &g_array_index (label->spans, HarkFormatSpan, i);
    g_autofree char *link = span->kind == HARK_FORMAT_LINK ? link_text (label, span) : NULL;

    if (link)
      g_strv_builder_add (links, link);
  }
  return g_strv_builder_end (links);
}

/* (nullable): the link at a place of the widget. */
static const HarkFormatSpan *
link_at (HarkMessageText *label, int x, int y)
{
  PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (label));
  int left, top, index, trailing;

  gtk_label_get_layout_offsets (GTK_LABEL (label), &left, &top);
  if (!label->spans
      || !pango_layout_xy_to_index (layout, (x - left) * PANGO_SCALE, (y - top) * PANGO_SCALE,
                                    &index, &trailing))
    return NULL;
  for (guint i = 0; i < label->spans->len; i++) {
    const HarkFormatSpan *span = &g_array_index (label->spans, HarkFormatSpan, i);

    if (span->kind == HARK_FORMAT_LINK && (guint) index >= span->start && (guint) index < span->end)
      return span;
  }
  return NULL;
}

static gboolean
hark_message_text_button_release (GtkWidget *widget, GdkEventButton *event)
{
  HarkMessageText *label = HARK_MESSAGE_TEXT (widget);
  GtkAllocation place;
  const HarkFormatSpan *span;
  gboolean handled
    = GTK_WIDGET_CLASS (hark_message_text_parent_class)->button_release_event (widget, event);

  if (event->button != GDK_BUTTON_PRIMARY
      || gtk_label_get_selection_bounds (GTK_LABEL (label), NULL, NULL))
    return handled;
  gtk_widget_get_allocation (widget, &place); /* the layout counts from the parent's window */
  span = link_at (label, (int) event->x + place.x, (int) event->y + place.y);
  if (!span)
    return handled;
  g_free (label->link);
  label->link = link_text (label, span);
  g_signal_emit (label, signal_link, 0, label->link);
  return GDK_EVENT_STOP;
}

static void
hark_message_text_finalize (GObject *object)
{
  HarkMessageText *label = HARK_MESSAGE_TEXT (object);

  g_clear_pointer (&label->spans, g_array_unref);
  g_free (label->link);
  G_OBJECT_CLASS (hark_message_text_parent_class)->finalize (object);
}

static void
hark_message_text_class_init (HarkMessageTextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_message_text_finalize;
  GTK_WIDGET_CLASS (klass)->button_release_event = hark_message_text_button_release;
  signal_link = g_signal_new ("link", HARK_TYPE_MESSAGE_TEXT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                              NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
hark_message_text_init (HarkMessageText *label)
{
  (void) label;
}
