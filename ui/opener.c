#include "ui/opener.h"

#include "ui/by-frame.h"
#include "ui/settings/settings.h"

struct _HarkOpener {
  GObject parent_instance;
  const HarkEngineConfig *config;
  HarkClient *client;
  HarkWindow *window; /* weak */
  HarkEngineConfig opening;
  char *passphrase;        /* of the profile that is being opened */
  HarkEngineConfig chosen; /* `config` with the settings of this desktop */
  bool was_open;           /* a passphrase of the command line opens it once */
};

G_DEFINE_TYPE (HarkOpener, hark_opener, G_TYPE_OBJECT)

static guint signal_opened;

static HarkEntrance *
entrance (HarkOpener *opener)
{
  return hark_window_get_entrance (opener->window);
}

static void
opened (HarkOpener *opener)
{
  opener->was_open = true;
  g_signal_emit (opener, signal_opened, 0);
}

static void
forget_passphrase (HarkOpener *opener)
{
  g_clear_pointer (&opener->passphrase, hark_words_free); /* wipes */
}

static void
on_started (GObject *source, GAsyncResult *result, void *data)
{
  g_autoptr (HarkOpener) opener = data;
  g_autoptr (GError) error = NULL;
  bool ok = hark_client_start_finish (HARK_CLIENT (source), result, &error);

  forget_passphrase (opener);
  if (ok)
    opened (opener);
  else if (opener->window)
    hark_entrance_lock (entrance (opener), error->message);
}

/* Events stand behind pictures: a flood of them is late itself, not the window. */
static void
configure (HarkOpener *opener, HarkEngineConfig *ret)
{
  *ret = *opener->config;
  ret->event_priority = HARK_PRIORITY_EVENTS;
  ret->event_turn_us = hark_by_frame_get_event_us;
  hark_settings_apply (hark_settings_get (), ret);
}

static void
on_unlock (HarkOpener *opener, const char *passphrase)
{
  configure (opener, &opener->opening);
  forget_passphrase (opener);
  opener->passphrase = g_strdup (passphrase);
  opener->opening.passphrase = opener->passphrase;
  hark_client_start_async (opener->client, &opener->opening, on_started, g_object_ref (opener));
}

static bool
start_engine (HarkOpener *opener, GError **error)
{
  configure (opener, &opener->chosen);
  return hark_client_start (opener->client, &opener->chosen, error);
}

static void
start (HarkOpener *opener)
{
  g_autoptr (GError) error = NULL;

  if (start_engine (opener, &error))
    opened (opener);
  else
    hark_entrance_fail (entrance (opener), error->message);
}

static void
on_profile_made (HarkOpener *opener, const char *passphrase)
{
  if (passphrase)
    on_unlock (opener, passphrase);
  else
    start (opener);
}

void
hark_opener_start_early (HarkOpener *opener)
{
  g_return_if_fail (HARK_IS_OPENER (opener));

  if (hark_profile_exists (opener->config->profile)
      && !hark_profile_needs_passphrase (opener->config->profile))
    start_engine (opener, NULL);
}

void
hark_opener_begin (HarkOpener *opener)
{
  const HarkEngineConfig *config;

  g_return_if_fail (HARK_IS_OPENER (opener) && opener->window);

  config = opener->config;
  if (hark_client_get_engine (opener->client))
    opened (opener);
  else if (!hark_profile_exists (config->profile))
    hark_entrance_welcome (entrance (opener), config->profile);
  else if (hark_profile_needs_passphrase (config->profile)
           && (!config->passphrase || opener->was_open))
    hark_entrance_lock (entrance (opener), NULL);
  else
    start (opener);
}

void
hark_opener_set_window (HarkOpener *opener, HarkWindow *window)
{
  HarkEntrance *pages;

  g_return_if_fail (HARK_IS_OPENER (opener) && HARK_IS_WINDOW (window));

  g_set_weak_pointer (&opener->window, window);
  pages = hark_window_get_entrance (window);
  g_signal_connect_object (pages, "profile-made", G_CALLBACK (on_profile_made), opener,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pages, "try-again", G_CALLBACK (hark_opener_begin), opener,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pages, "unlock", G_CALLBACK (on_unlock), opener, G_CONNECT_SWAPPED);
}

static void
hark_opener_finalize (GObject *object)
{
  HarkOpener *opener = HARK_OPENER (object);

  g_clear_weak_pointer (&opener->window);
  g_object_unref (opener->client);
  forget_passphrase (opener);
  G_OBJECT_CLASS (hark_opener_parent_class)->finalize (object);
}

static void
hark_opener_class_init (HarkOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hark_opener_finalize;
  signal_opened = g_signal_new ("opened", HARK_TYPE_OPENER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
hark_opener_init (HarkOpener *opener)
{
  (void) opener;
}

HarkOpener *
hark_opener_new (const HarkEngineConfig *config, HarkClient *client)
{
  HarkOpener *opener = g_object_new (HARK_TYPE_OPENER, NULL);

  opener->config = config;
  opener->client = g_object_ref (client);
  return opener;
}
