/* build.c — the constructors of the tree.
 *
 * Each is the action of one rule of parser.y.  A node's span runs from the first byte of its first
 * part to the last of its last; `op_span` is the part that a message may point at alone: the
 * operator, the name after a point, the declared name.  Escapes, numbers and formats were checked
 * by the lexer and get their values here.  What the grammar accepts but the language does not
 * (`f(x) = 1`, `(xs...)`) is refused here.
 */
#include "lang/syntax/build.h"

#include "lang/syntax/packing.h"

#include <ctype.h>
#include <string.h>

static Span span_of(const Parser *b, Token token) {
  return (Span){b->file, token.start, token.end};
}

Ast *build_node(Parser *b, AstKind kind, Span span) {
  Ast **spare = b->spare[0] ? &b->spare[0] : &b->spare[1], *ast = *spare;
  *spare = NULL;
  if (LIKELY(!ast)) ast = arena_alloc(&b->source->arena, sizeof *ast);
  else *ast = (Ast){0};
  ast->kind = (uint8_t)kind;
  ast->span = span;
  return ast;
}

/* A node that spans from one token to another. */
static Ast *stretch(Parser *b, AstKind kind, Token first, Token last) {
  return build_node(b, kind, (Span){b->file, first.start, last.end});
}

static const char *text_of(const Parser *b, Token token) { return b->source->text + token.start; }

/* The interned name; names with letters other than Latin are recorded for lookalike_check. */
static const char *intern(Parser *b, Token token) {
  const char *text = text_of(b, token);
  size_t length = token.end - token.start;
  int before = names_count(b->names);
  const char *name = names_intern(b->names, text, length);
  if (LIKELY(names_count(b->names) == before)) return name;
  bool ascii = true;
  for (size_t i = 0; i < length; i++) ascii = ascii && (unsigned char)text[i] < 0x80;
  if (ascii) return name;
  if ((b->odd_count & (b->odd_count - 1)) == 0) { /* full at every power of two */
    OddName *more = arena_alloc(&b->source->arena,
                                (size_t)(b->odd_count ? b->odd_count * 2 : 1) * sizeof *more);
    if (b->odd_count) memcpy(more, b->odd, (size_t)b->odd_count * sizeof *more);
    b->odd = more;
  }
  b->odd[b->odd_count++] = (OddName){name, span_of(b, token)};
  return name;
}

/* ---- lists ---- */

AstList *list_add(Parser *b, AstList *list, Ast *item) {
  if (!item) return list;
  if (list->count == list->capacity) {
    uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
    Ast **items = arena_alloc(&b->source->arena, capacity * sizeof *items);
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
  return list;
}

AstList *list_start(Parser *b, Ast *item) {
  return list_add(b, arena_alloc(&b->source->arena, sizeof(AstList)), item);
}

AstList *list_comma(AstList *list) {
  list->comma = true;
  return list;
}

AstList *list_for(Parser *b, Ast *item, Ast *pattern, Ast *over, Ast *condition) {
  AstList *list = list_start(b, item);
  list->pattern = pattern;
  list->over = over;
  list->condition = condition;
  return list;
}

static void take_items(Ast *ast, const AstList *list) {
  if (!list) return;
  ast->items = list->items;
  ast->count = list->count;
}

/* ---- parameters ---- */

ParamList *params_add(Parser *b, ParamList *params, AstParam *param) {
  if (params->count == params->capacity) {
    int capacity = params->capacity ? params->capacity * 2 : 4;
    AstParam *items = arena_alloc(&b->source->arena, (size_t)capacity * sizeof *items);
    if (params->count) memcpy(items, params->items, (size_t)params->count * sizeof *items);
    params->items = items;
    params->capacity = capacity;
  }
  if (params->count == ARGUMENT_LIMIT)
    report_error(b->report, param->span, "more than %d parameters (limit)", ARGUMENT_LIMIT);
  params->items[params->count++] = *param;
  return params;
}

ParamList *params_start(Parser *b, AstParam *param) {
  return params_add(b, arena_alloc(&b->source->arena, sizeof(ParamList)), param);
}

ParamList *params_end(Parser *b, ParamList *params, Token close) {
  if (!params) params = arena_alloc(&b->source->arena, sizeof *params);
  params->end = close.end;
  return params;
}

AstParam *build_param(Parser *b, Token name, Ast *shape, Ast *fallback) {
  AstParam *param = arena_alloc(&b->source->arena, sizeof *param);
  *param = (AstParam){
      .name = intern(b, name), .span = span_of(b, name), .shape = shape, .fallback = fallback};
  return param;
}

AstParam *build_rest(Parser *b, Token name) {
  AstParam *param = build_param(b, name, NULL, NULL);
  param->rest = true;
  return param;
}

static void check_rest_is_last(Parser *b, const ParamList *params) {
  for (int i = 0; i + 1 < params->count; i++)
    if (params->items[i].rest)
      diag_help(report_error(b->report, params->items[i].span,
                             "`%s...` gathers what is left: it must be the last parameter",
                             params->items[i].name),
                "put it last");
}

/* ---- statements ---- */

Ast *build_file(Parser *b, AstList *items) {
  Ast *ast = build_node(b, AST_BLOCK, (Span){b->file, 0, b->source->length});
  take_items(ast, items);
  return ast;
}

Ast *build_block(Parser *b, Token open, AstList *items, Token close) {
  Ast *ast = stretch(b, AST_BLOCK, open, close);
  take_items(ast, items);
  return ast;
}

Ast *build_let(Parser *b, Token word, Ast *pattern, Ast *value) {
  Ast *ast = build_node(b, AST_LET, span_join(span_of(b, word), value->span));
  ast->pattern = pattern;
  ast->op_span = pattern->span;
  ast->a = value;
  return ast;
}

Ast *build_member(Parser *b, Token word, Token name, Ast *shape, Ast *value) {
  AstKind kind = word.kind == TOKEN_PARAM    ? AST_PARAM
                 : word.kind == TOKEN_BUFFER ? AST_BUFFER
                                             : AST_STATE;
  Ast *ast = build_node(b, kind, span_join(span_of(b, word), value->span));
  ast->text = intern(b, name);
  ast->op_span = span_of(b, name);
  ast->a = value;
  ast->b = shape;
  return ast;
}

static void check_target(Parser *b, const Ast *target, Token op);

/* `(a, xs[0], (b, _))`; its parts are checked here too. */
static bool check_targets(Parser *b, const Ast *tuple, Token op) {
  if (tuple->kind != AST_TUPLE || op.kind != TOKEN_ASSIGN || tuple->names || !tuple->count)
    return false;
  for (uint32_t i = 0; i < tuple->count; i++) check_target(b, tuple->items[i], op);
  return true;
}

static void check_target(Parser *b, const Ast *target, Token op) {
  if (target->kind == AST_NAME || target->kind == AST_INDEX || target->kind == AST_FIELD) return;
  if (check_targets(b, target, op)) return;
  Diag *diag = report_error(b->report, target->span, "this cannot be assigned to");
  diag_label(diag, "a name, an index or a field is expected before `%s`",
             op.kind == TOKEN_ASSIGN ? "=" : "+=");
  if (target->kind == AST_CALL) diag_help(diag, "a function is declared with `fn name(…) = …`");
  else if (target->kind == AST_TUPLE && op.kind == TOKEN_OPEQ)
    diag_help(diag, "`+=` changes one variable; `(a, b) = (a + 1, b + 2)` assigns to several");
  else if (target->kind == AST_TUPLE)
    diag_help(diag, "`(a, b) = pair` takes a tuple apart: the parts have no names, and there is at "
                    "least one");
  else if (target->kind == AST_BINARY) diag_help(diag, "`==` compares");
}

static BinaryOp binary_of_char(char byte) {
  return byte == '+'   ? BINARY_ADD
         : byte == '-' ? BINARY_SUB
         : byte == '*' ? BINARY_MUL
         : byte == '/' ? BINARY_DIV
         : byte == '%' ? BINARY_MOD
         : byte == '@' ? BINARY_MATMUL
                       : BINARY_POW;
}

Ast *build_assign(Parser *b, Ast *target, Token op, Ast *value) {
  check_target(b, target, op);
  Ast *ast = build_node(b, op.kind == TOKEN_ASSIGN ? AST_ASSIGN : AST_OPASSIGN,
                        span_join(target->span, value->span));
  if (op.kind == TOKEN_OPEQ) ast->op = (uint8_t)binary_of_char(*text_of(b, op));
  ast->op_span = span_of(b, op);
  ast->a = target;
  ast->b = value;
  return ast;
}

/* The start of the line that contains `at`. */
static const char *line_before(const char *text, const char *at) {
  while (at > text && at[-1] != '\n') at--;
  return at;
}

/* The `##` lines directly above the declaration that begins at `start`, without the marks. */
static const char *doc_above(Parser *b, uint32_t start) {
  const char *text = b->source->text + b->source->skip,
             *line = line_before(text, b->source->text + start), *first = line;
  const char *at = line;
  while (*at == ' ' || *at == '\t') at++;
  if (at != b->source->text + start) return ""; /* the declaration is not first on its line */
  while (first > text) {
    const char *above = line_before(text, first - 1), *mark = above;
    while (*mark == ' ' || *mark == '\t') mark++;
    if (mark[0] != '#' || mark[1] != '#') break;
    first = above;
  }
  if (first == line) return "";
  Text doc = {0};
  while (first < line) {
    const char *end = strchr(first, '\n');
    first = strchr(first, '#') + 2;
    if (first < end && *first == ' ') first++;
    const char *stop = end > first && end[-1] == '\r' ? end - 1 : end;
    text_add(&doc, first, (size_t)(stop - first));
    if (end + 1 < line) text_char(&doc, '\n');
    first = end + 1;
  }
  const char *copy = arena_text(&b->source->arena, doc.data, doc.length);
  text_free(&doc);
  return copy;
}

static AstFunction *function_new(Parser *b, Token word, ParamList *params, Ast *result,
                                 uint32_t end) {
  AstFunction *function = arena_alloc(&b->source->arena, sizeof *function);
  function->kind = word.kind == TOKEN_LOSS        ? FUNCTION_LOSS
                   : word.kind == TOKEN_MODEL     ? FUNCTION_MODEL
                   : word.kind == TOKEN_OPTIMIZER ? FUNCTION_OPTIMIZER
                                                  : FUNCTION_PLAIN;
  function->doc = "";
  if (params) {
    check_rest_is_last(b, params);
    function->params = params->items;
    function->param_count = params->count;
    end = params->end;
  }
  function->result = result;
  function->head_span = (Span){b->file, word.start, result ? result->span.end : end};
  return function;
}

AstFunction *build_head(Parser *b, Token word, Token name, ParamList *params, Ast *result) {
  AstFunction *function = function_new(b, word, params, result, name.end);
  function->name = intern(b, name);
  function->name_span = span_of(b, name);
  function->doc = doc_above(b, word.start);
  return function;
}

AstFunction *build_nameless(Parser *b, Token word, ParamList *params, Ast *result) {
  AstFunction *function = function_new(b, word, params, result, word.end);
  function->name_span = span_of(b, word);
  return function;
}

static Ast *with_function(Parser *b, AstKind kind, AstFunction *head, Ast *body) {
  Ast *ast = build_node(b, kind, span_join(head->head_span, body->span));
  head->body = body;
  ast->function = head;
  ast->op_span = head->name_span;
  return ast;
}

Ast *build_declaration(Parser *b, AstFunction *head, Ast *body) {
  static const AstKind kinds[] = {[FUNCTION_PLAIN] = AST_FN,
                                  [FUNCTION_LOSS] = AST_LOSS,
                                  [FUNCTION_MODEL] = AST_MODEL,
                                  [FUNCTION_OPTIMIZER] = AST_OPTIMIZER};
  return with_function(b, kinds[head->kind], head, body);
}

Ast *build_function(Parser *b, AstFunction *head, Ast *body) {
  return with_function(b, AST_FUNCTION, head, body);
}

Ast *build_for(Parser *b, Token word, Ast *pattern, Ast *over, Ast *body) {
  Ast *ast = build_node(b, AST_FOR, span_join(span_of(b, word), body->span));
  ast->pattern = pattern;
  ast->a = over;
  ast->b = body;
  return ast;
}

Ast *build_while(Parser *b, Token word, Ast *condition, Ast *body) {
  Ast *ast = build_node(b, AST_WHILE, span_join(span_of(b, word), body->span));
  ast->a = condition;
  ast->b = body;
  return ast;
}

Ast *build_return(Parser *b, Token word, Ast *value) {
  Ast *ast = build_node(b, AST_RETURN,
                        value ? span_join(span_of(b, word), value->span) : span_of(b, word));
  ast->a = value;
  return ast;
}

Ast *build_word(Parser *b, Token word) {
  AstKind kind = word.kind == TOKEN_TRUE    ? AST_TRUE
                 : word.kind == TOKEN_FALSE ? AST_FALSE
                 : word.kind == TOKEN_NONE  ? AST_NONE
                 : word.kind == TOKEN_BREAK ? AST_BREAK
                                            : AST_CONTINUE;
  return build_node(b, kind, span_of(b, word));
}

/* ---- strings ---- */

/* The bytes of a string token between its quotes and braces. */
static void inside_of(const char *text, Token token, const char **first, const char **end) {
  *first = text + token.start;
  *end = text + token.end;
  if (*first == *end) return; /* reported by the lexer */
  size_t size = token.end - token.start;
  if (token.kind == TOKEN_STRING || token.kind == TOKEN_HEAD) {
    bool is_long = size >= 4 && memcmp(*first, "\"\"\"", 3) == 0;
    *first += is_long ? 3 : 1;
    if (is_long && **first == '\r') ++*first;
    if (is_long && **first == '\n') ++*first;
  } else {
    *first = memchr(*first, '}', size);
    ++*first;
  }
  if (token.kind == TOKEN_HEAD || token.kind == TOKEN_MID) --*end;
  else *end -= *end - *first >= 3 && memcmp(*end - 3, "\"\"\"", 3) == 0 ? 3 : 1;
}

/* Adds what the escape at `at` (after its backslash) stands for; returns where the text goes on. */
static const char *add_escape(Text *value, const char *at) {
  if (*at == 'n') text_char(value, '\n');
  else if (*at == 't') text_char(value, '\t');
  else if (*at == '"' || *at == '\\') text_char(value, *at);
  else if (*at == 'u' && at[1] == '{') {
    uint32_t code = 0;
    for (at += 2; isxdigit((unsigned char)*at); at++)
      code = code * 16 + (uint32_t)(*at <= '9' ? *at - '0' : (*at | 32) - 'a' + 10);
    if (code <= 0x10ffff) text_code_point(value, code);
  }
  return at + 1;
}

static Ast *string_node(Parser *b, Token token) {
  const char *at, *end;
  inside_of(b->source->text, token, &at, &end);
  Ast *ast = build_node(b, AST_STRING, span_of(b, token));
  Text value = {0};
  while (at < end) {
    const char *plain = at;
    while (at < end && *at != '\\' && *at != '{' && *at != '}' && *at != '\r') at++;
    text_add(&value, plain, (size_t)(at - plain));
    if (at == end) break;
    if (*at == '\\') {
      at = add_escape(&value, at + 1);
    } else {
      /* a doubled brace counts once; lines end in \n whatever the file has */
      if (*at != '\r') text_char(&value, *at);
      at += *at == '\r' ? 1 : 2;
    }
  }
  ast->text = arena_text(&b->source->arena, value.data ? value.data : "", value.length);
  ast->length = (uint32_t)value.length;
  text_free(&value);
  return ast;
}

Ast *build_string(Parser *b, Token token) { return string_node(b, token); }

Ast *build_import(Parser *b, Token word, Token path) {
  Ast *value = string_node(b, path), *ast = stretch(b, AST_IMPORT, word, path);
  ast->text = value->text;
  ast->length = value->length;
  ast->op_span = value->span;
  return ast;
}

Ast *build_test(Parser *b, Token word, Token title, Ast *body) {
  Ast *value = string_node(b, title),
      *ast = build_node(b, AST_TEST, span_join(span_of(b, word), body->span));
  ast->text = value->text;
  ast->length = value->length;
  ast->op_span = value->span;
  ast->b = body;
  return ast;
}

static Ast *format_node(Parser *b, Ast *expr) {
  Ast *ast = build_node(b, AST_FORMAT, expr->span);
  ast->a = expr;
  ast->text = "";
  return ast;
}

/* Sets the format of the last FORMAT from the beginning of `next`, the piece after it. */
static void take_format(Parser *b, AstList *pieces, Token next) {
  Ast *format = pieces->items[pieces->count - 1];
  const char *text = text_of(b, next);
  if (next.start == next.end || *text != ':') return;
  const char *end = memchr(text, '}', next.end - next.start);
  format->length = (uint32_t)(end - text - 1);
  format->text = arena_text(&b->source->arena, text + 1, format->length);
  format->op_span = (Span){b->file, next.start + 1, next.start + 1 + format->length};
}

/* The first place is reserved for the head, which is known only at the end. */
AstList *pieces_start(Parser *b, Ast *expr) {
  Ast *format = format_node(b, expr);
  AstList *pieces = list_start(b, format);
  return list_add(b, pieces, format);
}

AstList *pieces_add(Parser *b, AstList *pieces, Token mid, Ast *expr) {
  take_format(b, pieces, mid);
  list_add(b, pieces, string_node(b, mid));
  return list_add(b, pieces, format_node(b, expr));
}

Ast *build_interpolation(Parser *b, Token head, AstList *pieces, Token tail) {
  Ast *ast = stretch(b, AST_INTERPOLATION, head, tail);
  take_format(b, pieces, tail);
  pieces->items[0] = string_node(b, head);
  list_add(b, pieces, string_node(b, tail));
  take_items(ast, pieces);
  return ast;
}

/* ---- parts ---- */

Ast *build_pattern_name(Parser *b, Token name) {
  Ast *ast = build_node(b, AST_PATTERN, span_of(b, name));
  ast->text = intern(b, name);
  ast->op_span = ast->span;
  return ast;
}

/* `(a, b)` and `(a,)` take apart; `(a)` is a. */
Ast *build_pattern(Parser *b, Token open, AstList *items, Token close) {
  if (items->count == 1 && !items->comma) {
    items->items[0]->span = (Span){b->file, open.start, close.end};
    return items->items[0];
  }
  Ast *ast = stretch(b, AST_PATTERN, open, close);
  take_items(ast, items);
  return ast;
}

Ast *build_shape(Parser *b, Token start, AstList *dims, Token end) {
  Ast *ast = stretch(b, AST_SHAPE, start, end);
  if (start.kind != TOKEN_LB) {
    ast->text = intern(b, start);
    ast->op_span = span_of(b, start);
  }
  ast->op = end.kind == TOKEN_RB;
  take_items(ast, dims);
  return ast;
}

Ast *build_dimension(Parser *b, Ast *expr) {
  Ast *ast = build_node(b, AST_DIMENSION, expr->span);
  ast->a = expr;
  return ast;
}

Ast *build_any_axes(Parser *b, Token dots) {
  Ast *ast = build_node(b, AST_DIMENSION, span_of(b, dots));
  ast->op = 1;
  return ast;
}

Ast *build_clause(Parser *b, Token key, Ast *value) {
  Ast *ast = build_node(b, AST_CLAUSE, span_join(span_of(b, key), value->span));
  ast->text = intern(b, key);
  ast->op_span = span_of(b, key);
  ast->a = value;
  return ast;
}

Ast *build_update_clause(Parser *b, Ast *update) {
  Ast *ast = build_node(b, AST_CLAUSE, update->span);
  ast->a = update;
  return ast;
}

Ast *build_argument(Parser *b, Ast *value) {
  Ast *ast = build_node(b, AST_ARGUMENT, value->span);
  ast->a = value;
  return ast;
}

Ast *build_spread(Parser *b, Ast *value, Token dots) {
  Ast *ast = build_node(b, AST_ARGUMENT, span_join(value->span, span_of(b, dots)));
  ast->op = 1;
  ast->op_span = span_of(b, dots);
  ast->a = value;
  return ast;
}

Ast *build_named(Parser *b, Token name, Ast *value) {
  Ast *ast = build_node(b, AST_ARGUMENT, span_join(span_of(b, name), value->span));
  ast->text = intern(b, name);
  ast->op_span = span_of(b, name);
  ast->a = value;
  return ast;
}

Ast *build_subscript(Parser *b, Ast *expr) {
  Ast *ast = build_node(b, AST_SUBSCRIPT, expr->span);
  ast->a = expr;
  return ast;
}

Ast *build_slice(Parser *b, Token colon, Ast *start, Ast *stop) {
  Ast *ast = build_node(b, AST_SUBSCRIPT, span_of(b, colon));
  ast->op = 1;
  ast->op_span = ast->span;
  ast->a = start;
  ast->b = stop;
  if (start) ast->span.start = start->span.start;
  if (stop) ast->span.end = stop->span.end;
  return ast;
}

Ast *build_stride(Parser *b, Ast *slice, Token colon, Ast *step) {
  slice->c = step;
  slice->span = span_join(span_join(slice->span, span_of(b, colon)), step->span);
  return slice;
}

/* ---- expressions ---- */

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
  const char *text = text_of(b, token);
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
  Ast *ast = build_node(b, AST_NUMBER, span_of(b, token));
  if (token.start == token.end) return ast; /* reported by the lexer */
  if (!number_value(b, token, &ast->number)) {
    Diag *diag = report_error(b->report, ast->span, "number out of range");
    diag_label(diag, "numbers go to 1.7976931348623157e308");
  }
  return ast;
}

Ast *build_name(Parser *b, Token token) {
  Ast *ast = build_node(b, AST_NAME, span_of(b, token));
  ast->text = intern(b, token);
  return ast;
}

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
  Ast *ast = build_node(b, OPERATORS[op.kind].kind, span_join(left->span, right->span));
  ast->op = OPERATORS[op.kind].op;
  ast->op_span = span_of(b, op);
  ast->a = left;
  ast->b = right;
  check_chain(b, left, ast);
  return ast;
}

Ast *build_unary(Parser *b, Token op, Ast *operand) {
  Ast *ast = build_node(b, AST_UNARY, span_join(span_of(b, op), operand->span));
  ast->op = op.kind == TOKEN_NOT ? UNARY_NOT : UNARY_MINUS;
  ast->op_span = span_of(b, op);
  ast->a = operand;
  return ast;
}

Ast *build_range(Parser *b, Ast *first, Token dots, Ast *last, Ast *step) {
  Ast *ast = build_node(b, AST_RANGE, span_join(first->span, step ? step->span : last->span));
  ast->op_span = span_of(b, dots);
  ast->a = first;
  ast->b = last;
  ast->c = step;
  check_chain(b, first, ast);
  return ast;
}

Ast *build_if(Parser *b, Token word, Ast *condition, Ast *then, Ast *otherwise) {
  Ast *ast = build_node(b, AST_IF,
                        span_join(span_of(b, word), otherwise ? otherwise->span : then->span));
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
  Ast *ast = stretch(b,
                     word.kind == TOKEN_TRAIN  ? AST_TRAIN
                     : word.kind == TOKEN_RACE ? AST_RACE
                                               : AST_UPDATE,
                     word, close);
  ast->op_span = span_of(b, word);
  take_items(ast, run->targets);
  ast->pattern = run->pattern;
  ast->b = run->data;
  ast->clauses = clauses->items;
  ast->clause_count = clauses->count;
  return ast;
}

Ast *build_call(Parser *b, Ast *callee, AstList *args, Token close) {
  Ast *ast = build_node(b, AST_CALL, span_join(callee->span, span_of(b, close)));
  ast->a = callee;
  take_items(ast, args);
  if (ast->count > ARGUMENT_LIMIT)
    report_error(b->report, ast->items[ARGUMENT_LIMIT]->span, "more than %d arguments (limit)",
                 ARGUMENT_LIMIT);
  return ast;
}

Ast *build_index(Parser *b, Ast *of, AstList *subs, Token close) {
  Ast *ast = build_node(b, AST_INDEX, span_join(of->span, span_of(b, close)));
  ast->a = of;
  take_items(ast, subs);
  return ast;
}

Ast *build_field(Parser *b, Ast *of, Token name) {
  Ast *ast = build_node(b, AST_FIELD, span_join(of->span, span_of(b, name)));
  ast->a = of;
  ast->text = intern(b, name);
  ast->op_span = span_of(b, name);
  return ast;
}

Ast *build_item(Parser *b, Ast *of, Token fraction) {
  Ast *ast = build_node(b, AST_FIELD, span_join(of->span, span_of(b, fraction)));
  ast->a = of;
  ast->op_span = span_of(b, fraction);
  const char *text = text_of(b, fraction);
  uint32_t length = fraction.end - fraction.start;
  for (uint32_t i = 1; i < length && ast->number < 1e9; i++)
    ast->number = ast->number * 10 + (text[i] - '0');
  if (fraction.start != of->span.end)
    diag_label(report_error(b->report, ast->op_span, "a number straight after a value"),
               "an operator or a comma is missing before it");
  return ast;
}

Ast *build_transposed(Parser *b, Ast *of, Token tick) {
  Ast *ast = build_node(b, AST_TRANSPOSE, span_join(of->span, span_of(b, tick)));
  ast->a = of;
  ast->op_span = span_of(b, tick);
  return ast;
}

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
  Ast *ast = plain ? args->items[0]->a : stretch(b, AST_TUPLE, open, close);
  if (plain) {
    ast->span = (Span){b->file, open.start, close.end};
    return ast;
  }
  take_items(ast, args);
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
  Ast *ast = stretch(b, AST_COMPREHENSION, open, close);
  ast->pattern = list->pattern;
  ast->a = list->over;
  ast->b = build_node(b, AST_GATHER, item->span);
  ast->b->a = item;
  ast->b->b = condition;
  return ast;
}

Ast *build_bracket(Parser *b, Token open, AstList *items, Token close) {
  if (items && items->packing) return bracket_close(b, open, items, close);
  if (items && items->pattern) return build_comprehension(b, open, items, close);
  Ast *ast = stretch(b, AST_BRACKET, open, close);
  take_items(ast, items);
  return ast;
}
