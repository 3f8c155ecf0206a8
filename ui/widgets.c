#include "ui/widgets.h"

#include "ui/questions.h"

#include <string.h>

#include <glib/gi18n.h>
#include <handy.h>

#define USUAL_DPI 96.0 /* of text at the factor 1 */

/* Of the screen that @dialog will be on. */
static void
get_room (GtkWindow *dialog, GdkRectangle *ret)
{
  GtkWindow *parent = gtk_window_get_transient_for (dialog);
  GdkWindow *beside = parent ? gtk_widget_get_window (GTK_WIDGET (parent)) : NULL;
  GdkDisplay *display = gtk_widget_get_display (GTK_WIDGET (dialog));
  GdkMonitor *monitor = beside ? gdk_display_get_monitor_at_window (display, beside)
                               : gdk_display_get_monitor (display, 0);

  gdk_monitor_get_workarea (monitor, ret);
}

double
hark_widget_text_factor (GtkWidget *widget)
{
  double factor = gdk_screen_get_resolution (gtk_widget_get_screen (widget)) / USUAL_DPI;

  return CLAMP (factor, 1, 3);
}

void
hark_widget_widen (GtkWidget *clamp)
{
  int width = hdy_clamp_get_maximum_size (HDY_CLAMP (clamp));

  hdy_clamp_set_maximum_size (HDY_CLAMP (clamp), (int) (width * hark_widget_text_factor (clamp)));
}

void
hark_widget_fit (GtkWidget *dialog)
{
  const double larger = hark_widget_text_factor (dialog);
  int width, height, title = 0, least = 0;
  GdkRectangle room;

  if (GTK_IS_DIALOG (dialog) && gtk_dialog_get_header_bar (GTK_DIALOG (dialog)))
    gtk_widget_get_preferred_width (gtk_dialog_get_header_bar (GTK_DIALOG (dialog)), &least,
                                    &title);
  gtk_window_get_default_size (GTK_WINDOW (dialog), &width, &height);
  get_room (GTK_WINDOW (dialog), &room);
  if (width > 0)
    width = MIN (MAX ((int) (width * larger), title), room.width);
  if (height > 0)
    height = MIN ((int) (height * larger), room.height);
  gtk_window_set_default_size (GTK_WINDOW (dialog), width, height);
}

void
hark_widget_wrap (GtkWidget *label)
{
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
}

void
hark_widget_spoken (GtkWidget *widget, const char *name)
{
  AtkObject *spoken = gtk_widget_get_accessible (widget);

  if (g_strcmp0 (atk_object_get_name (spoken), name) != 0)
    atk_object_set_name (spoken, name);
}

void
hark_widget_text (GtkWidget *label, const char *text)
{
  if (strcmp (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
}

void
hark_widget_tip (GtkWidget *widget, const char *tip)
{
  g_autofree char *before = gtk_widget_get_tooltip_text (widget);

  if (g_strcmp0 (before, tip) != 0)
    gtk_widget_set_tooltip_text (widget, tip);
}

void
hark_widget_name (GtkWidget *widget, const char *name)
{
  hark_widget_tip (widget, name);
  hark_widget_spoken (widget, name);
}

void
hark_widget_plain_breaks (GtkWidget *label)
{
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  pango_attr_list_unref (attributes);
}

void
hark_widget_class (GtkWidget *widget, const char *name, bool on)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);

  if (on)
    gtk_style_context_add_class (style, name);
  else
    gtk_style_context_remove_class (style, name);
}

void
hark_widget_icon (GtkWidget *image, const char *icon, GtkIconSize size)
{
  const char *shown;
  GtkIconSize shown_size;

  gtk_image_get_icon_name (GTK_IMAGE (image), &shown, &shown_size);
  if (g_strcmp0 (shown, icon) != 0 || shown_size != size)
    gtk_image_set_from_icon_name (GTK_IMAGE (image), icon, size);
}

void
hark_widget_button_text (GtkWidget *button, const char *text)
{
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), text) != 0)
    gtk_button_set_label (GTK_BUTTON (button), text);
}

/* What still has room goes in instead. */
static void
on_insert (GtkEditable *editable, char *text, int len, int *position, gpointer unused)
{
  GtkEntry *entry = GTK_ENTRY (editable);
  size_t max = (size_t) gtk_entry_get_max_length (entry);
  size_t used = gtk_entry_buffer_get_bytes (gtk_entry_get_buffer (entry));
  size_t wanted = len < 0 ? strlen (text) : (size_t) len;
  size_t room = max > used ? max - used : 0;

  (void) unused;
  if (wanted <= room)
    return;
  g_signal_stop_emission_by_name (editable, "insert-text");
  gtk_widget_error_bell (GTK_WIDGET (entry));
  while (room > 0 && (text[room] & 0xc0) == 0x80)
    room--;
  if (room > 0)
    gtk_editable_insert_text (editable, text, (int) room, position);
}

void
hark_widget_limit_bytes (GtkWidget *entry)
{
  g_signal_connect (entry, "insert-text", G_CALLBACK (on_insert), NULL);
}

GtkWidget *
hark_widget_add_label (GtkWidget *box, const char *style, int width_chars)
{
  GtkWidget *label = gtk_label_new ("");

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  hark_widget_wrap (label);
  gtk_label_set_width_chars (GTK_LABEL (label), width_chars);
  hark_widget_plain_breaks (label);
  hark_widget_class (label, style, true);
  gtk_widget_show (label);
  gtk_container_add (GTK_CONTAINER (box), label);
  return label;
}

static bool
ask (GtkWidget *parent,
     const char *question,
     const char *consequence,
     const char *verb,
     bool dangerous)
{
  GtkWidget *top = gtk_widget_get_toplevel (parent);
  GtkWidget *dialog
    = gtk_message_dialog_new (GTK_IS_WINDOW (top) ? GTK_WINDOW (top) : NULL,
                              GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                              GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, "%s", question);
  GtkWidget *button;

  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (dialog), "%s", consequence);
  gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  button = gtk_dialog_add_button (GTK_DIALOG (dialog), verb, GTK_RESPONSE_ACCEPT);
  hark_widget_class (button, dangerous ? "destructive-action" : "suggested-action", true);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog),
                                   dangerous ? GTK_RESPONSE_CANCEL : GTK_RESPONSE_ACCEPT);
  return hark_question_run (dialog) == GTK_RESPONSE_ACCEPT;
}

bool
hark_widget_confirm (GtkWidget *parent,
                     const char *question,
                     const char *consequence,
                     const char *verb)
{
  return ask (parent, question, consequence, verb, true);
}

bool
hark_widget_agree (GtkWidget *parent,
                   const char *question,
                   const char *consequence,
                   const char *verb)
{
  return ask (parent, question, consequence, verb, false);
}

GtkFileChooserNative *
hark_widget_folder_chooser (GtkWidget *parent, const char *title, const char *verb)
{
  GtkFileChooserNative *chooser
    = gtk_file_chooser_native_new (title, GTK_WINDOW (gtk_widget_get_toplevel (parent)),
                                   GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, verb, _ ("_Cancel"));

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), g_get_home_dir ());
  return chooser;
}

char *
hark_widget_choose_picture (GtkWindow *parent, const char *title, const char *verb)
{
  g_autoptr (GtkFileChooserNative) chooser = gtk_file_chooser_native_new (
    title, parent, GTK_FILE_CHOOSER_ACTION_OPEN, verb, _ ("_Cancel"));
  GtkFileFilter *pictures = gtk_file_filter_new ();

  gtk_file_filter_set_name (pictures, _ ("Pictures"));
  gtk_file_filter_add_mime_type (pictures, "image/png");
  gtk_file_filter_add_mime_type (pictures, "image/jpeg");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), pictures);
  return hark_question_choose (chooser) ? gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (chooser))
                                        : NULL;
}

/* GTK turns a switch when its movement has ended, which it never does in a dialog that is closed
 * meanwhile. Runs behind GTK's own handler; setting it ends the movement. */
static gboolean
on_switch_activated (GSignalInvocationHint *hint,
                     guint n_values,
                     const GValue *values,
                     gpointer data)
{
  GtkSwitch *toggle = g_value_get_object (&values[0]);
  gboolean moves;

  (void) hint;
  (void) n_values;
  (void) data;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (toggle)), "gtk-enable-animations", &moves,
                NULL);
  if (moves)
    gtk_switch_set_active (toggle, !gtk_switch_get_active (toggle));
  return TRUE;
}

void
hark_widget_switch_at_once (void)
{
  static bool is_hooked;
  GTypeClass *klass;

  if (is_hooked)
    return;
  is_hooked = true;
  klass = g_type_class_ref (GTK_TYPE_SWITCH); /* its signals are made with it */
  g_signal_add_emission_hook (g_signal_lookup ("activate", GTK_TYPE_SWITCH), 0, on_switch_activated,
                              NULL, NULL);
  g_type_class_unref (klass);
}

static gboolean
destroy (void *widget)
{
  gtk_widget_destroy (widget);
  return G_SOURCE_REMOVE;
}

/* The action that was chosen runs after its menu has gone, and GTK is not done with what closes. */
static void
on_gone (GtkWidget *widget)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, destroy, g_object_ref (widget), g_object_unref);
}

void
hark_widget_popup_once (GtkWidget *popover)
{
  g_signal_connect (popover, "closed", G_CALLBACK (on_gone), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}

void
hark_widget_popup_menu (GtkWidget *widget, GMenuModel *model, const GdkEvent *event)
{
  GtkWidget *menu = gtk_menu_new_from_model (model);

  gtk_menu_attach_to_widget (GTK_MENU (menu), widget, NULL);
  g_signal_connect (menu, "selection-done", G_CALLBACK (on_gone), NULL);
  if (event)
    gtk_menu_popup_at_pointer (GTK_MENU (menu), event);
  else
    gtk_menu_popup_at_widget (GTK_MENU (menu), widget, GDK_GRAVITY_CENTER, GDK_GRAVITY_NORTH, NULL);
}

void
hark_widget_load_style (void)
{
  static bool is_loaded;
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  if (is_loaded)
    return;
  is_loaded = true;
  gtk_css_provider_load_from_resource (provider, "/org/hark/Hark/style.css");
  gtk_style_context_add_provider_for_screen (gdk_screen_get_default (),
                                             GTK_STYLE_PROVIDER (provider),
                                             GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_default (), "/org/hark/Hark/icons");
}
