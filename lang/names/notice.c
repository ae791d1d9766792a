/* notice.c — marks on a resolved tree for the evaluator: values that may grow in place, and numbers
 * that must keep their exact value.
 */
#include "lang/names/notice.h"

#include <string.h>

/* ---- what can grow in place ---- */

/* `xs = push(…, v)`, `d[k] = push(…, v)`: if the list is the one assigned, it can grow in place;
 * likewise a dict by `remove`. */
static void changes_by_call(Ast *assign) {
  const Ast *target = assign->a, *call = assign->b;
  bool place = target->kind == AST_NAME ? !name_is_blank(target->text) : target->kind != AST_TUPLE;
  if (!place || call->kind != AST_CALL || !(call->flags & CALL_PLAIN) || call->count != 2) return;
  const Ast *callee = call->a;
  if (callee->kind != AST_NAME || callee->place != PLACE_STANDARD) return;
  if (!strcmp(callee->text, "push")) assign->flags |= ASSIGN_PUSHES;
  if (!strcmp(callee->text, "remove")) assign->flags |= ASSIGN_REMOVES;
}

enum { GROWTH_MOST = 64 }; /* operands of one assignment */

/* `s = s + a + b`, `s = "{s}…"`: if s is a string with no other owner, it can grow in place. */
static void grows_by_parts(Ast *assign) {
  const Ast *name = assign->a, *value = assign->b;
  if (name->kind != AST_NAME) return;
  int operands = 0;
  for (; value->kind == AST_BINARY && value->op == BINARY_ADD; value = value->a) operands++;
  if (operands && operands <= GROWTH_MOST && value->kind == AST_NAME && value->text == name->text) {
    assign->flags |= ASSIGN_GROWS;
    assign->slot = operands;
  }
  if (operands || value->kind != AST_INTERPOLATION) return;
  uint32_t first = 0;
  while (first < value->count && value->items[first]->kind == AST_STRING &&
         value->items[first]->length == 0)
    first++;
  const Ast *piece = first < value->count ? value->items[first] : value;
  if (piece->kind != AST_FORMAT || piece->length || piece->a->kind != AST_NAME ||
      piece->a->text != name->text)
    return;
  assign->flags |= ASSIGN_GROWS;
  assign->slot = (int32_t)first + 1;
}

/* `xs = xs[a:b]`: a list with no other owner can lose its other items in place. */
static void cuts_itself(Ast *assign) {
  const Ast *name = assign->a, *index = assign->b;
  if (name->kind != AST_NAME || index->kind != AST_INDEX || index->count != 1) return;
  const Ast *part = index->items[0];
  const bool slice = part->op == 1 && !part->c;
  if (slice && index->a->kind == AST_NAME && index->a->text == name->text)
    assign->flags |= ASSIGN_CUTS;
}

void notice_growth(Ast *assign) {
  changes_by_call(assign);
  cuts_itself(assign);
  grows_by_parts(assign);
}

/* ---- numbers that keep their value ---- */

static bool standard_among(const Ast *name, const char *const *names, int count) {
  if (name->kind != AST_NAME || name->place != PLACE_STANDARD) return false;
  for (int i = 0; i < count; i++)
    if (!strcmp(name->text, names[i])) return true;
  return false;
}

static bool is_bracket(const Ast *ast) {
  return ast->kind == AST_BRACKET || ast->kind == AST_NUMBERS || ast->kind == AST_COMPREHENSION;
}

/* Marks what makes tensors from numbers in an expression whose value is converted to another dtype
 * than the default: a literal would be rounded to f32 before i32 sees it.  Arguments of operations
 * in the table are marked too, since the result is computed from them; arguments of other functions
 * are not. */
static void mark_exact(Resolver *resolver, Ast *ast) {
  static const char *const makers[] = {"tensor", "full", "arange", "linspace", "ones", "zeros"};
  static const char *const conversions[] = {"f32", "f64", "i32", "u8", "bool"};
  if (!ast || resolve_too_deep(resolver, ast)) return;
  switch ((AstKind)ast->kind) {
    case AST_NUMBERS: ast->flags |= EXACT; break;
    case AST_BRACKET:
      ast->flags |= EXACT;
      for (uint32_t i = 0; i < ast->count; i++) mark_exact(resolver, ast->items[i]);
      break;
    case AST_COMPREHENSION:
      ast->flags |= EXACT;
      mark_exact(resolver, ast->b->a);
      break;
    case AST_CALL: {
      bool maker = standard_among(ast->a, makers, COUNT_OF(makers));
      bool row = ast->a->kind == AST_NAME && ast->a->place == PLACE_STANDARD &&
                 ops_find(ast->a->text) != NULL;
      if (maker) ast->flags |= EXACT;
      /* its own arguments are marked already */
      if (standard_among(ast->a, conversions, COUNT_OF(conversions))) break;
      for (uint32_t i = 0; (maker || row) && i < ast->count; i++)
        mark_exact(resolver, ast->items[i]->a);
      break;
    }
    case AST_BINARY:
      for (; ast->kind == AST_BINARY; ast = ast->a) mark_exact(resolver, ast->b);
      mark_exact(resolver, ast);
      break;
    case AST_UNARY:
    case AST_TRANSPOSE:
    case AST_INDEX: mark_exact(resolver, ast->a); break;
    default: break;
  }
}

/* `concat([a, b], axis: 1)` means the items, as elsewhere, not the one tensor that they make.
 * Numbers are items of stack alone: they cannot be joined. */
static void mark_items(Ast *call) {
  static const char *const joins[] = {"concat", "stack"}, *const stacks[] = {"stack"};
  bool one = call->count > 0 && !call->items[0]->text && (call->count < 2 || call->items[1]->text);
  if (!one || !standard_among(call->a, joins, COUNT_OF(joins))) return;
  Ast *value = call->items[0]->a;
  if (value->kind != AST_BRACKET && value->kind != AST_COMPREHENSION && value->kind != AST_NUMBERS)
    return;
  value->flags |= BRACKET_ITEMS;
  if (standard_among(call->a, stacks, COUNT_OF(stacks))) value->flags |= BRACKET_SCALARS;
}

/* `assign(net.mean_, v)` writes to the buffer. */
static void mark_target(Ast *call) {
  static const char *const writes[] = {"assign"};
  if (call->count == 0 || !standard_among(call->a, writes, COUNT_OF(writes))) return;
  Ast *target = call->items[0]->a;
  if (target->kind == AST_NAME || target->kind == AST_FIELD) target->flags |= NAME_WHOLE;
}

/* Calls with arguments that must be whole or f64: bit i stands for argument i. */
void notice_arguments(Resolver *resolver, Ast *call) {
  mark_items(call);
  mark_target(call);
  static const char *const conversions[] = {"f64", "i32", "u8", "bool", "f32"},
                           *const indexing[] = {"one_hot", "gather", "scatter", "scatter_add"};
  bool converts = standard_among(call->a, conversions, COUNT_OF(conversions)),
       indexes = standard_among(call->a, indexing, COUNT_OF(indexing));
  for (uint32_t i = 0; (converts || indexes) && i < call->count; i++) {
    Ast *value = call->items[i]->a;
    bool label = !strcmp(call->a->text, "one_hot") ? i == 0 : i == 1;
    if (converts || (label && is_bracket(value))) mark_exact(resolver, value);
  }
}

void notice_index(Resolver *resolver, Ast *index) {
  for (uint32_t i = 0; i < index->count; i++)
    if (index->items[i]->a && is_bracket(index->items[i]->a))
      mark_exact(resolver, index->items[i]->a);
}
