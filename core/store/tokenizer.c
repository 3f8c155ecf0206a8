/* core/store/tokenizer.c - words.h as a tokenizer of FTS5. */
#include "core/store/database.h"
#include "core/store/words.h"

typedef int (*Token) (void *data, int flags, const char *token, int len, int start, int end);

typedef struct {
  void *data;
  Token token;
} Sink;

static int
create (void *context, const char **arguments, int n, Fts5Tokenizer **ret)
{
  (void) arguments;
  *ret = context;
  return n == 0 ? SQLITE_OK : SQLITE_ERROR;
}

static void delete (Fts5Tokenizer *tokenizer)
{
  (void) tokenizer;
}

static int
take_word (const HarkWord *word, void *data)
{
  const Sink *sink = data;

  return sink->token (sink->data, 0, word->word, (int) word->len, (int) word->start,
                      (int) word->end);
}

static int
tokenize (Fts5Tokenizer *tokenizer, void *data, int flags, const char *text, int len, Token token)
{
  Sink sink = {data, token};

  (void) tokenizer;
  return hark_words_split (
    text, (size_t) len, flags & FTS5_TOKENIZE_QUERY ? HARK_WORDS_OF_QUESTION : HARK_WORDS_OF_TEXT,
    take_word, &sink);
}

int
hark_tokenizer_register (sqlite3 *handle)
{
  static fts5_tokenizer tokenizer = {create, delete, tokenize};
  static char self; /* a tokenizer without state: any address */
  sqlite3_stmt *statement = NULL;
  fts5_api *api = NULL;
  int rc = sqlite3_prepare_v2 (handle, "SELECT fts5 (?1)", -1, &statement, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement) == SQLITE_ROW ? SQLITE_OK : SQLITE_ERROR;
  sqlite3_finalize (statement);
  if (rc == SQLITE_OK && api == NULL)
    rc = SQLITE_ERROR;
  return rc == SQLITE_OK ? api->xCreateTokenizer (api, "hark", &self, &tokenizer, NULL) : rc;
}
