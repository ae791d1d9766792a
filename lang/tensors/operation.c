/* operation.c — applies the operations of ops.def: operators, operations called by name, literals,
 * random draws.
 *
 * Every operation takes the same steps: choose the trace (the one being recorded if an operand is
 * not computed yet, else the eager one), turn the operands into nodes, call the row's builder, and
 * wrap the resulting node.  The meaning of each operation is in the table; here operations differ
 * only by name.
 *
 * When operands do not fit, the message comes from infer.c with the expression's span.  Notes that
 * say where each operand was made are added here, because only here the script's values are known.
 *
 * `gd check` computes operations on small tensors with elements too (shapes are often computed); a
 * large or random result becomes a tensor without elements.
 */
#include "lang/tensors/operation.h"

#include "lang/tensors/probable.h"
#include "runtime/opcodes.h"

#include "lang/machine/call_site.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/names/scope.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { CHECK_ELEMENTS = 4096 }; /* gd check computes no result with more elements */

/* ---- choosing the trace ---- */

static Trace *trace_for(Vm *vm, bool pending) {
  return pending && vm->trace ? vm->trace : trace_eager(vm);
}

static void eager_clear(Vm *vm, Trace *trace) {
  if (trace == trace_eager(vm)) trace_clear(trace);
}

/* Wraps a node of `trace` for the script. */
static Value wrap(Vm *vm, Trace *trace, NodeId node, bool random) {
  if (trace == trace_eager(vm) && vm->checking) {
    const Type type = graph_node(&trace->graph, node)->type;
    if (random || shape_count(&type.shape) > CHECK_ELEMENTS) {
      NodeId abstract = trace_abstract(vm->trace, &type);
      vm->trace->graph.span = trace->graph.span;
      return trace_result(vm->trace, abstract);
    }
  }
  return trace_result(trace, node);
}

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
  Value result = wrap(vm, trace, node, false);
  eager_clear(vm, trace);
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
  Value result = wrap(vm, trace, node, false);
  eager_clear(vm, trace);
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
  Value result = wrap(vm, trace, node, false);
  eager_clear(vm, trace);
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

/* ---- brackets ---- */

typedef struct BracketKinds {
  bool numbers, bools, tensors; /* which of these are among the items */
  bool scalars;                 /* every tensor has rank 0 */
  bool other;
} BracketKinds;

static BracketKinds look(Vm *vm, const Value *items, int count) {
  BracketKinds kinds = {.scalars = true};
  for (int i = 0; i < count; i++) {
    Value item = items[i];
    if (item.kind == KIND_NUMBER) kinds.numbers = true;
    else if (item.kind == KIND_BOOL) kinds.bools = true;
    else if (value_is_tensor(item)) {
      kinds.tensors = true;
      kinds.scalars &= trace_type(vm, item, (Span){0}).shape.rank == 0;
    } else kinds.other = true;
  }
  return kinds;
}

static bool same_shapes(Vm *vm, const Value *items, int count) {
  Type first = trace_type(vm, items[0], (Span){0});
  for (int i = 1; i < count; i++) {
    Type type = trace_type(vm, items[i], (Span){0});
    if (!shape_equal(&type.shape, &first.shape)) return false;
  }
  return first.shape.rank < RANK_MOST;
}

void raise_unheld(Vm *vm, Span span, Dtype dtype, double value) {
  Diag diag = {0};
  dtype_refuse(&diag, span, dtype, value);
  raise_diag(vm, &diag);
}

/* The float dtype of a bracket: f64 inside a conversion, which holds every whole number of the
 * script exactly. */
static Dtype bracket_real(const Vm *vm, const Ast *ast) {
  return ast->flags & EXACT ? DTYPE_F64 : vm->real;
}

static Value literal(Vm *vm, const Ast *ast, const Value *items, int count, Dtype dtype) {
  for (int i = 0; i < count; i++) {
    Span span = (uint32_t)count == ast->count ? ast->items[i]->span : ast->span;
    if (items[i].kind == KIND_NUMBER && !dtype_holds(dtype, items[i].number))
      raise_unheld(vm, span, dtype, items[i].number);
  }
  Tensor tensor;
  Diag diag;
  diag_clear(&diag);
  Shape shape = shape_of(1, (int64_t[]){count});
  if (!tensor_new(&tensor, dtype, &shape, &diag)) {
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  for (int i = 0; i < count; i++)
    tensor_set(&tensor, i, items[i].kind == KIND_BOOL ? (double)items[i].truth : items[i].number);
  Value value = value_tensor(vm, tensor);
  value.tensor->made = ast->span;
  return value;
}

enum { NUMBERS_A_POLL = 1 << 16 };

/* The elements from `from` to before `to`; the first that the dtype cannot hold is returned, or
 * `to`. */
static uint32_t set_numbers(Tensor *tensor, const AstNumbers *numbers, uint32_t from, uint32_t to) {
  for (; from < to; from++) {
    if (!dtype_holds(tensor->dtype, numbers->items[from].value)) break;
    tensor_set(tensor, from, numbers->items[from].value);
  }
  return from;
}

Value operation_numbers(Vm *vm, const Ast *ast) {
  const AstNumbers *numbers = ast->numbers;
  Tensor tensor;
  Diag diag;
  diag_clear(&diag);
  _Static_assert((int)NUMBERS_AXES == (int)RANK_MOST, "as many axes as a tensor has");
  Shape shape = {.rank = numbers->rank};
  for (int i = 0; i < shape.rank; i++) shape.dim[i] = numbers->dim[i];
  if (!tensor_new(&tensor, bracket_real(vm, ast), &shape, &diag)) {
    diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  Value value = value_tensor(vm, tensor);
  value.tensor->made = ast->span;
  for (uint32_t done = 0; done < numbers->count;) {
    uint32_t rest = numbers->count - done;
    uint32_t to = done + (rest < NUMBERS_A_POLL ? rest : NUMBERS_A_POLL);
    vm_poll_signals(vm);
    done = set_numbers(&tensor, numbers, done, to);
    if (done == to) continue;
    const AstNumber *bad = &numbers->items[done];
    raise_unheld(vm, (Span){ast->span.file, bad->start, bad->end}, tensor.dtype, bad->value);
  }
  return value;
}

/* The dtype of a bracket of scalars: that of its tensors; the default float when there are only
 * numbers, or a fraction beside a whole dtype. */
static Dtype scalar_dtype(Vm *vm, const Value *items, int count, Dtype real) {
  Dtype dtype = DTYPE_BOOL;
  bool strong = false, fraction = false, number = false;
  for (int i = 0; i < count; i++) {
    Type type = trace_type(vm, items[i], (Span){0});
    if (items[i].kind == KIND_NUMBER) fraction |= items[i].number != floor(items[i].number);
    number |= type.weak;
    if (type.weak) continue;
    dtype = strong ? dtype_promote(dtype, type.dtype) : type.dtype;
    strong = true;
  }
  if (!strong || (number && dtype == DTYPE_BOOL) || (fraction && !dtype_floats(dtype))) return real;
  return dtype;
}

static Value stack(Vm *vm, const Ast *ast, const Value *items, int count, bool scalars) {
  bool pending = false;
  for (int i = 0; i < count; i++) pending |= trace_pending(vm, items[i]);
  Trace *trace = trace_for(vm, pending);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId *nodes = arena_alloc(&trace->graph.arena, (size_t)count * sizeof(NodeId));
  Dtype dtype = scalars ? scalar_dtype(vm, items, count, bracket_real(vm, ast)) : vm->real;
  for (int i = 0; i < count; i++) {
    nodes[i] = trace_operand(trace, items[i], ast->span);
    if (scalars) nodes[i] = make_cast(&maker, nodes[i], dtype);
  }
  static const OpRow *row;
  if (!row) row = ops_find("stack");
  Arg args[2] = {{.kind = ARG_NODES, .span = ast->span, .nodes = nodes, .count = count},
                 {.kind = ARG_NUMBER, .span = ast->span, .number = 0}};
  NodeId results[RESULTS_MOST];
  if (!ops_build(&maker, row, args, 2, results)) raise_diag(vm, &diag);
  Value result = wrap(vm, trace, results[0], false);
  eager_clear(vm, trace);
  return result;
}

bool operation_bracket(Vm *vm, const Ast *ast, const Value *items, int count, Value *result) {
  if (count == 0) return false;
  BracketKinds kinds = look(vm, items, count);
  if (kinds.other) return false;
  if (!kinds.tensors) {
    if (kinds.numbers && kinds.bools) return false;
    *result = literal(vm, ast, items, count, kinds.bools ? DTYPE_BOOL : bracket_real(vm, ast));
    return true;
  }
  if (kinds.bools) return false;
  bool joined = (ast->flags & BRACKET_ITEMS) != 0;
  if (!kinds.scalars && (kinds.numbers || joined || !same_shapes(vm, items, count))) return false;
  *result = stack(vm, ast, items, count, kinds.scalars);
  return true;
}

/* ---- rows called by name ---- */

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

static Value tensor_empty(Vm *vm) {
  Tensor tensor;
  Shape shape = {.rank = 1};
  Diag diag = {0};
  if (!tensor_zeros(&tensor, vm->real, &shape, &diag)) raise_diag(vm, &diag);
  return value_tensor(vm, tensor);
}

static bool is_empty_list(Value value) { return value.kind == KIND_LIST && !value.list->count; }

/* A tensor as a node; an empty list is an empty tensor, as the rule of brackets has no other. */
static NodeId operand(const RowCall *call, Value value, Span span) {
  if (!is_empty_list(value)) return trace_operand(call->trace, value, span);
  Value empty = tensor_empty(call->vm);
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

/* A number or a tensor of rank 0, as it is now. */
static double number_now(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_NUMBER) return value.number;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (!value_is_tensor(value)) raise_kind(vm, span, value, "a number is expected here", NULL);
  Type type = trace_type(vm, value, span);
  if (type.shape.rank) {
    char shape[200];
    raise_at(vm, span, "a number is expected here, this is a tensor of shape %s",
             shape_show(&type.shape, shape));
  }
  Tensor elements = trace_elements(vm, value, span);
  double number = tensor_get(&elements, 0);
  tensor_release(&elements);
  return number;
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
    arg->number = number_now(vm, span, value);
    if (trace_pending(vm, value)) arg->node = trace_operand(call->trace, value, span);
  } else if (letter == 'b' && value.kind == KIND_BOOL) {
    arg->kind = ARG_BOOL;
    arg->number = (double)value.truth;
  } else {
    *arg = arg_other(call, letter, value, span);
  }
}

static bool any_pending(Vm *vm, Value value) {
  if (is_collection(value)) {
    for (int64_t i = 0; i < collection_count(value); i++)
      if (any_pending(vm, collection_items(value)[i])) return true;
    return false;
  }
  return trace_pending(vm, value);
}

/* The key of a draw made now: the seed and the number of draws since (LANGUAGE.md section 11). */
static NodeId key_now(Vm *vm, Trace *trace) {
  Tensor key;
  Diag diag;
  diag_clear(&diag);
  Shape shape = shape_of(1, (int64_t[]){4});
  if (!tensor_new(&key, DTYPE_I32, &shape, &diag)) raise_diag(vm, &diag);
  draw_key(tensor_data(&key), vm->seed, vm->draws++);
  NodeId node = trace_tensor_input(trace, &key, NULL);
  tensor_release(&key);
  return node;
}

NodeId operation_key(Vm *vm, Trace *trace) {
  NodeId before = trace->key;
  if (before) return before;
  trace->key = key_now(vm, trace);
  trace->place = 0;
  trace->drew = false;
  return 0;
}

/* A key under which nothing was drawn does not count as a draw. */
void operation_key_end(Vm *vm, Trace *trace, NodeId before) {
  if (before) return;
  if (!trace->drew) vm->draws--;
  trace->key = 0;
  trace->drew = false;
}

void draw_key(int32_t key[4], uint64_t seed, uint64_t count) {
  key[0] = (int32_t)(uint32_t)seed;
  key[1] = (int32_t)(uint32_t)(seed >> 32);
  key[2] = (int32_t)(uint32_t)count;
  key[3] = (int32_t)(uint32_t)(count >> 32);
}

static Value results_of(Vm *vm, Trace *trace, const NodeId *results, int count, bool random) {
  if (count == 1) return wrap(vm, trace, results[0], random);
  Value tuple = value_tuple(vm, count);
  for (int i = 0; i < count; i++) tuple.tuple->items[i] = wrap(vm, trace, results[i], random);
  return tuple;
}

/* Is an operand that becomes a node not computed yet? */
static bool row_pending(Vm *vm, const OpRow *row, const Value *args, int count) {
  if (!vm->trace) return false;
  for (int i = 0; i < count; i++)
    if (strchr("xovX", row->kinds[i]) && any_pending(vm, args[i])) return true;
  return row->draws && vm->trace->key;
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

/* The number of items in a collection or range. */
static int64_t numbers_count(Value value) {
  return value.kind == KIND_RANGE ? (int64_t)range_count(value.range) : collection_count(value);
}

static Value numbers_at(Value value, int64_t index) {
  return value.kind == KIND_RANGE ? value_number(range_at(value.range, (double)index))
                                  : value_retain(collection_items(value)[index]);
}

static Value tensor_of_items(Vm *vm, const CallSite *site, Value from) {
  int64_t count = numbers_count(from);
  if (count == 0) return tensor_empty(vm);
  if (count > INT32_MAX)
    raise_at(vm, site_at(site, 0), "%lld items are too many", (long long)count);
  Value items = value_list(vm, count), result;
  for (int64_t i = 0; i < count; i++) {
    Value item = numbers_at(from, i);
    list_push(vm, items.list, tensor_of(vm, site, item));
    value_release(vm, item);
  }
  Ast place = {.kind = AST_BRACKET, .span = site_at(site, 0), .flags = site->exact ? EXACT : 0};
  if (!operation_bracket(vm, &place, items.list->items, (int)count, &result))
    raise_at(
        vm, site_at(site, 0),
        "the items do not make a tensor: all must be numbers, or all bools, or all of one shape");
  value_release(vm, items);
  return result;
}

Value tensor_of(Vm *vm, const CallSite *site, Value value) {
  stack_check(vm, site->span);
  if (value_is_tensor(value) || value.kind == KIND_NUMBER || value.kind == KIND_BOOL)
    return value_retain(value);
  if (is_collection(value) || value.kind == KIND_RANGE) return tensor_of_items(vm, site, value);
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  raise_at(vm, site_at(site, 0), "%s does not make a tensor", kind_name(value));
}

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
      !operation_bracket(vm, &bracket, list->items, (int)list->count, &given[place]))
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
        .kind = ARG_NODE, .span = site->span, .node = keyed ? trace->key : key_now(vm, trace)};
    bound[given++] =
        (Arg){.kind = ARG_NUMBER, .span = site->span, .number = keyed ? (double)trace->place++ : 0};
  }
  trace->graph.span = trace_span(vm, site->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId results[RESULTS_MOST];
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
  Value result = results_of(vm, trace, results, made, row->draws);
  eager_clear(vm, trace);
  if (row->converts && count == 1) check_narrowed(vm, site, args[0], result);
  return result;
}

/* ---- numbers out of tensors ---- */

bool value_truth(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_BOOL) return value.truth != 0;
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value_is_tensor(value)) {
    Type type = trace_type(vm, value, span);
    bool truth;
    if (type.shape.rank == 0 && value.kind == KIND_TENSOR && !value.tensor->tensor.buffer &&
        type.dtype == DTYPE_BOOL && trace_guard(vm, value.tensor, &truth))
      return truth;
    if (type.shape.rank == 0 && type.dtype == DTYPE_BOOL) {
      Tensor elements = trace_elements(vm, value, span);
      truth = tensor_get(&elements, 0) != 0;
      tensor_release(&elements);
      return truth;
    }
    char shape[200];
    raise_help(vm, span,
               type.shape.rank ? "any(…) or all(…) reduces it to one bool"
                               : "compare it with something: x != 0",
               "a condition must be one bool, this is a tensor %s%s", dtype_name(type.dtype),
               shape_show(&type.shape, shape));
  }
  raise_help(vm, span,
             value.kind == KIND_NUMBER ? "compare it with something: x != 0"
                                       : "compare it with something: x != none",
             "a condition must be a bool, this is %s", kind_name(value));
}

double value_as_number(Vm *vm, Span span, Value value) {
  if (value.kind == KIND_NUMBER) return value.number;
  trace_read_constant(vm, value, span);
  return number_now(vm, span, value);
}

int64_t value_as_index(Vm *vm, Span span, Value value) {
  double number = value_as_number(vm, span, value);
  if (number != floor(number) || fabs(number) > 9007199254740992.0) {
    Text text = {0};
    text_number(&text, number);
    Diag diag = {0};
    bool large = number == floor(number) && !isinf(number);
    if (large)
      diag_fail(&diag, STATUS_FAILED, span,
                "%s is too large: from 2^53 (9007199254740992) on, numbers no longer tell each "
                "whole one from the next",
                text.data);
    else
      diag_fail(&diag, STATUS_FAILED, span, "a whole number is expected here, this is %s",
                text.data);
    text_free(&text);
    raise_diag(vm, &diag);
  }
  return (int64_t)number;
}
