#include "ui/welcome/entrance.h"

#include "ui/welcome/failed-page.h"
#include "ui/welcome/unlock-page.h"
#include "ui/welcome/welcome-page.h"

struct _HarkEntrance {
  GtkStack parent_instance;
};

G_DEFINE_TYPE (HarkEntrance, hark_entrance, GTK_TYPE_STACK)

enum { SIGNAL_PROFILE_MADE, SIGNAL_UNLOCK, SIGNAL_TRY_AGAIN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
on_profile_made (HarkEntrance *entrance, const char *passphrase)
{
  g_signal_emit (entrance, signals[SIGNAL_PROFILE_MADE], 0, passphrase);
}

static void
on_unlock (HarkEntrance *entrance, const char *passphrase)
{
  g_signal_emit (entrance, signals[SIGNAL_UNLOCK], 0, passphrase);
}

static void
on_try_again (HarkEntrance *entrance)
{
  g_signal_emit (entrance, signals[SIGNAL_TRY_AGAIN], 0);
}

/* Made when it is needed: not one start in a hundred does. What its @signal says goes to @heard. */
static GtkWidget *
need_page (
  HarkEntrance *entrance, const char *name, GType type, const char *signal, GCallback heard)
{
  GtkStack *stack = GTK_STACK (entrance);
  GtkWidget *page = gtk_stack_get_child_by_name (stack, name);

  if (!page) {
    page = g_object_new (type, "visible", TRUE, NULL);
    gtk_stack_add_named (stack, page, name);
    g_signal_connect_swapped (page, signal, heard, entrance);
  }
  gtk_stack_set_visible_child (stack, page);
  return page;
}

void
hark_entrance_welcome (HarkEntrance *entrance, const char *profile)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_ENTRANCE (entrance));

  page
    = need_page (entrance, "welcome", HARK_TYPE_WELCOME_PAGE, "done", G_CALLBACK (on_profile_made));
  hark_welcome_page_set_profile (HARK_WELCOME_PAGE (page), profile);
}

void
hark_entrance_lock (HarkEntrance *entrance, const char *problem)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_ENTRANCE (entrance));

  page = need_page (entrance, "unlock", HARK_TYPE_UNLOCK_PAGE, "unlock", G_CALLBACK (on_unlock));
  if (problem)
    hark_unlock_page_refuse (HARK_UNLOCK_PAGE (page), problem);
  else
    hark_unlock_page_ask (HARK_UNLOCK_PAGE (page));
}

void
hark_entrance_fail (HarkEntrance *entrance, const char *problem)
{
  GtkWidget *page;

  g_return_if_fail (HARK_IS_ENTRANCE (entrance));

  page = need_page (entrance, "failed", HARK_TYPE_FAILED_PAGE, "again", G_CALLBACK (on_try_again));
  hark_failed_page_say (HARK_FAILED_PAGE (page), problem);
}

void
hark_entrance_pass (HarkEntrance *entrance)
{
  static const char *const names[] = {"welcome", "unlock", "failed"};
  GtkStack *stack = GTK_STACK (entrance);

  g_return_if_fail (HARK_IS_ENTRANCE (entrance));

  gtk_stack_set_visible_child_name (stack, "main");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (gtk_stack_get_child_by_name (stack, names[i]))
      gtk_widget_destroy (gtk_stack_get_child_by_name (stack, names[i]));
}

static void
hark_entrance_class_init (HarkEntranceClass *klass)
{
  (void) klass;
  signals[SIGNAL_PROFILE_MADE]
    = g_signal_new ("profile-made", HARK_TYPE_ENTRANCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_UNLOCK]
    = g_signal_new ("unlock", HARK_TYPE_ENTRANCE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_TRY_AGAIN] = g_signal_new ("try-again", HARK_TYPE_ENTRANCE, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
hark_entrance_init (HarkEntrance *entrance)
{
  (void) entrance;
}
