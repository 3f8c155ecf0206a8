#include "tests/ui/scene-answers.h"

#include "tests/ui/fake-engine.h"

#include <string.h>

/* What the doctor finds: all is well, but in the scene about it. */
static GPtrArray *
findings (const char *scene)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_finding_free);

  if (strcmp (scene, "network") == 0) {
    g_ptr_array_add (
      found,
      fake_finding (HARK_FINDING_PROBLEM, "clock-wrong", "This computer's clock is 10 years fast.",
                    "Set the clock: where people are to be found changes with the day."));
    g_ptr_array_add (
      found,
      fake_finding (HARK_FINDING_HINT, "udp-blocked",
                    "This network lets no UDP out. Hark goes over TCP: calls may sound worse.",
                    "Ask who runs this network to let UDP out, or use another one for calls."));
  }
  g_ptr_array_add (found, fake_finding (HARK_FINDING_WELL, "dht",
                                        "The DHT is reached: people can be found.", NULL));
  return found;
}

static GPtrArray *
neighbours (void)
{
  GPtrArray *found = g_ptr_array_new ();

  g_ptr_array_add (found, fake_neighbour (20, "Grace", "hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l"));
  g_ptr_array_add (found, fake_neighbour (21, "\u202eecarG", "hk1qpzry9x8gf2tvdw0s3jn54khce6mu"));
  return found;
}

static GPtrArray *
refused (void)
{
  static const char *const reasons[]
    = {"It changes a message that somebody else wrote.", "The message is not here.",
       "It changes a message that somebody else wrote."};
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_refused_free);

  for (size_t i = 0; i < G_N_ELEMENTS (reasons); i++) {
    HarkRefused *one = g_new0 (HarkRefused, 1);

    memset (one->contact, 1, sizeof one->contact); /* Bob */
    one->received_ms = g_get_real_time () / 1000 - (int64_t) i * 86400000;
    one->reason = g_strdup (reasons[i]);
    g_ptr_array_add (found, one);
  }
  return found;
}

static GPtrArray *
addresses (void)
{
  GPtrArray *found = g_ptr_array_new ();

  g_ptr_array_add (found, fake_address ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7l", "", false));
  g_ptr_array_add (found, fake_address ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7m", "Grace", true));
  return found;
}

static GPtrArray *
entries (void)
{
  static const struct {
    const char *name;
    uint64_t size;
  } found[] = {
    {"Recordings",                               0       },
    {"Sheet music",                              0       },
    {"concert in the park, second evening.flac", 61400000},
    {"programme.pdf",                            214000  }
  };
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_browse_entry_free);

  for (size_t i = 0; i < G_N_ELEMENTS (found); i++) {
    HarkBrowseEntry *entry = g_new0 (HarkBrowseEntry, 1);

    entry->name = g_strdup (found[i].name);
    entry->folder = found[i].size == 0;
    entry->size = found[i].size;
    entry->mtime_ms = g_get_real_time () / 1000 - INT64_C (50) * 3600000;
    g_ptr_array_add (entries, entry);
  }
  return entries;
}

static GPtrArray *
shares (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_share_info_free);
  HarkShareInfo *share = g_new0 (HarkShareInfo, 1);
  uint8_t account[HARK_ACCOUNT_LEN];

  memset (account, 1, sizeof account); /* Bob */
  share->name = g_strdup ("Music");
  share->path = g_strdup ("/home/alice/Music");
  share->accounts = g_array_new (FALSE, FALSE, sizeof account);
  g_array_append_val (share->accounts, account);
  g_ptr_array_add (found, share);
  return found;
}

static GPtrArray *
mailboxes (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_mailbox_info_free);
  HarkMailboxInfo *box = g_new0 (HarkMailboxInfo, 1);

  box->name = g_strdup ("attic");
  box->node = box->asked = box->keeps = box->online = true;
  g_ptr_array_add (found, box);
  return found;
}

static GPtrArray *
devices (void)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) hark_sound_device_free);

  for (int i = 0; i < 2; i++) {
    HarkSoundDevice *device = g_new0 (HarkSoundDevice, 1);

    device->name = g_strdup (i == 0 ? "pulse:headset" : "pulse:box");
    device->text = g_strdup (i == 0 ? "Headset" : "Loudspeaker");
    device->is_mic = i == 0;
    g_ptr_array_add (found, device);
  }
  return found;
}

/* Figures of a week with a relayed call, and what Bob and we did for one another. */
static HarkLedgerInfo *
ledger (void)
{
  HarkLedgerInfo *info = g_new0 (HarkLedgerInfo, 1);
  HarkLedgerPerson *bob = g_new0 (HarkLedgerPerson, 1);

  info->today[HARK_LEFT_PEOPLE] = (HarkLeftCount){4127, 3810442};
  info->month[HARK_LEFT_PEOPLE] = info->all[HARK_LEFT_PEOPLE] = (HarkLeftCount){118250, 161400720};
  info->today[HARK_LEFT_INTERNET] = (HarkLeftCount){2911, 402120};
  info->month[HARK_LEFT_INTERNET] = info->all[HARK_LEFT_INTERNET] = (HarkLeftCount){21877, 3120034};
  info->today[HARK_LEFT_LOCAL] = (HarkLeftCount){1, 112};
  info->month[HARK_LEFT_LOCAL] = info->all[HARK_LEFT_LOCAL] = (HarkLeftCount){640, 71680};
  info->since_ms = g_get_real_time () / 1000 - INT64_C (7) * 24 * 3600000;
  info->hosts = 1240;
  info->refused = 3;
  info->people = g_ptr_array_new_with_free_func (g_free);
  memset (bob->account, 1, sizeof bob->account);
  bob->name = (char *) "Bob";
  bob->relayed_for_us = 3120000;
  bob->kept_for_us = 2;
  bob->kept_for_them = 1;
  g_ptr_array_add (info->people, bob);
  return info;
}

static void
answer_about_us (const char *scene, HarkEvent *event)
{
  switch (event->command) {
  case HARK_COMMAND_ADDRESS:
    event->address = g_strdup ("hk1qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn54khce6mua7l"
                               "qpzry9x8gf2tvdw0s3jn54khce");
    break;
  case HARK_COMMAND_ADDRESSES:
    event->addresses = addresses ();
    break;
  case HARK_COMMAND_PROFILE:
    event->profile = g_new0 (HarkProfile, 1);
    event->profile->name = g_strdup ("Alice");
    event->profile->status_text = g_strdup ("At sea until Friday");
    event->profile->may = strcmp (scene, "person-sees") == 0 ? HARK_MAY_NOT_SEE_TYPING : 0;
    break;
  case HARK_COMMAND_OWN_WORDS:
    event->text = g_strdup ("abandon ability able about above absent absorb abstract absurd abuse");
    break;
  case HARK_COMMAND_SETTINGS:
    event->settings = g_new0 (HarkSettingsState, 1);
    event->settings->peers = g_strsplit ("hark.example.org:4433", " ", 0);
    event->settings->backup_folder = g_strdup ("/home/alice/Backups");
    event->settings->backup_hours = 24;
    break;
  case HARK_COMMAND_LIMIT:
    event->settings = g_new0 (HarkSettingsState, 1);
    event->settings->metered = "ask";
    break;
  case HARK_COMMAND_STATUS:
    if (strcmp (scene, "set-network") == 0) {
      event->network = g_new0 (HarkNetworkState, 1);
      event->network->relay_nodes = g_strsplit ("attic 203.0.113.7:4433", "|", 0);
      event->network->public_addresses = g_new0 (char *, 1);
      event->network->mapping = "none";
      event->network->udp = "works";
      event->network->published = true;
    }
    break;
  default:
    break;
  }
}

static void
answer_about_others (const char *scene, HarkEvent *event)
{
  switch (event->command) {
  case HARK_COMMAND_VERIFY:
    event->text = g_strdup ("123456789012345678901234567890123456789012345678901234567890");
    event->qr = g_strdup ("hark:verify:qpzry9x8gf2tvdw0s3jn54khce6mua7lqpzry9x8gf2tvdw0s3jn5");
    break;
  case HARK_COMMAND_QUARANTINE:
    if (strcmp (scene, "person-refused") == 0)
      event->refused = refused ();
    break;
  case HARK_COMMAND_PEOPLE_HERE:
    event->neighbours = neighbours ();
    break;
  case HARK_COMMAND_DOCTOR:
    event->findings = findings (scene);
    break;
  case HARK_COMMAND_LEDGER:
    event->ledger = ledger ();
    break;
  case HARK_COMMAND_BROWSE:
    event->entries = entries ();
    event->number = event->entries->len + 1;
    break;
  case HARK_COMMAND_SHARES:
    event->shares = shares ();
    break;
  case HARK_COMMAND_MAILBOX:
    event->mailboxes = mailboxes ();
    break;
  case HARK_COMMAND_DEVICES:
    event->devices = devices ();
    event->chosen = g_new0 (HarkSound, 1);
    event->chosen->mic = g_strdup ("pulse:headset");
    event->chosen->speaker = g_strdup ("pulse");
    break;
  default:
    break;
  }
}

void
scene_answer (const char *scene, HarkEvent *result)
{
  answer_about_us (scene, result);
  answer_about_others (scene, result);
}
