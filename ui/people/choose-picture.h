/* ui/people/choose-picture.h - a picture of a person or a group is chosen and made small. Main
 * thread. */
#pragma once

#include <gtk/gtk.h>

/* HarkChosenPicture: @pixels (transfer full) (nullable): as hark_picture_read_avatar(); NULL: it
 * cannot be read, @problem says why. */
typedef void (*HarkChosenPicture) (GtkWidget *dialog, GBytes *pixels, const char *problem);

/**
 * hark_choose_picture:
 * @dialog: above which the user chooses; @on_chosen is about it, and not called once it is
 * destroyed
 * @button: that was clicked: cannot be clicked again until the picture is read
 * @title: of what it is a picture
 */
void hark_choose_picture (GtkWidget *dialog,
                          GtkWidget *button,
                          const char *title,
                          HarkChosenPicture on_chosen);
