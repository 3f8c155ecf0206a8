#include "ui/chat/emoji-popover.h"

#include "ui/chat/shortcodes.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEY "hark-emoji-popover"
#define ROWS_MAX 6

typedef struct {
  GtkTextView *view;  /* it has this */
  GtkWidget *popover; /* weak; NULL: nobody asked yet */
  GtkWidget *list;
  bool is_open;  /* after that it stays visible for a moment */
  bool changing; /* by us */
} Context;

static Context *
of (GtkTextView *view)
{
  return g_object_get_data (G_OBJECT (view), KEY);
}

static void
context_free (void *data)
{
  Context *context = data;

  g_clear_weak_pointer (&context->popover);
  g_free (context);
}

static GtkTextBuffer *
buffer (const Context *context)
{
  return gtk_text_view_get_buffer (context->view);
}

static void
let_be (Context *context)
{
  if (context->popover)
    gtk_popover_popdown (GTK_POPOVER (context->popover));
  context->is_open = false;
}

static bool
is_open (const Context *context)
{
  return context->is_open && context->popover && gtk_widget_get_visible (context->popover);
}

/* ---- what is typed ---- */

static bool
is_of_code (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c) || c == '_' || c == '-' || c == '+';
}

/* (transfer full) (nullable): the name before @end behind a colon that begins a word; @ret_start:
 * the colon. */
static char *
code_before (const GtkTextIter *end, GtkTextIter *ret_start)
{
  GtkTextIter at = *end, before;

  for (unsigned n = 0; gtk_text_iter_backward_char (&at); n++) {
    if (gtk_text_iter_get_char (&at) == ':')
      break;
    if (n >= HARK_SHORTCODE_MAX || !is_of_code (gtk_text_iter_get_char (&at)))
      return NULL;
  }
  if (gtk_text_iter_get_char (&at) != ':')
    return NULL;
  before = at;
  if (gtk_text_iter_backward_char (&before)
      && (is_of_code (gtk_text_iter_get_char (&before)) || gtk_text_iter_get_char (&before) == ':'))
    return NULL; /* 12:30, std::string */
  *ret_start = at;
  gtk_text_iter_forward_char (&at);
  return gtk_text_iter_get_text (&at, end);
}

static void
cursor (const Context *context, GtkTextIter *ret)
{
  gtk_text_buffer_get_iter_at_mark (buffer (context), ret,
                                    gtk_text_buffer_get_insert (buffer (context)));
}

static void
put (Context *context, GtkTextIter *start, GtkTextIter *end, const char *emoji)
{
  context->changing = true;
  gtk_text_buffer_begin_user_action (buffer (context));
  gtk_text_buffer_delete (buffer (context), start, end);
  gtk_text_buffer_insert (buffer (context), start, emoji, -1);
  gtk_text_buffer_end_user_action (buffer (context));
  context->changing = false;
  let_be (context);
}

static void
on_row (Context *context, GObject *row)
{
  GtkTextIter start, end;
  g_autofree char *typed = NULL;

  cursor (context, &end);
  typed = code_before (&end, &start);
  if (typed)
    put (context, &start, &end, g_object_get_data (row, "hark-emoji"));
}

/* The colon behind the name was just typed. */
static bool
put_exact (Context *context, const GtkTextIter *end)
{
  GtkTextIter colon = *end, start, behind = *end;
  g_autofree char *typed = NULL;
  const char *emoji;

  if (!gtk_text_iter_backward_char (&colon) || gtk_text_iter_get_char (&colon) != ':')
    return false;
  typed = code_before (&colon, &start);
  emoji = typed && g_utf8_strlen (typed, -1) >= HARK_SHORTCODE_MIN ? hark_shortcodes_exact (typed)
                                                                   : NULL;
  if (emoji)
    put (context, &start, &behind, emoji);
  return emoji != NULL;
}

/* ---- the list ---- */

static void
add_row (Context *context, const HarkShortcode *code)
{
  GtkWidget *row = gtk_list_box_row_new ();
  g_autofree char *words = g_strdup_printf ("%s  %s", code->text, code->name);
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  g_object_set (label, "margin", 4, NULL);
  gtk_container_add (GTK_CONTAINER (row), label);
  hark_widget_spoken (row, code->name);
  gtk_widget_set_can_focus (row, FALSE); /* whoever types goes on */
  g_object_set_data (G_OBJECT (row), "hark-emoji", (void *) code->text);
  gtk_container_add (GTK_CONTAINER (context->list), row);
}

static void
need_popover (Context *context)
{
  if (context->popover)
    return;
  g_set_weak_pointer (&context->popover, gtk_popover_new (GTK_WIDGET (context->view)));
  gtk_popover_set_modal (GTK_POPOVER (context->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (context->popover), GTK_POS_TOP);
  hark_widget_spoken (context->popover, _ ("Signs of that name"));
  context->list = gtk_list_box_new ();
  hark_widget_spoken (context->list, _ ("Signs of that name"));
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (context->list), GTK_SELECTION_BROWSE);
  gtk_list_box_set_activate_on_single_click (GTK_LIST_BOX (context->list), TRUE);
  g_signal_connect_swapped (context->list, "row-activated", G_CALLBACK (on_row), context);
  gtk_container_add (GTK_CONTAINER (context->popover), context->list);
  gtk_widget_show (context->list);
}

static void
point (Context *context, const GtkTextIter *at)
{
  GdkRectangle place;

  gtk_text_view_get_iter_location (context->view, at, &place);
  gtk_text_view_buffer_to_window_coords (context->view, GTK_TEXT_WINDOW_WIDGET, place.x, place.y,
                                         &place.x, &place.y);
  place.width = MAX (1, place.width);
  gtk_popover_set_pointing_to (GTK_POPOVER (context->popover), &place);
}

static void
show (Context *context, const GArray *codes, const GtkTextIter *at)
{
  g_autoptr (GList) rows = NULL;

  need_popover (context);
  rows = gtk_container_get_children (GTK_CONTAINER (context->list));
  g_list_foreach (rows, (GFunc) (void (*) (void)) gtk_widget_destroy, NULL);
  for (guint i = 0; i < codes->len; i++)
    add_row (context, &g_array_index (codes, HarkShortcode, i));
  gtk_widget_show_all (context->list);
  gtk_list_box_select_row (GTK_LIST_BOX (context->list),
                           gtk_list_box_get_row_at_index (GTK_LIST_BOX (context->list), 0));
  point (context, at);
  gtk_popover_popup (GTK_POPOVER (context->popover));
  context->is_open = true;
}

static void
look (Context *context)
{
  GtkTextIter start, end;
  g_autofree char *typed = NULL;
  g_autoptr (GArray) codes = NULL;

  if (context->changing || !gtk_widget_is_focus (GTK_WIDGET (context->view)))
    return;
  cursor (context, &end);
  if (put_exact (context, &end))
    return;
  typed = code_before (&end, &start);
  if (typed && g_utf8_strlen (typed, -1) >= HARK_SHORTCODE_MIN)
    codes = hark_shortcodes_find (typed, ROWS_MAX);
  if (codes && codes->len > 0)
    show (context, codes, &start);
  else
    let_be (context);
}

/* ---- keys ---- */

static void
mark (Context *context, int step)
{
  GtkListBox *list = GTK_LIST_BOX (context->list);
  GtkListBoxRow *now = gtk_list_box_get_selected_row (list);
  GtkListBoxRow *next
    = gtk_list_box_get_row_at_index (list, now ? gtk_list_box_row_get_index (now) + step : 0);

  if (next)
    gtk_list_box_select_row (list, next);
}

bool
hark_emoji_popover_key (GtkTextView *view, const GdkEventKey *event)
{
  Context *context = of (view);
  GtkListBoxRow *marked;

  if (!is_open (context) || (event->state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return false;
  switch (event->keyval) {
  case GDK_KEY_Escape:
    let_be (context);
    return true;
  case GDK_KEY_Up:
  case GDK_KEY_Down:
    mark (context, event->keyval == GDK_KEY_Up ? -1 : 1);
    return true;
  case GDK_KEY_Tab:
  case GDK_KEY_Return:
  case GDK_KEY_KP_Enter:
    marked = gtk_list_box_get_selected_row (GTK_LIST_BOX (context->list));
    if (marked)
      on_row (context, G_OBJECT (marked));
    return marked != NULL;
  default:
    return false;
  }
}

static void
on_written (GtkTextView *view)
{
  look (of (view));
}

static gboolean
on_focus_out (GtkTextView *view)
{
  let_be (of (view));
  return GDK_EVENT_PROPAGATE;
}

/* The cursor went elsewhere without a key that writes. */
static void
on_moved (GtkTextView *view)
{
  Context *context = of (view);
  GtkTextIter start, end;
  g_autofree char *typed = NULL;

  if (!is_open (context) || context->changing)
    return;
  cursor (context, &end);
  typed = code_before (&end, &start);
  if (!typed)
    let_be (context);
}

void
hark_emoji_popover_follow (GtkTextView *view)
{
  Context *context = g_new0 (Context, 1);

  context->view = view;
  g_object_set_data_full (G_OBJECT (view), KEY, context, context_free);
  /* the buffer may stay for what is still to be done with it (long-text.h) */
  g_signal_connect_object (buffer (context), "end-user-action", G_CALLBACK (on_written), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (buffer (context), "notify::cursor-position", G_CALLBACK (on_moved), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect (view, "focus-out-event", G_CALLBACK (on_focus_out), NULL);
}
