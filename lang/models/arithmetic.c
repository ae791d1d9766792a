/* arithmetic.c — see arithmetic.h.
 *
 * Every operation takes the leaves of its trees (leaves.c), applies the operator of the language
 * leaf by leaf, and assembles the results in the form of the left tree.  So it behaves as the
 * operator does on tensors: it broadcasts numbers, promotes dtypes, records inside a gradient, and
 * makes placeholders in `gd check`.
 *
 * dot and norm treat the leaves as one vector.  The order of their sums is fixed, so the result is
 * the same to the bit on any number of threads.
 */
#include "lang/models/arithmetic.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tree.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/leaves.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/plain.h"

#include <string.h>

static void want_leaves(Vm *vm, Span span, const Leaves *leaves) {
  if (leaves->count) return;
  raise_help(vm, span, "concat(a, b) joins lists and tuples",
             "this %s holds no number or tensor to compute with",
             kind_name(leaves->tree) + 2); /* without its "a " */
}

/* The results of the leaves are kept in a list of the script, which the sweep knows. */
static Value put_results(Vm *vm, Leaves *leaves, Value results) {
  Value made = leaves_put(vm, leaves, results.list->items, INTO_NEW);
  value_release(vm, results);
  return made;
}

/* ---- operators ---- */

static bool is_scalar(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_NUMBER || value.kind == KIND_BOOL) return true;
  return value_is_tensor(value) && trace_type(vm, value, span).shape.rank == 0;
}

static NORETURN void raise_operand(Vm *vm, const Ast *ast, int op, Value tree, Value other) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->op_span.file ? ast->op_span : ast->span,
            "`%s` takes %s with a number or with another of the same form, this is %s",
            binary_name(op), kind_name(tree), kind_name(other));
  if (other.kind == KIND_STRING)
    diag_help(&diag, "\"{value}\" makes a string of any value, and so does str(value)");
  else if (tree.kind == KIND_LIST)
    diag_help(&diag, "arithmetic of tensors needs tensors: tensor(list) makes one of numbers");
  raise_diag(vm, &diag);
}

static bool is_arithmetic(int op) {
  return op == BINARY_ADD || op == BINARY_SUB || op == BINARY_MUL || op == BINARY_DIV;
}

static Value tree_and_number(Vm *vm, const Ast *ast, int op, Value tree, Value number, bool left) {
  Span span = ast->op_span.file ? ast->op_span : ast->span;
  Ast place = {.kind = AST_BINARY, .op = ast->op, .span = ast->span, .op_span = ast->op_span};
  if (!is_scalar(vm, span, number)) raise_operand(vm, ast, op, tree, number);
  Leaves *leaves = leaves_of(vm, tree);
  want_leaves(vm, span, leaves);
  Value results = value_list(vm, leaves->count);
  for (int i = 0; i < leaves->count; i++) {
    Value leaf = leaves->items[i].value;
    list_push(vm, results.list,
              left ? binary_slow(vm, &place, op, leaf, number)
                   : binary_slow(vm, &place, op, number, leaf));
  }
  Value made = put_results(vm, leaves, results);
  leaves_free(vm, leaves);
  return made;
}

Value tree_binary(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  Span span = ast->op_span.file ? ast->op_span : ast->span;
  if (!is_arithmetic(op)) return plain_binary(vm, ast, op, a, b);
  vm->current_span = ast->span;
  if (!value_is_tree(a)) return tree_and_number(vm, ast, op, b, a, false);
  if (!value_is_tree(b)) return tree_and_number(vm, ast, op, a, b, true);
  Leaves *left, *right;
  leaves_match(vm, span, a, b, &left, &right);
  want_leaves(vm, span, left);
  Ast place = {.kind = AST_BINARY, .op = ast->op, .span = ast->span, .op_span = ast->op_span};
  Value results = value_list(vm, left->count);
  for (int i = 0; i < left->count; i++)
    list_push(vm, results.list,
              binary_slow(vm, &place, op, left->items[i].value, right->items[i].value));
  leaves_free(vm, right);
  Value made = put_results(vm, left, results);
  leaves_free(vm, left);
  return made;
}

Value tree_minus(Vm *vm, const Ast *ast, Value a) {
  Leaves *leaves = leaves_of(vm, a);
  want_leaves(vm, ast->span, leaves);
  Ast leaf = {.kind = AST_NONE, .span = ast->span};
  Ast place = {.kind = AST_UNARY, .op = UNARY_MINUS, .span = ast->span, .a = &leaf};
  Value results = value_list(vm, leaves->count);
  for (int i = 0; i < leaves->count; i++) {
    Value value = leaves->items[i].value;
    list_push(vm, results.list,
              value.kind == KIND_NUMBER ? value_number(-value.number)
                                        : operation_unary(vm, &place, value));
  }
  Value made = put_results(vm, leaves, results);
  leaves_free(vm, leaves);
  return made;
}

/* ---- as one vector ---- */

/* Where nodes of these leaves are made. */
static Trace *trace_of(Vm *vm, const Leaves *leaves) {
  for (int i = 0; i < leaves->count; i++)
    if (vm->trace && trace_pending(vm, leaves->items[i].value)) return vm->trace;
  return trace_eager(vm);
}

static NORETURN void fail(Vm *vm, const CallSite *site, Diag *diag) {
  if (!diag->span.file) diag->span = site->span;
  raise_diag(vm, diag);
}

/* The leaves one after the other: a tensor of rank 1. */
static Value vector_of(Vm *vm, const CallSite *site, const Leaves *leaves) {
  Trace *trace = trace_of(vm, leaves);
  trace->graph.span = trace_span(vm, site->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)(leaves->count + 1) * sizeof(NodeId));
  for (int i = 0; i < leaves->count; i++)
    nodes[i] = trace_operand(trace, leaves->items[i].value, site->span);
  NodeId node = leaves_join(&maker, vm->real, nodes, leaves->count);
  if (!node) fail(vm, site, &diag);
  Value vector = trace_result(trace, node);
  if (trace == trace_eager(vm)) trace_clear(trace);
  return vector;
}

/* The part of a vector that belongs to a leaf; a number where the leaf was one and it is known. */
static Value part_of(Vm *vm, const CallSite *site, Value vector, int64_t from, const Type *type) {
  Trace *trace = trace_pending(vm, vector) && vm->trace ? vm->trace : trace_eager(vm);
  trace->graph.span = trace_span(vm, site->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = leaves_part(&maker, trace_operand(trace, vector, site->span), from, type);
  if (!node) fail(vm, site, &diag);
  Value part = trace_result(trace, node);
  if (trace == trace_eager(vm)) trace_clear(trace);
  if (!type->weak || trace_pending(vm, part)) return part;
  double number = value_as_number(vm, site->span, part);
  value_release(vm, part);
  return value_number(number);
}

static void want_vector(Vm *vm, const CallSite *site, Value vector, int64_t length) {
  char shape[200];
  if (!value_is_tensor(vector))
    raise_at(vm, site_at(site, 0), "a vector of %lld elements is expected here, this is %s",
             (long long)length, kind_name(vector));
  Type type = trace_type(vm, vector, site->span);
  if (type.shape.rank != 1 || type.shape.dim[0] != length)
    raise_at(vm, site_at(site, 0), "a vector of %lld elements is expected here, this is %s",
             (long long)length, shape_show(&type.shape, shape));
}

/* The function that flatten_tree gives: the tree with the elements of a vector. */
static Value call_unflatten(Vm *vm, const CallSite *site, Value *args, int count) {
  if (count != 1) raise_at(vm, site->span, "one vector is expected here");
  Leaves *leaves = leaves_of(vm, site->self->extra[0]);
  want_vector(vm, site, args[0], leaves_length(vm, leaves));
  Value results = value_list(vm, leaves->count);
  int64_t from = 0;
  for (int i = 0; i < leaves->count; i++) {
    Type type = leaves_type(vm, leaves, i);
    list_push(vm, results.list, part_of(vm, site, args[0], from, &type));
    from += shape_count(&type.shape);
  }
  Value made = put_results(vm, leaves, results);
  leaves_free(vm, leaves);
  return made;
}

static const Native UNFLATTEN = {"flatten_tree(g).1", NULL, call_unflatten, false, "", "", ""};

static Leaves *tree_leaves_at(Vm *vm, const CallSite *site, Value tree, int index) {
  if (tree.kind == KIND_UNKNOWN) raise_unknown(vm);
  Leaves *leaves = leaves_of(vm, tree);
  if (leaves->count == 0 && !value_is_tree(tree))
    raise_kind(vm, site_at(site, index), tree,
               "a model, a tuple, a list or a dict is expected here", NULL);
  want_leaves(vm, site_at(site, index), leaves);
  return leaves;
}

Value native_flatten_tree(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  Leaves *leaves = tree_leaves_at(vm, site, args[0], 0);
  Value pair = value_tuple(vm, 2);
  pair.tuple->items[0] = vector_of(vm, site, leaves);
  pair.tuple->items[1] = native_bound(vm, &UNFLATTEN, args[0], value_none());
  leaves_free(vm, leaves);
  return pair;
}

/* ---- map_tree ---- */

Value native_map_tree(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  enum { TREES_MOST = 16 };
  const ListObject *others = args[2].list;
  if (!native_callable(args[0]))
    raise_kind(vm, site_at(site, 0), args[0], "the first argument must be a function",
               "map_tree(fn(x) = abs(x), g)");
  if (others->count >= TREES_MOST)
    raise_at(vm, site->span, "at most %d trees are allowed here", TREES_MOST);
  Leaves *all[TREES_MOST];
  all[0] = tree_leaves_at(vm, site, args[1], 1);
  for (int64_t i = 0; i < others->count; i++) {
    Leaves *again;
    leaves_match(vm, site_at(site, 2), args[1], others->items[i], &again, &all[i + 1]);
    leaves_free(vm, again);
  }
  Value *kept = stack_push(vm, value_list(vm, all[0]->count)), results = *kept;
  for (int i = 0; i < all[0]->count; i++) {
    Value given[TREES_MOST];
    for (int64_t k = 0; k <= others->count; k++) given[k] = all[k]->items[i].value;
    list_push(vm, results.list, vm_call(vm, site, args[0], given, (int)others->count + 1));
  }
  vm->top = kept;
  for (int64_t k = 1; k <= others->count; k++) leaves_free(vm, all[k]);
  Value made = put_results(vm, all[0], results);
  leaves_free(vm, all[0]);
  return made;
}

/* ---- dot, norm, concat, sort ---- */

static Value with_vectors(Vm *vm, const CallSite *site, const OpRow *row, const Value *args,
                          int count, Leaves *const *trees, int tree_count) {
  Value given[8];
  for (int i = 0; i < count; i++)
    given[i] = i < tree_count ? vector_of(vm, site, trees[i]) : value_retain(args[i]);
  Value result = operation_call(vm, site, row, given, count);
  for (int i = 0; i < count; i++) value_release(vm, given[i]);
  return result;
}

static Value tree_norm(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count) {
  if (args[2].kind != KIND_UNSET && args[2].kind != KIND_NONE)
    raise_kind(vm, site_at(site, 2), args[0], "a norm along an axis needs a tensor", NULL);
  Leaves *leaves = tree_leaves_at(vm, site, args[0], 0);
  Value result = with_vectors(vm, site, row, args, count, &leaves, 1);
  leaves_free(vm, leaves);
  return result;
}

/* Joined, leaves of other shapes would meet elsewhere. */
static void want_equal_shapes(Vm *vm, const CallSite *site, const Leaves *a, const Leaves *b) {
  for (int i = 0; i < a->count; i++) {
    Type left = leaves_type(vm, a, i), right = leaves_type(vm, b, i);
    if (shape_equal(&left.shape, &right.shape)) continue;
    char one[200], other[200];
    Text path = {0};
    leaves_path(vm, a, i, &path);
    Diag diag = {0};
    diag_fail(&diag, STATUS_FAILED, site->span,
              "dot takes trees with leaves of the same shapes: at `%.200s` %s on the left, %s on "
              "the right",
              path.data, shape_show(&left.shape, one), shape_show(&right.shape, other));
    text_free(&path);
    raise_diag(vm, &diag);
  }
}

static Value tree_dot(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count) {
  Leaves *pair[2];
  for (int i = 0; i < 2; i++)
    if (args[i].kind == KIND_UNKNOWN) raise_unknown(vm);
  leaves_match(vm, site->span, args[0], args[1], &pair[0], &pair[1]);
  want_leaves(vm, site->span, pair[0]);
  want_equal_shapes(vm, site, pair[0], pair[1]);
  Value result = with_vectors(vm, site, row, args, count, pair, 2);
  leaves_free(vm, pair[1]);
  leaves_free(vm, pair[0]);
  return result;
}

/* Lists joined to a list, or tuples to a tuple; UNSET when the arguments are anything else. */
static Value joined(Vm *vm, const ListObject *parts) {
  bool lists = parts->count > 1, tuples = parts->count > 1;
  for (int64_t i = 0; i < parts->count; i++) {
    lists &= parts->items[i].kind == KIND_LIST;
    tuples &= parts->items[i].kind == KIND_TUPLE;
  }
  return lists || tuples ? plain_join(vm, parts->items, parts->count) : (Value){0};
}

/* sort(list of strings); of anything else it is the operation on tensors. */
static Value sorted(Vm *vm, const CallSite *site, const Value *args) {
  if (args[0].kind != KIND_LIST || !args[0].list->count) return (Value){0};
  bool descending = args[2].kind != KIND_UNSET && value_truth(vm, site_at(site, 2), args[2]);
  Value result = plain_sort(vm, args[0].list, descending);
  if (result.kind == KIND_UNSET || args[1].kind == KIND_UNSET) return result;
  const double axis = value_as_number(vm, site_at(site, 1), args[1]);
  if (axis != 0 && axis != -1) raise_at(vm, site_at(site, 1), "a list has only axis 0");
  return result;
}

Value tree_call(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count) {
  if (!strcmp(row->name, "sort")) return sorted(vm, site, args);
  if (!strcmp(row->name, "concat"))
    return args[0].kind == KIND_LIST && args[1].kind == KIND_UNSET ? joined(vm, args[0].list)
                                                                   : (Value){0};
  bool empty = args[0].kind == KIND_LIST && !args[0].list->count; /* an empty tensor */
  if (!strcmp(row->name, "norm") && value_is_tree(args[0]) && !empty)
    return tree_norm(vm, site, row, args, count);
  if (!strcmp(row->name, "dot") && (value_is_tree(args[0]) || value_is_tree(args[1])))
    return tree_dot(vm, site, row, args, count);
  return (Value){0};
}
