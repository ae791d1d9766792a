/* build_statement.c — the constructors of statements and declarations. */
#include "lang/syntax/build_statement.h"
#include "lang/syntax/build_string.h"

#include <string.h>

/* ---- blocks ---- */

Ast *build_file(Parser *b, AstList *items) {
  Ast *ast = node_new(b, AST_BLOCK, (Span){b->file, 0, b->source->length});
  node_take(ast, items);
  return ast;
}

Ast *build_block(Parser *b, Token open, AstList *items, Token close) {
  Ast *ast = node_stretch(b, AST_BLOCK, open, close);
  node_take(ast, items);
  return ast;
}

/* ---- let, param, buffer, state, assignments ---- */

Ast *build_let(Parser *b, Token word, Ast *pattern, Ast *value) {
  Ast *ast = node_new(b, AST_LET, span_join(node_span(b, word), value->span));
  ast->pattern = pattern;
  ast->op_span = pattern->span;
  ast->a = value;
  return ast;
}

Ast *build_member(Parser *b, Token word, Token name, Ast *shape, Ast *value) {
  AstKind kind = word.kind == TOKEN_PARAM    ? AST_PARAM
                 : word.kind == TOKEN_BUFFER ? AST_BUFFER
                                             : AST_STATE;
  Ast *ast = node_new(b, kind, span_join(node_span(b, word), value->span));
  ast->text = node_name(b, name);
  ast->op_span = node_span(b, name);
  ast->a = value;
  ast->b = shape;
  bool shared = shape && shape->text && !shape->op && !strcmp(shape->text, "shared");
  if (kind == AST_STATE && shape && !shared)
    diag_help(report_error(b->report, shape->span, "a state cannot declare a shape"),
              "its shape is the tensor's; `state d: shared = 1` is one number for all tensors");
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
  Ast *ast = node_new(b, op.kind == TOKEN_ASSIGN ? AST_ASSIGN : AST_OPASSIGN,
                      span_join(target->span, value->span));
  if (op.kind == TOKEN_OPEQ) ast->op = (uint8_t)binary_of_char(*node_text(b, op));
  ast->op_span = node_span(b, op);
  ast->a = target;
  ast->b = value;
  return ast;
}

/* ---- functions ---- */

/* The `##` lines directly above the declaration that begins at `start`, without the marks. */
static const char *doc_above(Parser *b, uint32_t start) {
  const char *text = b->source->text + b->source->skip, *at = b->source->text + start;
  while (at > text && (at[-1] == ' ' || at[-1] == '\t')) at--;
  if (at > text && at[-1] != '\n') return ""; /* the declaration is not first on its line */
  Text doc = {0};
  source_doc(b->source, start, &doc);
  const char *copy = doc.length ? arena_text(&b->source->arena, doc.data, doc.length) : "";
  text_free(&doc);
  return copy;
}

static void check_rest_is_last(Parser *b, const ParamList *params) {
  for (int i = 0; i + 1 < params->count; i++)
    if (params->items[i].rest)
      diag_help(report_error(b->report, params->items[i].span,
                             "`%s...` takes all further arguments: it must be the last parameter",
                             params->items[i].name),
                "put it last");
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
  build_no_domain(b, result);
  AstFunction *function = function_new(b, word, params, result, name.end);
  function->name = node_name(b, name);
  function->name_span = node_span(b, name);
  function->doc = doc_above(b, word.start);
  return function;
}

AstFunction *build_nameless(Parser *b, Token word, ParamList *params, Ast *result) {
  AstFunction *function = function_new(b, word, params, result, word.end);
  function->name_span = node_span(b, word);
  return function;
}

static Ast *with_function(Parser *b, AstKind kind, AstFunction *head, Ast *body) {
  Ast *ast = node_new(b, kind, span_join(head->head_span, body->span));
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

/* ---- loops, jumps, files ---- */

Ast *build_for(Parser *b, Token word, Ast *pattern, Ast *over, Ast *body) {
  Ast *ast = node_new(b, AST_FOR, span_join(node_span(b, word), body->span));
  ast->pattern = pattern;
  ast->a = over;
  ast->b = body;
  return ast;
}

Ast *build_while(Parser *b, Token word, Ast *condition, Ast *body) {
  Ast *ast = node_new(b, AST_WHILE, span_join(node_span(b, word), body->span));
  ast->a = condition;
  ast->b = body;
  return ast;
}

Ast *build_return(Parser *b, Token word, Ast *value) {
  Ast *ast = node_new(b, AST_RETURN,
                      value ? span_join(node_span(b, word), value->span) : node_span(b, word));
  ast->a = value;
  return ast;
}

Ast *build_import(Parser *b, Token word, Token path) {
  Ast *value = build_string(b, path), *ast = node_stretch(b, AST_IMPORT, word, path);
  ast->text = value->text;
  ast->length = value->length;
  ast->op_span = value->span;
  return ast;
}

Ast *build_test(Parser *b, Token word, Token title, Ast *body) {
  Ast *value = build_string(b, title),
      *ast = node_new(b, AST_TEST, span_join(node_span(b, word), body->span));
  ast->text = value->text;
  ast->length = value->length;
  ast->op_span = value->span;
  ast->b = body;
  return ast;
}
