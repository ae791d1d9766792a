/* source.h — the texts of a program, and places in them.
 *
 * Sources owns every text that a program was made of: the script, its imports, library files, REPL
 * lines.  They are numbered from 1, and Span.file is that number, so a Span of twelve bytes names a
 * place for ever.  A Source also owns the arena in which the tree of its text is built: both live
 * as long as the Sources, except the lines of a session, which are freed when nothing refers to
 * them (lines.c).
 *
 * A text is read with read(), never mapped: a file that shrinks while it runs must not kill gd
 * (FAULTS.md, A26).  The table of line starts is built on first use, that is, for the first error.
 */
#ifndef GD_LANG_SOURCE_H
#define GD_LANG_SOURCE_H

#include "runtime/compute.h"

typedef struct Source {
  char *name;      /* as messages show it: the path as it was given */
  char *text;      /* owned; a NUL stands after its last byte */
  uint32_t length; /* bytes of text */
  /* for a part of a text: the number of lines before this part; else 0 */
  uint32_t first_line;
  bool line;           /* of a session: freed when nothing refers to it any more */
  bool library;        /* a file of the standard library */
  uint32_t skip;       /* bytes of a byte order mark at the start, 0 or 3 */
  Arena arena;         /* the tree of this text, and its strings */
  struct Ast *tree;    /* in it: of a text that a session ran; or NULL */
  size_t charged;      /* bytes of it that count against the budget */
  uint32_t *lines;     /* owned: where each line starts; built on first use, NULL until then */
  uint32_t line_count; /* number of lines */
} Source;

/* Whole lines of a text: the bytes from `from` to before `to`. */
typedef struct TextRange {
  uint32_t from, to;
} TextRange;

typedef struct Sources {
  Source **items;    /* owned; file number n is items[n - 1] */
  uint32_t count;    /* number of texts */
  uint32_t capacity; /* slots in items */
} Sources;

/* The `##` lines directly above the line of `at`, without the marks, with newlines between. */
void source_doc(const Source *source, uint32_t at, Text *doc);

typedef struct SourcePlace {
  const char *name; /* borrowed from the source */
  uint32_t line;    /* from 1; 0 when the span is not a place of a script */
  uint32_t column;  /* in code points, from 1; a byte order mark is not counted */
} SourcePlace;

/* bytes; spans are 32 bits wide and a tree is larger than its text */
enum { SOURCE_LIMIT = 256 << 20 };

Sources *sources_new(void);          /* returns a new one */
void sources_free(Sources *sources); /* takes; NULL is fine */

/* Each gives the number of the new source, or 0 after filling diag: 66 missing or not a regular
 * file, 74 reading failed or the file changed meanwhile, 65 longer than SOURCE_LIMIT. */
/* files NULL: no root; 77 outside the root */
uint32_t source_load_file(Sources *sources, const Files *files, const char *path, Diag *diag);
uint32_t source_load_stdin(Sources *sources, Diag *diag);
/* copies both */
uint32_t source_load_text(Sources *sources, const char *name, const char *text, size_t length,
                          Diag *diag);

void sources_remove(Sources *sources, uint32_t file); /* frees it; its number is not used again */
/* frees the tree alone: the text can still be shown */
void source_free_tree(Source *source);
/* counts it against the budget until it is freed */
void source_charge_tree(Source *source);

/* borrows; NULL for 0, an unknown number, a freed text */
Source *source_at(const Sources *sources, uint32_t file);
SourcePlace source_place(const Sources *sources, Span span); /* of its first byte */
/* Is source number `file` part of the standard library? */
static inline bool source_is_library(const Sources *sources, uint32_t file) {
  return file && file <= sources->count && sources->items[file - 1] &&
         sources->items[file - 1]->library;
}

/* Gives the line (from 1) as a range of bytes without its newline; false when there is no such
 * line. */
bool source_line(Source *source, uint32_t line, uint32_t *start, uint32_t *end);

/* Is the text one that the language accepts: UTF-8 without control bytes, bidirectional controls
 * and the like?  At the first byte that is not, false with diag filled in (65). */
bool source_check(const Source *source, uint32_t file, Diag *diag);

#endif
