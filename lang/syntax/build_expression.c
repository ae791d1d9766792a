/* build_expression.c — the constructors of expressions.
 *
 * Numbers were checked by the lexer and get their values here.
 */
#include "lang/syntax/build_expression.h"
#include "lang/syntax/packing.h"

#include <string.h>

/* ---- numbers and names ---- */

static double hexadecimal(const char *text, size_t length) {
  double value = 0;
  for (size_t i = 2; i < length; i++) {
    char digit = (char)(text[i] | 32);
    if (text[i] != '_') value = value * 16 + (text[i] <= '9' ? text[i] - '0' : digit - 'a' + 10);
  }
  return value;
}

/* The value of a number of valid form; false when it is out of range. */
static bool number_value(Parser *b, Token token, double *value) {
  const char *text = node_text(b, token);
  size_t length = token.end - token.start;
  if (length > 1 && text[0] == '0' && (text[1] | 32) == 'x') {
    *value = hexadecimal(text, length);
    return *value <= 1.7976931348623157e308;
  }
  if (!memchr(text, '_', length)) return number_parse(text, length, value);
  char *plain = arena_text(&b->source->arena, text, length);
  size_t kept = 0;
  for (size_t i = 0; i < length; i++)
    if (text[i] != '_') plain[kept++] = text[i];
  return number_parse(plain, kept, value);
}

Ast *build_number(Parser *b, Token token) {
  Ast *ast = node_new(b, AST_NUMBER, node_span(b, token));
  if (token.start == token.end) return ast; /* reported by the lexer */
  if (!number_value(b, token, &ast->number)) {
    Diag *diag = report_error(b->report, ast->span, "number out of range");
    diag_label(diag, "the largest number is 1.7976931348623157e308");
  }
  return ast;
}

Ast *build_name(Parser *b, Token token) {
  Ast *ast = node_new(b, AST_NAME, node_span(b, token));
  ast->text = node_name(b, token);
  return ast;
}

Ast *build_word(Parser *b, Token word) {
  AstKind kind = word.kind == TOKEN_TRUE    ? AST_TRUE
                 : word.kind == TOKEN_FALSE ? AST_FALSE
                 : word.kind == TOKEN_NONE  ? AST_NONE
                 : word.kind == TOKEN_BREAK ? AST_BREAK
                                            : AST_CONTINUE;
  return node_new(b, kind, node_span(b, word));
}

/* ---- operators ---- */

typedef struct Operator {
  uint8_t kind; /* an AstKind */
  uint8_t op;   /* a BinaryOp, for BINARY */
} Operator;

static const Operator OPERATORS[] = {
    [TOKEN_PIPE] = {AST_PIPE, 0},
    [TOKEN_OR] = {AST_OR, 0},
    [TOKEN_AND] = {AST_AND, 0},
    [TOKEN_IN] = {AST_IN, 0},
    [TOKEN_EQ] = {AST_BINARY, BINARY_EQ},
    [TOKEN_NE] = {AST_BINARY, BINARY_NE},
    [TOKEN_LT] = {AST_BINARY, BINARY_LT},
    [TOKEN_LE] = {AST_BINARY, BINARY_LE},
    [TOKEN_GT] = {AST_BINARY, BINARY_GT},
    [TOKEN_GE] = {AST_BINARY, BINARY_GE},
    [TOKEN_PLUS] = {AST_BINARY, BINARY_ADD},
    [TOKEN_MINUS] = {AST_BINARY, BINARY_SUB},
    [TOKEN_STAR] = {AST_BINARY, BINARY_MUL},
    [TOKEN_SLASH] = {AST_BINARY, BINARY_DIV},
    [TOKEN_PERCENT] = {AST_BINARY, BINARY_MOD},
    [TOKEN_AT] = {AST_BINARY, BINARY_MATMUL},
    [TOKEN_POW] = {AST_BINARY, BINARY_POW},
};

/* Is the node written without parentheses?  Those widen its span. */
static bool bare(const Ast *ast, const Ast *last) {
  return ast->span.start == ast->a->span.start && ast->span.end == last->span.end;
}

static bool is_comparison(const Ast *ast) {
  return (ast->kind == AST_BINARY && ast->op >= BINARY_EQ) || ast->kind == AST_IN;
}

/* Comparisons and ranges do not chain.  Lemon's %nonassoc says so too, but its uncompressed tables
 * reduce there instead. */
static void check_chain(Parser *b, const Ast *left, const Ast *made) {
  if (is_comparison(made) && is_comparison(left) && bare(left, left->b)) {
    Diag *diag = report_error(b->report, made->op_span, "comparisons do not chain");
    diag_help(diag, "`a < b and b < c`; or parentheses, where a bool is compared");
  } else if (made->kind == AST_RANGE && left->kind == AST_RANGE &&
             bare(left, left->c ? left->c : left->b)) {
    diag_help(report_error(b->report, made->op_span, "ranges do not chain"),
              "a step is written `first..last by step`");
  }
}

Ast *build_binary(Parser *b, Ast *left, Token op, Ast *right) {
  Ast *ast = node_new(b, OPERATORS[op.kind].kind, span_join(left->span, right->span));
  ast->op = OPERATORS[op.kind].op;
  ast->op_span = node_span(b, op);
  ast->a = left;
  ast->b = right;
  check_chain(b, left, ast);
  return ast;
}

Ast *build_unary(Parser *b, Token op, Ast *operand) {
  Ast *ast = node_new(b, AST_UNARY, span_join(node_span(b, op), operand->span));
  ast->op = op.kind == TOKEN_NOT ? UNARY_NOT : UNARY_MINUS;
  ast->op_span = node_span(b, op);
  ast->a = operand;
  return ast;
}

Ast *build_range(Parser *b, Ast *first, Token dots, Ast *last, Ast *step) {
  Ast *ast = node_new(b, AST_RANGE, span_join(first->span, step ? step->span : last->span));
  ast->op_span = node_span(b, dots);
  ast->a = first;
  ast->b = last;
  ast->c = step;
  check_chain(b, first, ast);
  return ast;
}

/* ---- if, train, update ---- */

Ast *build_if(Parser *b, Token word, Ast *condition, Ast *then, Ast *otherwise) {
  Ast *ast = node_new(b, AST_IF,
                      span_join(node_span(b, word), otherwise ? otherwise->span : then->span));
  ast->a = condition;
  ast->b = then;
  ast->c = otherwise;
  return ast;
}

Run *run_on(Parser *b, Ast *pattern, Ast *data) {
  Run *run = arena_alloc(&b->source->arena, sizeof *run);
  *run = (Run){NULL, pattern, data};
  return run;
}

Run *run_targets(Parser *b, Run *run, AstList *targets) {
  if (!run) run = arena_alloc(&b->source->arena, sizeof *run);
  run->targets = targets;
  return run;
}

Ast *build_train(Parser *b, Token word, Run *run, AstList *clauses, Token close) {
  Ast *ast = node_stretch(b,
                          word.kind == TOKEN_TRAIN  ? AST_TRAIN
                          : word.kind == TOKEN_RACE ? AST_RACE
                                                    : AST_UPDATE,
                          word, close);
  ast->op_span = node_span(b, word);
  node_take(ast, run->targets);
  ast->pattern = run->pattern;
  ast->b = run->data;
  ast->clauses = clauses->items;
  ast->clause_count = clauses->count;
  return ast;
}

/* ---- calls, indexes, fields ---- */

Ast *build_call(Parser *b, Ast *callee, AstList *args, Token close) {
  Ast *ast = node_new(b, AST_CALL, span_join(callee->span, node_span(b, close)));
  ast->a = callee;
  node_take(ast, args);
  if (ast->count > ARGUMENT_LIMIT)
    report_error(b->report, ast->items[ARGUMENT_LIMIT]->span, "more than %d arguments (limit)",
                 ARGUMENT_LIMIT);
  return ast;
}

Ast *build_index(Parser *b, Ast *of, AstList *subs, Token close) {
  Ast *ast = node_new(b, AST_INDEX, span_join(of->span, node_span(b, close)));
  ast->a = of;
  node_take(ast, subs);
  return ast;
}

Ast *build_field(Parser *b, Ast *of, Token name) {
  Ast *ast = node_new(b, AST_FIELD, span_join(of->span, node_span(b, name)));
  ast->a = of;
  ast->text = node_name(b, name);
  ast->op_span = node_span(b, name);
  return ast;
}

Ast *build_item(Parser *b, Ast *of, Token fraction) {
  Ast *ast = node_new(b, AST_FIELD, span_join(of->span, node_span(b, fraction)));
  ast->a = of;
  ast->op_span = node_span(b, fraction);
  const char *text = node_text(b, fraction);
  uint32_t length = fraction.end - fraction.start;
  for (uint32_t i = 1; i < length && ast->number < 1e9; i++)
    ast->number = ast->number * 10 + (text[i] - '0');
  if (fraction.start != of->span.end)
    diag_label(report_error(b->report, ast->op_span, "a number directly after a value"),
               "an operator or a comma is missing before it");
  return ast;
}

Ast *build_transposed(Parser *b, Ast *of, Token tick) {
  Ast *ast = node_new(b, AST_TRANSPOSE, span_join(of->span, node_span(b, tick)));
  ast->a = of;
  ast->op_span = node_span(b, tick);
  return ast;
}

/* ---- parentheses and brackets ---- */

static void check_tuple(Parser *b, const Ast *tuple) {
  /* the first 256 are enough to catch a slip */
  uint32_t count = tuple->count < 256 ? tuple->count : 256;
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t j = 0; j < i && tuple->names[i]; j++)
      if (tuple->names[j] == tuple->names[i])
        diag_note(report_error(b->report, tuple->items[i]->span,
                               "two items of a tuple are named `%s`", tuple->names[i]),
                  tuple->items[j]->span, "the first");
}

/* `(e)` is e; `(a, b)`, `(a,)`, `(x: 1)` and `()` are tuples. */
Ast *build_paren(Parser *b, Token open, AstList *args, Token close) {
  bool plain = args && args->count == 1 && !args->comma && !args->items[0]->text &&
               !args->items[0]->op;
  Ast *ast = plain ? args->items[0]->a : node_stretch(b, AST_TUPLE, open, close);
  if (plain) {
    ast->span = (Span){b->file, open.start, close.end};
    return ast;
  }
  node_take(ast, args);
  const char **names = arena_alloc(&b->source->arena, ((size_t)ast->count + 1) * sizeof *names);
  bool named = false;
  for (uint32_t i = 0; i < ast->count; i++) {
    Ast *argument = ast->items[i];
    if (argument->op)
      report_error(b->report, argument->op_span,
                   "`...` spreads a list in the arguments of a call, not in a tuple");
    names[i] = argument->text;
    named = named || names[i];
    ast->items[i] = argument->a;
  }
  if (!named) return ast;
  ast->names = names;
  check_tuple(b, ast);
  return ast;
}

static Ast *build_comprehension(Parser *b, Token open, const AstList *list, Token close) {
  Ast *item = list->items[0], *condition = list->condition;
  Ast *ast = node_stretch(b, AST_COMPREHENSION, open, close);
  ast->pattern = list->pattern;
  ast->a = list->over;
  ast->b = node_new(b, AST_GATHER, item->span);
  ast->b->a = item;
  ast->b->b = condition;
  return ast;
}

Ast *build_bracket(Parser *b, Token open, AstList *items, Token close) {
  if (items && items->packing) return bracket_close(b, open, items, close);
  if (items && items->pattern) return build_comprehension(b, open, items, close);
  Ast *ast = node_stretch(b, AST_BRACKET, open, close);
  node_take(ast, items);
  return ast;
}
