#include "ui/calls/group-calls.h"

#include "ui/calls/devices.h"
#include "ui/calls/light.h"
#include "ui/calls/low-view.h"
#include "ui/core-words.h"
#include "ui/fence.h"
#include "ui/language.h"
#include "ui/model/clean.h"
#include "ui/model/group-talk.h"
#include "ui/people/faces.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <string.h>

#define FACE_PX 40

struct _HarkGroupCalls {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *seen;
};

G_DEFINE_TYPE (HarkGroupCalls, hark_group_calls, GTK_TYPE_BOX)

static guint signal_opened;

/* One call: data of its box. */
typedef struct {
  HarkGroupCalls *calls;
  HarkGroupCall *call;
  GtkWidget *box, *title, *note, *tiles;
  GtkWidget *join, *mute, *mute_icon, *leave, *devices;
  GPtrArray *lines; /* HarkGroupLine, as last told; NULL: not yet */
} Panel;

/* Somebody in it: data of their tile. */
typedef struct {
  uint8_t account[HARK_ACCOUNT_LEN];
  char *name, *state;      /* state: NULL: heard as usual */
  GtkWidget *light, *note; /* note: what there is to say of them */
} Tile;

static Panel *
panel_of (GtkWidget *box)
{
  return g_object_get_data (G_OBJECT (box), "hark-group-call");
}

static HarkPersonItem *
group_of (Panel *panel)
{
  return hark_group_talk_group (panel->calls->client, panel->call);
}

static bool
is_in (const HarkGroupCall *call)
{
  return call->phase == HARK_GROUP_CALL_JOINED || call->phase == HARK_GROUP_CALL_HELD;
}

static void
send (Panel *panel, HarkCommand *command)
{
  hark_client_send (panel->calls->client, command);
}

static HarkCommand *
about (Panel *panel, HarkCommandKind kind)
{
  return hark_group_talk_command (panel->call, kind);
}

/* ---- who is in it ---- */

/* (transfer full) (nullable): NULL: heard as usual */
static char *
state_of (const HarkGroupCallPerson *person)
{
  if (person->hearing == HARK_GROUP_RECONNECTING)
    return g_strdup (_ ("Trying to reconnect…"));
  if (person->held)
    return g_strdup (_ ("On hold"));
  return person->muted ? g_strdup (_ ("Muted")) : g_strdup (person->reason);
}

static void
on_volume (GtkScaleButton *button, double value, Panel *panel)
{
  HarkCommand *command = about (panel, HARK_COMMAND_GROUP_CALL_VOLUME);
  const uint8_t *account = g_object_get_data (G_OBJECT (button), "hark-account");

  command->has_contact = true;
  memcpy (command->contact, account, sizeof command->contact);
  command->limit = (unsigned) value;
  send (panel, command);
}

static GtkWidget *
new_volume (Panel *panel, const HarkGroupCallPerson *person)
{
  static const char *const icons[]
    = {"audio-volume-muted-symbolic", "audio-volume-high-symbolic", "audio-volume-low-symbolic",
       "audio-volume-medium-symbolic", NULL};
  GtkWidget *button = gtk_scale_button_new (GTK_ICON_SIZE_BUTTON, 0, HARK_CALL_VOLUME_MAX, 10,
                                            (const char **) icons);
  g_autofree char *name = hark_language_apart (person->name);
  g_autofree char *words = g_strdup_printf (_ ("How loud you hear %s"), name);

  gtk_scale_button_set_value (GTK_SCALE_BUTTON (button), person->volume);
  hark_widget_name (button, words);
  g_object_set_data_full (G_OBJECT (button), "hark-account",
                          g_memdup2 (person->account, HARK_ACCOUNT_LEN), g_free);
  g_signal_connect (button, "value-changed", G_CALLBACK (on_volume), panel);
  return button;
}

static void
tile_free (void *data)
{
  Tile *tile = data;

  g_free (tile->name);
  g_free (tile->state);
  g_free (tile);
}

static Tile *
tile_of (GtkWidget *child)
{
  return g_object_get_data (G_OBJECT (gtk_bin_get_child (GTK_BIN (child))), "hark-tile");
}

/* @line: (nullable): what lies between us and them. */
static void
show_line (Panel *panel, GtkWidget *child, const HarkGroupLine *line)
{
  Tile *tile = tile_of (child);
  HarkPersonItem *item = hark_client_find (panel->calls->client, tile->account);
  g_autofree char *advice = hark_core_words (line ? line->advice : NULL);
  const char *note = tile->state ? tile->state : advice;
  g_autofree char *spoken = note ? g_strdup_printf ("%s, %s", tile->name, note) : NULL;

  hark_widget_text (tile->note, note ? note : "");
  gtk_widget_set_visible (tile->note, note != NULL);
  gtk_widget_set_visible (tile->light, line != NULL);
  hark_widget_spoken (child, spoken ? spoken : tile->name);
  if (line) {
    g_autofree char *quality = hark_words_quality (&line->stats);
    g_autofree char *path
      = hark_words_call_path (line->stats.path, item ? hark_person_item_get (item)->relay : NULL);
    g_autofree char *text = path ? g_strdup_printf ("%s · %s", quality, path) : NULL;

    hark_light_show (tile->light, hark_words_quality_of (&line->stats));
    hark_widget_tip (tile->light, text ? text : quality);
  }
}

static void
show_lines (Panel *panel)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (panel->tiles));

  for (GList *at = children; at; at = at->next) {
    const HarkGroupLine *found = NULL;

    for (guint i = 0; is_in (panel->call) && panel->lines && i < panel->lines->len; i++) {
      const HarkGroupLine *line = panel->lines->pdata[i];

      if (memcmp (line->account, tile_of (at->data)->account, HARK_ACCOUNT_LEN) == 0)
        found = line;
    }
    show_line (panel, at->data, found);
  }
}

static GtkWidget *
new_note (void)
{
  GtkWidget *note = gtk_label_new (NULL);

  hark_widget_wrap (note);
  gtk_label_set_max_width_chars (GTK_LABEL (note), 24);
  gtk_label_set_xalign (GTK_LABEL (note), 0);
  hark_widget_class (note, "small", true);
  return note;
}

static void
add_tile (Panel *panel, const HarkGroupCallPerson *person)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *face = hdy_avatar_new (FACE_PX, "", TRUE);
  GtkWidget *name = gtk_label_new (NULL);
  HarkPersonItem *item = hark_client_find (panel->calls->client, person->account);
  Tile *tile = g_new0 (Tile, 1);

  memcpy (tile->account, person->account, sizeof tile->account);
  tile->name = g_strdup (person->name);
  tile->state = state_of (person);
  tile->light = hark_light_new ();
  tile->note = new_note ();
  hark_fence_face (panel->calls->client, face, name, person->account, person->name);
  if (item)
    hark_face_show (HDY_AVATAR (face), panel->calls->client, item);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (name), 8);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_container_add (GTK_CONTAINER (lines), name);
  gtk_container_add (GTK_CONTAINER (lines), tile->note);
  gtk_container_add (GTK_CONTAINER (box), face);
  gtk_container_add (GTK_CONTAINER (box), lines);
  gtk_container_add (GTK_CONTAINER (box), tile->light);
  if (is_in (panel->call))
    gtk_container_add (GTK_CONTAINER (box), new_volume (panel, person));
  hark_widget_class (box, "tile", true);
  g_object_set_data_full (G_OBJECT (box), "hark-tile", tile, tile_free);
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (panel->tiles), box);
  gtk_widget_set_can_focus (gtk_widget_get_parent (box), FALSE);
}

static void
show_levels (Panel *panel, const GArray *levels)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (panel->tiles));

  for (GList *at = children; at; at = at->next) {
    GtkWidget *box = gtk_bin_get_child (GTK_BIN (at->data));

    for (guint i = 0; i < levels->len; i++) {
      const HarkGroupLevel *level = &g_array_index (levels, HarkGroupLevel, i);

      if (memcmp (level->account, tile_of (at->data)->account, HARK_ACCOUNT_LEN) != 0)
        continue;
      hark_widget_class (box, "talks", level->speaking);
      hark_widget_tip (box, level->speaking ? _ ("Talks now") : NULL);
    }
  }
}

static void
destroy_widget (GtkWidget *widget, void *unused)
{
  (void) unused;
  gtk_widget_destroy (widget);
}

/* ---- the panel ---- */

static void
show_panel (Panel *panel)
{
  const HarkGroupCall *call = panel->call;
  HarkPersonItem *item = group_of (panel);
  g_autofree char *name
    = hark_language_apart (item ? hark_person_item_get (item)->name : _ ("Somebody"));
  g_autofree char *title = g_strdup_printf (_ ("Call in %s"), name);

  hark_widget_text (panel->title, title);
  hark_widget_text (panel->note, call->reason ? call->reason : "");
  gtk_widget_set_visible (panel->note, call->reason != NULL);
  hark_widget_button_text (panel->join,
                           call->phase == HARK_GROUP_CALL_HELD ? _ ("Resume") : _ ("Join"));
  gtk_widget_set_visible (panel->join, call->phase != HARK_GROUP_CALL_JOINED);
  gtk_widget_set_visible (panel->mute, call->phase == HARK_GROUP_CALL_JOINED);
  gtk_widget_set_visible (panel->devices, call->phase == HARK_GROUP_CALL_JOINED);
  gtk_widget_set_visible (panel->leave, is_in (call));
  hark_widget_icon (panel->mute_icon,
                    call->muted ? "microphone-disabled-symbolic"
                                : "audio-input-microphone-symbolic",
                    GTK_ICON_SIZE_BUTTON);
  hark_widget_name (panel->mute,
                    call->muted ? _ ("Unmute the microphone") : _ ("Mute the microphone"));
  hark_widget_class (panel->mute, "muted", call->muted);
  gtk_widget_set_visible (panel->box,
                          is_in (call) || call->rings || (item && item == panel->calls->seen));
}

/* (transfer full): all that tiles show but the volume, which the user may be changing in one. */
static char *
look_of (const HarkGroupCall *call)
{
  GString *look = g_string_new (is_in (call) ? "in" : "out");

  for (guint i = 0; call->people && i < call->people->len; i++) {
    const HarkGroupCallPerson *person = call->people->pdata[i];
    g_autofree char *account = hark_hex (person->account, sizeof person->account);
    g_autofree char *state = state_of (person);

    g_string_append_printf (look, "%s%s\n%s\n", account, person->name, state ? state : "");
  }
  return g_string_free (look, FALSE);
}

static void
show_people (Panel *panel)
{
  gtk_container_foreach (GTK_CONTAINER (panel->tiles), destroy_widget, NULL);
  for (guint i = 0; panel->call->people && i < panel->call->people->len; i++)
    add_tile (panel, panel->call->people->pdata[i]);
  show_lines (panel);
}

static void
on_join (Panel *panel)
{
  send (panel, about (panel, HARK_COMMAND_GROUP_CALL_JOIN));
  if (group_of (panel))
    g_signal_emit (panel->calls, signal_opened, 0, group_of (panel));
}

static void
on_leave (Panel *panel)
{
  send (panel, about (panel, HARK_COMMAND_GROUP_CALL_LEAVE));
}

static void
on_mute (Panel *panel)
{
  HarkCommand *command = about (panel, HARK_COMMAND_GROUP_CALL_MUTE);

  command->on = !panel->call->muted;
  send (panel, command);
}

static void
panel_free (void *data)
{
  Panel *panel = data;

  hark_group_call_free (panel->call);
  g_clear_pointer (&panel->lines, g_ptr_array_unref);
  g_free (panel);
}

static GtkWidget *
add_button (Panel *panel, GtkWidget *row, const char *label, void (*clicked) (Panel *))
{
  GtkWidget *button = label ? gtk_button_new_with_label (label) : gtk_button_new ();

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), panel);
  gtk_container_add (GTK_CONTAINER (row), button);
  return button;
}

static void
add_head (Panel *panel)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  panel->title = gtk_label_new (NULL);
  hark_widget_wrap (panel->title);
  gtk_label_set_lines (GTK_LABEL (panel->title), 2);
  gtk_label_set_ellipsize (GTK_LABEL (panel->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (panel->title), 0);
  hark_widget_class (panel->title, "who", true);
  gtk_box_pack_start (GTK_BOX (row), panel->title, TRUE, TRUE, 0);
  panel->mute = add_button (panel, row, NULL, on_mute);
  panel->mute_icon = gtk_image_new ();
  gtk_container_add (GTK_CONTAINER (panel->mute), panel->mute_icon);
  panel->devices = hark_call_devices_new (panel->calls->client);
  gtk_container_add (GTK_CONTAINER (row), panel->devices);
  panel->join = add_button (panel, row, _ ("Join"), on_join);
  hark_widget_class (panel->join, "suggested-action", true);
  panel->leave = add_button (panel, row, _ ("Leave the Call"), on_leave);
  hark_widget_class (panel->leave, "destructive-action", true);
  gtk_container_add (GTK_CONTAINER (panel->box), row);
}

static Panel *
new_panel (HarkGroupCalls *calls)
{
  Panel *panel = g_new0 (Panel, 1);

  panel->calls = calls;
  panel->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  hark_widget_class (panel->box, "call-view", true);
  add_head (panel);
  panel->note = gtk_label_new (NULL);
  hark_widget_wrap (panel->note);
  gtk_label_set_xalign (GTK_LABEL (panel->note), 0);
  gtk_container_add (GTK_CONTAINER (panel->box), panel->note);
  panel->tiles = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (panel->tiles), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (panel->tiles), 3);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (panel->tiles), TRUE);
  hark_widget_spoken (panel->tiles, _ ("In the call"));
  gtk_container_add (GTK_CONTAINER (panel->box), hark_low_view_new (panel->tiles));
  gtk_widget_show_all (panel->box);
  g_object_set_data_full (G_OBJECT (panel->box), "hark-group-call", panel, panel_free);
  gtk_container_add (GTK_CONTAINER (calls), panel->box);
  return panel;
}

/* ---- what happens ---- */

static Panel *
find (HarkGroupCalls *calls, const uint8_t group[HARK_MESSAGE_ID_LEN])
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (calls));

  for (GList *at = children; at; at = at->next)
    if (memcmp (panel_of (at->data)->call->group, group, HARK_MESSAGE_ID_LEN) == 0)
      return panel_of (at->data);
  return NULL;
}

static void
on_told (HarkGroupCalls *calls, const HarkEvent *event)
{
  Panel *panel;
  g_autofree char *look = NULL;
  g_autofree char *before = NULL;

  if (event->kind == HARK_EVENT_GROUP_LEVELS && event->levels) {
    if ((panel = find (calls, event->of_group)))
      show_levels (panel, event->levels);
    return;
  }
  if (event->kind == HARK_EVENT_GROUP_STATS && event->lines) {
    if ((panel = find (calls, event->of_group))) {
      g_clear_pointer (&panel->lines, g_ptr_array_unref);
      panel->lines = g_ptr_array_ref (event->lines);
      show_lines (panel);
    }
    return;
  }
  if (event->kind != HARK_EVENT_GROUP_CALL)
    return;
  panel = find (calls, event->group_call->group);
  if (event->group_call->phase == HARK_GROUP_CALL_OVER) {
    if (panel)
      gtk_widget_destroy (panel->box);
    return;
  }
  if (!panel)
    panel = new_panel (calls);
  before = panel->call ? look_of (panel->call) : NULL;
  hark_group_call_free (panel->call);
  panel->call = hark_group_call_copy (event->group_call);
  hark_clean_group_call (panel->call);
  look = look_of (panel->call);
  if (g_strcmp0 (look, before) != 0)
    show_people (panel);
  show_panel (panel);
}

/* Of a profile that is locked nothing stays. */
static void
on_people (HarkGroupCalls *calls)
{
  if (g_list_model_get_n_items (hark_client_get_people (calls->client)) == 0)
    gtk_container_foreach (GTK_CONTAINER (calls), destroy_widget, NULL);
}

void
hark_group_calls_catch_up (HarkGroupCalls *calls, HarkGroupCalls *other)
{
  g_autoptr (GList) children = NULL;

  g_return_if_fail (HARK_IS_GROUP_CALLS (calls) && HARK_IS_GROUP_CALLS (other));

  children = gtk_container_get_children (GTK_CONTAINER (other));
  for (GList *at = children; at; at = at->next) {
    const Panel *theirs = panel_of (at->data);
    Panel *panel = new_panel (calls);

    panel->call = hark_group_call_copy (theirs->call);
    panel->lines = theirs->lines ? g_ptr_array_ref (theirs->lines) : NULL;
    show_people (panel);
    show_panel (panel);
  }
}

void
hark_group_calls_set_seen (HarkGroupCalls *calls, HarkPersonItem *item)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (calls));

  g_return_if_fail (HARK_IS_GROUP_CALLS (calls));

  if (!g_set_object (&calls->seen, item))
    return;
  for (GList *at = children; at; at = at->next)
    show_panel (panel_of (at->data));
}

/* ---- life ---- */

static void
hark_group_calls_dispose (GObject *object)
{
  HarkGroupCalls *calls = HARK_GROUP_CALLS (object);

  g_clear_object (&calls->seen);
  g_clear_object (&calls->client);
  G_OBJECT_CLASS (hark_group_calls_parent_class)->dispose (object);
}

static void
hark_group_calls_class_init (HarkGroupCallsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = hark_group_calls_dispose;
  signal_opened = g_signal_new ("opened", HARK_TYPE_GROUP_CALLS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, HARK_TYPE_PERSON_ITEM);
}

static void
hark_group_calls_init (HarkGroupCalls *calls)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (calls), GTK_ORIENTATION_VERTICAL);
}

GtkWidget *
hark_group_calls_new (HarkClient *client)
{
  HarkGroupCalls *calls = g_object_new (HARK_TYPE_GROUP_CALLS, "visible", TRUE, NULL);

  calls->client = g_object_ref (client);
  g_signal_connect_object (client, "told", G_CALLBACK (on_told), calls, G_CONNECT_SWAPPED);
  g_signal_connect_object (hark_client_get_people (client), "items-changed", G_CALLBACK (on_people),
                           calls, G_CONNECT_SWAPPED);
  return GTK_WIDGET (calls);
}
