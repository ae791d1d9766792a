/* manual.c — collects the pages of the manual from the tables.
 *
 * Everything that a table can describe comes from a table: operations from ops.def, functions in C
 * from builtin.def, words and marks from token.def, clauses from clauses.def, names of the library
 * from the `##` comments of its texts, options and commands from options.def and commands.def, exit
 * statuses and errors from faults.def, chapters from examples/guide, and the meanings of parameters
 * from parameters.def.  So a new row has its page at once, and manual_test.c reports what a row
 * lacks.
 *
 * The library's texts are read line by line: the `##` lines directly above a declaration at the
 * start of a line are its documentation; those indented by four are the example.
 */
#include "lang/tool/manual.h"

#include "lang/machine/call_site.h"
#include "lang/machine/kind.h"
#include "lang/names/library_file.h"
#include "lang/names/resolve.h"
#include "lang/names/standard.h"
#include "lang/syntax/foreign.h"
#include "lang/syntax/token.h"
#include "lang/tool/guide.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pages and sections ---- */

static int add_section(Manual *manual, const char *file, const char *title, const char *sentence) {
  if (manual->section_count == COUNT_OF(manual->sections)) return manual->section_count - 1;
  manual->sections[manual->section_count] = (ManualSection){file, title, sentence};
  return manual->section_count++;
}

static void add_page(Manual *manual, ManualPage page) {
  if (manual->count == manual->capacity) {
    manual->capacity = manual->capacity ? 2 * manual->capacity : 256;
    manual->pages = mem_grow(manual->pages, (size_t)manual->capacity * sizeof *manual->pages);
  }
  page.section = manual->section_count - 1;
  if (!page.example) page.example = "";
  manual->pages[manual->count++] = page;
}

static const char *kept(Manual *manual, const char *text, size_t length) {
  return arena_text(&manual->arena, text, length);
}

static PRINTF_LIKE(2, 3) const char *said(Manual *manual, const char *format, ...) {
  char text[4096];
  va_list values;
  va_start(values, format);
  text_print_list(text, sizeof text, format, values);
  va_end(values);
  return kept(manual, text, strlen(text));
}

/* ---- the language ---- */

static void add_word(Manual *manual, int kind, bool marks) {
  const char *form, *sentence, *word = token_spelling(kind), *last = strrchr(word, ' ');
  if (!token_describe(word, &form, &sentence)) return;
  ManualPage page = {MANUAL_WORD, "word", last ? last + 1 : word, form, sentence, .prints = ""};
  bool mark = ispunct((unsigned char)*page.name) != 0;
  if (mark != marks) return;
  if (mark) page.what = "mark";
  token_example(kind, &page.example, &page.prints);
  add_page(manual, page);
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const ManualPage *)a)->name, ((const ManualPage *)b)->name);
}

/* Words by their letters, then marks; the codes of tokens are in no order. */
static void add_words(Manual *manual) {
  add_section(manual, "language", "Words and marks", "The words and marks of the language.");
  int first = manual->count;
  for (int kind = 0; kind < TOKEN_COUNT; kind++) add_word(manual, kind, false);
  qsort(manual->pages + first, (size_t)(manual->count - first), sizeof *manual->pages, by_name);
  for (int kind = 0; kind < TOKEN_COUNT; kind++) add_word(manual, kind, true);
}

static void add_clauses(Manual *manual) {
  static const ManualPage rows[] = {
#define CLAUSE(key, flags)
#define COUNT(key, flags, field, absent, least)
#define FLAG(key, flags, field)
#define TREE(key, flags, field)
#define ABOUT(key, form, sentence, example, prints) \
  {MANUAL_CLAUSE, "clause of train", #key ":", form, sentence, example, prints, 0, 0},
#include "lang/names/clauses.def"
#undef TREE
#undef FLAG
#undef COUNT
#undef CLAUSE
  };
  add_section(manual, "train", "Clauses of train",
              "What the braces of `train`, `update` and `race` may contain.");
  for (int i = 0; i < COUNT_OF(rows); i++) add_page(manual, rows[i]);
}

/* `+(a, b)` is written a + b. */
static const char *operator_form(Manual *manual, const OpRow *row) {
  if (isalpha((unsigned char)*row->name)) return row->signature;
  if (strcmp(row->name, "'") == 0) return "x'";
  return strchr(row->signature, ',') ? said(manual, "a %s b", row->name)
                                     : said(manual, "%sa", row->name);
}

static void add_operations(Manual *manual) {
  add_section(manual, "operations", "Operations",
              "What tensors can do; each has an exact gradient unless its page says otherwise.");
  const OpRow *row;
  for (int i = 0; (row = ops_row(i)) != NULL; i++) {
    const char *form, *sentence;
    if (token_describe(row->name, &form, &sentence)) continue; /* its word has a page */
    add_page(manual,
             (ManualPage){MANUAL_OPERATION, "operation", row->name, operator_form(manual, row),
                          row->sentence, row->example, row->prints, 0, 0});
  }
}

static void add_functions(Manual *manual, const Vm *vm) {
  add_section(
      manual, "functions", "Functions",
      "Functions that are not operations on tensors: the program, collections, texts, files, data, "
      "gradients.");
  for (int i = 0; i < vm->registry->native_count; i++) {
    const Native *row = &vm->registry->natives[i];
    add_page(manual, (ManualPage){MANUAL_FUNCTION, "function", row->name,
                                  row->signature ? row->signature : row->name, row->sentence,
                                  row->example, row->prints, 0, 0});
  }
  const char *name;
  for (int i = 0; (name = standard_special(i)) != NULL; i++) {
    ManualPage page = {MANUAL_FUNCTION, "name", name, .prints = ""};
    standard_doc(vm, name, &page.signature, &page.text, &page.example, &page.prints);
    add_page(manual, page);
  }
}

/* ---- the library ---- */

typedef struct Comment {
  Text text, example;
} Comment;

static void comment_clear(Comment *comment) { comment->text.length = comment->example.length = 0; }

/* A `##` line. */
static void comment_take(Comment *comment, const char *line, int length) {
  bool code = length >= 7 && strncmp(line, "##     ", 7) == 0;
  int skip = code ? 7 : length > 2 && line[2] == ' ' ? 3 : 2;
  Text *into = code ? &comment->example : &comment->text;
  text_add(into, line + skip, (size_t)(length - skip));
  text_char(into, '\n');
}

static const char *comment_kept(Manual *manual, Text *text) {
  while (text->length && text->data[text->length - 1] == '\n') text->length--;
  return kept(manual, text->length ? text->data : "", text->length);
}

/* "Adam(lr = 1e-3)" of "Adam(lr = 1e-3) {": to the parenthesis that closes. */
static int head_length(const char *head, int length) {
  int depth = 0, at = 0;
  bool string = false;
  for (; at < length; at++) {
    if (head[at] == '"') string = !string;
    if (!string && head[at] == '(') depth++;
    if (!string && head[at] == ')' && --depth == 0) return at + 1;
    if (depth == 0 && !isalnum((unsigned char)head[at]) && head[at] != '_') return at;
  }
  return at;
}

static const char *what_of(const char *word, const char *stem) {
  if (strcmp(word, "model") == 0) return "layer";
  if (strcmp(word, "let") == 0) return "constant";
  if (strcmp(word, "fn") != 0) return strcmp(word, "loss") == 0 ? "loss" : "optimizer";
  return strcmp(stem, "schedules") == 0 ? "schedule"
         : strcmp(stem, "metrics") == 0 ? "metric"
                                        : "function";
}

static void take_declaration(Manual *manual, Comment *comment, const char *line, int length,
                             const char *stem) {
  static const char *const words[] = {"fn", "model", "loss", "optimizer", "let"};
  for (int i = 0; i < COUNT_OF(words); i++) {
    int word = (int)strlen(words[i]);
    if (strncmp(line, words[i], (size_t)word) != 0 || line[word] != ' ') continue;
    const char *name = line + word + 1;
    int head = head_length(name, length - word - 1);
    size_t name_length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
                                      "0123456789");
    if (*name == '_' || head == 0) return;
    add_page(manual,
             (ManualPage){MANUAL_LIBRARY, what_of(words[i], stem), kept(manual, name, name_length),
                          kept(manual, line, (size_t)(name + head - line)),
                          comment_kept(manual, &comment->text),
                          comment_kept(manual, &comment->example), NULL, 0, 0});
    return;
  }
}

/* The first line of a file of the library: "# Layers: models that are parts of other models." */
static void library_section(Manual *manual, const LibraryFile *file, const char *stem) {
  const char *head = file->text + strspn(file->text, "# ");
  size_t end = strcspn(head, "\n"), colon = strcspn(head, ":.,\n");
  const char *title = kept(manual, head, colon);
  const char *rest = head + colon + (colon < end) + (head[colon] == ':' ? 1 : 0);
  if (rest > head + end) rest = head + end;
  char *sentence = arena_text(&manual->arena, rest,
                              head[colon] == ':' ? (size_t)(head + end - rest) : 0);
  *sentence = (char)toupper((unsigned char)*sentence);
  add_section(manual, stem, title, sentence);
}

static void add_library_file(Manual *manual, const LibraryFile *file, const char *stem) {
  Comment comment = {{0}, {0}};
  library_section(manual, file, stem);
  for (const char *line = file->text; *line;) {
    int length = (int)strcspn(line, "\n");
    if (strncmp(line, "##", 2) == 0) {
      comment_take(&comment, line, length);
    } else {
      take_declaration(manual, &comment, line, length, stem);
      comment_clear(&comment);
    }
    line += length + (line[length] == '\n');
  }
  text_free(&comment.text);
  text_free(&comment.example);
}

/* What every script uses comes first, then the other files by name. */
static void add_library(Manual *manual) {
  static const char *const first[] = {"layers", "losses", "optimizers", "schedules", "metrics"};
  for (int turn = 0; turn <= COUNT_OF(first); turn++)
    for (int i = 0; i < library_file_count(); i++) {
      const LibraryFile *file = library_file_at(i);
      const char *slash = strrchr(file->path, '/'), *base = slash ? slash + 1 : file->path;
      const char *stem = kept(manual, base, strcspn(base, "."));
      int place = 0;
      while (place < COUNT_OF(first) && strcmp(first[place], stem) != 0) place++;
      if (place == turn) add_library_file(manual, file, stem);
    }
}

/* ---- the command ---- */

static void add_commands(Manual *manual) {
  static const ManualPage rows[] = {
#define COMMAND(KIND, word, form, sentence, about) \
  {MANUAL_COMMAND, "command", "gd " word, form, sentence ".\n\n" about, "", "", 0, 0},
#include "lang/tool/commands.def"
#undef COMMAND
  };
  add_section(manual, "commands", "Commands", "The words after `gd`.");
  for (int i = 0; i < COUNT_OF(rows); i++) {
    ManualPage page = rows[i];
    if (!page.name[3]) page.name = page.signature[2] ? "gd file.gd" : "gd"; /* without a word */
    add_page(manual, page);
  }
}

static void add_prompt(Manual *manual) {
  static const ManualPage rows[] = {
#define PROMPT_WORD(NAME, word, form, sentence) \
  {MANUAL_PROMPT, "word of the prompt", word, form, sentence, "", "", 0, 0},
#include "lang/tool/prompt.def"
#undef PROMPT_WORD
  };
  add_section(manual, "prompt", "At the prompt", "Words of the prompt and of notebooks.");
  for (int i = 0; i < COUNT_OF(rows); i++) add_page(manual, rows[i]);
}

static void add_options(Manual *manual) {
  typedef struct Row {
    const char *name, *value, *sentence;
  } Row;
  static const Row rows[] = {
#define OPTION(name, value, read, commands, sentence) {name, value, sentence},
#include "lang/tool/options.def"
#undef OPTION
  };
  add_section(manual, "options", "Options", "They may come before or after the command.");
  for (int i = 0; i < COUNT_OF(rows); i++)
    add_page(manual, (ManualPage){MANUAL_OPTION, "option", rows[i].name,
                                  rows[i].value ? said(manual, "%s %s", rows[i].name, rows[i].value)
                                                : rows[i].name,
                                  rows[i].sentence, "", "", 0, 0});
}

static void add_variables(Manual *manual) {
  static const ManualPage rows[] = {
#define VARIABLE(name, sentence) \
  {MANUAL_VARIABLE, "variable of the environment", name, name "=…", sentence, "", "", 0, 0},
#include "lang/tool/variables.def"
#undef VARIABLE
  };
  add_section(manual, "environment", "Environment", "Variables of the environment that gd reads.");
  for (int i = 0; i < COUNT_OF(rows); i++) add_page(manual, rows[i]);
}

static void add_terms(Manual *manual) {
  static const ManualPage rows[] = {
#define TERM(name, what, form, sentence, example, prints) \
  {MANUAL_TERM, what, name, form, sentence, example, prints, 0, 0},
#include "lang/tool/terms.def"
#undef TERM
  };
  add_section(manual, "terms", "Terms", "Words of other pages, and the domains of params.");
  for (int i = 0; i < COUNT_OF(rows); i++) add_page(manual, rows[i]);
}

static void add_faults(Manual *manual) {
  static const ManualPage statuses[] = {
#define STATUS(number, sentence, mend) \
  {MANUAL_STATUS,                      \
   "exit status",                      \
   #number,                            \
   "exit status " #number,             \
   sentence "\n\n" mend,               \
   "",                                 \
   "",                                 \
   0,                                  \
   0},
#define ERROR(name, status, sentence, example, says)
#include "lang/tool/faults.def"
#undef ERROR
#undef STATUS
  };
  static const ManualPage errors[] = {
#define STATUS(number, sentence, mend)
#define ERROR(name, status, sentence, example, says) \
  {MANUAL_ERROR, "error", name, "error: " says, sentence, example, says, status, 0},
#include "lang/tool/faults.def"
#undef ERROR
#undef STATUS
  };
  add_section(manual, "statuses", "Exit statuses",
              "What gd returns to the program that started it.");
  for (int i = 0; i < COUNT_OF(statuses); i++) add_page(manual, statuses[i]);
  add_section(manual, "errors", "Errors", "What can go wrong, and how to fix it.");
  for (int i = 0; i < COUNT_OF(errors); i++) add_page(manual, errors[i]);
}

static void add_guide(Manual *manual) {
  add_section(manual, "guide", "Guide", "Chapters, each a program that runs.");
  for (int i = 0; i < GUIDE_COUNT; i++) {
    const char *title = GUIDE[i].text + strspn(GUIDE[i].text, "# ");
    size_t end = strcspn(title, "\n");
    add_page(manual, (ManualPage){MANUAL_CHAPTER, "chapter", GUIDE[i].name,
                                  kept(manual, title, end), title + end, "", NULL, 0, 0});
  }
}

void manual_open(Manual *manual, const Vm *vm) {
  memset(manual, 0, sizeof *manual);
  add_guide(manual);
  add_words(manual);
  add_clauses(manual);
  add_operations(manual);
  add_functions(manual, vm);
  add_library(manual);
  add_commands(manual);
  add_prompt(manual);
  add_options(manual);
  add_variables(manual);
  add_terms(manual);
  add_faults(manual);
}

void manual_close(Manual *manual) {
  mem_free(manual->pages);
  arena_free(&manual->arena);
}

/* ---- finding ---- */

static bool same_letters(const char *a, const char *b) {
  while (*a && *b &&
         (tolower((unsigned char)*a) == tolower((unsigned char)*b) ||
          (strchr(" _-", *a) && strchr(" _-", *b))))
    a++, b++;
  return !*a && !*b;
}

/* `batch` and `batch:`, `seed` and `--seed`, `check` and `gd check`, 65 and exit status 65. */
static bool stands_for(const ManualPage *page, const char *name) {
  if (strcmp(page->name, name) == 0) return true;
  size_t length = strlen(page->name);
  switch (page->kind) {
    case MANUAL_CLAUSE:
      return strlen(name) == length - 1 && strncmp(page->name, name, length - 1) == 0;
    case MANUAL_OPTION:
      return strncmp(page->name, "--", 2) == 0 && strcmp(page->name + 2, name) == 0;
    case MANUAL_COMMAND: return length > 3 && strcmp(page->name + 3, name) == 0;
    case MANUAL_VARIABLE:
    case MANUAL_TERM: return same_letters(page->name, name);
    case MANUAL_STATUS: return same_letters(page->signature, name);
    case MANUAL_ERROR: return same_letters(page->name, name);
    case MANUAL_CHAPTER:
      return same_letters(page->name, name) || same_letters(page->signature, name);
    default: return false;
  }
}

int manual_find(const Manual *manual, const char *name, int from) {
  for (int i = from; i < manual->count; i++)
    if (stands_for(&manual->pages[i], name)) return i;
  return -1;
}

typedef struct ParameterRow {
  const char *key, *sentence;
} ParameterRow;

static const ParameterRow PARAMETERS[] = {
#define PARAMETER(key, sentence) {key, sentence},
#include "lang/tool/parameters.def"
#undef PARAMETER
};

/* What a parameter means wherever its page says nothing of its own; NULL: it has no such row. */
static const char *meaning(const char *name, size_t length) {
  for (int i = 0; i < COUNT_OF(PARAMETERS); i++)
    if (strlen(PARAMETERS[i].key) == length && strncmp(PARAMETERS[i].key, name, length) == 0)
      return PARAMETERS[i].sentence;
  return NULL;
}

/* A parameter: what it means, and of whose pages. */
static bool tell_parameter(const Manual *manual, const char *name, Text *text) {
  const size_t length = strcspn(name, ":");
  const char *sentence = meaning(name, length);
  int found = 0;
  if (!sentence) return false;
  for (int i = 0; i < manual->count && found < 6; i++) {
    ManualParameter parameters[MANUAL_PARAMETERS];
    int count = manual_parameters(&manual->pages[i], parameters);
    for (int k = 0; k < count; k++) {
      if (parameters[k].sentence != sentence || (size_t)parameters[k].name != length ||
          strncmp(parameters[k].text, name, length) != 0)
        continue;
      if (!found) text_format(text, "a parameter: %s; see ", sentence);
      text_format(text, "%s`%s`", found ? ", " : "", manual->pages[i].name);
      found++;
      break;
    }
  }
  return found > 0;
}

bool manual_suggest(const Manual *manual, Nearest *nearest, Text *text) {
  if (tell_parameter(manual, nearest->name, text)) return true;
  const char *key;
  for (int i = 0; (key = train_key(i)) != NULL; i++) nearest_offer(nearest, key);
  for (int i = 0; i < manual->count; i++) {
    const ManualPage *page = &manual->pages[i];
    const char *dashes = page->kind == MANUAL_OPTION ? page->name + strspn(page->name, "-") : NULL;
    nearest_offer(nearest, page->name);
    if (dashes) nearest_offer(nearest, dashes);
  }
  const char *foreign = foreign_name(nearest->name), *advice = nearest_advice(nearest);
  if (!foreign) foreign = foreign_call(nearest->name);
  if (nearest->how > NEAREST_SYNONYM && foreign) text_string(text, foreign);
  else if (advice) text_string(text, advice);
  else if (nearest->best) text_format(text, "did you mean `%.100s`?", nearest->best);
  return text->length > 0;
}

/* ---- parameters ---- */

const char *manual_parameter_row(int index) {
  return index >= 0 && index < COUNT_OF(PARAMETERS) ? PARAMETERS[index].key : NULL;
}

static const char *parameter_row(const char *prefix, const char *name, int length) {
  char key[128];
  snprintf(key, sizeof key, "%s%s%.*s", prefix, *prefix ? "." : "", length, name);
  for (int i = 0; i < COUNT_OF(PARAMETERS); i++)
    if (strcmp(PARAMETERS[i].key, key) == 0) return PARAMETERS[i].sentence;
  return NULL;
}

static const char *parameter_sentence(const ManualPage *page, const char *name, int length) {
  const char *sentence = parameter_row(page->name, name, length);
  if (!sentence) sentence = parameter_row(page->what, name, length);
  return sentence ? sentence : parameter_row("", name, length);
}

/* The end of a parameter: the comma or parenthesis at depth 0. */
static const char *parameter_end(const char *at) {
  int depth = 0;
  bool string = false;
  for (; *at; at++) {
    if (*at == '"') string = !string;
    if (string) continue;
    if (depth == 0 && (*at == ',' || *at == ')')) break;
    if (strchr("([{", *at)) depth++;
    if (strchr(")]}", *at)) depth--;
  }
  return at;
}

int manual_parameters(const ManualPage *page, ManualParameter *parameters) {
  bool has = page->kind == MANUAL_OPERATION || page->kind == MANUAL_FUNCTION ||
             page->kind == MANUAL_LIBRARY;
  const char *at = has ? strchr(page->signature, '(') : NULL;
  int count = 0;
  if (!at) return 0;
  while (*at && *at != ')' && count < MANUAL_PARAMETERS) {
    at++;
    at += strspn(at, " ");
    const char *end = parameter_end(at);
    int name = 0;
    while (at + name < end && (isalnum((unsigned char)at[name]) || at[name] == '_')) name++;
    if (name)
      parameters[count++] = (ManualParameter){at, (int)(end - at), name,
                                              parameter_sentence(page, at, name)};
    at = end;
  }
  return count;
}

/* ---- related pages ---- */

static void relate(const ManualPage *page, const ManualPage *other, const ManualPage **related,
                   int *count) {
  if (*count == MANUAL_RELATED || other == page || strcmp(other->name, page->name) == 0) return;
  if (other->kind == MANUAL_CHAPTER) return;
  for (int i = 0; i < *count; i++)
    if (related[i] == other) return;
  related[(*count)++] = other;
}

/* Is there a name of the length at `text` between marks that are no part of a name? */
static const ManualPage *page_of(const Manual *manual, const char *text, size_t length) {
  char name[64];
  if (length < 2 || length >= sizeof name) return NULL;
  memcpy(name, text, length);
  name[length] = '\0';
  for (int i = 0; i < manual->count; i++)
    if (strcmp(manual->pages[i].name, name) == 0) return &manual->pages[i];
  return NULL;
}

/* Names in backquotes, and those before a parenthesis. */
static void relate_mentioned(const Manual *manual, const ManualPage *page,
                             const ManualPage **related, int *count) {
  bool quoted = false;
  for (const char *at = page->text; *at;) {
    if (*at == '`') quoted = !quoted;
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_') length++;
    const ManualPage *other = length && (quoted || at[length] == '(' || isupper((unsigned char)*at))
                                  ? page_of(manual, at, length + (at[length] == ':'))
                                  : NULL;
    if (!other && length && (quoted || at[length] == '(')) other = page_of(manual, at, length);
    if (other) relate(page, other, related, count);
    at += length ? length : 1;
  }
}

int manual_related(const Manual *manual, const ManualPage *page, const ManualPage **related) {
  int count = 0, at = (int)(page - manual->pages);
  if (page->kind == MANUAL_CHAPTER) return 0;
  relate_mentioned(manual, page, related, &count);
  for (int far = 1; far <= 3; far++)
    for (int side = -1; side <= 1; side += 2) {
      int other = at + side * far;
      if (other >= 0 && other < manual->count && manual->pages[other].section == page->section)
        relate(page, &manual->pages[other], related, &count);
    }
  return count;
}

/* ---- examples ---- */

void manual_example(const ManualPage *page, Text *text) {
  if (!*page->example) return;
  bool expression = page->prints && !strstr(page->example, "print(") &&
                    page->kind != MANUAL_ERROR && !strchr(page->example, '\n') &&
                    page->kind != MANUAL_WORD && page->kind != MANUAL_CLAUSE;
  text_format(text, expression ? "print(%s)" : "%s", page->example);
}
