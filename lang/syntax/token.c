/* token.c — the rows of token.def, and a token described for a message. */
#include "lang/syntax/token.h"
#include "lang/text/report.h"

#include <stdio.h>
#include <string.h>

typedef struct TokenRow {
  const char *name;     /* "NAME" */
  const char *spelling; /* "a name" */
  const char *form;     /* of a word of the language, else NULL */
  const char *sentence; /* likewise */
} TokenRow;

static const TokenRow ROWS[] = {
#define TOKEN(KIND, SPELLING, FLAGS) [TOKEN_##KIND] = {#KIND, SPELLING, NULL, NULL},
#define KEYWORD(KIND, SPELLING, FLAGS, FORM, SENTENCE) \
  [TOKEN_##KIND] = {#KIND, SPELLING, FORM, SENTENCE},
#include "lang/syntax/token.def"
#undef KEYWORD
#undef TOKEN
};

const uint8_t TOKEN_FLAGS[TOKEN_COUNT] = {
#define TOKEN(KIND, SPELLING, FLAGS) [TOKEN_##KIND] = FLAGS,
#define KEYWORD(KIND, SPELLING, FLAGS, FORM, SENTENCE) [TOKEN_##KIND] = FLAGS,
#include "lang/syntax/token.def"
#undef KEYWORD
#undef TOKEN
};

static const TokenRow *row_of(int kind) {
  static const TokenRow none = {"?", "", NULL, NULL};
  return kind >= 0 && kind < COUNT_OF(ROWS) && ROWS[kind].name ? &ROWS[kind] : &none;
}

const char *token_spelling(int kind) { return row_of(kind)->spelling; }
const char *token_name(int kind) { return row_of(kind)->name; }

bool token_describe(const char *word, const char **form, const char **sentence) {
  for (int i = 0; i < COUNT_OF(ROWS); i++) {
    if (!ROWS[i].form || strcmp(ROWS[i].spelling, word) != 0) continue;
    *form = ROWS[i].form;
    *sentence = ROWS[i].sentence;
    return true;
  }
  return false;
}

typedef struct ExampleRow {
  const char *program, *prints;
} ExampleRow;

static const ExampleRow EXAMPLES[TOKEN_COUNT] = {
#define TOKEN(KIND, SPELLING, FLAGS)
#define KEYWORD(KIND, SPELLING, FLAGS, FORM, SENTENCE)
#define EXAMPLE(KIND, PROGRAM, PRINTS) [TOKEN_##KIND] = {PROGRAM, PRINTS},
#include "lang/syntax/token.def"
#undef KEYWORD
#undef TOKEN
};

void token_example(int kind, const char **program, const char **prints) {
  bool some = kind >= 0 && kind < COUNT_OF(EXAMPLES) && EXAMPLES[kind].program;
  *program = some ? EXAMPLES[kind].program : "";
  *prints = some ? EXAMPLES[kind].prints : "";
}

bool token_is_word(const char *text, size_t length) {
  for (int i = 0; i < COUNT_OF(ROWS); i++)
    if ((token_flags(i) & WORD) && strlen(ROWS[i].spelling) == length &&
        memcmp(ROWS[i].spelling, text, length) == 0)
      return true;
  return false;
}

void token_found(const char *text, Token token, char *buffer, size_t size) {
  const char *spelling = token_spelling(token.kind);
  char shown[NAME_SIZE];
  if (token.kind == TOKEN_NL && text[token.start] == ';') snprintf(buffer, size, "`;`");
  else if (token.kind == TOKEN_END || token.kind == TOKEN_NL || token.kind == TOKEN_STRING ||
           token.kind == TOKEN_HEAD)
    snprintf(buffer, size, "%s", spelling);
  else if (token.kind == TOKEN_MID || token.kind == TOKEN_TAIL)
    snprintf(buffer, size, "`%c`", text[token.start]);
  else if (token.start == token.end) snprintf(buffer, size, "%s", spelling);
  else
    snprintf(buffer, size, "`%s`", name_shown(text + token.start, token.end - token.start, shown));
}
