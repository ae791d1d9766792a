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
#include "lang/tool/manual.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Completion {
  Session *session;
  const char *word; /* the word to complete */
  size_t length;    /* of word */
  CompleteOffer *offer;
  void *context;
  int offered; /* candidates so far */
} Completion;

static void offer_with(Completion *completion, const char *name, const char *detail) {
  if (!name || strncmp(name, completion->word, completion->length) != 0) return;
  completion->offer(completion->context, name, detail);
  completion->offered++;
}

static void offer(Completion *completion, const char *name) { offer_with(completion, name, ""); }

static void offer_with_colon(Completion *completion, const char *name, const char *detail) {
  char text[128];
  snprintf(text, sizeof text, "%s:", name);
  offer_with(completion, text, detail);
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

/* The default of an argument of a signature, "axis: none" or "keep = false": what follows the mark;
 * empty when there is none. */
static void signature_default(const char *signature, const char *name, Text *text) {
  size_t length = strlen(name);
  const char *at = strchr(signature, '(');
  for (int depth = 0; at && *at; at++) {
    depth += *at == '(' || *at == '[';
    depth -= *at == ')' || *at == ']';
    bool starts = depth == 1 && (*at == '(' || *at == ',');
    const char *word = at + 1 + strspn(at + 1, " ");
    if (!starts || strncmp(word, name, length) != 0) continue;
    const char *mark = word + length + strspn(word + length, " ");
    if (*mark != ':' && *mark != '=') continue;
    mark += 1 + strspn(mark + 1, " ");
    int inner = 0;
    for (; *mark && (inner || (*mark != ',' && *mark != ')')); mark++) {
      inner += *mark == '(' || *mark == '[';
      inner -= *mark == ')' || *mark == ']';
      text_char(text, *mark);
    }
    return;
  }
}

static void argument_default(const Session *session, Formals formals, int index, Text *text) {
  if (!formals.function) {
    signature_default(formals.signature->text, formals_name(formals, index), text);
    return;
  }
  const Ast *fallback = formals.function->params[index].fallback;
  const Source *source = fallback ? source_at(session->vm->sources, fallback->span.file) : NULL;
  if (source)
    text_add(text, source->text + fallback->span.start, fallback->span.end - fallback->span.start);
}

static void offer_arguments(Completion *completion, const char *text, size_t at) {
  Formals formals = callee_formals(completion->session, text, at);
  if (!formals.function && !formals.signature) return;
  for (int i = 0; i < formals_count(formals); i++) {
    if (formals_kind(formals, i) == FORMAL_REST) continue;
    Text fallback = {0};
    argument_default(completion->session, formals, i, &fallback);
    offer_with_colon(completion, formals_name(formals, i), fallback.data ? fallback.data : "");
    text_free(&fallback);
  }
}

/* ---- clauses ---- */

/* How each clause is written; by the number that train_key has of it. */
static const char *const FORMS[] = {
#define CLAUSE(key, flags)
#define COUNT(key, flags, field, absent, least)
#define FLAG(key, flags, field)
#define TREE(key, flags, field)
#define ABOUT(key, form, sentence, example, prints) form,
#include "lang/names/clauses.def"
#undef ABOUT
#undef TREE
#undef FLAG
#undef COUNT
#undef CLAUSE
};

/* What follows the key in its form. */
static const char *form_value(int key) {
  const char *value = strchr(FORMS[key], ':');
  return value ? value + 1 + strspn(value + 1, " ") : "";
}

static int key_of(const char *text, size_t length) {
  const char *key;
  for (int i = 0; (key = train_key(i)) != NULL; i++)
    if (strlen(key) == length && memcmp(key, text, length) == 0) return i;
  return -1;
}

static void offer_part(Completion *completion, const char *text, size_t length) {
  char *part = mem_text(text, length);
  offer(completion, part);
  mem_free(part);
}

/* The values that a form names: its strings, `ema(0.999)`, true and false where it is a bool.  In a
 * string: what stands between the quotes. */
static void offer_values(Completion *completion, int key, bool in_string) {
  for (const char *at = form_value(key); *at;) {
    size_t length = strcspn(at, " ");
    if (*at == '"') {
      const char *end = strchr(at + 1, '"');
      if (!end) return;
      length = (size_t)(end + 1 - at);
      offer_part(completion, at + in_string, length - 2 * in_string);
    } else if (!in_string && length == 4 && memcmp(at, "bool", 4) == 0) {
      offer(completion, "true");
      offer(completion, "false");
    } else if (!in_string && (memchr(at, '(', length) || (length == 4 && !memcmp(at, "true", 4)))) {
      const char *end = *at == '(' || memchr(at, '(', length) ? strchr(at, ')') : at + 3;
      length = end ? (size_t)(end + 1 - at) : length;
      offer_part(completion, at, length);
    }
    at += length;
    at += strspn(at, " ,");
  }
}

/* The optimizers after `optimizer:`, the losses after `loss:`, by their pages. */
static void offer_kind(Completion *completion, int key) {
  const char *what = train_key(key);
  bool sorted = strcmp(what, "optimizer") == 0 || strcmp(what, "loss") == 0;
  Manual manual;
  if (!sorted) return;
  manual_open(&manual, completion->session->vm);
  for (int i = 0; i < manual.count; i++)
    if (strcmp(manual.pages[i].what, what) == 0) offer(completion, manual.pages[i].name);
  manual_close(&manual);
}

/* ---- file names ---- */

/* Strings that are open at a place, each but the first inside a `{…}` of the one before. */
typedef struct Strings {
  struct {
    long start; /* behind the quote */
    int braces; /* open in the `{…}` that is being read */
  } open[16];
  int count;
  bool inside; /* in the last one's text, not in a `{…}` of it */
} Strings;

/* Takes the byte of a string's text; says whether the next one is taken with it. */
static bool take_text(Strings *strings, const char *at) {
  if (*at == '"') strings->count--, strings->inside = false;
  if (*at == '{' && at[1] != '{') {
    strings->inside = false;
    strings->open[strings->count - 1].braces = 0;
  }
  return *at == '\\' || (*at == '{' && at[1] == '{');
}

static void take_code(Strings *strings, char byte, size_t at) {
  if (byte == '"' && strings->count < COUNT_OF(strings->open)) {
    strings->open[strings->count++].start = (long)at + 1;
    strings->inside = true;
  } else if (strings->count) {
    int *braces = &strings->open[strings->count - 1].braces;
    if (byte == '}' && !*braces) strings->inside = true;
    *braces += (byte == '{') - (byte == '}' && *braces);
  }
}

long complete_string(const char *text, size_t length) {
  Strings strings = {.count = 0};
  size_t at = length;
  while (at > 0 && text[at - 1] != '\n') at--;
  for (; at < length; at++) {
    if (strings.inside) at += take_text(&strings, text + at);
    else if (text[at] == '#' && !strings.count) return -1;
    else take_code(&strings, text[at], at);
  }
  return strings.inside ? strings.open[strings.count - 1].start : -1;
}

/* The entries of the folder in which the path stands so far; `path` without the word's bytes is
 * what is there already. */
static void offer_files(Completion *completion, const char *path, size_t there) {
  static const char here[] = "{here}/";
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  const char *from = strncmp(path, here, sizeof here - 1) == 0 ? path + sizeof here - 1 : path;
  char folder[4096], candidate[4096 + 300];
  snprintf(folder, sizeof folder, "%s%.*s", from == path ? "" : "./",
           slash && slash >= from ? (int)(slash + 1 - from) : 0, from);
  DIR *entries = opendir(*folder ? folder : ".");
  for (const struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
    struct stat status;
    if (strncmp(entry->d_name, name, strlen(name)) != 0) continue;
    if (entry->d_name[0] == '.' && *name != '.') continue;
    snprintf(candidate, sizeof candidate, "%s%.255s", folder, entry->d_name);
    bool inside = stat(candidate, &status) == 0 && S_ISDIR(status.st_mode);
    snprintf(candidate, sizeof candidate, "%.*s%.255s%s", (int)(name - path), path, entry->d_name,
             inside ? "/" : "");
    if (strlen(candidate) >= there) offer(completion, candidate + there);
  }
  if (entries) closedir(entries);
}

/* ---- names and words ---- */

static void offer_names_known(Completion *completion) {
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
  int key;         /* of the clause in which it stands, or -1 */
} Where;

static Where where_at_end(const char *text, size_t length) {
  Source source = {.text = mem_text(text, length), .length = (uint32_t)length};
  Report report = {0};
  Lexer *lexer = mem_alloc(sizeof *lexer);
  int statements[OPEN_LIMIT + 1] = {0};
  int expects = -1, word = 0; /* the depth at which the next `{` opens the block of that word */
  lexer_start(lexer, &source, 1, &report);
  Token token, last = {.kind = TOKEN_NL};
  int key = -1;
  while ((token = lexer_next(lexer)).kind != TOKEN_END) {
    if (statements[lexer->depth] && token.kind == TOKEN_COLON)
      key = key_of(text + last.start, last.end - last.start);
    if (token.kind == TOKEN_NL) key = -1;
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
  where.key = where.statement && !where.line_first ? key : -1;
  report_clear(&report);
  mem_free(source.text);
  mem_free(lexer);
  return where;
}

/* Names of files, or what the clause's form says, in a string that begins at `start`. */
static void offer_in_string(Completion *completion, const char *before, size_t length,
                            size_t start) {
  Where where = where_at_end(before, start - 1);
  Text path = {0};
  text_add(&path, before + start, length - start);
  if (where.key >= 0 && path.length == 0) offer_values(completion, where.key, true);
  text_string(&path, completion->word);
  bool chosen = completion->offered && !strchr(form_value(where.key), '.'); /* of words alone */
  if (!chosen) offer_files(completion, path.data ? path.data : "", length - start);
  text_free(&path);
}

void complete_word(Session *session, const char *before, size_t length, const char *word,
                   CompleteOffer *offer_one, void *context) {
  Completion completion = {session, word, strlen(word), offer_one, context, 0};
  if (length > SOURCE_LIMIT) return;
  long string = complete_string(before, length);
  if (string >= 0) {
    offer_in_string(&completion, before, length, (size_t)string);
    return;
  }
  if (length > 0 && before[length - 1] == '.') {
    offer_fields(&completion, path_value(session, before, length - 1));
    return;
  }
  Where where = where_at_end(before, length);
  if (where.statement && where.line_first) {
    const char *key;
    for (int i = 0; (key = train_key(i)) != NULL; i++)
      if (train_key_stands(i, where.statement)) offer_with_colon(&completion, key, form_value(i));
    return;
  }
  if (where.key >= 0) {
    offer_kind(&completion, where.key);
    offer_values(&completion, where.key, false);
  }
  if (where.open.kind == TOKEN_LP) offer_arguments(&completion, before, where.open.at);
  if (*word || !completion.offered) offer_names_known(&completion);
}
