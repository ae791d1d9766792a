/* slip.c — what to write instead, at a syntax error.
 *
 * The slips are those that people make who know another language: a word of it, `=` for `==`, a
 * colon before a block, a comma or a bracket too many.  They are recognized by the token that does
 * not fit, the one before it, and the constructs that are open; the first that fits is told.
 */
#include "lang/syntax/slip.h"
#include "lang/syntax/foreign.h"
#include "lang/syntax/habit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool token_is(const Parser *b, Token token, const char *word) {
  size_t length = strlen(word);
  return token.kind == TOKEN_NAME && token.end - token.start == length &&
         memcmp(b->lexer.text + token.start, word, length) == 0;
}

static const char *foreign(const Parser *b, Token token) {
  return token.kind == TOKEN_NAME
             ? foreign_word(b->lexer.text + token.start, token.end - token.start)
             : NULL;
}

/* `function(x) x^2`, `switch (x) {`: the word before the parentheses that the previous token
 * closes. */
static const char *foreign_before(const Parser *b) {
  const char *text = b->lexer.text;
  if (b->previous.kind != TOKEN_RP) return NULL;
  uint32_t at = b->previous.start, end;
  for (int depth = 1; depth && at > 0 && text[at - 1] != '\n'; at--)
    depth += (text[at - 1] == ')') - (text[at - 1] == '(');
  while (at > 0 && text[at - 1] == ' ') at--;
  for (end = at; at > 0 && isalpha((unsigned char)text[at - 1]);) at--;
  return foreign(b, (Token){.kind = TOKEN_NAME, .start = at, .end = end});
}

/* Is a line of a train block expected: a clause, `update`, or the end? */
bool slip_clause(const bool *expected) {
  return expected[TOKEN_UPDATE] && expected[TOKEN_RBRACE] && !expected[TOKEN_NUMBER];
}

bool slip_opener(int kind) {
  return kind == TOKEN_LP || kind == TOKEN_LB || kind == TOKEN_LBRACE || kind == TOKEN_HEAD ||
         kind == TOKEN_MID;
}

/* The newest token on the stack that opens a bracket or begins a construct; 0 when there is
 * none.  A bracket that is closed there is passed over. */
static int construct(const SyntaxContext *context) {
  int closed = 0;
  for (int i = 0; i < context->word_count; i++) {
    int kind = context->words[i];
    if (token_flags(kind) & CLOSES) closed++;
    else if (closed && slip_opener(kind)) closed--;
    else if (closed) continue;
    else if (slip_opener(kind) || (token_flags(kind) & (STARTS | SOFT)) || kind == TOKEN_IF ||
             kind == TOKEN_ELSE || kind == TOKEN_FN || kind == TOKEN_NL)
      return kind;
  }
  return 0;
}

/* What stands behind the word with which the line of the token begins; NULL: another word. */
const char *slip_line(const Parser *b, Token token, const char *word) {
  const char *text = b->lexer.text;
  uint32_t at = token.start;
  while (at > 0 && text[at - 1] != '\n' && text[at - 1] != ';') at--;
  const char *line = text + at + strspn(text + at, " ");
  size_t length = strlen(word);
  if (strncmp(line, word, length) != 0 || !strchr(" (\n", line[length])) return NULL;
  return line + length + strspn(line + length, " ");
}

static const char RANGE[] = "a range has both ends: `for i in 0..n - 1 { … }`";
static const char BRACES[] = "a block is written in braces: `{ … }`";
static const char DECLARED[] = "a function is declared with `fn name(…) = …` or `fn name(…) { … }`";
static const char FUNCTION[] = "a function without a name is written `fn(x) = …`";
static const char TARGETS[] = "targets have no brackets: `train net, head on (x, y) in data { … }`";
static const char TITLE[] = "a test has a title: `test \"of what\" { … }`";
static const char ON_DATA[] = "`train net on (x, y) in data { … }`";

/* Help by the word with which the line begins, or NULL. */
static const char *help_line(const Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  const char *train = slip_line(b, token, "train"), *before = b->lexer.text + b->previous.start;
  if (train && (token.kind == TOKEN_IN || token_is(b, token, "with"))) return ON_DATA;
  if (train && token.kind == TOKEN_LP && b->previous.kind == TOKEN_NAME) return ON_DATA;
  if (train && *train == '(' && token.kind == TOKEN_LBRACE) return TARGETS;
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "update"))
    return "`update` names what it trains: `update w { … }`";
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "race"))
    return "`race` names what it trains: `race net on (x, y) in dataset(x, y) { … }`";
  if (token.kind == TOKEN_LBRACE && token_is(b, b->previous, "test")) return TITLE;
  const char *block = token.kind == TOKEN_LBRACE
                          ? foreign_block(before, b->previous.end - b->previous.start)
                          : NULL;
  if (block) return block;
  if (token.kind == TOKEN_NAME && b->previous.kind == TOKEN_NAME &&
      token_is(b, b->previous, "test"))
    return TITLE;
  const char *loop = slip_line(b, token, "for");
  size_t length = loop && loop < b->lexer.text + token.start
                      ? (size_t)(b->lexer.text + token.start - loop)
                      : 0;
  if (!length || memmem(loop, length, " in ", 4) || memchr(loop, '{', length)) return NULL;
  if (token.kind == TOKEN_ASSIGN) return RANGE;
  return token.kind == TOKEN_COMMA ? "two names have parentheses: `for (i, x) in xs { … }`" : NULL;
}

static bool is_of_name(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.'; }

/* `torch.optim.Adam(lr` before the token: a function of another tool's module is called. */
static bool calls_module(const Parser *b, Token token) {
  const char *text = b->lexer.text;
  uint32_t end = token.start;
  while (end > 0 && text[end - 1] != '(' && text[end - 1] != '\n') end--;
  if (end < 2 || text[end - 1] != '(') return false;
  uint32_t from = --end;
  while (from > 0 && is_of_name(text[from - 1])) from--;
  const char *dot = memchr(text + from, '.', end - from);
  char module[24];
  if (!dot || dot - (text + from) >= (ptrdiff_t)sizeof module) return false;
  snprintf(module, sizeof module, "%.*s", (int)(dot - (text + from)), text + from);
  return habit_module(module);
}

static const char *help_assign(const Parser *b, const SyntaxContext *context, int within) {
  if (context->word_count && context->words[0] == TOKEN_DOTDOT) return RANGE;
  if (within == TOKEN_IF || within == TOKEN_WHILE || within == TOKEN_LB) return "`==` compares";
  if (within == TOKEN_LET) return "names are declared one at a time: `let x = …; let y = …`";
  if (within == TOKEN_LP && calls_module(b, context->token))
    return "a named argument is written `name: value`, and standard names need no module: "
           "`Adam(lr: 0.01)`";
  if (within == TOKEN_LP) return "a named argument is written `name: value`; `==` compares";
  if (context->expected[TOKEN_COLON]) return "a key is written with a colon: `key: value`";
  if (context->word_count && context->words[0] == TOKEN_ASSIGN)
    return "names are assigned one at a time";
  return NULL;
}

/* Three digits, and no fourth. */
static bool is_group(const char *text) {
  for (int i = 0; i < 3; i++)
    if (!isdigit((unsigned char)text[i])) return false;
  return !isdigit((unsigned char)text[3]);
}

static const char *help_colon(const Parser *b, const SyntaxContext *context, int within) {
  bool key = b->previous.kind == TOKEN_STRING || b->previous.kind == TOKEN_NUMBER;
  bool range = b->previous.kind == TOKEN_NUMBER &&
               isalnum((unsigned char)b->lexer.text[context->token.end]);
  if (range && within == TOKEN_FOR) return RANGE;
  if (range && within == TOKEN_LET) return "a range is `1..10`, with both ends";
  if (within == TOKEN_IF || within == TOKEN_WHILE || within == TOKEN_FOR || within == TOKEN_ELSE)
    return BRACES;
  if (within == TOKEN_FN || (context->expected[TOKEN_LBRACE] && context->expected[TOKEN_ASSIGN]))
    return DECLARED;
  if (within == TOKEN_LET) return "a name has no declared type: `let x = …`";
  if (within == TOKEN_LP && b->previous.kind == TOKEN_STRING)
    return "a dict is written `dict((\"a\", 1), (\"b\", 2))`";
  if (within == TOKEN_LB || within == TOKEN_LP) return NULL;
  if (key && within == TOKEN_LBRACE) return "a dict is written `dict((\"a\", 1), (\"b\", 2))`";
  if (within == 0 || within == TOKEN_NL)
    return "a name is declared without a type, `let x = 5`; lines `key: value` belong in the "
           "braces "
           "of train, update or race";
  return context->expected[TOKEN_NL] ? "lines `key: value` belong in the braces of train, update "
                                       "or race; a tuple is `(x: 1, y: 2)`"
                                     : NULL;
}

static bool begins_value(int kind) {
  return kind == TOKEN_NAME || kind == TOKEN_NUMBER || kind == TOKEN_STRING || kind == TOKEN_HEAD;
}

/* Operators of R and Julia that are two tokens here. */
static const char *help_operator(const Parser *b, const SyntaxContext *context) {
  int before = b->previous.kind, kind = context->token.kind;
  if (b->previous.end != context->token.start) return NULL;
  if (before == TOKEN_PERCENT && kind == TOKEN_STAR) return "the matrix product is written `A @ B`";
  if (before == TOKEN_PERCENT && kind == TOKEN_GT) return "`x |> f` is f(x)";
  if (before == TOKEN_PERCENT && kind == TOKEN_PERCENT) return "the remainder is `a % b`";
  if (before == TOKEN_PERCENT && kind == TOKEN_SLASH) return "a whole quotient is `floor(a / b)`";
  if (before == TOKEN_PERCENT && kind == TOKEN_IN) return "write `x in xs`";
  bool all = kind == TOKEN_POW || kind == TOKEN_STAR || kind == TOKEN_SLASH || kind == TOKEN_LP;
  return before == TOKEN_DOT && all
             ? "operators and functions are element by element without a point: `x ^ 2`, `sin(x)`"
             : NULL;
}

static const char STATEMENTS[] =
    "these braces hold lines `key: value`; statements stand in `each_step: { … }` of a `train`";

/* Help for a statement among the lines of a train block, or NULL. */
static const char *help_clause(const Parser *b, const SyntaxContext *context) {
  int kind = context->token.kind;
  bool call = kind == TOKEN_LP && context->expected[TOKEN_COLON] &&
              !context->expected[TOKEN_NUMBER];
  if (call && b->previous.kind == TOKEN_NAME && b->previous.first) return STATEMENTS;
  if (!slip_clause(context->expected)) return NULL;
  if (kind == TOKEN_FOR || kind == TOKEN_WHILE)
    return "an `update` is written as often as it is made, or a loop takes the place of `train`: "
           "`for x in batches(data, 32) { update D { … } }`; other statements stand in "
           "`each_step: { … }`";
  bool statement = kind == TOKEN_IF || kind == TOKEN_LET || kind == TOKEN_FN ||
                   kind == TOKEN_RETURN || kind == TOKEN_BREAK || kind == TOKEN_CONTINUE;
  return statement ? STATEMENTS : NULL;
}

/* Help for what follows the head of a declaration wrongly, or NULL. */
static const char *help_head(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  bool head = within == TOKEN_LP && slip_line(b, token, "model");
  if (head && token.kind == TOKEN_DOT)
    return "a model has no other above it: `model Net() { let inner = Dense(2, 2); … }`";
  bool value = token.kind == TOKEN_NUMBER || token.kind == TOKEN_STRING;
  if (value && b->previous.kind == TOKEN_COLON && (head || slip_line(b, token, "fn")))
    return "a parameter has its default behind `=`: `h = 3`";
  if (within == TOKEN_PARAM && token.kind == TOKEN_NL)
    return "a param begins with a value: `param b = zeros(3)`";
  for (int i = 0; i < context->word_count && i < 2; i++)
    if (context->words[i] == TOKEN_ARROW && within == TOKEN_FN)
      return "a function without a name is written `fn(x) = …`; `-> [N, 2]` is the shape of a "
             "result";
  return NULL;
}

/* Help for values that follow each other without a mark between them, or NULL. */
static const char *help_between(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  bool empty = b->previous.kind == TOKEN_COMMA || b->previous.kind == TOKEN_LB;
  if (within == TOKEN_LB && empty && (token.kind == TOKEN_RB || token.kind == TOKEN_COMMA))
    return "a whole axis is `:`, as in `x[1, :]`";
  bool called = b->previous.kind == TOKEN_NAME;
  bool prefix = b->previous.end == token.start; /* f"…" */
  if (!begins_value(token.kind) || !context->expected[TOKEN_COMMA] || prefix) return NULL;
  if (within == TOKEN_LP && called)
    return "a call has parentheses, `f(x)`; arguments are separated by commas";
  if (within == TOKEN_LP) return "arguments are separated by commas: `f(1, 2)`";
  return within == TOKEN_LB ? "items are separated by commas: `[1, 2]`" : NULL;
}

/* Help for tokens that are mistakes by themselves, or NULL. */
static const char *help_token(const Parser *b, const SyntaxContext *context, int within) {
  Token token = context->token;
  switch (token.kind) {
    case TOKEN_ASSIGN: return help_assign(b, context, within);
    case TOKEN_COLON: return help_colon(b, context, within);
    case TOKEN_ELSE: return "`else` follows the `}` of an `if`, at the prompt on the same line";
    case TOKEN_PIPE:
      return token.start == strspn(b->lexer.text, " \t")
                 ? "`|>` follows a value; at the prompt the line before ends with it, or `ans` is "
                   "the value that was shown last"
                 : NULL;
    case TOKEN_IF: return "an `if` has a value: `if c { a } else { b }`";
    case TOKEN_NOT: return context->expected[TOKEN_IN] ? "write `not (x in y)`" : NULL;
    case TOKEN_TAIL:
      return context->expected[TOKEN_NUMBER] ? "an expression is expected between the braces; a "
                                               "literal brace is written {{ or }}"
                                             : NULL;
    case TOKEN_COMMA:
      if (context->word_count && context->words[0] == TOKEN_COLON)
        return "clauses are separated by `;` or stand on lines of their own";
      if (b->previous.kind == TOKEN_NUMBER && b->previous.end == token.start &&
          is_group(b->lexer.text + token.end))
        return "digits are grouped with `_`: `1_000`";
      if (within == TOKEN_LET) return "a tuple has parentheses: `let (a, b) = (1, 2)`";
      return context->expected[TOKEN_NL]
                 ? "a tuple has parentheses: `let (a, b) = (1, 2)`, `(a, b) = (b, a)`"
                 : NULL;
    case TOKEN_FOR:
      if (within == TOKEN_FOR && context->expected[TOKEN_RB])
        return "a bracket has one `for`: nest them: `[[f(x, y) for y in ys] for x in xs]`";
      return within == TOKEN_LB || within == TOKEN_LP
                 ? "a list comprehension is `[f(x) for x in xs if c]`"
                 : NULL;
    case TOKEN_AT:
      if (b->lexer.text[token.end] == '(') return FUNCTION;
      return token.first
                 ? "there are no decorators: `let g = vmap(f)` makes one function of another"
                 : NULL;
    case TOKEN_IN:
      return b->previous.kind == TOKEN_LET ? NULL : "`for x in xs { … }` has no parentheses";
    case TOKEN_STAR:
    case TOKEN_POW:
      return within == TOKEN_LP && context->expected[TOKEN_NAME] && !context->expected[TOKEN_NUMBER]
                 ? "what takes the other arguments is the last parameter: `fn f(x, rest...)`"
                 : NULL;
    case TOKEN_PLUS: return "`x += 1` adds to a name";
    case TOKEN_LT: return b->previous.kind == TOKEN_DOTDOT ? RANGE : NULL;
    case TOKEN_ELLIPSIS:
      if (within != TOKEN_LB) return RANGE;
      return "a whole axis is `:`, as in `x[:, :, 0]`; `f(xs...)` spreads";
    case TOKEN_DOTDOT:
      return within == TOKEN_LB ? "a whole axis is `:`, as in `x[:, :, 0]`; `f(xs...)` spreads"
                                : NULL;
    case TOKEN_LP:
      return within == TOKEN_LET && context->expected[TOKEN_ASSIGN]
                 ? "a function is declared with `fn name(…) = …`"
                 : NULL;
    case TOKEN_LBRACE:
      return context->expected[TOKEN_IN] && within != TOKEN_FOR
                 ? "`train net on (x, y) in dataset(x, y) { … }`"
                 : NULL;
    case TOKEN_ARROW: return FUNCTION;
    case TOKEN_NL: /* a `;`: a newline ends nothing within brackets */
      if (within == TOKEN_LB) return "each row has brackets of its own: `[[1, 2], [3, 4]]`";
      break;
    default: break;
  }
  if (token.kind == b->previous.kind && token.kind == TOKEN_PLUS) return "`x += 1` adds to a name";
  if (token.kind == TOKEN_STRING || token.kind == TOKEN_HEAD)
    if (b->previous.end == token.start && b->previous.kind == TOKEN_NAME &&
        token.start - b->previous.start == 1)
      return "strings have no prefix: \"{x}\" is always interpolated";
  if (within == TOKEN_LET && (token.kind == TOKEN_NL || token.kind == TOKEN_END) &&
      context->expected[TOKEN_ASSIGN])
    return "a declared name has a value: `let x = 0`";
  bool block = context->expected[TOKEN_LBRACE] && !context->expected[TOKEN_NUMBER] &&
               token.kind != TOKEN_NL;
  if (block && within == TOKEN_IF) return "a block is written in braces: `if c { a } else { b }`";
  if (block && (within == TOKEN_WHILE || within == TOKEN_FOR)) return BRACES;
  if (block && within == TOKEN_FN) return DECLARED;
  if (b->previous.kind == TOKEN_RP && token.kind == TOKEN_ON) return TARGETS;
  if (b->previous.kind == TOKEN_IMPORT)
    return "the path is written in quotes: `import \"lib/blocks.gd\"`; standard names need no "
           "import";
  return NULL;
}

const char *slip_help(const Parser *b, const SyntaxContext *context) {
  Token token = context->token;
  int within = construct(context);
  const char *help = help_line(b, context);
  if (!help) help = help_operator(b, context);
  if (!help) help = foreign(b, b->previous);
  if (!help) help = foreign(b, token);
  if (!help) help = foreign_before(b);
  if (!help) help = help_clause(b, context);
  if (!help) help = help_head(b, context, within);
  if (!help) help = help_between(b, context, within);
  if (!help) help = help_token(b, context, within);
  if (help) return help;
  if (token.kind == TOKEN_NL && context->expected[TOKEN_LBRACE] && !context->expected[TOKEN_NUMBER])
    return "the `{` of a block belongs on the same line";
  if (context->expected[TOKEN_NL] && b->lexer.text[token.end] == ':' && !token.first)
    return "clauses are separated by `;` or stand on lines of their own";
  bool statement = within == 0 || within == TOKEN_NL || within == TOKEN_LBRACE;
  if (b->previous.kind == TOKEN_NAME && begins_value(token.kind) && statement && !token.first)
    return "a call has parentheses: `f(x)`; statements on one line are separated by `;`";
  return NULL;
}
