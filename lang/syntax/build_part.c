/* build_part.c — the constructors of what stands inside statements and expressions: parameters,
 * patterns, shapes, clauses, arguments, subscripts.
 */
#include "lang/syntax/build_part.h"

#include <string.h>

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

/* What a param of a function is declared is its shape. */
void build_no_domain(Parser *b, const Ast *shape) {
  if (!shape || !shape->a) return;
  diag_help(report_error(b->report, shape->span, "a domain is for a `param` of a model"),
            "for an argument: assert(x > 0 and x < 1, \"…\") in the body");
}

AstParam *build_param(Parser *b, Token name, Ast *shape, Ast *fallback) {
  build_no_domain(b, shape);
  AstParam *param = arena_alloc(&b->source->arena, sizeof *param);
  *param = (AstParam){
      .name = node_name(b, name), .span = node_span(b, name), .shape = shape, .fallback = fallback};
  return param;
}

AstParam *build_rest(Parser *b, Token name) {
  AstParam *param = build_param(b, name, NULL, NULL);
  param->rest = true;
  return param;
}

/* ---- patterns and shapes ---- */

Ast *build_pattern_name(Parser *b, Token name) {
  Ast *ast = node_new(b, AST_PATTERN, node_span(b, name));
  ast->text = node_name(b, name);
  ast->op_span = ast->span;
  return ast;
}

/* `(a, b)` and `(a,)` take apart; `(a)` is a. */
Ast *build_pattern(Parser *b, Token open, AstList *items, Token close) {
  if (items->count == 1 && !items->comma) {
    items->items[0]->span = (Span){b->file, open.start, close.end};
    return items->items[0];
  }
  Ast *ast = node_stretch(b, AST_PATTERN, open, close);
  node_take(ast, items);
  return ast;
}

Ast *build_shape(Parser *b, Token start, AstList *dims, Token end) {
  Ast *ast = node_stretch(b, AST_SHAPE, start, end);
  if (start.kind != TOKEN_LB) {
    ast->text = node_name(b, start);
    ast->op_span = node_span(b, start);
  }
  ast->op = end.kind == TOKEN_RB;
  node_take(ast, dims);
  for (uint32_t i = 1; i < ast->count; i++)
    if (ast->items[i]->op)
      diag_help(report_error(b->report, ast->items[i]->span,
                             "`..` stands for any leading axes: it comes first in a shape"),
                "`[.., D]`; an axis of any size is a name of its own");
  return ast;
}

/* `between(0, 1)`, the one domain with numbers. */
Ast *build_domain(Parser *b, Token name, AstList *args, Token close) {
  Ast *ast = build_shape(b, name, NULL, name), *call = node_stretch(b, AST_TUPLE, name, close);
  node_take(call, args);
  ast->span = call->span;
  bool between = !strcmp(ast->text, "between"), fits = call->count == 2;
  for (uint32_t i = 0; i < call->count; i++)
    fits &= !call->items[i]->op && !call->items[i]->text; /* neither spread nor named */
  if (between && fits) {
    ast->a = call->items[0]->a;
    ast->b = call->items[1]->a;
    return ast;
  }
  diag_help(report_error(b->report, call->span,
                         between ? "`between` takes two numbers, the bounds of the param"
                                 : "`%s` is not a domain that takes numbers",
                         ast->text),
            "param a: between(0, 1) = 0.5");
  ast->text = NULL;
  return ast;
}

Ast *build_dimension(Parser *b, Ast *expr) {
  Ast *ast = node_new(b, AST_DIMENSION, expr->span);
  ast->a = expr;
  return ast;
}

Ast *build_any_axes(Parser *b, Token dots) {
  Ast *ast = node_new(b, AST_DIMENSION, node_span(b, dots));
  ast->op = 1;
  return ast;
}

/* ---- clauses ---- */

Ast *build_clause(Parser *b, Token key, Ast *value) {
  Ast *ast = node_new(b, AST_CLAUSE, span_join(node_span(b, key), value->span));
  ast->text = node_name(b, key);
  ast->op_span = node_span(b, key);
  ast->a = value;
  return ast;
}

Ast *build_update_clause(Parser *b, Ast *update) {
  Ast *ast = node_new(b, AST_CLAUSE, update->span);
  ast->a = update;
  return ast;
}

/* ---- arguments and subscripts ---- */

Ast *build_argument(Parser *b, Ast *value) {
  Ast *ast = node_new(b, AST_ARGUMENT, value->span);
  ast->a = value;
  return ast;
}

Ast *build_spread(Parser *b, Ast *value, Token dots) {
  Ast *ast = node_new(b, AST_ARGUMENT, span_join(value->span, node_span(b, dots)));
  ast->op = 1;
  ast->op_span = node_span(b, dots);
  ast->a = value;
  return ast;
}

Ast *build_named(Parser *b, Token name, Ast *value) {
  Ast *ast = node_new(b, AST_ARGUMENT, span_join(node_span(b, name), value->span));
  ast->text = node_name(b, name);
  ast->op_span = node_span(b, name);
  ast->a = value;
  return ast;
}

Ast *build_subscript(Parser *b, Ast *expr) {
  Ast *ast = node_new(b, AST_SUBSCRIPT, expr->span);
  ast->a = expr;
  return ast;
}

Ast *build_slice(Parser *b, Token colon, Ast *start, Ast *stop) {
  Ast *ast = node_new(b, AST_SUBSCRIPT, node_span(b, colon));
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
  slice->span = span_join(span_join(slice->span, node_span(b, colon)), step->span);
  return slice;
}
