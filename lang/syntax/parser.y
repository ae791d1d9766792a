/* parser.y — the grammar (LANGUAGE.md), one rule and one constructor a line.
 *
 * LALR(1) without conflicts: Lemon's exit status is not 0 when there is one, and the build fails.
 * The lexer handles what depends on context: it decides which newlines count (NL) and which words
 * are keywords; `name` accepts them as names where a declaration cannot begin.
 *
 * Lists are left-recursive, so 100,000 statements or terms need no stack.  What nests to the right
 * (brackets, blocks, `-`, `not`, `^`, `if`, `fn`, `train`) is counted as it is shifted, and refused
 * past NESTING_LIMIT levels.
 *
 * Errors.  Tables are made without default reductions (lemon -c), so an error is detected before
 * any reduction, and the tokens that would fit are found exactly by trying them on a copy of the
 * stack.  Recovery does not use Lemon's: the stack is cut back to the innermost `{` or newline of a
 * block, tokens are skipped to the next newline there, and parsing continues.  So every wrong
 * statement of a file gets its own message.  Nodes live in an arena: nothing on the stack needs a
 * destructor.
 *
 * The driver is at the end of this file, because only there are Lemon's types visible.
 */
%token_prefix TOKEN_
%token_type {Token}
%default_type {Ast *}
%extra_context {Parser *b}
%stack_size 8000

%include {
#include "lang/syntax/build_expression.h"
#include "lang/syntax/build_statement.h"
#include "lang/syntax/build_string.h"
#include "lang/syntax/explain.h"
#include "lang/syntax/lookalike.h"
#include "lang/syntax/packing.h"
#include "lang/syntax/parse.h"
#include <stdlib.h>
#include <string.h>
#define YYNOERRORRECOVERY 1
#ifndef NDEBUG
#define NDEBUG /* disables Lemon's trace */
#endif
typedef struct yyParser yyParser;
static void syntax_error(Parser *b, const yyParser *parser, Token token);
}
%syntax_error { syntax_error(b, yypParser, TOKEN); }
%stack_overflow { b->overflowed = true; }

%type items {AstList *}
%type patterns {AstList *}
%type dims {AstList *}
%type clauses {AstList *}
%type targets {AstList *}
%type pieces {AstList *}
%type list {AstList *}
%type list1 {AstList *}
%type args {AstList *}
%type arglist {AstList *}
%type subs {AstList *}
%type params {ParamList *}
%type optparams {ParamList *}
%type paramlist {ParamList *}
%type p {AstParam *}
%type run {Run *}
%type on {Run *}
%type name {Token}

%fallback NAME ON BY.
%right PIPE_DUMMY.
%left PIPE.
%left OR.
%left AND.
%right NOT.
%nonassoc EQ NE LT LE GT GE IN.
%nonassoc DOTDOT.
%nonassoc BY.
%left PLUS MINUS.
%left STAR SLASH PERCENT AT.
%right UMINUS.
%right POW.
%start_symbol file

file ::= items(I).                                      { b->tree = build_file(b, I); }
items(A) ::= item(X).                                   { A = list_start(b, X); }
items(A) ::= items(I) NL item(X).                       { A = list_add(b, I, X); }
item(A) ::= .                                           { A = NULL; }
item(A) ::= stmt(A).

/* a word that is a keyword only where its declaration follows */
name(A) ::= NAME(A).
name(A) ::= LOSS(A).
name(A) ::= OPTIMIZER(A).
name(A) ::= STATE(A).
name(A) ::= PARAM(A).
name(A) ::= BUFFER(A).
name(A) ::= TEST(A).
name(A) ::= MODEL(A).
name(A) ::= UPDATE(A).
name(A) ::= RACE(A).
name(A) ::= TRAIN(A).

stmt(A) ::= LET(W) pattern(P) ASSIGN expr(E).           { A = build_let(b, W, P, E); }
stmt(A) ::= PARAM(W) name(N) ann(S) ASSIGN expr(E). { A = build_member(b, W, N, S, E); }
stmt(A) ::= BUFFER(W) name(N) ann(S) ASSIGN expr(E). { A = build_member(b, W, N, S, E); }
stmt(A) ::= STATE(W) name(N) ann(S) ASSIGN expr(E).      { A = build_member(b, W, N, S, E); }
stmt(A) ::= expr(A).
stmt(A) ::= expr(T) ASSIGN|OPEQ(O) expr(E).             { A = build_assign(b, T, O, E); }
stmt(A) ::= FN(W) name(N) params(P) result(R) body(B).
                                         { A = build_declaration(b, build_head(b, W, N, P, R), B); }
stmt(A) ::= LOSS(W) name(N) params(P) result(R) body(B).
                                         { A = build_declaration(b, build_head(b, W, N, P, R), B); }
stmt(A) ::= MODEL(W) name(N) optparams(P) block(B).
                                      { A = build_declaration(b, build_head(b, W, N, P, NULL), B); }
stmt(A) ::= OPTIMIZER(W) name(N) optparams(P) block(B).
                                      { A = build_declaration(b, build_head(b, W, N, P, NULL), B); }
stmt(A) ::= FOR(W) pattern(P) IN expr(E) block(B).      { A = build_for(b, W, P, E, B); }
stmt(A) ::= WHILE(W) expr(E) block(B).                  { A = build_while(b, W, E, B); }
stmt(A) ::= RETURN(W).                                  { A = build_return(b, W, NULL); }
stmt(A) ::= RETURN(W) expr(E).                          { A = build_return(b, W, E); }
stmt(A) ::= BREAK|CONTINUE(W).                          { A = build_word(b, W); }
stmt(A) ::= IMPORT(W) STRING(S).                        { A = build_import(b, W, S); }
stmt(A) ::= TEST(W) STRING(S) block(B).                 { A = build_test(b, W, S, B); }

pattern(A) ::= name(N).                                 { A = build_pattern_name(b, N); }
pattern(A) ::= LP(L) patterns(P) RP(R).                 { A = build_pattern(b, L, P, R); }
pattern(A) ::= LP(L) patterns(P) COMMA RP(R).
                                                      { A = build_pattern(b, L, list_comma(P), R); }
patterns(A) ::= pattern(P).                             { A = list_start(b, P); }
patterns(A) ::= patterns(L) COMMA pattern(P).           { A = list_add(b, L, P); }

optparams(A) ::= .                                      { A = NULL; }
optparams(A) ::= params(A).
params(A) ::= LP paramlist(L) RP(R).                    { A = params_end(b, L, R); }
params(A) ::= LP paramlist(L) COMMA RP(R).              { A = params_end(b, L, R); }
params(A) ::= LP RP(R).                                 { A = params_end(b, NULL, R); }
paramlist(A) ::= p(P).                                  { A = params_start(b, P); }
paramlist(A) ::= paramlist(L) COMMA p(P).               { A = params_add(b, L, P); }
p(A) ::= name(N) ann(S) dflt(D).                        { A = build_param(b, N, S, D); }
p(A) ::= name(N) ELLIPSIS.                              { A = build_rest(b, N); }
ann(A) ::= .                                            { A = NULL; }
ann(A) ::= COLON shape(S).                              { A = S; }
dflt(A) ::= .                                           { A = NULL; }
dflt(A) ::= ASSIGN expr(E).                             { A = E; }
result(A) ::= .                                         { A = NULL; }
result(A) ::= ARROW shape(S).                           { A = S; }
shape(A) ::= name(N).                                   { A = build_shape(b, N, NULL, N); }
shape(A) ::= name(N) LP args(L) RP(R).                  { A = build_domain(b, N, L, R); }
shape(A) ::= name(N) LB dims(D) RB(R).                  { A = build_shape(b, N, D, R); }
shape(A) ::= LB(L) dims(D) RB(R).                       { A = build_shape(b, L, D, R); }
shape(A) ::= name(N) LB RB(R).                          { A = build_shape(b, N, NULL, R); }
shape(A) ::= LB(L) RB(R).                               { A = build_shape(b, L, NULL, R); }
dims(A) ::= dim(D).                                     { A = list_start(b, D); }
dims(A) ::= dims(L) COMMA dim(D).                       { A = list_add(b, L, D); }
dim(A) ::= DOTDOT(T).                                   { A = build_any_axes(b, T); }
dim(A) ::= expr(E).                                     { A = build_dimension(b, E); }
body(A) ::= ASSIGN expr(E). [PIPE_DUMMY]                { A = E; }
body(A) ::= block(A).
block(A) ::= LBRACE(L) items(I) RBRACE(R).              { A = build_block(b, L, I, R); }

clauses(A) ::= clause(C).                               { A = list_start(b, C); }
clauses(A) ::= clauses(L) NL clause(C).                 { A = list_add(b, L, C); }
clause(A) ::= .                                         { A = NULL; }
clause(A) ::= name(N) COLON expr(E).                    { A = build_clause(b, N, E); }
clause(A) ::= UPDATE(W) targets(T) LBRACE clauses(C) RBRACE(R).
                   { A = build_update_clause(b, build_train(b, W, run_targets(b, NULL, T), C, R)); }
targets(A) ::= target(T).                               { A = list_start(b, T); }
targets(A) ::= targets(L) COMMA target(T).              { A = list_add(b, L, T); }
target(A) ::= name(N).                                  { A = build_name(b, N); }
target(A) ::= target(T) DOT name(N).                    { A = build_field(b, T, N); }
target(A) ::= target(T) FRACTION(F).                    { A = build_item(b, T, F); }
target(A) ::= target(T) LB subs(S) RB(R).               { A = build_index(b, T, S, R); }
run(A) ::= targets(T).                                  { A = run_targets(b, NULL, T); }
run(A) ::= on(A).
run(A) ::= targets(T) on(O).                            { A = run_targets(b, O, T); }
on(A) ::= ON pattern(P) IN expr(E).                     { A = run_on(b, P, E); }

expr(A) ::= expr(L) PIPE(O) expr(R).                    { A = build_binary(b, L, O, R); }
expr(A) ::= expr(L) OR(O) expr(R).                      { A = build_binary(b, L, O, R); }
expr(A) ::= expr(L) AND(O) expr(R).                     { A = build_binary(b, L, O, R); }
expr(A) ::= NOT(O) expr(E).                             { A = build_unary(b, O, E); }
expr(A) ::= expr(L) EQ|NE|LT|LE|GT|GE|IN(O) expr(R).    { A = build_binary(b, L, O, R); }
expr(A) ::= expr(L) DOTDOT(O) expr(R).                  { A = build_range(b, L, O, R, NULL); }
expr(A) ::= expr(L) DOTDOT(O) expr(R) BY expr(S).       { A = build_range(b, L, O, R, S); }
expr(A) ::= expr(L) PLUS|MINUS(O) expr(R).              { A = build_binary(b, L, O, R); }
expr(A) ::= expr(L) STAR|SLASH|PERCENT|AT(O) expr(R).   { A = build_binary(b, L, O, R); }
expr(A) ::= MINUS(O) expr(E). [UMINUS]                  { A = build_unary(b, O, E); }
expr(A) ::= expr(L) POW(O) expr(R).                     { A = build_binary(b, L, O, R); }
expr(A) ::= postfix(A).
expr(A) ::= block(A).
expr(A) ::= FN(W) params(P) result(R) body(B). [PIPE_DUMMY]
                                           { A = build_function(b, build_nameless(b, W, P, R), B); }
expr(A) ::= TRAIN(W) run(R) LBRACE clauses(C) RBRACE(E). { A = build_train(b, W, R, C, E); }
expr(A) ::= RACE(W) run(R) LBRACE clauses(C) RBRACE(E). { A = build_train(b, W, R, C, E); }
expr(A) ::= UPDATE(W) targets(T) LBRACE clauses(C) RBRACE(E).
                                           { A = build_train(b, W, run_targets(b, NULL, T), C, E); }
expr(A) ::= ifx(A).
ifx(A) ::= IF(W) expr(C) block(T).                      { A = build_if(b, W, C, T, NULL); }
ifx(A) ::= IF(W) expr(C) block(T) ELSE block(E).        { A = build_if(b, W, C, T, E); }
ifx(A) ::= IF(W) expr(C) block(T) ELSE ifx(E).          { A = build_if(b, W, C, T, E); }

postfix(A) ::= primary(A).
postfix(A) ::= postfix(F) LP args(L) RP(R).             { A = build_call(b, F, L, R); }
postfix(A) ::= postfix(X) LB subs(S) RB(R).             { A = build_index(b, X, S, R); }
postfix(A) ::= postfix(X) DOT name(N).                  { A = build_field(b, X, N); }
postfix(A) ::= postfix(X) FRACTION(F).                  { A = build_item(b, X, F); }
postfix(A) ::= postfix(X) TICK(T).                      { A = build_transposed(b, X, T); }
primary(A) ::= name(N).                                 { A = build_name(b, N); }
primary(A) ::= NUMBER|FRACTION(N).                      { A = build_number(b, N); }
primary(A) ::= STRING(S).                               { A = build_string(b, S); }
primary(A) ::= TRUE|FALSE|NONE(W).                      { A = build_word(b, W); }
primary(A) ::= HEAD(H) pieces(P) TAIL(T).               { A = build_interpolation(b, H, P, T); }
pieces(A) ::= expr(E).                                  { A = pieces_start(b, E); }
pieces(A) ::= pieces(P) MID(M) expr(E).                 { A = pieces_add(b, P, M, E); }
primary(A) ::= LP(L) args(I) RP(R).                     { A = build_paren(b, L, I, R); }
primary(A) ::= LB(L) list(I) RB(R).                     { A = build_bracket(b, L, I, R); }
list(A) ::= .                                           { A = NULL; }
list(A) ::= list1(A).
list(A) ::= list1(L) COMMA.                             { A = list_comma(L); }
list(A) ::= expr(E) FOR pattern(P) IN expr(X).          { A = list_for(b, E, P, X, NULL); }
list(A) ::= expr(E) FOR pattern(P) IN expr(X) IF expr(C). { A = list_for(b, E, P, X, C); }
list1(A) ::= expr(E).                                   { A = bracket_start(b, E); }
list1(A) ::= list1(L) COMMA expr(E).                    { A = bracket_add(b, L, E); }
args(A) ::= .                                           { A = NULL; }
args(A) ::= arglist(A).
args(A) ::= arglist(L) COMMA.                           { A = list_comma(L); }
arglist(A) ::= arg(X).                                  { A = list_start(b, X); }
arglist(A) ::= arglist(L) COMMA arg(X).                 { A = list_add(b, L, X); }
arg(A) ::= expr(E).                                     { A = build_argument(b, E); }
arg(A) ::= expr(E) ELLIPSIS(D).                         { A = build_spread(b, E, D); }
arg(A) ::= name(N) COLON expr(E).                       { A = build_named(b, N, E); }
subs(A) ::= sub(S).                                     { A = list_start(b, S); }
subs(A) ::= subs(L) COMMA sub(S).                       { A = list_add(b, L, S); }
sub(A) ::= expr(E).                                     { A = build_subscript(b, E); }
sub(A) ::= COLON(C).                                    { A = build_slice(b, C, NULL, NULL); }
sub(A) ::= expr(X) COLON(C).                            { A = build_slice(b, C, X, NULL); }
sub(A) ::= COLON(C) expr(Y).                            { A = build_slice(b, C, NULL, Y); }
sub(A) ::= expr(X) COLON(C) expr(Y).                    { A = build_slice(b, C, X, Y); }
sub(A) ::= COLON(C) COLON.                              { A = build_slice(b, C, NULL, NULL); }
sub(A) ::= expr(X) COLON(C) COLON.                      { A = build_slice(b, C, X, NULL); }
sub(A) ::= COLON(C) expr(Y) COLON.                      { A = build_slice(b, C, NULL, Y); }
sub(A) ::= expr(X) COLON(C) expr(Y) COLON.              { A = build_slice(b, C, X, Y); }
sub(A) ::= expr(X) COLON(C) expr(Y) COLON(D) expr(S).
                                             { A = build_stride(b, build_slice(b, C, X, Y), D, S); }
sub(A) ::= COLON(C) COLON(D) expr(S).
                                       { A = build_stride(b, build_slice(b, C, NULL, NULL), D, S); }
sub(A) ::= expr(X) COLON(C) COLON(D) expr(S).
                                          { A = build_stride(b, build_slice(b, C, X, NULL), D, S); }
sub(A) ::= COLON(C) expr(Y) COLON(D) expr(S).
                                          { A = build_stride(b, build_slice(b, C, NULL, Y), D, S); }

%code {
/* ---- driving the tables ---- */

static int top_of(const yyParser *parser) { return (int)(parser->yytos - parser->yystack); }

_Static_assert(YYNTOKEN == TOKEN_COUNT, "a token of the grammar has no row in token.def");

static bool is_token(const yyParser *parser, int at) {
  return at > 0 && parser->yystack[at].major < YYNTOKEN;
}

/* Would the parser shift `kind`?  Found by doing the reductions on a copy of the states. */
static bool would_shift(const yyParser *parser, int kind) {
  enum { PUSHED = 64 };
  YYACTIONTYPE pushed[PUSHED]; /* states above what is left of the stack */
  int left = top_of(parser), count = 0;
  YYACTIONTYPE state = parser->yytos->stateno;
  for (;;) {
    YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)kind, state);
    if (action <= YY_MAX_SHIFTREDUCE || action == YY_ACCEPT_ACTION) return true;
    if (action < YY_MIN_REDUCE) return false;
    int rule = action - YY_MIN_REDUCE, size = -yyRuleInfoNRhs[rule];
    for (; size > 0; size--) {
      if (count) count--;
      else left--;
    }
    if (count == PUSHED) return false;
    YYACTIONTYPE under = count ? pushed[count - 1] : parser->yystack[left].stateno;
    state = pushed[count++] = yy_find_reduce_action(under, yyRuleInfoLhs[rule]);
  }
}

static void syntax_error(Parser *b, const yyParser *parser, Token token) {
  b->failed = true;
  b->ended = token.kind == TOKEN_END;
  if (token.start < b->lexer.reported) return; /* a consequence of what the lexer has reported */
  bool expected[YYNTOKEN];
  for (int kind = 0; kind < YYNTOKEN; kind++) expected[kind] = would_shift(parser, kind);
  uint8_t words[CONTEXT_WORDS];
  int count = 0;
  for (int at = top_of(parser); at > 0 && count < CONTEXT_WORDS; at--)
    if (is_token(parser, at)) words[count++] = (uint8_t)parser->yystack[at].major;
  explain_syntax(b, &(SyntaxContext){token, expected, words, count});
}

/* Cuts the parser's stack back to where a statement or clause may begin: above its innermost open
 * `{`, or a newline in it.  A block right before the wrong token is closed, though not reduced. */
static void cut_back(yyParser *parser) {
  for (int closed = 0; parser->yytos > parser->yystack; parser->yytos--) {
    const int kind = parser->yytos->major;
    if (!closed && (kind == TOKEN_LBRACE || kind == TOKEN_NL)) return;
    closed += (kind == TOKEN_RBRACE) - (kind == TOKEN_LBRACE);
  }
}

/* How many of the lexer's open brackets belong to what the parser has kept: up to its innermost
 * `{`.  One more than are open when the current token has closed it. */
static int kept_depth(const Parser *b, const yyParser *parser) {
  int braces = 0, depth = 0;
  for (int at = 1; at <= top_of(parser); at++) braces += parser->yystack[at].major == TOKEN_LBRACE;
  while (depth < b->lexer.depth && braces > 0)
    braces -= b->lexer.open[depth++].kind == TOKEN_LBRACE;
  return depth + braces;
}

static bool begins_statement(const Parser *b, Token token) {
  if (!token.first) return false;
  const char *after = b->lexer.text + token.end;
  if (token.kind == TOKEN_FN) return *after == ' ' && after[1] != '(';
  return (token_flags(token.kind) & STARTS) != 0;
}

/* Does a skipped-to line begin a new statement: no bracket is open there, or it can only be a
 * statement? */
static bool begins_anew(const Parser *b, Token token, int depth) {
  int open = b->lexer.depth -
             ((token_flags(token.kind) & OPENS) || token.kind == TOKEN_HEAD ? 1 : 0);
  if (open == depth)
    return token.first && !(token_flags(token.kind) & (GOES_ON | CLOSES)) &&
           token.kind != TOKEN_DOT && token.kind != TOKEN_ELSE;
  for (int i = depth; i < open; i++)
    if (b->lexer.open[i].kind == TOKEN_LBRACE)
      return false; /* the skipped text opened a block that is not closed yet */
  return begins_statement(b, token);
}

/* Skips tokens to the newline, the closing `}` or the end where parsing may resume, and returns
 * that token.  A newline is made up where the next line begins a statement though the lexer saw no
 * newline that counts: after a `:`, or in a bracket left open. */
static Token skip(Parser *b, const yyParser *parser, Token token) {
  int depth = kept_depth(b, parser);
  uint32_t wrong = token.start;
  for (;; token = lexer_next(&b->lexer)) {
    if (token.kind == TOKEN_END) return token;
    if (b->lexer.depth == depth && token.kind == TOKEN_NL) return token;
    if (b->lexer.depth < depth && token.kind == TOKEN_RBRACE) return token;
    bool again = token.start == wrong &&
                 (b->previous.start == wrong ||
                  !begins_statement(b, token)); /* a newline before it does not help */
    if (again || !begins_anew(b, token, depth)) continue;
    lexer_unwind(&b->lexer, depth, token);
    return (Token){.kind = TOKEN_NL, .start = token.start, .end = token.start};
  }
}

/* ---- nesting ---- */

/* What a token on the stack adds to the nesting level.  Brackets that belong to a counted keyword
 * do not count again. */
static int weight(const yyParser *parser, int at, int below) {
  int kind = parser->yystack[at].major,
      under = is_token(parser, below) ? parser->yystack[below].major : TOKEN_NL;
  switch (kind) {
    case TOKEN_NOT:
    case TOKEN_POW:
    case TOKEN_IF:
    case TOKEN_FN:
    case TOKEN_LOSS:
    case TOKEN_MODEL:
    case TOKEN_OPTIMIZER:
    case TOKEN_TRAIN:
    case TOKEN_RACE:
    case TOKEN_UPDATE:
    case TOKEN_HEAD:
    case TOKEN_LB: return 1;
    case TOKEN_MINUS: /* below it is an operand: it is infix */
      return is_token(parser, at - 1) || at == 1;
    case TOKEN_LP:
    case TOKEN_LBRACE:
      return !(under == TOKEN_FN || under == TOKEN_LOSS || under == TOKEN_MODEL ||
               under == TOKEN_OPTIMIZER || under == TOKEN_IF || under == TOKEN_ELSE ||
               under == TOKEN_TRAIN || under == TOKEN_RACE || under == TOKEN_UPDATE);
    default: return 0;
  }
}

/* Records the nesting level at the token just shifted; levels[i] is valid for every token still on
 * the stack. */
static bool nesting_ok(const yyParser *parser, uint16_t *levels) {
  int at = top_of(parser), below = at - 1;
  while (below > 0 && !is_token(parser, below)) below--;
  int level = (below > 0 ? levels[below] : 0) + weight(parser, at, below);
  levels[at] = (uint16_t)level;
  return level <= NESTING_LIMIT;
}

/* ---- the face ---- */

static void refuse_size(Parser *b, Token token) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_MEMORY, (Span){b->file, token.start, token.end},
            "out of memory: the tree of this text is larger than the %lld bytes allowed",
            (long long)mem_budget_bytes());
  diag_help(&diag, "data of this size is read from a file: csv, json, npy");
  report_add(b->report, &diag);
}

static void parse_all(Parser *b, yyParser *parser, uint16_t *levels) {
  size_t most = mem_budget_bytes(), used = mem_used_bytes(), room = used < most ? most - used : 0;
  for (;;) {
    if (stop_wanted()) return;
    Token token = lexer_next(&b->lexer);
    if (UNLIKELY(b->source->arena.total + b->number_capacity * sizeof *b->numbers > room)) {
      refuse_size(b, token);
      return;
    }
    for (;;) {
      Parse(parser, token.kind, token);
      if (!b->failed) break;
      b->failed = false;
      if (token.kind == TOKEN_END || report_full(b->report)) return;
      cut_back(parser);
      token = skip(b, parser, token);
      if (token.kind == TOKEN_END) return;
    }
    if (token.kind == TOKEN_END) return;
    if (b->overflowed || b->lexer.overflowed || !nesting_ok(parser, levels)) {
      explain_nesting(b, token);
      return;
    }
    b->previous = token;
  }
}

static Ast *parse(Parser *b) {
  int before = b->report->errors;
  yyParser *parser = mem_alloc(sizeof *parser);
  uint16_t *levels = mem_alloc(YYSTACKDEPTH * sizeof *levels);
  ParseInit(parser, b);
  lexer_start(&b->lexer, b->source, b->file, b->report);
  if (b->range_count) lexer_ranges(&b->lexer, b->ranges, b->range_count);
  parse_all(b, parser, levels);
  mem_free(parser);
  mem_free(levels);
  mem_free(b->numbers);
  source_charge_tree(b->source);
  if (b->report->errors > before || stop_wanted()) return NULL;
  if (b->odd_count) lookalike_check(b);
  return b->tree;
}

Ast *parse_source(Sources *sources, uint32_t file, Names *names, Report *report) {
  Source *source = source_at(sources, file);
  Diag diag;
  if (!source_check(source, file, &diag)) {
    report_add(report, &diag);
    return NULL;
  }
  Parser b = {.source = source, .file = file, .names = names, .report = report};
  return parse(&b);
}

Ast *parse_ranges(Sources *sources, uint32_t file, const TextRange *ranges, int count,
                  Names *names, Report *report) {
  Parser b = {.source = source_at(sources, file),
              .file = file,
              .ranges = ranges,
              .range_count = count,
              .names = names,
              .report = report};
  return parse(&b);
}

ParseState parse_complete(const char *text, size_t length) {
  Diag diag;
  Sources *sources = sources_new();
  uint32_t file = source_load_text(sources, "", text, length, &diag);
  Source *source = source_at(sources, file);
  ParseState state = PARSE_WRONG;
  if (source && source_check(source, file, &diag)) {
    Report report = {0};
    Names *names = names_new();
    Parser b = {.source = source, .file = file, .names = names, .report = &report};
    bool whole = parse(&b) != NULL;
    bool open = b.lexer.open_text || b.ended;
    state = stop_wanted()                ? PARSE_STOPPED
            : whole                      ? PARSE_COMPLETE
            : open && report.errors == 1 ? PARSE_MORE
                                         : PARSE_WRONG;
    names_free(names);
    report_clear(&report);
  }
  sources_free(sources);
  return state;
}
}
