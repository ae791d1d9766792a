/* complete.c — completion: the candidates for a word, from the text before it.
 *
 * The lexer runs over the text; the brackets open at its end determine which kind of word is
 * expected.  Values are read but never computed: completion must not run any of the user's code.
 */
#include "lang/tool/complete.h"

#include "lang/machine/closure.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/names/resolve.h"
#include "lang/names/standard.h"
#include "lang/syntax/lexer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Completion {
  Session *session;
  const char *word; /* the word to complete */
  size_t length;    /* of word */
  void (*offer)(void *context, const char *candidate);
  void *context;
} Completion;

static void offer(const Completion *completion, const char *name) {
  if (name && strncmp(name, completion->word, completion->length) == 0)
    completion->offer(completion->context, name);
}

static void offer_with_colon(const Completion *completion, const char *name) {
  char text[128];
  snprintf(text, sizeof text, "%s:", name);
  offer(completion, text);
}

/* ---- values by their names ---- */

static Value global_value(const ModuleObject *module, const char *name) {
  const Variable *variable = module ? scope_global(module->scope, name) : NULL;
  if (!variable || variable->slot < 0 || variable->slot >= module->global_count) return (Value){0};
  Value value = module->globals[variable->slot];
  return value.kind == KIND_CELL ? value.cell->value : value;
}

/* A field or item that is looked for. */
typedef struct Wanted {
  const char *name;
  int64_t number; /* -1: none */
  Value value;    /* borrowed; KIND_UNSET until it is found */
} Wanted;

static bool is_wanted(void *context, const char *name, int64_t number, Value value) {
  Wanted *wanted = context;
  bool found = wanted->number >= 0 ? wanted->number == number
                                   : name && strcmp(name, wanted->name) == 0;
  if (found) wanted->value = value;
  return found;
}

/* The field of a value, borrowed; KIND_UNSET when there is none. */
static Value field_value(Session *session, Value of, const char *text, size_t length) {
  bool item = isdigit((unsigned char)*text);
  Wanted wanted = {names_intern(session->vm->names, text, length), item ? atoi(text) : -1, {0}};
  fields_each(session->vm, of, is_wanted, &wanted);
  return wanted.value;
}

static bool path_byte(char byte) {
  return isalnum((unsigned char)byte) || byte == '_' || byte == '.' || (byte & 0x80);
}

/* The value of a path such as `net.blocks.0` that ends at `end`. */
static Value path_value(Session *session, const char *text, size_t end) {
  size_t start = end;
  while (start > 0 && path_byte(text[start - 1])) start--;
  Value value = {0};
  for (size_t at = start; at < end;) {
    size_t stop = at;
    while (stop < end && text[stop] != '.') stop++;
    if (stop == at) return (Value){0};
    value = at == start ? global_value(session->module,
                                       names_intern(session->vm->names, text + at, stop - at))
                        : field_value(session, value, text + at, stop - at);
    if (value.kind == KIND_UNSET) return value;
    at = stop + 1;
  }
  return value;
}

Value complete_value(Session *session, const char *text, size_t end, uint32_t *start) {
  size_t at = end;
  while (at > 0 && path_byte(text[at - 1])) at--;
  *start = (uint32_t)at;
  return path_value(session, text, end);
}

static bool offer_field(void *context, const char *name, int64_t number, Value value) {
  (void)number;
  (void)value;
  offer(context, name);
  return false;
}

static void offer_fields(Completion *completion, Value of) {
  fields_each(completion->session->vm, of, offer_field, completion);
}

/* ---- arguments of a call ---- */

/* The formals of the callee before the parenthesis at `at`. */
static Formals callee_formals(Session *session, const char *text, size_t at) {
  Value value = path_value(session, text, at);
  if (value.kind == KIND_CLOSURE) return (Formals){.function = value.closure->function};
  Formals formals = {0};
  size_t start = at;
  while (start > 0 && path_byte(text[start - 1])) start--;
  if (start == at || value.kind != KIND_UNSET) return formals;
  Report report = {0};
  const char *name = names_intern(session->vm->names, text + start, at - start);
  int slot = standard_is(session->vm, name) ? standard_find(session->vm, name, 0, &report) : -1;
  report_clear(&report);
  if (slot >= 0) standard_formals(session->vm, slot, &formals);
  return formals;
}

static void offer_arguments(const Completion *completion, const char *text, size_t at) {
  Formals formals = callee_formals(completion->session, text, at);
  if (!formals.function && !formals.signature) return;
  for (int i = 0; i < formals_count(formals); i++)
    if (formals_kind(formals, i) != FORMAL_REST)
      offer_with_colon(completion, formals_name(formals, i));
}

/* ---- names and words ---- */

static void offer_names_known(const Completion *completion) {
  const Session *session = completion->session;
  if (session->module)
    for (const Variable *v = session->module->scope->first; v; v = v->next)
      offer(completion, v->name);
  const char *name;
  for (int i = 0; (name = standard_name(completion->session->vm, i)) != NULL; i++)
    offer(completion, name);
  for (int kind = 0; kind < 128; kind++)
    if (token_flags(kind) & (WORD | SOFT)) offer(completion, token_spelling(kind));
}

/* ---- where the word stands ---- */

typedef struct Where {
  Open open;       /* the innermost open bracket; kind 0: none */
  int statement;   /* it is the brace of a TOKEN_TRAIN, TOKEN_UPDATE or TOKEN_RACE; or 0 */
  bool line_first; /* the word begins a line or clause */
} Where;

static Where where_at_end(const char *text, size_t length) {
  Source source = {.text = mem_text(text, length), .length = (uint32_t)length};
  Report report = {0};
  Lexer *lexer = mem_alloc(sizeof *lexer);
  int statements[OPEN_LIMIT + 1] = {0};
  int expects = -1, word = 0; /* the depth at which the next `{` opens the block of that word */
  lexer_start(lexer, &source, 1, &report);
  Token token, last = {.kind = TOKEN_NL};
  while ((token = lexer_next(lexer)).kind != TOKEN_END) {
    if (token.kind == TOKEN_TRAIN || token.kind == TOKEN_RACE || token.kind == TOKEN_UPDATE)
      expects = lexer->depth, word = token.kind;
    if (token.kind == TOKEN_LBRACE) {
      statements[lexer->depth] = expects == lexer->depth - 1 ? word : 0;
      expects = -1;
    }
    last = token;
  }
  Where where = {.line_first = last.kind == TOKEN_NL || last.kind == TOKEN_LBRACE ||
                               memchr(text + last.end, '\n', length - last.end) != NULL};
  if (lexer->depth > 0) where.open = lexer->open[lexer->depth - 1];
  where.statement = where.open.kind == TOKEN_LBRACE ? statements[lexer->depth] : 0;
  report_clear(&report);
  mem_free(source.text);
  mem_free(lexer);
  return where;
}

void complete_word(Session *session, const char *before, size_t length, const char *word,
                   void (*offer_one)(void *context, const char *candidate), void *context) {
  Completion completion = {session, word, strlen(word), offer_one, context};
  if (length > 0 && before[length - 1] == '.') {
    offer_fields(&completion, path_value(session, before, length - 1));
    return;
  }
  if (length > SOURCE_LIMIT) return;
  Where where = where_at_end(before, length);
  if (where.statement && where.line_first) {
    const char *key;
    for (int i = 0; (key = train_key(i)) != NULL; i++)
      if (train_key_stands(i, where.statement)) offer_with_colon(&completion, key);
    return;
  }
  if (where.open.kind == TOKEN_LP) offer_arguments(&completion, before, where.open.at);
  offer_names_known(&completion);
}
