/* operation.c — applies the operations of ops.def: operators, and operations called by name.
 *
 * Every operation takes the same steps: choose the trace (the one being recorded if an operand is
 * not computed yet, else the eager one), turn the operands into nodes, call the row's builder, and
 * wrap the resulting node.  The meaning of each operation is in the table; here operations differ
 * only by name.  An elementwise operation outside a recording, on tensors with elements, needs no
 * graph (runtime/plan/eager.c).
 *
 * An argument of a call is converted by its letter in the row's signature (ops.def): a node, nodes,
 * a number, numbers, a bool, a text.  A list given for a tensor is the tensor that brackets make of
 * it (bracket.c).
 *
 * When operands do not fit, the message comes from infer.c with the expression's span.  Notes that
 * say where each operand was made are added here, because only here the script's values are known.
 */
#include "lang/tensors/operation.h"

#include "runtime/opcodes.h"

#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/names/scope.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/draw.h"
#include "lang/tensors/probable.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <assert.h>
#include <string.h>

/* ---- without a graph ---- */

/* An operand that has elements, or is a number. */
static bool eager_operand(Value value, EagerOperand *operand) {
  *operand = (EagerOperand){.number = value.number};
  if (value.kind == KIND_TENSOR && value.tensor->tensor.buffer && !value.tensor->weak)
    operand->tensor = &value.tensor->tensor;
  else if (value.kind == KIND_PARAM && !value.param->domain.kind && !value.param->lent)
    operand->tensor = &value.param->value;
  else return value.kind == KIND_NUMBER;
  return true;
}

/* The result of an elementwise operation on tensors with elements; false: it needs a graph. */
static bool eager_result(Vm *vm, Op op, const Value *args, int count, Span span, Value *result) {
  EagerOperand operands[EAGER_OPERANDS];
  for (int i = 0; i < count; i++)
    if (!eager_operand(args[i], &operands[i])) return false;
  Tensor tensor;
  if (!eager_map(op, operands, count, &tensor)) return false;
  *result = value_tensor(vm, tensor);
  result->tensor->made = trace_span(vm, span);
  result->tensor->probable = probable_result(op, args, count);
  return true;
}

/* While recording, nearly every operation has an operand without elements. */
static inline bool operation_eager(Vm *vm, Op op, const Value *args, int count, Span span,
                                   Value *result) {
  return !vm->trace && !vm->checking && count <= EAGER_OPERANDS && eager_maps(op) &&
         eager_result(vm, op, args, count, span, result);
}

/* ---- notes on operands ---- */

Span operation_made(Value value) {
  if (value.kind == KIND_PARAM) return value.param->span;
  if (value.kind == KIND_TENSOR) return value.tensor->made;
  return (Span){0};
}

static void note_operand(Diag *diag, const Ast *ast, Value value) {
  if (!value_is_tensor(value) || !ast) return;
  Span made = operation_made(value);
  bool same = made.file == ast->span.file && made.start >= ast->span.start &&
              made.end <= ast->span.end;
  if (!made.file || same) return;
  const Tensor *tensor = value.kind == KIND_PARAM ? &value.param->value : &value.tensor->tensor;
  char shape[200];
  shape_show(&tensor->shape, shape);
  if (ast->kind == AST_NAME) diag_note(diag, made, "%.64s is %s, made here", ast->text, shape);
  else if (value.kind == KIND_PARAM && value.param->name)
    diag_note(diag, made, "%.64s is %s, made here", value.param->name, shape);
  else diag_note(diag, made, "%s was made here", shape);
}

/* ---- operators ---- */

static const char *const OPERATOR_ROWS[] = {
    [BINARY_ADD] = "+", [BINARY_SUB] = "-",    [BINARY_MUL] = "*", [BINARY_DIV] = "/",
    [BINARY_MOD] = "%", [BINARY_MATMUL] = "@", [BINARY_POW] = "^", [BINARY_EQ] = "==",
    [BINARY_NE] = "!=", [BINARY_LT] = "<",     [BINARY_LE] = "<=", [BINARY_GT] = ">",
    [BINARY_GE] = ">="};
const Op OPERATION_OPS[] = {
    [BINARY_ADD] = OP_ADD, [BINARY_SUB] = OP_SUB, [BINARY_MUL] = OP_MUL,
    [BINARY_DIV] = OP_DIV, [BINARY_MOD] = OP_MOD, [BINARY_MATMUL] = OP_MATMUL,
    [BINARY_POW] = OP_POW, [BINARY_EQ] = OP_EQ,   [BINARY_NE] = OP_NE,
    [BINARY_LT] = OP_LT,   [BINARY_LE] = OP_LE,   [BINARY_GT] = OP_GT,
    [BINARY_GE] = OP_GE};

static NodeId build_binary(Maker *maker, int op, NodeId a, NodeId b) {
  if (op != BINARY_MATMUL) return make2(maker, OPERATION_OPS[op], a, b);
  static const OpRow *row; /* looked up once */
  if (!row) row = ops_find(OPERATOR_ROWS[op]);
  Arg args[2] = {{.kind = ARG_NODE, .span = maker->graph->span, .node = a},
                 {.kind = ARG_NODE, .span = maker->graph->span, .node = b}};
  NodeId results[RESULTS_MOST];
  return ops_build(maker, row, args, 2, results) ? results[0] : 0;
}

/* "the first transposed would fit" of an operand that is written with a `'`: without it. */
static void help_transposed(const Ast *ast, Diag *diag) {
  static const char *const which[] = {"the first", "the second"};
  const Ast *const operands[] = {ast->a, ast->b};
  for (int i = 0; i < 2; i++)
    if (operands[i] && operands[i]->kind == AST_TRANSPOSE &&
        strncmp(diag->help, which[i], strlen(which[i])) == 0)
      diag_help(diag, "%s would fit without its `'`", which[i]);
}

static NORETURN void refuse(Vm *vm, const Ast *ast, Diag *diag, Value a, Value b) {
  help_transposed(ast, diag);
  /* raise_diag moves the place from the library to the script, and shows both */
  diag->span = ast->span;
  note_operand(diag, ast->a, a);
  note_operand(diag, ast->b, b);
  raise_diag(vm, diag);
}

Value operation_binary(Vm *vm, const Ast *ast, int op, Value a, Value b) {
  Value made;
  if (operation_eager(vm, OPERATION_OPS[op], (Value[]){a, b}, 2, ast->span, &made)) return made;
  Trace *trace = trace_for(vm, trace_pending(vm, a) || trace_pending(vm, b));
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId left = trace_operand(trace, a, ast->a ? ast->a->span : ast->span);
  NodeId right = trace_operand(trace, b, ast->b ? ast->b->span : ast->span);
  NodeId node = build_binary(&maker, op, left, right);
  if (!node) refuse(vm, ast, &diag, a, b);
  Value result = trace_outcome(trace, node, false);
  trace_done(trace);
  return result;
}

Value operation_logic(Vm *vm, const Ast *ast, Value a, Value b, bool is_or) {
  Trace *trace = trace_for(vm, trace_pending(vm, a) || trace_pending(vm, b));
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = make2(&maker, is_or ? OP_OR : OP_AND, trace_operand(trace, a, ast->a->span),
                      trace_operand(trace, b, ast->b->span));
  if (!node) refuse(vm, ast, &diag, a, b);
  Value result = trace_outcome(trace, node, false);
  trace_done(trace);
  return result;
}

static Value unary(Vm *vm, const Ast *ast, Value a, NodeId (*build)(Maker *, NodeId)) {
  Trace *trace = trace_for(vm, trace_pending(vm, a));
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = build(&maker, trace_operand(trace, a, ast->a->span));
  if (!node) refuse(vm, ast, &diag, a, value_none());
  Value result = trace_outcome(trace, node, false);
  trace_done(trace);
  return result;
}

static NodeId build_minus(Maker *maker, NodeId a) { return make1(maker, OP_NEG, a); }
static NodeId build_not(Maker *maker, NodeId a) { return make1(maker, OP_NOT, a); }

Value operation_unary(Vm *vm, const Ast *ast, Value a) {
  Value made;
  if (ast->op != UNARY_NOT && operation_eager(vm, OP_NEG, &a, 1, ast->span, &made)) return made;
  return unary(vm, ast, a, ast->op == UNARY_NOT ? build_not : build_minus);
}
Value operation_transpose(Vm *vm, const Ast *ast, Value a) {
  return unary(vm, ast, a, make_transpose);
}

/* ---- arguments of a call ---- */

static bool is_collection(Value value) {
  return value.kind == KIND_LIST || value.kind == KIND_TUPLE;
}
static int64_t collection_count(Value value) {
  return value.kind == KIND_LIST ? value.list->count : value.tuple->count;
}
static const Value *collection_items(Value value) {
  return value.kind == KIND_LIST ? value.list->items : value.tuple->items;
}

/* A call whose arguments are converted, each by its letter in `kinds`. */
typedef struct RowCall {
  Vm *vm;
  Trace *trace;
  const CallSite *site;
  Arena *arena;
} RowCall;

/* A tensor as a node; an empty list is an empty tensor, as the rule of brackets has no other. */
static NodeId operand(const RowCall *call, Value value, Span span) {
  if (value.kind != KIND_LIST || value.list->count) return trace_operand(call->trace, value, span);
  Value empty = tensor_of(call->vm, call->site, value);
  NodeId node = trace_operand(call->trace, empty, span);
  value_release(call->vm, empty);
  return node;
}

static Arg arg_nodes(const RowCall *call, Value value, Span span) {
  Value rest = value;
  if (is_collection(value) && collection_count(value) == 1 &&
      is_collection(collection_items(value)[0]))
    rest = collection_items(value)[0];
  if (!is_collection(rest))
    return (Arg){.kind = ARG_NODE, .span = span, .node = trace_operand(call->trace, rest, span)};
  int64_t count = collection_count(rest);
  NodeId *nodes = arena_alloc(call->arena, (size_t)(count + 1) * sizeof(NodeId));
  for (int64_t i = 0; i < count; i++) nodes[i] = operand(call, collection_items(rest)[i], span);
  return (Arg){.kind = ARG_NODES, .span = span, .nodes = nodes, .count = (int)count};
}

/* Sizes, axes, shapes: a rank-0 tensor is one number; a list, tuple or vector several. */
static Arg arg_numbers(const RowCall *call, Value value, Span span) {
  Vm *vm = call->vm;
  if (value.kind == KIND_NONE) return (Arg){.kind = ARG_NONE, .span = span};
  if (is_collection(value) && collection_count(value) == 1) {
    Value only = collection_items(value)[0];
    if (is_collection(only) ||
        (value_is_tensor(only) && trace_type(vm, only, span).shape.rank == 1))
      return arg_numbers(call, only, span);
  }
  if (is_collection(value)) {
    int64_t count = collection_count(value);
    double *numbers = arena_alloc(call->arena, (size_t)(count + 1) * sizeof(double));
    for (int64_t i = 0; i < count; i++)
      numbers[i] = value_as_number(vm, span, collection_items(value)[i]);
    return (Arg){.kind = ARG_NUMBERS, .span = span, .numbers = numbers, .count = (int)count};
  }
  if (value_is_tensor(value) && trace_type(vm, value, span).shape.rank == 1) {
    trace_read_constant(vm, value, span);
    Tensor elements = trace_elements(vm, value, span);
    int64_t count = tensor_count(&elements);
    double *numbers = arena_alloc(call->arena, (size_t)(count + 1) * sizeof(double));
    for (int64_t i = 0; i < count; i++) numbers[i] = tensor_get(&elements, i);
    tensor_release(&elements);
    return (Arg){.kind = ARG_NUMBERS, .span = span, .numbers = numbers, .count = (int)count};
  }
  return (Arg){.kind = ARG_NUMBER, .span = span, .number = value_as_number(vm, span, value)};
}

/* Padding: text, numbers, or pairs ((top, bottom), (left, right)), whose numbers are put in a row.
 */
static Arg arg_padding_of(const RowCall *call, Value value, Span span) {
  if (value.kind == KIND_STRING)
    return (Arg){.kind = ARG_TEXT, .span = span, .text = value.string->data};
  const int64_t count = is_collection(value) ? collection_count(value) : 0;
  if (count == 1 && collection_items(value)[0].kind != KIND_NUMBER)
    return arg_padding_of(call, collection_items(value)[0], span);
  double *numbers = arena_alloc(call->arena, (size_t)(2 * count + 1) * sizeof(double));
  for (int64_t i = 0; i < count; i++) {
    const Value pair = collection_items(value)[i];
    if (!is_collection(pair) || collection_count(pair) != 2) return arg_numbers(call, value, span);
    for (int k = 0; k < 2; k++)
      numbers[2 * i + k] = value_as_number(call->vm, span, collection_items(pair)[k]);
  }
  if (count == 0) return arg_numbers(call, value, span);
  return (Arg){.kind = ARG_NUMBERS, .span = span, .numbers = numbers, .count = (int)(2 * count)};
}

static Arg arg_other(const RowCall *call, char letter, Value value, Span span) {
  Vm *vm = call->vm;
  switch (letter) {
    case 'm':
    case 'n':
      return (Arg){.kind = ARG_NUMBER, .span = span, .number = value_as_number(vm, span, value)};
    case 'b': return (Arg){.kind = ARG_BOOL, .span = span, .number = value_truth(vm, span, value)};
    case 's':
      if (value.kind != KIND_STRING) raise_kind(vm, span, value, "a string is expected here", NULL);
      return (Arg){.kind = ARG_TEXT, .span = span, .text = value.string->data};
    case 'X': return arg_nodes(call, value, span);
    case 'p': return arg_padding_of(call, value, span);
    default: return arg_numbers(call, value, span);
  }
}

/* The common arguments are written field by field: a struct that is filled and then copied waits
 * for its own stores, which took a sixth of a call. */
static void set_arg(const RowCall *call, char letter, Value value, Span span, Arg *arg) {
  Vm *vm = call->vm;
  memset(arg, 0, sizeof *arg);
  arg->span = span;
  if (value.kind == KIND_UNSET) {
    arg->kind = ARG_ABSENT;
  } else if (value.kind == KIND_UNKNOWN) {
    raise_unknown(vm);
  } else if (value.kind == KIND_NONE && strchr("omviI", letter)) {
    arg->kind = ARG_NONE;
  } else if (letter == 'x' || letter == 'o') {
    if (letter == 'x' && value.kind == KIND_LIST && value.list->count)
      raise_help(vm, span,
                 "items of one shape, all numbers or all tensors, make a tensor; tensor(list) "
                 "turns a list into one",
                 "a tensor is expected here, this is a list");
    arg->kind = ARG_NODE;
    arg->node = letter == 'x' ? operand(call, value, span)
                              : trace_operand(call->trace, value, span);
  } else if (letter == 'v') {
    arg->kind = ARG_NUMBER;
    arg->number = value_number_now(vm, span, value);
    if (trace_pending(vm, value)) arg->node = trace_operand(call->trace, value, span);
  } else if (letter == 'b' && value.kind == KIND_BOOL) {
    arg->kind = ARG_BOOL;
    arg->number = (double)value.truth;
  } else {
    *arg = arg_other(call, letter, value, span);
  }
}

/* ---- calls ---- */

static bool any_pending(Vm *vm, Value value) {
  if (is_collection(value)) {
    for (int64_t i = 0; i < collection_count(value); i++)
      if (any_pending(vm, collection_items(value)[i])) return true;
    return false;
  }
  return trace_pending(vm, value);
}

/* Is an operand that becomes a node not computed yet? */
static bool row_pending(Vm *vm, const OpRow *row, const Value *args, int count) {
  if (!vm->trace) return false;
  for (int i = 0; i < count; i++)
    if (strchr("xovX", row->kinds[i]) && any_pending(vm, args[i])) return true;
  return row->draws && vm->trace->key;
}

static Value results_of(Vm *vm, Trace *trace, const OpRow *row, const NodeId *results, int count) {
  const bool random = row->draws;
  if (count == 1 && !ops_gives_parts(row)) return trace_outcome(trace, results[0], random);
  Value tuple = value_tuple(vm, count);
  for (int i = 0; i < count; i++) tuple.tuple->items[i] = trace_outcome(trace, results[i], random);
  return tuple;
}

/* f32(x) of an f64 tensor with elements, and bf16(x): a value out of range is an error, as for
 * whole dtypes (whose casts check it themselves). */
static void check_narrowed(Vm *vm, const CallSite *site, Value from, Value to) {
  bool there = to.kind == KIND_TENSOR && to.tensor->tensor.buffer && from.kind == KIND_TENSOR &&
               from.tensor->tensor.buffer;
  Dtype dtype = there ? to.tensor->tensor.dtype : DTYPE_BOOL;
  if (!dtype_floats(dtype) || from.tensor->tensor.dtype <= dtype) return;
  for (int64_t i = 0, n = tensor_count(&from.tensor->tensor); i < n; i++) {
    double value = tensor_get(&from.tensor->tensor, i);
    if (!dtype_holds(dtype, value)) raise_unheld(vm, site_at(site, 0), dtype, value);
  }
}

enum { ARGS_MOST = 30 };

/* i32(list): the list's numbers, exact. */
static Value convert_items(Vm *vm, const CallSite *site, const OpRow *row, Value items) {
  CallSite exact = *site;
  exact.exact = true;
  Value tensor = tensor_of(vm, &exact, items), result = operation_call(vm, site, row, &tensor, 1);
  value_release(vm, tensor);
  return result;
}

/* The place of an argument that should be a tensor and is a list with items; -1: there is none. */
static int listed(const OpRow *row, const Value *args, int count) {
  for (int i = 0; i < count; i++)
    if (row->kinds[i] == 'x' && args[i].kind == KIND_LIST && args[i].list->count) return i;
  return -1;
}

/* mean(scores), of a list that grew by push: the tensor that a bracket makes of its items. */
static bool call_of_list(Vm *vm, const CallSite *site, const OpRow *row, const Value *args,
                         int count, int place, Value *result) {
  const ListObject *list = args[place].list;
  Ast bracket = {.kind = AST_BRACKET, .span = site_at(site, place)};
  for (int64_t i = 0; i < list->count; i++)
    if (list->items[i].kind == KIND_UNKNOWN) raise_unknown(vm);
  Value given[ARGS_MOST];
  memcpy(given, args, (size_t)count * sizeof *args);
  if (list->count > INT32_MAX ||
      !bracket_tensor(vm, &bracket, list->items, (int)list->count, &given[place]))
    return false;
  *result = operation_call(vm, site, row, given, count);
  value_release(vm, given[place]);
  return true;
}

Value operation_call(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count) {
  Value eager;
  if (operation_eager(vm, row->op, args, count, site->span, &eager)) return eager;
  bool items = count == 1 && (is_collection(args[0]) || args[0].kind == KIND_RANGE);
  if (items && row->converts) return convert_items(vm, site, row, args[0]);
  int place = listed(row, args, count);
  Value joined;
  if (place >= 0 && call_of_list(vm, site, row, args, count, place, &joined)) return joined;
  Trace *trace = trace_for(vm, row_pending(vm, row, args, count));
  RowCall call = {vm, trace, site, &trace->graph.arena};
  Arg bound[ARGS_MOST + 2]; /* a row that draws has its key and place too */
  assert(count <= ARGS_MOST);
  for (int i = 0; i < count; i++)
    set_arg(&call, row->kinds[i], args[i], site_at(site, i), &bound[i]);
  int given = count;
  if (row->draws) {
    bool keyed = trace->key != 0;
    trace->drew |= keyed;
    bound[given++] = (Arg){
        .kind = ARG_NODE, .span = site->span, .node = keyed ? trace->key : draw_now(vm, trace)};
    bound[given++] =
        (Arg){.kind = ARG_NUMBER, .span = site->span, .number = keyed ? (double)trace->place++ : 0};
  }
  trace->graph.span = trace_span(vm, site->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId few[RESULTS_MOST], *results = few;
  const int most = ops_results(row, bound);
  if (most > RESULTS_MOST)
    results = arena_alloc(&trace->graph.arena, (size_t)most * sizeof *results);
  if (site->exact) trace->graph.real = DTYPE_F64;
  int made = ops_build(&maker, row, bound, given, results);
  trace->graph.real = vm->real;
  if (!made) {
    Span stamped = trace->graph.span;
    bool whole = !diag.span.file ||
                 (diag.span.start == stamped.start && diag.span.file == stamped.file);
    if (whole) diag.span = site->span;
    for (int i = 0; i < count; i++) {
      Span origin = operation_made(args[i]);
      bool inside = origin.file == site->span.file && origin.start >= site->span.start &&
                    origin.end <= site->span.end;
      if (value_is_tensor(args[i]) && origin.file && !inside) {
        char shape[200];
        Type type = trace_type(vm, args[i], site->span);
        diag_note(&diag, origin, "%s was made here", shape_show(&type.shape, shape));
      }
    }
    raise_diag(vm, &diag);
  }
  Value result = results_of(vm, trace, row, results, made);
  trace_done(trace);
  if (row->converts && count == 1) check_narrowed(vm, site, args[0], result);
  return result;
}
