#include "tests/ui/scenes.h"
#include "tests/ui/screen.h"
#include "ui/language.h"

#include <handy.h>
#include <string.h>

#define WIDTH 360 /* pixels: the narrowest window */

/* ---- every view ---- */

typedef void (*LookAt) (GtkWidget *toplevel, void *data);

/* @look: at every window of every scene, the texts of which are @text (nullable). */
static void
visit (const char *text, LookAt look, void *data)
{
  for (const char *const *scene = scene_names; *scene; scene++) {
    HarkWindow *window = screen_open ();
    g_autoptr (GList) tops = NULL;

    scene_begin (*scene, text);
    gtk_window_resize (GTK_WINDOW (window), WIDTH, 640);
    screen_settle ();
    scene_play ();
    scene_open (window, screen_client ());
    screen_settle ();
    tops = gtk_window_list_toplevels ();
    g_list_foreach (tops, (GFunc) (void (*) (void)) g_object_ref, NULL);
    for (GList *at = tops; at; at = at->next)
      if (gtk_widget_get_visible (at->data)
          && gtk_window_get_window_type (at->data) == GTK_WINDOW_TOPLEVEL) {
        g_test_message ("%s: %s", *scene, G_OBJECT_TYPE_NAME (at->data));
        look (at->data, data);
      }
    for (GList *at = tops; at; at = at->next)
      if (at->data != window && gtk_widget_get_visible (at->data)
          && gtk_window_get_window_type (at->data) == GTK_WINDOW_TOPLEVEL)
        gtk_widget_destroy (at->data);
    g_list_foreach (tops, (GFunc) (void (*) (void)) g_object_unref, NULL);
    screen_close (window);
    scene_end ();
  }
}

/* ---- text of others ---- */

/* No mark-up was read. */
static void
check_text (const char *text)
{
  const char *mark = text ? strstr (text, "Mark") : NULL;

  if (!text)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (; mark; mark = strstr (mark + 1, "Mark"))
    if (mark - text < 3 || strncmp (mark - 3, "<b>Mark", 7) != 0)
      g_error ("mark-up was read: %s", text);
}

static void
check_texts (GtkWidget *widget, void *data)
{
  g_autofree char *tip = gtk_widget_get_tooltip_text (widget);

  if (!gtk_widget_get_visible (widget))
    return;
  check_text (tip);
  check_text (atk_object_get_name (gtk_widget_get_accessible (widget)));
  if (GTK_IS_LABEL (widget))
    check_text (gtk_label_get_text (GTK_LABEL (widget)));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_texts, data);
}

/* The widget that asks for most, for a message that says where to look. */
static void
blame (GtkWidget *widget, void *data)
{
  int width, natural;

  gtk_widget_get_preferred_width (widget, &width, &natural);
  if (width <= WIDTH)
    return;
  g_test_message ("%d: %s", width, gtk_widget_get_name (widget));
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), blame, data);
}

/* Without the shadow around it, which comes and goes with the window's state. One that the user
 * cannot make smaller is as wide as it likes to be. */
static int
get_width (GtkWidget *toplevel)
{
  GtkWidget *title = gtk_window_get_titlebar (GTK_WINDOW (toplevel));
  int width, above = 0, natural, natural_above = 0;

  gtk_widget_get_preferred_width (gtk_bin_get_child (GTK_BIN (toplevel)), &width, &natural);
  if (title)
    gtk_widget_get_preferred_width (title, &above, &natural_above);
  return gtk_window_get_resizable (GTK_WINDOW (toplevel)) ? MAX (width, above)
                                                          : MAX (natural, natural_above);
}

static void
check_fits (GtkWidget *toplevel, void *data)
{
  int width = get_width (toplevel);

  if (width > WIDTH)
    blame (toplevel, data);
  g_assert_cmpint (width, <=, WIDTH);
  check_texts (toplevel, data);
}

/* ---- screen readers ---- */

static bool
is_usable (AtkRole role)
{
  static const AtkRole roles[]
    = {ATK_ROLE_PUSH_BUTTON, ATK_ROLE_TOGGLE_BUTTON, ATK_ROLE_CHECK_BOX,    ATK_ROLE_RADIO_BUTTON,
       ATK_ROLE_ENTRY,       ATK_ROLE_TEXT,          ATK_ROLE_SLIDER,       ATK_ROLE_COMBO_BOX,
       ATK_ROLE_SPIN_BUTTON, ATK_ROLE_LIST,          ATK_ROLE_LIST_BOX,     ATK_ROLE_LIST_ITEM,
       ATK_ROLE_MENU_ITEM,   ATK_ROLE_PAGE_TAB,      ATK_ROLE_LINK,         ATK_ROLE_IMAGE,
       ATK_ROLE_ICON,        ATK_ROLE_PROGRESS_BAR,  ATK_ROLE_PASSWORD_TEXT};

  for (size_t i = 0; i < G_N_ELEMENTS (roles); i++)
    if (roles[i] == role)
      return true;
  return false;
}

static bool
is_showing (AtkObject *object)
{
  g_autoptr (AtkStateSet) states = atk_object_ref_state_set (object);

  return atk_state_set_contains_state (states, ATK_STATE_SHOWING)
         && atk_state_set_contains_state (states, ATK_STATE_VISIBLE);
}

/* As `guilab ui audit`. */
static void
check_names (AtkObject *object)
{
  const char *name = atk_object_get_name (object);
  AtkRole role = atk_object_get_role (object);

  if (is_usable (role) && is_showing (object) && (!name || *name == '\0'))
    g_error ("no name: %s, in \"%s\"", atk_role_get_name (role),
             atk_object_get_name (atk_object_get_parent (object)));
  for (int i = 0; i < atk_object_get_n_accessible_children (object); i++) {
    g_autoptr (AtkObject) child = atk_object_ref_accessible_child (object, i);

    if (child)
      check_names (child);
  }
}

/* ---- keyboard ---- */

static bool
is_control (GtkWidget *widget)
{
  return GTK_IS_SWITCH (widget) || GTK_IS_ENTRY (widget) || GTK_IS_TEXT_VIEW (widget)
         || GTK_IS_SCALE (widget) || GTK_IS_BUTTON (widget);
}

static bool
has_class (GtkWidget *widget, const char *name)
{
  return gtk_style_context_has_class (gtk_widget_get_style_context (widget), name);
}

/* Tab and the arrows come to whatever is mapped, sensitive and takes the focus; also to what a
 * folded expander holds, if it were visible. The desktop has keys for the buttons of a title. */
static void
check_keyboard (GtkWidget *widget, void *data)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget)
      || has_class (widget, "titlebutton"))
    return;
  if (is_control (widget) && !gtk_widget_get_can_focus (widget))
    g_error ("the keyboard does not reach %s \"%s\"", gtk_widget_get_name (widget),
             atk_object_get_name (gtk_widget_get_accessible (widget)));
  if (parent && GTK_IS_EXPANDER (parent) && !gtk_expander_get_expanded (GTK_EXPANDER (parent))
      && widget != gtk_expander_get_label_widget (GTK_EXPANDER (parent)))
    g_error ("the keyboard goes where nothing is seen");
  if (GTK_IS_CONTAINER (widget) && !GTK_IS_ENTRY (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_keyboard, data);
}

static void
check_usable (GtkWidget *toplevel, void *data)
{
  check_fits (toplevel, data);
  check_names (gtk_widget_get_accessible (toplevel));
  check_keyboard (toplevel, data);
}

static void
test_usable (void)
{
  visit (NULL, check_usable, NULL);
}

/* What others may write where a name, a message or a reason is due. */
static void
test_hostile (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (int i = 0; i < 12; i++)
    g_string_append (
      text, "\u202e<b>Mark</b> &amp; \u2066%s\n\u0301\u0302\u0303\u200d👩‍👩‍👧ﷺW"
            "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW\t");
  visit (text->str, check_fits, NULL);
}

/* libhandy draws a page of the leaflet once before it has its place, while the window folds. */
static GLogWriterOutput
on_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0
        && g_str_has_prefix (fields[i].value, "Drawing a gadget with negative dimensions"))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n, data);
}

int
main (int argc, char **argv)
{
  g_log_set_writer_func (on_log, NULL, NULL);
  gtk_init (&argc, &argv);
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL); /* GNOME's */
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    hark_language_start (argv[1]); /* where that of LANGUAGE is */
  g_test_add_func ("/views/fit-and-have-names-and-keys", test_usable);
  g_test_add_func ("/views/text-of-others-does-no-harm", test_hostile);
  return g_test_run ();
}
