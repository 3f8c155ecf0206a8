#include "ui/chat/file-view.h"

#include "ui/chat/drag-out.h"
#include "ui/chat/giving.h"
#include "ui/chat/opening.h"
#include "ui/language.h"
#include "ui/questions.h"
#include "ui/still-label.h"
#include "ui/widgets.h"
#include "ui/words/files.h"
#include "ui/words/shown.h"

#include <glib/gi18n.h>

struct _HarkFileView {
  GtkBox parent_instance;
  HarkClient *client;
  HarkPersonItem *person;
  HarkMessageItem *message;
  HarkTransferItem *transfer; /* NULL while only the name is known */
  GtkWidget *grip;
  GtkWidget *preview;
  GBytes *previewed; /* what is shown there; NULL: none */
  GtkWidget *icon;
  GtkWidget *name;
  GtkWidget *state;
  GtkWidget *more;
  GtkWidget *progress;
  GtkWidget *buttons;
  GtkWidget *accept;
  GtkWidget *refuse;
  GtkWidget *first;
  GtkWidget *pause;
  GtkWidget *resume;
  GtkWidget *find;
  GtkWidget *elsewhere;
  GtkWidget *cancel;
  GtkWidget *open;
  GtkWidget *folder;
  bool moves; /* as it is shown */
};

G_DEFINE_TYPE (HarkFileView, hark_file_view, GTK_TYPE_BOX)

/* Which buttons make sense. */
static void
show_buttons (HarkFileView *view, const HarkTransfer *transfer)
{
  HarkFileState state = transfer ? transfer->state : HARK_FILE_DONE;
  bool offered = transfer && state == HARK_FILE_OFFERED && !transfer->outgoing;
  bool moving = transfer && state == HARK_FILE_MOVING;
  bool paused = transfer && state == HARK_FILE_PAUSED;
  bool waiting
    = transfer
      && (state == HARK_FILE_WAITING || (state == HARK_FILE_OFFERED && transfer->outgoing));
  bool queues = transfer && hark_words_file_queues (transfer, hark_person_item_get (view->person));
  bool here = transfer && state == HARK_FILE_DONE && transfer->path && *transfer->path
              && !transfer->outgoing;

  gtk_widget_set_visible (view->accept, offered);
  gtk_widget_set_visible (view->refuse, offered);
  gtk_widget_set_visible (view->first, queues);
  gtk_widget_set_visible (view->pause, moving);
  gtk_widget_set_visible (view->resume, paused && !transfer->blocked
                                          && (transfer->paused_here || !transfer->paused_there));
  gtk_widget_set_visible (view->find, paused && transfer->lost && transfer->outgoing);
  gtk_widget_set_visible (view->elsewhere, paused && transfer->blocked);
  gtk_widget_set_visible (view->cancel, moving || paused || waiting);
  gtk_widget_set_visible (view->open, here);
  gtk_widget_set_visible (view->folder, here);
  gtk_widget_set_visible (view->buttons, offered || moving || paused || waiting || here);
  hark_drag_out_set (view->grip, here ? transfer->path : NULL);
}

static void
show_icon (HarkFileView *view, const HarkTransfer *transfer)
{
  const bool folder = transfer && transfer->folder;
  const bool risky = transfer && transfer->risky;

  hark_widget_icon (view->icon,
                    risky    ? "dialog-warning-symbolic"
                    : folder ? "folder-symbolic"
                             : "text-x-generic-symbolic",
                    GTK_ICON_SIZE_BUTTON);
  hark_widget_spoken (view->icon, folder ? _ ("Folder") : _ ("File"));
}

static void
unref_bytes (guchar *pixels, void *bytes)
{
  (void) pixels;
  g_bytes_unref (bytes);
}

/* (transfer full) (nullable): raw RGB as core/hark-sizes.h lays it out; it may be a peer's. */
static GdkPixbuf *
read_preview (GBytes *preview)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (preview, &len);
  const int width = len > 2 ? bytes[0] : 0, height = len > 2 ? bytes[1] : 0;

  if (width == 0 || height == 0 || width > HARK_PREVIEW_WIDTH_MAX
      || height > HARK_PREVIEW_HEIGHT_MAX || len != 2 + (gsize) width * (gsize) height * 3)
    return NULL;
  return gdk_pixbuf_new_from_data (bytes + 2, GDK_COLORSPACE_RGB, FALSE, 8, width, height,
                                   3 * width, unref_bytes, g_bytes_ref (preview));
}

/* What the giver wants seen; nothing of the file itself is looked into here. */
static void
show_preview (HarkFileView *view, const HarkTransfer *transfer)
{
  GBytes *preview = transfer ? transfer->preview : NULL;
  const char *name = hark_person_item_get (view->person)->name;
  g_autofree char *apart = hark_language_apart (name);
  g_autofree char *text = NULL;
  g_autoptr (GdkPixbuf) picture = NULL;

  if (preview == view->previewed
      || (preview && view->previewed && g_bytes_equal (preview, view->previewed)))
    return;
  g_clear_pointer (&view->previewed, g_bytes_unref);
  view->previewed = preview ? g_bytes_ref (preview) : NULL;
  picture = preview ? read_preview (preview) : NULL;
  gtk_image_set_from_pixbuf (GTK_IMAGE (view->preview), picture);
  gtk_widget_set_visible (view->preview, picture != NULL);
  if (!picture)
    return;
  text = transfer->outgoing ? g_strdup (_ ("Small picture that goes along"))
                            : g_strdup_printf (_ ("Small picture that %s sent along"), apart);
  hark_widget_name (view->preview, text);
}

static void
show (HarkFileView *view)
{
  const HarkTransfer *transfer = view->transfer ? hark_transfer_item_get (view->transfer) : NULL;
  const char *raw = transfer ? transfer->name : hark_message_item_get (view->message)->text;
  g_autofree char *name = hark_words_shown (raw, 255);
  g_autofree char *state = NULL;
  g_autofree char *more
    = transfer ? hark_words_file_more (transfer, hark_person_item_get (view->person)) : NULL;
  const bool moves = transfer && transfer->state == HARK_FILE_MOVING;
  bool bar = false;

  if (transfer) {
    state = hark_words_file (transfer, hark_person_item_get (view->person));
    bar = moves || transfer->state == HARK_FILE_PAUSED;
    gtk_progress_bar_set_fraction (
      GTK_PROGRESS_BAR (view->progress),
      transfer->size > 0 ? (double) transfer->bytes / (double) transfer->size : 0.0);
    hark_widget_tip (view->state, transfer->reason);
  }
  g_strdelimit (name, "\n\r\t", ' '); /* a name is one line */
  hark_widget_text (view->name, name);
  hark_still_label_set (HARK_STILL_LABEL (view->state), state ? state : _ ("File"),
                        moves && view->moves);
  view->moves = moves;
  hark_widget_text (view->more, more ? more : "");
  gtk_widget_set_visible (view->more, more != NULL);
  show_preview (view, transfer);
  show_icon (view, transfer);
  gtk_widget_set_visible (view->progress, bar);
  hark_widget_spoken (view->progress, _ ("Progress"));
  show_buttons (view, transfer);
}

static void
follow (HarkFileView *view, HarkTransferItem *transfer)
{
  g_clear_object (&view->transfer);
  view->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "changed", G_CALLBACK (show), view, G_CONNECT_SWAPPED);
}

static void
on_message_changed (HarkFileView *view)
{
  HarkTransferItem *transfer = hark_message_item_get_transfer (view->message);

  if (transfer && transfer != view->transfer)
    follow (view, transfer);
  show (view);
}

static void
act (HarkFileView *view, HarkCommandKind kind)
{
  if (view->transfer)
    hark_client_send_transfer (view->client, kind, hark_transfer_item_get (view->transfer)->id);
}

static void
on_accept (HarkFileView *view)
{
  act (view, HARK_COMMAND_TAKE);
}

static void
on_refuse (HarkFileView *view)
{
  act (view, HARK_COMMAND_REFUSE);
}

static void
on_first (HarkFileView *view)
{
  HarkCommand *command = hark_command_new (HARK_COMMAND_QUEUE);

  command->transfer = hark_transfer_item_get (view->transfer)->id;
  command->how = g_strdup ("first");
  hark_client_send (view->client, command);
}

static void
on_pause (HarkFileView *view)
{
  act (view, HARK_COMMAND_PAUSE);
}

static void
on_resume (HarkFileView *view)
{
  act (view, HARK_COMMAND_RESUME);
}

/* Takes @path (nullable: the user chose none). */
static void
resume_with (HarkClient *client, uint64_t id, char *path)
{
  HarkCommand *command = path ? hark_command_new (HARK_COMMAND_RESUME) : NULL;

  if (!command)
    return;
  command->transfer = id;
  command->path = path;
  hark_client_send (client, command);
}

/* What was given lies elsewhere now. */
static void
on_find (HarkFileView *view)
{
  const HarkTransfer *transfer = hark_transfer_item_get (view->transfer);
  const uint64_t id = transfer->id; /* the item may change meanwhile, or the row go */
  g_autoptr (HarkClient) client = g_object_ref (view->client);

  resume_with (client, id, hark_giving_find (GTK_WIDGET (view), transfer->path, transfer->folder));
}

/* Its folder cannot be written to. */
static void
on_elsewhere (HarkFileView *view)
{
  const uint64_t id = hark_transfer_item_get (view->transfer)->id;
  g_autoptr (HarkClient) client = g_object_ref (view->client);
  g_autoptr (GtkFileChooserNative) chooser
    = hark_widget_folder_chooser (GTK_WIDGET (view), _ ("Save Elsewhere"), _ ("_Choose"));

  if (hark_question_choose (chooser))
    resume_with (client, id, gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser)));
}

static void
on_cancel (HarkFileView *view)
{
  act (view, HARK_COMMAND_CANCEL);
}

static void
on_open (HarkFileView *view)
{
  hark_opening_open (GTK_WIDGET (view), view->client, hark_transfer_item_get (view->transfer));
}

static void
on_folder (HarkFileView *view)
{
  hark_opening_show (GTK_WIDGET (view), view->client, hark_transfer_item_get (view->transfer));
}

static void
hark_file_view_dispose (GObject *object)
{
  HarkFileView *view = HARK_FILE_VIEW (object);

  g_clear_object (&view->client);
  g_clear_object (&view->person);
  g_clear_object (&view->message);
  g_clear_object (&view->transfer);
  g_clear_pointer (&view->previewed, g_bytes_unref);
  G_OBJECT_CLASS (hark_file_view_parent_class)->dispose (object);
}

static void
hark_file_view_class_init (HarkFileViewClass *klass)
{
  GtkWidgetClass *widgets = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = hark_file_view_dispose;
  g_type_ensure (HARK_TYPE_STILL_LABEL);
  gtk_widget_class_set_template_from_resource (widgets, "/org/hark/Hark/file-view.ui");
  gtk_widget_class_bind_template_child (widgets, HarkFileView, grip);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, preview);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, icon);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, name);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, state);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, more);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, progress);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, buttons);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, accept);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, refuse);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, first);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, pause);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, resume);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, cancel);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, find);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, elsewhere);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, open);
  gtk_widget_class_bind_template_child (widgets, HarkFileView, folder);
  gtk_widget_class_bind_template_callback (widgets, on_accept);
  gtk_widget_class_bind_template_callback (widgets, on_refuse);
  gtk_widget_class_bind_template_callback (widgets, on_first);
  gtk_widget_class_bind_template_callback (widgets, on_pause);
  gtk_widget_class_bind_template_callback (widgets, on_resume);
  gtk_widget_class_bind_template_callback (widgets, on_cancel);
  gtk_widget_class_bind_template_callback (widgets, on_find);
  gtk_widget_class_bind_template_callback (widgets, on_elsewhere);
  gtk_widget_class_bind_template_callback (widgets, on_open);
  gtk_widget_class_bind_template_callback (widgets, on_folder);
}

static void
hark_file_view_init (HarkFileView *view)
{
  gtk_widget_init_template (GTK_WIDGET (view));
  hark_widget_name (view->first, _ ("Move before all other files"));
}

void
hark_file_view_set (HarkFileView *view,
                    HarkClient *client,
                    HarkPersonItem *person,
                    HarkMessageItem *message)
{
  g_return_if_fail (HARK_IS_FILE_VIEW (view) && !view->message);

  view->client = g_object_ref (client);
  view->person = g_object_ref (person);
  view->message = g_object_ref (message);
  g_signal_connect_object (message, "changed", G_CALLBACK (on_message_changed), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (person, "changed", G_CALLBACK (show), view, G_CONNECT_SWAPPED);
  on_message_changed (view);
}
