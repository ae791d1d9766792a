/* explain.c — the message for a syntax error.
 *
 * The parser passes the token that does not fit, the kinds that would, and the tokens on its stack.
 * The message says what was expected, in words, and what was found; a note shows where an open
 * bracket was opened.  For a known slip help says what to write (slip.c).
 */
#include "lang/syntax/explain.h"
#include "lang/syntax/slip.h"

#include <stdio.h>
#include <string.h>

static Span span_of(const Parser *b, Token token) {
  return (Span){b->file, token.start, token.end};
}

/* ---- what was expected, in words ---- */

typedef struct Phrase {
  char text[200];
  int count; /* of things named */
} Phrase;

static void name_one(Phrase *phrase, const char *thing) {
  size_t used = strlen(phrase->text);
  snprintf(phrase->text + used, sizeof phrase->text - used, "%s%s", phrase->count ? " or " : "",
           thing);
  phrase->count++;
}

static void expected_words(const bool *expected, Phrase *phrase) {
  static const struct {
    int kind;
    const char *words;
    bool with_operators;
  } marks[] = {
      {TOKEN_ASSIGN, "`=`", false}, {TOKEN_LBRACE, "`{`", true}, {TOKEN_LP, "`(`", false},
      {TOKEN_IN, "`in`", false},    {TOKEN_COLON, "`:`", false}, {TOKEN_COMMA, "`,`", true},
      {TOKEN_RP, "`)`", true},      {TOKEN_RB, "`]`", true},     {TOKEN_TAIL, "`}`", true},
  };
  bool value = expected[TOKEN_NUMBER], operators = expected[TOKEN_PLUS];
  if (value) name_one(phrase, "a value");
  else if (slip_clause(expected)) name_one(phrase, "a line `key: value`");
  else if (expected[TOKEN_NAME]) name_one(phrase, "a name");
  else if (expected[TOKEN_STRING]) name_one(phrase, "a string");
  for (int i = 0; i < COUNT_OF(marks) && phrase->count < 3; i++) {
    bool opens = marks[i].kind == TOKEN_LBRACE || marks[i].kind == TOKEN_LP ||
                 marks[i].kind == TOKEN_COLON;
    if (!expected[marks[i].kind] || (operators && !marks[i].with_operators) ||
        ((value || expected[TOKEN_NAME]) && opens))
      continue;
    name_one(phrase, marks[i].words);
  }
  if (phrase->count == 0 && operators) name_one(phrase, "an operator");
  if (phrase->count < 3 && operators && (expected[TOKEN_NL] || expected[TOKEN_END]))
    name_one(phrase, "the end of the statement");
  if (phrase->count == 0)
    name_one(phrase, expected[TOKEN_RBRACE] ? "`}`" : "the end of the statement");
}

/* ---- the message ---- */

static const char *bracket_name(const Open *open) {
  return open->kind == TOKEN_LP       ? "("
         : open->kind == TOKEN_LB     ? "["
         : open->kind == TOKEN_LBRACE ? "{"
                                      : "{ }";
}

static void note_open(Parser *b, Diag *diag, const Open *open) {
  if (open->kind == TOKEN_HEAD)
    diag_note(diag, (Span){b->file, open->at, open->at + 1}, "in the string that begins here");
  else
    diag_note(diag, (Span){b->file, open->at, open->at + 1}, "the `%s` opened here is not closed",
              bracket_name(open));
}

/* A closing bracket without an opening one, or of another kind than the open one; false when the
 * token is not a closing bracket. */
static bool explain_closer(Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  if (!(token_flags(token.kind) & CLOSES)) return false;
  const char *shown = token_spelling(token.kind);
  const Lexer *lexer = &b->lexer;
  bool open_inside = token.kind == TOKEN_RBRACE && lexer->unclosed.kind;
  if (open_inside ||
      (lexer->depth > 0 && token.kind != TOKEN_RBRACE && !context->expected[TOKEN_NUMBER])) {
    const Open *open = open_inside ? &lexer->unclosed : &lexer->open[lexer->depth - 1];
    if ((token.kind == TOKEN_RP && open->kind == TOKEN_LP) ||
        (token.kind == TOKEN_RB && open->kind == TOKEN_LB))
      return false;
    Diag *diag = report_error(b->report, span_of(b, token), "`%s` does not close `%s`", shown,
                              bracket_name(open));
    note_open(b, diag, open);
    return true;
  }
  if (lexer->depth > 0 || context->expected[TOKEN_RP] || context->expected[TOKEN_RB] ||
      context->expected[TOKEN_RBRACE])
    return false;
  for (int i = 0; i < context->word_count; i++)
    if (slip_opener(context->words[i])) return false;
  report_error(b->report, span_of(b, token), "`%s` closes nothing: no bracket is open", shown);
  return true;
}

static bool on_line_before(const Parser *b, uint32_t at, uint32_t here) {
  return memchr(b->lexer.text + at, '\n', here > at ? here - at : 0) != NULL;
}

/* The brackets that are open before the token; one that it opens itself was counted already. */
static int depth_before(const Lexer *lexer, Token token) {
  const bool opens = (token_flags(token.kind) & OPENS) || token.kind == TOKEN_HEAD;
  return lexer->depth - (lexer->depth > 0 && opens);
}

/* Does it follow from an error that was reported: on its line, or, where a bracket is not closed,
 * behind that bracket?  A string that does not end takes the closing bracket with it. */
static bool follows(const Parser *b, Token token) {
  const Lexer *lexer = &b->lexer;
  const int depth = depth_before(lexer, token);
  const Open *open = depth ? &lexer->open[depth - 1] : NULL;
  for (int i = 0; i < b->report->count; i++) {
    const Diag *diag = &b->report->items[i];
    if (diag->warning || diag->span.file != b->file || diag->span.start >= token.start) continue;
    if (!on_line_before(b, diag->span.start, token.start)) return true;
    if (open && open->at < diag->span.start && !on_line_before(b, open->at, diag->span.start))
      return true;
  }
  return false;
}

/* The lines of a block whose `{` is missing: clauses, and a `}`. */
static bool in_unopened(Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  if (token.kind == TOKEN_RBRACE && b->unopened) {
    b->unopened = false;
    return true;
  }
  if (token.kind == TOKEN_COLON && b->unopened) return true;
  b->unopened = token.kind == TOKEN_NL && context->expected[TOKEN_LBRACE] &&
                slip_line(b, token, "train");
  return false;
}

void explain_syntax(Parser *b, const SyntaxContext *context) {
  if (follows(b, context->token) || in_unopened(b, context)) return;
  if (explain_closer(b, context)) return;
  Token token = context->token;
  Phrase phrase = {0};
  expected_words(context->expected, &phrase);
  char found[NAME_SIZE + 8];
  token_found(b->lexer.text, token, found, sizeof found);
  bool word = (token_flags(token.kind) & WORD) && context->expected[TOKEN_NAME] &&
              !context->expected[TOKEN_NUMBER];
  Diag *diag = word ? report_error(b->report, span_of(b, token),
                                   "expected %s, but %s is a reserved word", phrase.text, found)
                    : report_error(b->report, span_of(b, token), "expected %s, found %s",
                                   phrase.text, found);
  const char *help = slip_help(b, context);
  if (help) diag_help(diag, "%s", help);
  const Lexer *lexer = &b->lexer;
  const int depth = depth_before(lexer, token);
  if (depth == 0) return;
  const Open *open = &lexer->open[depth - 1];
  if (token.kind == TOKEN_END ||
      (open->kind != TOKEN_LBRACE && on_line_before(b, open->at, token.start)))
    note_open(b, diag, open);
}

void explain_nesting(Parser *b, Token token) {
  diag_label(report_error(b->report, span_of(b, token), "nested too deeply"),
             "more than %d levels (limit)", NESTING_LIMIT);
}
