#include "ui/chat/clip-view.h"

#include "ui/model/chats.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define WAVE_WIDTH 160 /* with what stands beside it a row fits into 360 */
#define WAVE_HEIGHT 30
#define QUIET_PEAK 24 /* what is not louder is not drawn as if it were speech */
#define STEP_MS 1000  /* of a key */

struct _HarkClipView {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  HarkMessageItem *message;
  GtkWidget *play;
  GtkWidget *icon;
  GtkWidget *wave;
  GtkWidget *place; /* a scale without a trough upon it: a place to click, for keys too */
  GtkWidget *time;
  GtkWidget *faster;
  GtkWidget *rest; /* words about what is still to come */
  uint32_t length_ms;
  uint8_t peaks[HARK_PEAKS];
  uint8_t loudest;
  bool has_peaks;
  HarkPlayingPhase phase;
  uint32_t at_ms;
  bool quiet; /* the scale is set by us */
};

G_DEFINE_TYPE (HarkClipView, hark_clip_view, GTK_TYPE_BOX)

static unsigned speed = 100; /* per cent; as the user left it */

static const HarkMessage *
value (HarkClipView *view)
{
  return hark_message_item_get (view->message);
}

/* ---- what is seen ---- */

static gboolean
on_draw (HarkClipView *view, cairo_t *cr)
{
  GtkStyleContext *style = gtk_widget_get_style_context (view->wave);
  const double width = gtk_widget_get_allocated_width (view->wave);
  const double height = gtk_widget_get_allocated_height (view->wave);
  const double step = width / HARK_PEAKS;
  const bool mirrored = gtk_widget_get_direction (view->wave) == GTK_TEXT_DIR_RTL;
  const uint32_t length = MAX (value (view)->length_ms, 1);
  GdkRGBA color;

  gtk_style_context_get_color (style, gtk_style_context_get_state (style), &color);
  for (unsigned i = 0; i < HARK_PEAKS; i++) {
    const double loud = view->has_peaks ? (double) view->peaks[i] / view->loudest : 0;
    const double high = MAX (2, loud * height);
    const bool heard = (uint64_t) i * length < (uint64_t) view->at_ms * HARK_PEAKS;
    const double x = (mirrored ? HARK_PEAKS - 1 - i : i) * step;

    cairo_set_source_rgba (cr, color.red, color.green, color.blue, heard ? 1 : 0.4);
    cairo_rectangle (cr, x, (height - high) / 2, MAX (1, step - 1), high);
    cairo_fill (cr);
  }
  return GDK_EVENT_PROPAGATE;
}

static void
show (HarkClipView *view)
{
  const HarkMessage *message = value (view);
  const bool on = view->phase == HARK_PLAYING_ON;
  const uint32_t shown_ms = view->phase == HARK_PLAYING_OVER ? message->length_ms : view->at_ms;
  const unsigned seconds = (shown_ms + 999) / 1000;
  g_autofree char *clock = g_strdup_printf ("%u:%02u", seconds / 60, seconds % 60);
  g_autofree char *fast = g_strdup_printf (speed % 100 ? "%.1f×" : "%.0f×", speed / 100.0);

  hark_widget_text (view->time, clock);
  hark_widget_button_text (view->faster, fast);
  hark_widget_icon (view->icon,
                    on ? "media-playback-pause-symbolic" : "media-playback-start-symbolic",
                    GTK_ICON_SIZE_BUTTON);
  hark_widget_name (view->play, on ? _ ("Pause") : _ ("Play the voice message"));
  hark_widget_class (view->time, "unheard", !message->heard);
  view->quiet = true;
  gtk_range_set_value (GTK_RANGE (view->place), view->at_ms);
  view->quiet = false;
  gtk_widget_queue_draw (view->wave);
}

static void
take_peaks (HarkClipView *view, const uint8_t peaks[HARK_PEAKS])
{
  memcpy (view->peaks, peaks, sizeof view->peaks);
  view->loudest = QUIET_PEAK;
  for (unsigned i = 0; i < HARK_PEAKS; i++)
    view->loudest = MAX (view->loudest, peaks[i]);
  view->has_peaks = true;
  gtk_widget_queue_draw (view->wave);
}

static void
on_peaks (GObject *owner, const HarkEvent *result)
{
  if (result->ok && result->peaks && g_bytes_get_size (result->peaks) == HARK_PEAKS)
    take_peaks (HARK_CLIP_VIEW (owner), g_bytes_get_data (result->peaks, NULL));
}

static void
ask_peaks (HarkClipView *view)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_WAVEFORM, view->person);

  memcpy (command->id, value (view)->id, sizeof command->id);
  hark_client_ask (view->client, command, G_OBJECT (view), on_peaks);
}

/* (transfer full) (nullable): why a long one is not here whole. */
static char *
rest_words (HarkClipView *view)
{
  const HarkMessage *message = value (view);
  const char *name = hark_chats_name_of (view->client, view->person, message);

  if (message->parts_here >= message->parts)
    return NULL;
  if (message->outgoing)
    return g_strdup (_ ("The rest was lost when Hark ended."));
  if (message->has_group)
    return g_strdup (_ ("The rest arrives when a member who has it is online."));
  if (hark_person_item_get (view->person)->presence == HARK_PRESENCE_ONLINE)
    return g_strdup (_ ("The rest is on its way."));
  return g_strdup_printf (_ ("The rest arrives when %s is online."), name);
}

/* How much of it is here: more of a long one comes later. */
static void
show_sound (HarkClipView *view)
{
  const uint32_t length_ms = value (view)->length_ms;
  g_autofree char *words = rest_words (view);

  hark_widget_text (view->rest, words ? words : "");
  gtk_widget_set_visible (view->rest, words != NULL);
  if (view->length_ms == length_ms)
    return;
  view->length_ms = length_ms;
  view->quiet = true;
  gtk_range_set_range (GTK_RANGE (view->place), 0, MAX (length_ms, 1));
  if (value (view)->has_peaks)
    take_peaks (view, value (view)->peaks);
  else
    ask_peaks (view);
}

static void
on_changed (HarkClipView *view)
{
  show_sound (view);
  show (view);
}

static void
on_told (HarkClipView *view, const HarkEvent *event)
{
  if (event->kind != HARK_EVENT_PLAYING
      || memcmp (event->playing->id, value (view)->id, HARK_MESSAGE_ID_LEN) != 0)
    return;
  view->phase = event->playing->phase;
  view->at_ms = view->phase == HARK_PLAYING_OVER ? 0 : event->playing->at_ms;
  if (event->reason)
    g_signal_emit_by_name (view->client, "warning", event->reason);
  show (view);
}

/* ---- what is clicked ---- */

static void
steer (HarkClipView *view, const char *how, uint32_t at_ms)
{
  HarkCommand *command = hark_command_for (HARK_COMMAND_PLAY, view->person);

  command->how = g_strdup (how);
  memcpy (command->id, value (view)->id, sizeof command->id);
  command->at_ms = at_ms;
  command->speed = speed;
  hark_client_send (view->client, command);
}

static void
on_play (HarkClipView *view)
{
  if (view->phase == HARK_PLAYING_ON)
    steer (view, "pause", 0);
  else if (view->phase == HARK_PLAYING_PAUSED)
    steer (view, "resume", 0);
  else
    steer (view, "start", view->at_ms);
}

static void
jump (HarkClipView *view, uint32_t at_ms)
{
  view->at_ms = MIN (at_ms, value (view)->length_ms);
  if (view->phase != HARK_PLAYING_OVER)
    steer (view, "seek", view->at_ms);
  show (view);
}

static void
on_place (HarkClipView *view)
{
  if (!view->quiet)
    jump (view, (uint32_t) gtk_range_get_value (GTK_RANGE (view->place)));
}

static void
on_faster (HarkClipView *view)
{
  speed = speed >= 200 ? 100 : speed + 50;
  if (view->phase == HARK_PLAYING_ON)
    steer (view, "resume", 0);
  else if (view->phase == HARK_PLAYING_PAUSED)
    steer (view, "pause", 0);
  show (view);
}

/* ---- life ---- */

static void
hark_clip_view_dispose (GObject *object)
{
  HarkClipView *view = HARK_CLIP_VIEW (object);

  g_clear_object (&view->client);
  g_clear_object (&view->person);
  g_clear_object (&view->message);
  G_OBJECT_CLASS (hark_clip_view_parent_class)->dispose (object);
}

static void
hark_clip_view_class_init (HarkClipViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_clip_view_dispose;
}

static void
hark_clip_view_init (HarkClipView *view)
{
  GtkWidget *middle = gtk_overlay_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  view->phase = HARK_PLAYING_OVER;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (view), GTK_ORIENTATION_VERTICAL);
  hark_widget_class (GTK_WIDGET (view), "clip", true);
  view->icon = gtk_image_new ();
  view->play = gtk_button_new ();
  gtk_widget_set_valign (view->play, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (view->play), view->icon);
  view->wave = gtk_drawing_area_new ();
  gtk_widget_set_size_request (view->wave, WAVE_WIDTH, WAVE_HEIGHT);
  view->place = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, STEP_MS);
  gtk_scale_set_draw_value (GTK_SCALE (view->place), FALSE);
  hark_widget_spoken (view->place, _ ("Place in the voice message"));
  view->time = gtk_label_new ("");
  view->faster = gtk_button_new_with_label ("1×");
  gtk_button_set_relief (GTK_BUTTON (view->faster), GTK_RELIEF_NONE);
  gtk_widget_set_valign (view->faster, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (view->faster, _ ("How fast it is played"));
  gtk_box_pack_start (GTK_BOX (line), view->play, FALSE, FALSE, 0);
  gtk_widget_set_valign (view->wave, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (middle), view->wave);
  gtk_overlay_add_overlay (GTK_OVERLAY (middle), view->place);
  gtk_box_pack_start (GTK_BOX (line), middle, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), view->time, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), view->faster, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (view), line, FALSE, FALSE, 0);
  view->rest = gtk_label_new ("");
  gtk_label_set_line_wrap (GTK_LABEL (view->rest), TRUE);
  gtk_label_set_xalign (GTK_LABEL (view->rest), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (view->rest), 36);
  gtk_widget_set_no_show_all (view->rest, TRUE);
  hark_widget_class (view->rest, "rest", true);
  gtk_box_pack_start (GTK_BOX (view), view->rest, FALSE, FALSE, 0);
  g_signal_connect_swapped (view->play, "clicked", G_CALLBACK (on_play), view);
  g_signal_connect_swapped (view->wave, "draw", G_CALLBACK (on_draw), view);
  g_signal_connect_swapped (view->place, "value-changed", G_CALLBACK (on_place), view);
  g_signal_connect_swapped (view->faster, "clicked", G_CALLBACK (on_faster), view);
  gtk_widget_show_all (GTK_WIDGET (view));
}

GtkWidget *
hark_clip_view_new (HarkClient *client, HarkPersonItem *person, HarkMessageItem *message)
{
  HarkClipView *view = g_object_new (HARK_TYPE_CLIP_VIEW, NULL);

  view->client = g_object_ref (client);
  view->person = g_object_ref (person);
  view->message = g_object_ref (message);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (message, "changed", G_CALLBACK (on_changed), view, G_CONNECT_SWAPPED);
  g_signal_connect_object (person, "changed", G_CALLBACK (on_changed), view, G_CONNECT_SWAPPED);
  on_changed (view);
  return GTK_WIDGET (view);
}
