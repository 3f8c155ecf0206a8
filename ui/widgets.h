/* ui/widgets.h - what GTK 3 takes several calls for. Main thread. */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* hark_widget_name: what @widget is, for the mouse as a tooltip and for a screen reader as a name.
 */
void hark_widget_name (GtkWidget *widget, const char *name);

/* hark_widget_text_factor: how much larger the desktop's text is than usual, 1 to 3. */
double hark_widget_text_factor (GtkWidget *widget);

/* hark_widget_fit: @dialog, before it is shown: wider and higher than its default size by as much
 * as the desktop's text is larger, wide enough for the whole title, and no larger than the screen.
 */
void hark_widget_fit (GtkWidget *dialog);

/* hark_widget_widen: @clamp, once: its maximum is wider by as much as the desktop's text is larger.
 */
void hark_widget_widen (GtkWidget *clamp);

/* hark_widget_wrap: @label: in as many lines as it takes, also where no word ends. */
void hark_widget_wrap (GtkWidget *label);

/* hark_widget_spoken: the name for a screen reader alone. */
void hark_widget_spoken (GtkWidget *widget, const char *name);

/* hark_widget_text, _tip: the text of a label, a tooltip (NULL: none). What is the same already
 * costs nothing; GTK would lay out everything around it anew. */
void hark_widget_text (GtkWidget *label, const char *text);
void hark_widget_tip (GtkWidget *widget, const char *tip);

/* hark_widget_add_label: a new empty label at the end of @box that breaks anywhere and wants room
 * for
 * @width_chars; @style: its class. Shown. */
GtkWidget *hark_widget_add_label (GtkWidget *box, const char *style, int width_chars);

/* hark_widget_plain_breaks: a label that breaks within a word adds no hyphen, which is not of the
 * text. */
void hark_widget_plain_breaks (GtkWidget *label);

/* hark_widget_icon: as gtk_image_set_from_icon_name(), hark_widget_button_text: as
 * gtk_button_set_label(), but nothing is laid out or made anew for what is shown already. */
void hark_widget_icon (GtkWidget *image, const char *icon, GtkIconSize size);
void hark_widget_button_text (GtkWidget *button, const char *text);

/* hark_widget_limit_bytes: @entry takes no more than its max-length counts in bytes of UTF-8, as
 * the engine does, which would cut what is longer. */
void hark_widget_limit_bytes (GtkWidget *entry);

/* hark_widget_class: adds or removes a style class. */
void hark_widget_class (GtkWidget *widget, const char *name, bool on);

/* hark_widget_confirm: asks a question of the user that @verb answers; true: they meant it. */
bool hark_widget_confirm (GtkWidget *parent,
                          const char *question,
                          const char *consequence,
                          const char *verb);

/* hark_widget_agree: the same for what does no harm: Enter says yes. */
bool hark_widget_agree (GtkWidget *parent,
                        const char *question,
                        const char *consequence,
                        const char *verb);

/* hark_widget_folder_chooser: (transfer full): a dialog for a folder that begins in the user's own;
 * what was used last, where GTK begins, has no folders. */
GtkFileChooserNative *
hark_widget_folder_chooser (GtkWidget *parent, const char *title, const char *verb);

/* hark_widget_choose_picture: (transfer full) (nullable): path of a PNG or JPEG file the user
 * chooses, or NULL. Runs a dialog. */
char *hark_widget_choose_picture (GtkWindow *parent, const char *title, const char *verb);

/* hark_widget_switch_at_once: from now on a switch that a key turns is turned at once, also in a
 * dialog that is closed right after it; what comes after the first time does nothing. */
void hark_widget_switch_at_once (void);

/* hark_widget_popup_menu: what @model says, where @event (nullable) is, else above @widget, whose
 * actions it does; closed, it goes, and with @widget before that. */
void hark_widget_popup_menu (GtkWidget *widget, GMenuModel *model, const GdkEvent *event);

/* hark_widget_load_style: Hark's style and icons, for the whole screen; what comes
 * after the first time does nothing. */
void hark_widget_load_style (void);

/* hark_widget_popup_once: shows @popover, which goes some time after it was closed. */
void hark_widget_popup_once (GtkWidget *popover);
