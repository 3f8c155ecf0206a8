#include "ui/fence.h"

#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

#define FENCE "hark-fence"  /* at the client */
#define LABEL "hark-fenced" /* at a label */

typedef struct {
  GWeakRef widget;
  void (*again) (GtkWidget *widget);
} Waiting;

typedef struct {
  HarkClient *client;   /* borrowed: it owns this */
  GdkFrameClock *clock; /* of the first window; weak; NULL: there is none */
  GPtrArray *waiting;   /* Waiting, in order */
  guint rest;           /* source; 0: not since the last picture */
} Fence;

static void
waiting_free (void *data)
{
  Waiting *waiting = data;

  g_weak_ref_clear (&waiting->widget);
  g_free (waiting);
}

static void
fence_free (void *data)
{
  Fence *fence = data;

  g_clear_handle_id (&fence->rest, g_source_remove);
  g_clear_weak_pointer (&fence->clock);
  g_ptr_array_unref (fence->waiting);
  g_free (fence);
}

static Fence *
fence_of (HarkClient *client)
{
  Fence *fence = g_object_get_data (G_OBJECT (client), FENCE);

  if (!fence) {
    fence = g_new0 (Fence, 1);
    fence->client = client;
    fence->waiting = g_ptr_array_new_with_free_func (waiting_free);
    g_object_set_data_full (G_OBJECT (client), FENCE, fence, fence_free);
  }
  return fence;
}

/* ---- pictures ---- */

static gboolean
on_rest (void *data)
{
  Fence *fence = data;
  HarkEngine *engine = hark_client_get_engine (fence->client);

  fence->rest = 0;
  if (engine)
    hark_engine_draw_rest (engine);
  return G_SOURCE_REMOVE;
}

static void
ask_again (Fence *fence)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&fence->waiting);

  fence->waiting = g_ptr_array_new_with_free_func (waiting_free);
  for (guint i = 0; i < waiting->len; i++) {
    Waiting *one = waiting->pdata[i];
    g_autoptr (GtkWidget) widget = g_weak_ref_get (&one->widget);

    if (widget)
      one->again (widget);
  }
}

static void
on_painted (GdkFrameClock *clock, HarkClient *client)
{
  Fence *fence = fence_of (client);
  HarkEngine *engine = hark_client_get_engine (client);

  (void) clock;
  if (engine)
    hark_engine_drawn (engine);
  if (fence->waiting->len > 0)
    ask_again (fence);
}

static void
on_realize (GtkWidget *window, HarkClient *client)
{
  Fence *fence = fence_of (client);

  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  if (!fence->clock)
    g_set_weak_pointer (&fence->clock, clock);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (on_painted), client, 0);
}

void
hark_fence_follow (HarkClient *client, GtkWidget *window)
{
  g_return_if_fail (HARK_IS_CLIENT (client));

  g_signal_connect_object (window, "realize", G_CALLBACK (on_realize), client, 0);
}

void
hark_fence_wait (HarkClient *client, GtkWidget *widget, void (*again) (GtkWidget *widget))
{
  Fence *fence = fence_of (client);
  Waiting *waiting = g_new0 (Waiting, 1);
  GdkFrameClock *clock;

  g_weak_ref_init (&waiting->widget, widget);
  waiting->again = again;
  g_ptr_array_add (fence->waiting, waiting);
  clock = gtk_widget_get_frame_clock (widget);
  if (!clock)
    clock = fence->clock;
  if (clock)
    gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
}

/* ---- things ---- */

static GBytes *
name_of (HarkFenceKind kind, const void *what, size_t len)
{
  uint8_t *bytes = g_malloc (len + 1);

  bytes[0] = (uint8_t) kind;
  memcpy (bytes + 1, what, len);
  return g_bytes_new_take (bytes, len + 1);
}

static HarkDraw
ask (HarkClient *client, const HarkFenced *fenced, HarkDrawStep step)
{
  HarkEngine *engine = hark_client_get_engine (client);
  size_t len;
  const void *what;

  if (!engine || !fenced->what)
    return HARK_DRAW_NOW;
  what = g_bytes_get_data (fenced->what, &len);
  return hark_engine_draw (engine, step, fenced->whose, what, len);
}

/* Nothing is drawn between the pictures of a window, and no picture is made of one that is hidden.
 */
static void
rest_soon (HarkClient *client)
{
  Fence *fence = fence_of (client);

  if (fence->rest == 0)
    fence->rest = g_idle_add_full (G_PRIORITY_LOW, on_rest, fence, NULL);
}

static HarkDraw
fill (HarkClient *client, HarkFenced *fenced, const uint8_t *whose, GBytes *what)
{
  const bool same = fenced->what && g_bytes_equal (fenced->what, what)
                    && memcmp (fenced->whose, whose, sizeof fenced->whose) == 0;
  HarkDraw draw;

  if (!same) {
    hark_fence_clear (fenced);
    memcpy (fenced->whose, whose, sizeof fenced->whose);
    fenced->what = g_bytes_ref (what);
  }
  if (fenced->painted)
    return HARK_DRAW_NOW;
  rest_soon (client);
  draw = ask (client, fenced, HARK_DRAW_FILL);
  fenced->is_shown = draw == HARK_DRAW_NOW;
  return draw;
}

HarkDraw
hark_fence_text (HarkClient *client,
                 HarkFenced *fenced,
                 HarkFenceKind kind,
                 const uint8_t whose[HARK_ACCOUNT_LEN],
                 const char *text)
{
  g_autoptr (GBytes) what = name_of (kind, text, strlen (text));

  return fill (client, fenced, whose, what);
}

/* Who wrote it; nobody is blamed for what the user wrote. */
static const uint8_t *
writer_of (const HarkMessage *message)
{
  static const uint8_t ourselves[HARK_ACCOUNT_LEN];

  return message->outgoing ? ourselves : message->has_author ? message->author : message->contact;
}

static bool
is_hidden_as (HarkClient *client, HarkFenceKind kind, const HarkMessage *message)
{
  HarkEngine *engine = hark_client_get_engine (client);
  uint8_t what[1 + HARK_MESSAGE_ID_LEN] = {(uint8_t) kind};

  memcpy (what + 1, message->id, HARK_MESSAGE_ID_LEN);
  return engine && hark_engine_draws_never (engine, writer_of (message), what, sizeof what);
}

bool
hark_fence_hides (HarkClient *client, const HarkMessage *message)
{
  return is_hidden_as (client, HARK_FENCE_ROW, message)
         || is_hidden_as (client, HARK_FENCE_LINE, message);
}

HarkDraw
hark_fence_message (HarkClient *client,
                    HarkFenced *fenced,
                    HarkFenceKind kind,
                    const HarkMessage *message)
{
  g_autoptr (GBytes) what = name_of (kind, message->id, sizeof message->id);

  if (hark_fence_hides (client, message)) {
    hark_fence_clear (fenced);
    return HARK_DRAW_NEVER;
  }
  return fill (client, fenced, writer_of (message), what);
}

void
hark_fence_clear (HarkFenced *fenced)
{
  g_clear_pointer (&fenced->what, g_bytes_unref);
  *fenced = (HarkFenced){{0}};
}

void
hark_fence_lay_out (HarkClient *client, HarkFenced *fenced)
{
  if (fenced->laid_out || !fenced->is_shown)
    return;
  ask (client, fenced, HARK_DRAW_LAY_OUT);
  rest_soon (client);
  fenced->laid_out = true;
}

bool
hark_fence_paint (HarkClient *client, HarkFenced *fenced, GtkWidget *widget)
{
  if (fenced->painted || !fenced->is_shown)
    return true;
  rest_soon (client); /* of a dialog, which has pictures of its own */
  fenced->painted = ask (client, fenced, HARK_DRAW_PAINT) == HARK_DRAW_NOW;
  if (!fenced->painted)
    hark_fence_wait (client, widget, gtk_widget_queue_draw);
  return fenced->painted;
}

/* ---- labels that are no rows ---- */

typedef struct {
  HarkClient *client;
  HarkFenced fenced;
  HarkFenceKind kind;
  uint8_t whose[HARK_ACCOUNT_LEN];
  char *text;
} Label;

static void
label_free (void *data)
{
  Label *label = data;

  hark_fence_clear (&label->fenced);
  g_object_unref (label->client);
  g_free (label->text);
  g_free (label);
}

static const char *
words_of (HarkFenceKind kind)
{
  return kind == HARK_FENCE_NAME || kind == HARK_FENCE_FILE
           ? _ ("The name closed Hark when it was shown.")
           : hark_fence_words ();
}

static HarkDraw show_label (GtkWidget *widget);

static void
show_label_again (GtkWidget *widget)
{
  show_label (widget);
}

static HarkDraw
show_label (GtkWidget *widget)
{
  Label *label = g_object_get_data (G_OBJECT (widget), LABEL);
  HarkDraw draw
    = hark_fence_text (label->client, &label->fenced, label->kind, label->whose, label->text);

  if (draw == HARK_DRAW_LATER)
    hark_fence_wait (label->client, widget, show_label_again);
  hark_widget_text (widget, draw == HARK_DRAW_NOW     ? label->text
                            : draw == HARK_DRAW_LATER ? "…"
                                                      : words_of (label->kind));
  hark_fence_lay_out (label->client, &label->fenced);
  return draw;
}

static gboolean
on_label_drawn (GtkWidget *widget, cairo_t *cr, Label *label)
{
  (void) cr;
  return !hark_fence_paint (label->client, &label->fenced, widget);
}

HarkDraw
hark_fence_label (HarkClient *client,
                  GtkWidget *widget,
                  HarkFenceKind kind,
                  const uint8_t whose[HARK_ACCOUNT_LEN],
                  const char *text)
{
  Label *label = g_object_get_data (G_OBJECT (widget), LABEL);

  if (!label) {
    label = g_new0 (Label, 1);
    label->client = g_object_ref (client);
    g_object_set_data_full (G_OBJECT (widget), LABEL, label, label_free);
    g_signal_connect (widget, "draw", G_CALLBACK (on_label_drawn), label);
  }
  label->kind = kind;
  memcpy (label->whose, whose, sizeof label->whose);
  if (g_strcmp0 (label->text, text) != 0) {
    g_free (label->text);
    label->text = g_strdup (text);
  }
  return show_label (widget);
}

void
hark_fence_version (HarkClient *client,
                    GtkWidget *label,
                    const HarkMessage *message,
                    const char *text)
{
  hark_fence_label (client, label, HARK_FENCE_TEXT, writer_of (message), text);
}

void
hark_fence_face (HarkClient *client,
                 GtkWidget *avatar,
                 GtkWidget *label,
                 const uint8_t whose[HARK_ACCOUNT_LEN],
                 const char *name)
{
  HarkDraw draw = hark_fence_label (client, label, HARK_FENCE_NAME, whose, name);

  hdy_avatar_set_text (HDY_AVATAR (avatar), draw == HARK_DRAW_NOW ? name : "");
}

void
hark_fence_forget (GtkWidget *widget)
{
  Label *label = g_object_get_data (G_OBJECT (widget), LABEL);

  hark_widget_text (widget, "");
  if (!label)
    return;
  hark_fence_clear (&label->fenced);
  g_free (label->text);
  label->text = g_strdup ("");
}

/* ---- what the user wants anyway ---- */

static void
open_anyway (
  HarkClient *client, HarkFenceKind kind, const uint8_t *whose, const void *what, size_t len)
{
  HarkEngine *engine = hark_client_get_engine (client);
  g_autoptr (GBytes) bytes = name_of (kind, what, len);

  if (engine)
    hark_engine_draw_anyway (engine, whose, g_bytes_get_data (bytes, NULL), len + 1);
}

void
hark_fence_open_message (HarkClient *client, const HarkMessage *message)
{
  const HarkFenceKind kinds[] = {HARK_FENCE_ROW, HARK_FENCE_LINE};

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    open_anyway (client, kinds[i], writer_of (message), message->id, sizeof message->id);
}

void
hark_fence_open_name (HarkClient *client, HarkPersonItem *person)
{
  const char *name = hark_person_item_get_hidden_name (person);

  if (!name)
    return;
  open_anyway (client, HARK_FENCE_NAME, hark_person_item_get (person)->account, name,
               strlen (name));
  hark_person_item_hide_name (person, false);
}

const char *
hark_fence_words (void)
{
  return _ ("This message closed Hark when it was shown.");
}

GtkWidget *
hark_fence_button (void)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Open It Anyway"));

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_show (button);
  return button;
}
