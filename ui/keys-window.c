#include "ui/keys-window.h"

#include "ui/settings/rows.h"
#include "ui/widgets.h"

#include <glib/gi18n.h>
#include <handy.h>

#define LARGE_TEXT 1.4 /* from here on keys stand below what they do */

typedef struct {
  const char *title;
  const char *keys; /* as gtk_accelerator_parse() reads them */
  const char *last; /* (nullable): the other end of a range that @keys begin */
} Shortcut;

static const Shortcut people[] = {
  {N_ ("Add somebody"),               "<Control>n",         NULL},
  {N_ ("New group"),                  "<Control><Shift>n",  NULL},
  {N_ ("Search"),                     "<Control>f",         NULL},
  {N_ ("Search in the list"),         "<Control>k",         NULL},
  {N_ ("The next in the list"),       "<Control>Page_Down", NULL},
  {N_ ("The one before"),             "<Control>Page_Up",   NULL},
  {N_ ("The first nine in the list"), "<Alt>1",             "9" },
  {N_ ("Open in its own window"),     "<Control><Shift>o",  NULL},
  {N_ ("Back to the list"),           "Escape",             NULL},
};

static const Shortcut writing[] = {
  {N_ ("Send"),                         "Return",        NULL},
  {N_ ("Break the line"),               "<Shift>Return", NULL},
  {N_ ("Change what was written last"), "Up",            NULL},
  {N_ ("Choose files to send"),         "<Control>u",    NULL},
  {N_ ("Answer a message"),             "r",             NULL},
  {N_ ("Change a message of yours"),    "e",             NULL},
  {N_ ("Delete a message"),             "Delete",        NULL},
  {N_ ("React to a message"),           "plus",          NULL},
};

static const Shortcut calls[] = {
  {N_ ("Call"),                                                      "<Control><Shift>c", NULL},
  {N_ ("Talk while it is held, if you chose so in the preferences"), "space",             NULL},
  {N_ ("Calls there were"),                                          "<Control>h",        NULL},
  {N_ ("Answer"),                                                    "<Control><Shift>a", NULL},
  {N_ ("Decline or hang up"),                                        "<Control><Shift>d", NULL},
  {N_ ("Mute the microphone"),                                       "<Control><Shift>m", NULL},
  {N_ ("Hold, take back or swap"),                                   "<Control><Shift>h", NULL},
};

static const Shortcut program[] = {
  {N_ ("Preferences"),              "<Control>comma",    NULL},
  {N_ ("Lock (with a passphrase)"), "<Control>l",        NULL},
  {N_ ("Keyboard shortcuts"),       "<Control>question", NULL},
  {N_ ("Menu"),                     "F10",               NULL},
  {N_ ("Close the window"),         "<Control>w",        NULL},
  {N_ ("Quit"),                     "<Control>q",        NULL},
};

static void
add_key (GtkWidget *box, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  hark_widget_class (label, style, true);
  gtk_container_add (GTK_CONTAINER (box), label);
}

/* One cap for each key, named as GTK's menus name them. */
static GtkWidget *
caps_of (const Shortcut *shortcut)
{
  static const GdkModifierType modifiers[] = {GDK_CONTROL_MASK, GDK_MOD1_MASK, GDK_SHIFT_MASK};
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GdkModifierType held;
  g_autofree char *name = NULL;
  guint key;

  gtk_widget_set_direction (box, GTK_TEXT_DIR_LTR); /* as on the keyboard */
  gtk_accelerator_parse (shortcut->keys, &key, &held);
  name = gtk_accelerator_get_label (key, 0);
  for (size_t i = 0; i < G_N_ELEMENTS (modifiers); i++)
    if (held & modifiers[i]) {
      g_autofree char *modifier = gtk_accelerator_get_label (0, modifiers[i]);

      add_key (box, modifier, "keycap");
    }
  add_key (box, name, "keycap");
  if (shortcut->last) {
    add_key (box, "…", "dim-label");
    add_key (box, shortcut->last, "keycap");
  }
  return box;
}

/* For a screen reader: "New group: Shift+Ctrl+N". */
static void
name_row (GtkWidget *row, const Shortcut *shortcut)
{
  g_autofree char *keys = NULL, *name = NULL;
  GdkModifierType held;
  guint key;

  gtk_accelerator_parse (shortcut->keys, &key, &held);
  keys = gtk_accelerator_get_label (key, held);
  name = g_strdup_printf ("%s: %s%s%s", _ (shortcut->title), keys, shortcut->last ? "–" : "",
                          shortcut->last ? shortcut->last : "");
  hark_widget_spoken (row, name);
}

static void
add_row (GtkWidget *group, const Shortcut *shortcut, bool below)
{
  GtkWidget *row = g_object_new (HDY_TYPE_PREFERENCES_ROW, "activatable", FALSE, NULL);
  GtkWidget *box
    = gtk_box_new (below ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL, below ? 6 : 12);
  GtkWidget *title = gtk_label_new (_ (shortcut->title));
  GtkWidget *caps = caps_of (shortcut);

  hark_widget_wrap (title);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_widget_set_halign (caps, below ? GTK_ALIGN_START : GTK_ALIGN_END);
  gtk_widget_set_valign (caps, GTK_ALIGN_CENTER);
  gtk_box_pack_start (GTK_BOX (box), title, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (box), caps);
  hark_widget_class (box, "shortcut", true);
  gtk_container_add (GTK_CONTAINER (row), box);
  name_row (row, shortcut);
  g_object_set_data (G_OBJECT (row), "hark-keys", (char *) shortcut->keys);
  gtk_widget_show_all (row);
  gtk_container_add (GTK_CONTAINER (group), row);
}

GtkWidget *
hark_keys_window_new (GtkWindow *parent)
{
  const struct {
    const char *title;
    const Shortcut *shortcuts;
    size_t len;
  } groups[] = {
    {_ ("People"),  people,  G_N_ELEMENTS (people) },
    {_ ("Writing"), writing, G_N_ELEMENTS (writing)},
    {_ ("Calls"),   calls,   G_N_ELEMENTS (calls)  },
    {"Hark",        program, G_N_ELEMENTS (program)},
  };
  GtkWidget *window
    = g_object_new (GTK_TYPE_DIALOG, "use-header-bar", 1, "title", _ ("Keyboard Shortcuts"),
                    "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                    "default-width", 460, "default-height", 600, NULL);
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (window));
  GtkWidget *page = hark_row_page (_ ("Keyboard Shortcuts"), "input-keyboard-symbolic");
  const bool below = hark_widget_text_factor (window) >= LARGE_TEXT;

  for (size_t i = 0; i < G_N_ELEMENTS (groups); i++) {
    GtkWidget *group = hark_row_group (page, groups[i].title, NULL);

    for (size_t j = 0; j < groups[i].len; j++)
      add_row (group, &groups[i].shortcuts[j], below);
  }
  gtk_container_set_border_width (GTK_CONTAINER (content), 0);
  gtk_box_pack_start (GTK_BOX (content), page, TRUE, TRUE, 0);
  hark_widget_fit (window);
  return window;
}
