/* prompt.c — the words that only the prompt and notebooks know: help, names(), ans,
 * save_session("s.gd"), quit.
 *
 * They are searched for in the text of a statement, before it is parsed, and only if the session
 * has declared no such name: `let quit = 3` makes quit a variable like any other.  `ans` is a
 * variable declared by a source of its own (Session.answer_file), so that an `ans` of the script
 * can be distinguished and is not changed.
 *
 * To add a word: its row of prompt.def and its case in prompt_word.
 */
#include "lang/tool/prompt.h"

#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/string.h"
#include "lang/names/scope.h"
#include "lang/tool/display.h"
#include "lang/tool/save_session.h"
#include "lang/values/show.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef enum PromptWord {
#define PROMPT_WORD(NAME, word, form, sentence) PROMPT_##NAME,
#include "lang/tool/prompt.def"
#undef PROMPT_WORD
  PROMPT_WORDS
} PromptWord;

static const struct {
  const char *word, *form, *sentence;
} WORDS[] = {
#define PROMPT_WORD(NAME, word, form, sentence) {word, form, sentence},
#include "lang/tool/prompt.def"
#undef PROMPT_WORD
};

/* ---- what a statement says ---- */

typedef struct Said {
  PromptWord word;      /* PROMPT_WORDS: none */
  bool called;          /* parentheses follow it */
  const char *argument; /* what stands in them, or behind `help` */
  size_t length;        /* of argument */
} Said;

static bool word_byte(char byte) {
  return isalnum((unsigned char)byte) || byte == '_' || (byte & 0x80);
}

static size_t trimmed(const char **text, size_t length) {
  while (length && isspace((unsigned char)**text)) (*text)++, length--;
  while (length && isspace((unsigned char)(*text)[length - 1])) length--;
  return length;
}

static bool has_name(const Session *session, const char *word, size_t length) {
  const Variable *variable = session->module
                                 ? scope_global(session->module->scope,
                                                names_intern(session->vm->names, word, length))
                                 : NULL;
  return variable != NULL;
}

static PromptWord word_of(const char *text, size_t length) {
  for (int i = 0; i < PROMPT_WORDS; i++)
    if (strlen(WORDS[i].word) == length && memcmp(WORDS[i].word, text, length) == 0)
      return (PromptWord)i;
  return length == 4 && memcmp(text, "exit", 4) == 0 ? PROMPT_QUIT : PROMPT_WORDS;
}

static Said said_by(const Session *session, const char *text, size_t length) {
  Said said = {.word = PROMPT_WORDS};
  length = trimmed(&text, length);
  size_t name = 0;
  while (name < length && word_byte(text[name])) name++;
  PromptWord word = word_of(text, name);
  if (word == PROMPT_WORDS || has_name(session, text, name)) return said;
  bool exits = word == PROMPT_QUIT && *text == 'e'; /* exit(3) is a function */
  said.argument = text + name;
  said.length = trimmed(&said.argument, length - name);
  said.called = said.length > 1 && said.argument[0] == '(' && said.argument[said.length - 1] == ')';
  if (said.called) {
    said.argument++;
    said.length = trimmed(&said.argument, said.length - 2);
  }
  bool plain = said.called ? !exits : said.length == 0;
  bool of_name = word == PROMPT_HELP && said.length && word_byte(*said.argument);
  if (plain || of_name) said.word = word;
  return said;
}

/* ---- help ---- */

static void write_help(Text *text) {
  text_string(text, "Each line is run, and its value is shown.\n\n");
  for (int i = 0; i < PROMPT_WORDS; i++)
    text_format(text, "  %-24s %.*s\n", WORDS[i].form, (int)strcspn(WORDS[i].sentence, ".;"),
                WORDS[i].sentence);
  text_string(text,
              "\n"
              "  Tab                      completes names, fields, arguments, clauses, file names\n"
              "  Up, Ctrl-R               earlier statements, whole; Ctrl-R searches them\n"
              "  Ctrl-C                   stops what runs, or drops what is typed\n"
              "  Ctrl-D                   ends the session\n\n"
              "`gd doc first_steps` begins the guide, `gd doc -s TEXT` searches the manual.\n");
}

static int help(Session *session, const Said *said, Text *shown) {
  if (!said->length) return write_help(shown), 0;
  const char *name = said->argument;
  size_t length = said->length;
  if (length > 1 && name[0] == '"' && name[length - 1] == '"') name++, length -= 2;
  char *word = mem_text(name, length);
  session_explain(session, word, shown);
  mem_free(word);
  return 0;
}

/* ---- names() ---- */

enum { VALUE_COLUMNS = 50 };

static void write_short(Vm *vm, Value value, Text *text) {
  const Text none = {0};
  Text line = none;
  if (value.kind == KIND_MODEL) display_counts(vm, value, &line);
  else if (!value_is_tensor(value)) value_show(vm, value, true, &line);
  size_t length = line.data ? strcspn(line.data, "\n") : 0, columns = 0, end = 0;
  for (uint32_t code; end < length && columns < VALUE_COLUMNS; columns++) {
    size_t size = text_decode(line.data + end, length - end, &code);
    end += size ? size : 1;
  }
  text_add(text, line.data ? line.data : "", end);
  if (end < length) text_string(text, "…");
  text_free(&line);
}

typedef struct Listing {
  Session *session;
  Text *text;
  int count;
} Listing;

static void list_names(Vm *vm, void *context) {
  Listing *listing = context;
  const ModuleObject *module = listing->session->module;
  const Scope *scope = module->scope;
  for (const Variable *v = scope->first; v; v = v->next) {
    Value value = v->slot >= 0 && v->slot < module->global_count ? module->globals[v->slot]
                                                                 : (Value){0};
    if (value.kind == KIND_CELL) value = value.cell->value;
    if (value.kind == KIND_UNSET || scope_global(scope, v->name) != v) continue;
    Text type = {0};
    value_show_type(value, &type);
    text_format(listing->text, "  %-14s %-18s ", v->name, type.data);
    text_free(&type);
    write_short(vm, value, listing->text);
    while (listing->text->data[listing->text->length - 1] == ' ') listing->text->length--;
    text_char(listing->text, '\n');
    listing->count++;
  }
}

static int names(Session *session, Text *shown) {
  Diag diag = {0};
  Listing listing = {session, shown, 0};
  bool fine = !session->module || vm_protect(session->vm, list_names, &listing, &diag);
  if (!fine) session_say(session, &diag);
  else if (!listing.count) text_string(shown, "nothing is defined yet: `let x = 3` declares x\n");
  return fine ? 0 : diag.status;
}

/* ---- save_session("s.gd") ---- */

static int save(Session *session, const Said *said, Text *shown) {
  Value path = {0};
  int status = said->length ? session_value(session, said->argument, said->length, &path) : 0;
  if (status) return status;
  if (path.kind == KIND_STRING) {
    status = save_session_write(session, path.string->data, shown);
  } else {
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, (Span){0}, "save_session needs the name of a file");
    diag_help(&diag, "`save_session(\"s.gd\")`");
    session_say(session, &diag);
    status = STATUS_FAILED;
  }
  value_release(session->vm, path);
  return status;
}

/* ---- the face ---- */

bool prompt_word(Session *session, const char *text, size_t length, Text *shown, int *status) {
  Said said = said_by(session, text, length);
  *status = 0;
  switch (said.word) {
    case PROMPT_HELP: *status = help(session, &said, shown); return true;
    case PROMPT_NAMES: *status = names(session, shown); return true;
    case PROMPT_SAVE_SESSION: *status = save(session, &said, shown); return true;
    case PROMPT_QUIT: session->vm->exited = true; return true;
    case PROMPT_ANS:
      if (said.called) return false;
      text_string(shown, "no value was shown yet\n");
      return true;
    case PROMPT_WORDS: break;
  }
  return false;
}

void prompt_answer(Session *session, Value value) {
  static const char declaration[] = "let ans = none";
  Vm *vm = session->vm;
  const char *name = names_intern(vm->names, "ans", 3);
  if (!session->answer_file && !has_name(session, "ans", 3))
    session_declare(session, declaration, strlen(declaration), &session->answer_file);
  const Variable *variable = scope_global(session->module->scope, name);
  if (!variable || variable->span.file != session->answer_file) {
    value_release(vm, value);
    return;
  }
  Value *place = &session->module->globals[variable->slot];
  if (place->kind == KIND_CELL) place = &place->cell->value;
  Value before = *place;
  *place = value;
  value_release(vm, before);
}

void prompt_complete(const char *word, CompleteOffer *offer, void *context) {
  for (int i = 0; i < PROMPT_WORDS; i++)
    if (strncmp(WORDS[i].word, word, strlen(word)) == 0) offer(context, WORDS[i].word, "");
}
