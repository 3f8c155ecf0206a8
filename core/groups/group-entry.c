#include "core/groups/group-entry.h"

#include "core/proto/take.h"
#include "net/base/domain.h"
#include "net/base/hash.h"

#include <string.h>

#define NUMBER_MAX (UINT64_C (1) << 50) /* with 12 bits behind it, too, a number of the store */
#define TIME_MS_MAX INT64_C (253402300799999) /* the end of the year 9999 */
#define PREFIX_LEN 8
#define MAC_LEN 16

void
hark_group_entry_free (HarkGroupEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->text);
  g_clear_pointer (&entry->sound, g_bytes_unref);
  if (entry->file != NULL)
    g_clear_pointer (&entry->file->preview, g_bytes_unref);
  g_free (entry->file);
  g_clear_pointer (&entry->sealed, g_bytes_unref);
  g_free (entry);
}

HarkGroupLog
hark_group_chain_log (const uint8_t chain[HARK_GROUP_CHAIN_LEN])
{
  return chain[0] == 0 ? HARK_GROUP_LOG_MEMBERS : HARK_GROUP_LOG_MESSAGES;
}

void
hark_group_id (const HarkKey *founder,
               const uint8_t nonce[HARK_GROUP_NONCE_LEN],
               uint8_t ret[HARK_GROUP_ID_LEN])
{
  HARK_HASH (ret, HARK_GROUP_ID_LEN, NULL, 0, HARK_DOMAIN_GROUP, HARK_PART (founder),
             HARK_PART_BYTES (nonce, HARK_GROUP_NONCE_LEN));
}

void
hark_group_chain (const uint8_t instance[16],
                  const uint8_t group[HARK_GROUP_ID_LEN],
                  HarkGroupLog log,
                  uint32_t epoch,
                  uint8_t ret[HARK_GROUP_CHAIN_LEN])
{
  const uint8_t tail[] = {(uint8_t) log, (uint8_t) (epoch >> 24), (uint8_t) (epoch >> 16),
                          (uint8_t) (epoch >> 8), (uint8_t) epoch};

  HARK_HASH (ret, HARK_GROUP_CHAIN_LEN, NULL, 0, HARK_DOMAIN_GROUP_CHAIN,
             HARK_PART_BYTES (instance, 16), HARK_PART_BYTES (group, HARK_GROUP_ID_LEN),
             HARK_PART_BYTES (tail, sizeof tail));
  ret[0] = (uint8_t) log;
}

/* ---- content ---- */

static ProtobufCBinaryData
view (const void *data, size_t len)
{
  return (ProtobufCBinaryData){len, (uint8_t *) data};
}

static void
set_hash (HarkGroupEntry *entry, const void *data, size_t len)
{
  HARK_HASH (entry->hash, sizeof entry->hash, NULL, 0, HARK_DOMAIN_GROUP_ENTRY,
             HARK_PART_BYTES (data, len));
}

static bool
needs_account (HarkGroupKind kind)
{
  return kind == HARK_GROUP_INVITE || kind == HARK_GROUP_REMOVE || kind == HARK_GROUP_ROLE
         || kind == HARK_GROUP_INTRODUCE;
}

GBytes *
hark_group_entry_write (HarkGroupEntry *entry)
{
  Hark__GroupContent body = HARK__GROUP_CONTENT__INIT;
  Hark__GroupHead heads[2 * HARK_GROUP_CHAINS_MAX], *cuts[2 * HARK_GROUP_CHAINS_MAX];
  ProtobufCBinaryData mentions[HARK_GROUP_MENTIONS_MAX];
  uint8_t *packed;
  size_t len;

  body.group = view (entry->group, sizeof entry->group);
  body.author = view (entry->author.bytes, sizeof entry->author.bytes);
  body.chain = view (entry->chain, sizeof entry->chain);
  body.seq = entry->seq;
  if (entry->seq > 1)
    body.previous = view (entry->previous, sizeof entry->previous);
  body.clock = entry->clock;
  body.sent_ms = entry->sent_ms;
  body.view = view (entry->view, sizeof entry->view);
  body.kind = (uint32_t) entry->kind | (entry->apart ? HARK_GROUP_KIND_BODY : 0);
  body.id = view (entry->id, sizeof entry->id);
  if (entry->apart)
    body.body = view (entry->body, sizeof entry->body);
  else if (entry->text != NULL)
    body.text = entry->text;
  if (entry->has_reply_to && !entry->apart)
    body.reply_to = view (entry->reply_to, sizeof entry->reply_to);
  if (entry->has_target)
    body.target = view (entry->target, sizeof entry->target);
  for (unsigned i = 0; i < entry->n_mentions; i++)
    mentions[i] = view (entry->mentions[i].bytes, sizeof entry->mentions[i].bytes);
  body.n_mentions = entry->apart ? 0 : entry->n_mentions;
  body.mentions = mentions;
  if (needs_account (entry->kind))
    body.account = view (entry->account.bytes, sizeof entry->account.bytes);
  body.role = entry->role;
  body.expires_s = entry->expires_s;
  if (entry->has_picture)
    body.picture = view (entry->picture, sizeof entry->picture);
  if (entry->sealed != NULL) {
    gsize len_sealed = 0;
    const void *sealed = g_bytes_get_data (entry->sealed, &len_sealed);

    body.sealed = view (sealed, len_sealed);
  }
  if (entry->kind == HARK_GROUP_JOIN)
    body.invite = view (entry->invite, sizeof entry->invite);
  for (unsigned i = 0; i < entry->n_cuts; i++) {
    hark__group_head__init (&heads[i]);
    heads[i].chain = view (entry->cuts[i].chain, HARK_GROUP_CHAIN_LEN);
    heads[i].seq = entry->cuts[i].seq;
    cuts[i] = &heads[i];
  }
  body.n_cuts = entry->n_cuts;
  body.cuts = cuts;

  len = hark__group_content__get_packed_size (&body);
  packed = g_malloc (len);
  hark__group_content__pack (&body, packed);
  set_hash (entry, packed, len);
  return g_bytes_new_take (packed, len);
}

static bool
read_lists (const Hark__GroupContent *body, HarkGroupEntry *entry)
{
  if (body->n_mentions > HARK_GROUP_MENTIONS_MAX || body->n_cuts > G_N_ELEMENTS (entry->cuts))
    return false;
  for (size_t i = 0; i < body->n_mentions; i++)
    if (!take (&body->mentions[i], entry->mentions[i].bytes, sizeof (HarkKey)))
      return false;
  for (size_t i = 0; i < body->n_cuts; i++)
    if (!take (&body->cuts[i]->chain, entry->cuts[i].chain, HARK_GROUP_CHAIN_LEN))
      return false;
    else
      entry->cuts[i].seq = body->cuts[i]->seq;
  entry->n_mentions = (unsigned) body->n_mentions;
  entry->n_cuts = (unsigned) body->n_cuts;
  return true;
}

/* What the kind asks for. */
static bool
is_fit (const Hark__GroupContent *body, HarkGroupEntry *entry)
{
  const size_t len = strlen (body->text);

  if ((entry->kind < HARK_GROUP_TEXT)
      != (hark_group_chain_log (entry->chain) == HARK_GROUP_LOG_MEMBERS))
    return false;
  if (needs_account (entry->kind) && !take (&body->account, entry->account.bytes, sizeof (HarkKey)))
    return false;
  if (entry->apart)
    return len == 0 && hark_group_kind_has_body (entry->kind) && !entry->has_reply_to
           && entry->n_mentions == 0 && take (&body->body, entry->body, sizeof entry->body)
           && entry->has_target
                == (entry->kind == HARK_GROUP_EDIT || entry->kind == HARK_GROUP_REACTION);
  switch (entry->kind) {
  case HARK_GROUP_TIMER:
    return len == 0;
  case HARK_GROUP_PICTURE:
    return len == 0
           && take_optional (&body->picture, &entry->has_picture, entry->picture,
                             sizeof entry->picture);
  case HARK_GROUP_CLIP: /* what it carries stands in a body */
  case HARK_GROUP_FILE:
    return false;
  case HARK_GROUP_INTRODUCE:
    if (len != 0 || body->sealed.len == 0 || body->sealed.len > HARK_GROUP_SEALED_LEN_MAX)
      return false;
    entry->sealed = g_bytes_new (body->sealed.data, body->sealed.len);
    return true;
  case HARK_GROUP_JOIN:
    return len <= HARK_GROUP_NAME_LEN_MAX
           && take (&body->invite, entry->invite, sizeof entry->invite);
  case HARK_GROUP_VIEW:
    return len <= HARK_GROUP_NAME_LEN_MAX;
  case HARK_GROUP_ROLE:
    entry->role = (HarkGroupRole) body->role;
    return entry->role == HARK_GROUP_MEMBER || entry->role == HARK_GROUP_ADMIN;
  case HARK_GROUP_NAME:
    return len > 0 && len <= HARK_GROUP_NAME_LEN_MAX;
  case HARK_GROUP_TEXT:
    return len > 0 && len <= HARK_GROUP_TEXT_LEN_MAX;
  case HARK_GROUP_EDIT:
    return len > 0 && len <= HARK_GROUP_TEXT_LEN_MAX && entry->has_target;
  case HARK_GROUP_DELETE:
    return len == 0 && entry->has_target;
  case HARK_GROUP_REACTION:
    return len <= HARK_GROUP_REACTION_LEN_MAX && entry->has_target;
  case HARK_GROUP_INVITE:
  case HARK_GROUP_LEAVE:
  case HARK_GROUP_REMOVE:
    return len == 0;
  default:
    return len <= HARK_GROUP_TEXT_LEN_MAX; /* of a newer Hark: kept and passed on */
  }
}

static bool
read_body (const Hark__GroupContent *body, HarkGroupEntry *entry)
{
  bool has_previous;

  entry->seq = body->seq;
  entry->clock = body->clock;
  entry->sent_ms = body->sent_ms;
  entry->apart = (body->kind & HARK_GROUP_KIND_BODY) != 0
                 && hark_group_kind_has_body (body->kind & ~(uint32_t) HARK_GROUP_KIND_BODY);
  entry->kind
    = (HarkGroupKind) (entry->apart ? body->kind & ~(uint32_t) HARK_GROUP_KIND_BODY : body->kind);
  entry->expires_s = body->expires_s;
  return take (&body->group, entry->group, sizeof entry->group)
         && take (&body->author, entry->author.bytes, sizeof entry->author.bytes)
         && take (&body->chain, entry->chain, sizeof entry->chain) && entry->chain[0] <= 1
         && body->seq > 0 && body->seq <= NUMBER_MAX && body->clock > 0
         && (uint64_t) body->clock <= NUMBER_MAX && body->sent_ms >= 0
         && body->sent_ms <= TIME_MS_MAX && body->kind > 0 && body->kind < 256
         && body->expires_s <= HARK_GROUP_EXPIRES_MAX
         && take_optional (&body->previous, &has_previous, entry->previous, sizeof entry->previous)
         && has_previous == (body->seq > 1) && take (&body->view, entry->view, sizeof entry->view)
         && take (&body->id, entry->id, sizeof entry->id)
         && take_optional (&body->reply_to, &entry->has_reply_to, entry->reply_to,
                           sizeof entry->reply_to)
         && take_optional (&body->target, &entry->has_target, entry->target, sizeof entry->target)
         && g_utf8_validate (body->text, -1, NULL) && read_lists (body, entry)
         && is_fit (body, entry);
}

HarkGroupEntry *
hark_group_entry_read (GBytes *content)
{
  g_autoptr (HarkGroupEntry) entry = NULL;
  Hark__GroupContent *body;
  const void *data;
  size_t len;
  bool sane;

  data = g_bytes_get_data (content, &len);
  if (len == 0 || len > HARK_GROUP_CONTENT_LEN_MAX)
    return NULL;
  body = hark__group_content__unpack (NULL, len, data);
  if (body == NULL)
    return NULL;
  entry = g_new0 (HarkGroupEntry, 1);
  sane = read_body (body, entry);
  entry->text = g_strdup (body->text);
  hark__group_content__free_unpacked (body, NULL);
  if (!sane)
    return NULL;
  set_hash (entry, data, len);
  return g_steal_pointer (&entry);
}

/* ---- tags ---- */

bool
hark_group_secret (const HarkSecret *seed, const HarkKey *other, HarkSecret *ret)
{
  HarkKey own, point;
  uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
  HarkSecret scalar, shared;
  bool ok;

  crypto_sign_seed_keypair (own.bytes, secret_key, seed->bytes);
  ok = crypto_sign_ed25519_sk_to_curve25519 (scalar.bytes, secret_key) == 0
       && crypto_sign_ed25519_pk_to_curve25519 (point.bytes, other->bytes) == 0
       && crypto_scalarmult (shared.bytes, scalar.bytes, point.bytes) == 0;
  if (ok)
    *ret = shared;
  sodium_memzero (secret_key, sizeof secret_key);
  hark_secret_clear (&scalar);
  hark_secret_clear (&shared);
  return ok;
}

void
hark_group_tag (const HarkSecret *secret,
                const uint8_t group[HARK_GROUP_ID_LEN],
                const HarkKey *from,
                const HarkKey *to,
                const uint8_t hash[HARK_GROUP_HASH_LEN],
                bool first,
                uint8_t ret[HARK_GROUP_TAG_LEN])
{
  const uint8_t flags = first ? 1 : 0;
  HarkSecret key;

  HARK_HASH (key.bytes, sizeof key.bytes, secret->bytes, sizeof secret->bytes,
             HARK_DOMAIN_GROUP_KEY, HARK_PART_BYTES (group, HARK_GROUP_ID_LEN), HARK_PART (from),
             HARK_PART (to));
  memcpy (ret, to->bytes, PREFIX_LEN);
  ret[PREFIX_LEN] = flags;
  HARK_HASH (ret + PREFIX_LEN + 1, MAC_LEN, key.bytes, sizeof key.bytes, HARK_DOMAIN_GROUP_TAG,
             HARK_PART_BYTES (hash, HARK_GROUP_HASH_LEN), HARK_PART (&flags));
  hark_secret_clear (&key);
}

/* The tag of @account, or NULL; a whole number of tags is asked for where they come in. */
static const uint8_t *
find_tag (GBytes *tags, const HarkKey *account)
{
  size_t len;
  const uint8_t *data = g_bytes_get_data (tags, &len);

  for (size_t at = 0; at + HARK_GROUP_TAG_LEN <= len; at += HARK_GROUP_TAG_LEN)
    if (memcmp (data + at, account->bytes, PREFIX_LEN) == 0)
      return data + at;
  return NULL;
}

bool
hark_group_tags_are_for (GBytes *tags, const HarkKey *account)
{
  return find_tag (tags, account) != NULL;
}

HarkGroupTagResult
hark_group_tags_check (GBytes *tags,
                       const HarkSecret *secret,
                       const HarkGroupEntry *entry,
                       const HarkKey *to,
                       bool *ret_first)
{
  const uint8_t *found = find_tag (tags, to);
  uint8_t wanted[HARK_GROUP_TAG_LEN];
  bool first;

  if (found == NULL)
    return HARK_GROUP_TAG_NONE;
  first = found[PREFIX_LEN] == 1;
  hark_group_tag (secret, entry->group, &entry->author, to, entry->hash, first, wanted);
  if (sodium_memcmp (found, wanted, sizeof wanted) != 0)
    return HARK_GROUP_TAG_BAD;
  *ret_first = first;
  return HARK_GROUP_TAG_GOOD;
}
