/* core/store/query.h - what somebody looks for, as typed.
 *
 * Pure; any thread. Words beside each other must all occur, in any order; each also finds longer
 * words that begin with it. Words in quotes (" “ ” „ « ») must follow each other and be whole.
 * Source: core/store/README.md "Search".
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define HARK_QUERY_PHRASES_MAX 32 /* what comes behind them is not looked at */
#define HARK_QUERY_WORDS_MAX 32   /* of one phrase */

/* Where a text has what was looked for. */
typedef struct {
  uint32_t start, len; /* bytes */
} HarkQueryMatch;

typedef struct HarkQuery HarkQuery;

/* hark_query_parse: (transfer full) (nullable): NULL when @text has no word. */
HarkQuery *hark_query_parse (const char *text);
void hark_query_free (HarkQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HarkQuery, hark_query_free)

/* (transfer full) (nullable): all words of the index that begin with @beginning (char *); NULL:
 * there are too many to ask for each. */
typedef GPtrArray *(*HarkQueryExpand) (const char *beginning, void *data);

/* hark_query_to_fts: (transfer full): in FTS5's language, of the column @column; everything typed
 * is in quotes, so none of it is taken for an operator. */
char *
hark_query_to_fts (const HarkQuery *query, const char *column, HarkQueryExpand expand, void *data);

/* hark_query_find: where in @text, in order, not overlapping, the first @max; their number. */
size_t hark_query_find (const HarkQuery *query, const char *text, HarkQueryMatch *ret, size_t max);
