/* index.c — x[…] and x[…] = v on tensors.
 *
 * Reading goes in up to three operations: one SLICE for numbers, ranges and slices on all axes, one
 * RESHAPE that drops the axes indexed by a number and inserts those of `none`, then a GATHER for
 * each axis indexed by a tensor.  Two or more integer tensors are paired element by element, as in
 * NumPy: x[arange(n), y].  A bool tensor is a mask; the size of the result depends on data, so it
 * is not possible inside a training step.
 *
 * Writing makes a new tensor (PLACE, or where with a scatter).  It is done in place when the
 * variable is the only owner of its elements and nothing is being recorded.
 *
 * Number indices on a tensor with elements use neither graph nor kernel: the fast path for loops in
 * the script.
 */
#include "lang/tensors/index.h"
#include "lang/machine/range.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/operation.h"
#include "runtime/opcodes.h"

#include <math.h>
#include <string.h>

/* ---- what each subscript takes of its axis ---- */

typedef struct AxisTake {
  int64_t start, count, step; /* as in SLICE */
  bool drop;                  /* a number: the axis is dropped */
  bool gather;                /* a tensor indexes it */
  Value index;                /* borrowed */
  Span span;
} AxisTake;

typedef struct Taking {
  AxisTake axes[RANK_MOST];
  bool fresh[2 * RANK_MOST]; /* by axis of the result: made by `none` */
  int source[2 * RANK_MOST]; /* otherwise: the tensor's axis */
  int results;
  int gathers;
} Taking;

static NORETURN void raise_range(Vm *vm, Span span, int64_t index, int axis, int64_t size) {
  raise_at(vm, span, "index %lld is out of range for axis %d of size %lld", (long long)index, axis,
           (long long)size);
}

static int64_t checked_index(Vm *vm, Span span, Value value, int axis, int64_t size) {
  int64_t index = value_as_index(vm, span, value);
  if (index < -size || index >= size) raise_range(vm, span, index, axis, size);
  return index < 0 ? index + size : index;
}

static int64_t bound(Vm *vm, const Sub *sub, Value value, int64_t size, int64_t absent,
                     int64_t least, int64_t most) {
  if (value.kind == KIND_UNSET) return absent;
  int64_t at = value_as_index(vm, sub->span, value);
  if (at < 0) at += size;
  return at < least ? least : at > most ? most : at;
}

/* A step is whole; one larger than every axis takes one element. */
static int64_t checked_step(Vm *vm, const Sub *sub) {
  if (sub->step.kind == KIND_UNSET) return 1;
  double step = value_as_number(vm, sub->span, sub->step);
  if (step == floor(step) && fabs(step) > 4611686018427387904.0)
    return step < 0 ? -((int64_t)1 << 62) : (int64_t)1 << 62;
  if (step == floor(step) && fabs(step) > 9007199254740992.0) return (int64_t)step;
  return value_as_index(vm, sub->span, sub->step);
}

/* Python's rules: ends are clipped, a negative step starts at the last element. */
static AxisTake take_slice(Vm *vm, const Sub *sub, int64_t size) {
  int64_t step = checked_step(vm, sub);
  if (step == 0) raise_at(vm, sub->span, "the step of a slice must not be 0");
  AxisTake take = {.step = step, .span = sub->span};
  if (step > 0) {
    take.start = bound(vm, sub, sub->start, size, 0, 0, size);
    int64_t stop = bound(vm, sub, sub->stop, size, size, 0, size);
    take.count = stop > take.start ? (stop - take.start - 1) / step + 1 : 0;
  } else {
    take.start = bound(vm, sub, sub->start, size, size - 1, -1, size - 1);
    int64_t stop = bound(vm, sub, sub->stop, size, -1, -1, size - 1);
    uint64_t stride = (uint64_t)0 - (uint64_t)step;
    take.count = stop < take.start ? (int64_t)((uint64_t)(take.start - stop - 1) / stride) + 1 : 0;
  }
  if (take.count <= 1) take.step = 1;
  if (take.count == 0) take.start = 0;
  return take;
}

static AxisTake take_range(Vm *vm, const Sub *sub, int axis, int64_t size) {
  const RangeObject *range = sub->value.range;
  int64_t first = checked_index(vm, sub->span, value_number(range->first), axis, size);
  int64_t step = value_as_index(vm, sub->span, value_number(range->step));
  double steps = floor((range->last - range->first) / range->step);
  int64_t count = steps < 0 ? 0 : (int64_t)steps + 1;
  if (count > 0)
    checked_index(vm, sub->span, value_number(range->first + (double)(count - 1) * range->step),
                  axis, size);
  return (AxisTake){
      .start = count ? first : 0, .count = count, .step = count > 1 ? step : 1, .span = sub->span};
}

static AxisTake take_value(Vm *vm, const Sub *sub, int axis, int64_t size) {
  Value value = sub->value;
  if (value.kind == KIND_RANGE) return take_range(vm, sub, axis, size);
  bool tensor = value_is_tensor(value) && trace_type(vm, value, sub->span).shape.rank > 0;
  if (tensor)
    return (AxisTake){.count = size, .step = 1, .gather = true, .index = value, .span = sub->span};
  if (value_is_tensor(value) && trace_pending(vm, value) &&
      !vm->checking) /* a rank-0 index that is still a node is gathered, not read */
    return (AxisTake){.count = size, .step = 1, .gather = true, .index = value, .span = sub->span};
  if (value.kind == KIND_LIST)
    raise_at(vm, sub->span,
             "an index is a whole number, a slice, a range or a tensor, this is a list");
  return (AxisTake){.start = checked_index(vm, sub->span, value, axis, size),
                    .count = 1,
                    .step = 1,
                    .drop = true,
                    .span = sub->span};
}

static Taking take(Vm *vm, const Ast *ast, const Shape *shape, const Sub *subs, int count) {
  Taking taking = {0};
  int axis = 0;
  for (int i = 0; i < count; i++) {
    if (subs[i].kind == SUB_NEW_AXIS) {
      if (taking.results == RANK_MOST)
        raise_at(vm, ast->span, "a tensor has at most %d axes", RANK_MOST);
      taking.fresh[taking.results++] = true;
      continue;
    }
    if (axis == shape->rank) {
      char text[200];
      raise_at(vm, subs[i].span, "too many indices: the tensor has shape %s",
               shape_show(shape, text));
    }
    AxisTake one = subs[i].kind == SUB_SLICE ? take_slice(vm, &subs[i], shape->dim[axis])
                                             : take_value(vm, &subs[i], axis, shape->dim[axis]);
    taking.axes[axis] = one;
    taking.gathers += one.gather;
    if (!one.drop) taking.source[taking.results++] = axis;
    axis++;
  }
  for (; axis < shape->rank; axis++) {
    taking.axes[axis] = (AxisTake){.count = shape->dim[axis], .step = 1};
    taking.source[taking.results++] = axis;
  }
  if (taking.results > RANK_MOST)
    raise_at(vm, ast->span, "a tensor has at most %d axes", RANK_MOST);
  return taking;
}

/* ---- building ---- */

static NodeId slice_node(Maker *maker, NodeId node, const Taking *taking) {
  const Shape shape = make_type(maker, node)->shape;
  int64_t attrs[3 * RANK_MOST];
  bool whole = true;
  for (int i = 0; i < shape.rank; i++) {
    const AxisTake *axis = &taking->axes[i];
    attrs[3 * i] = axis->start;
    attrs[3 * i + 1] = axis->count;
    attrs[3 * i + 2] = axis->step;
    whole &= axis->count == shape.dim[i] && axis->step == 1;
  }
  return whole ? node : make_slice(maker, node, attrs);
}

static Shape result_shape(const Taking *taking) {
  Shape shape = {.rank = taking->results};
  for (int i = 0; i < taking->results; i++)
    shape.dim[i] = taking->fresh[i] ? 1 : taking->axes[taking->source[i]].count;
  return shape;
}

static NodeId emit(Maker *maker, Op op, const NodeId *inputs, int count, const int64_t *attrs,
                   int attr_count) {
  return graph_emit(maker->graph, op, inputs, count, attrs, attr_count, maker->diag);
}

/* An index as i32: whole, in range, negative ones counted from the end. */
static NodeId index_node(Maker *maker, Trace *trace, Value value, Span span, int64_t size) {
  NodeId index = trace_operand(trace, value, span);
  int64_t range[2] = {-size, size};
  return emit(maker, OP_WHOLE, &index, 1, range, 2);
}

static NodeId from_start(Maker *maker, NodeId index, int64_t size) {
  NodeId zero = graph_constant(maker->graph, 0, DTYPE_I32),
         n = graph_constant(maker->graph, (double)size, DTYPE_I32);
  return make3(maker, OP_WHERE, make2(maker, OP_LT, index, zero), make2(maker, OP_ADD, index, n),
               index);
}

static NodeId gather(Maker *maker, NodeId node, NodeId index, int64_t axis) {
  return emit(maker, OP_GATHER, (NodeId[]){node, index}, 2, &axis, 1);
}

/* Paired integer tensors on neighbouring axes: one gather along those axes merged. */
static NodeId gather_paired(Vm *vm, Maker *maker, Trace *trace, NodeId node, const Taking *taking,
                            int first) {
  const Shape shape = make_type(maker, node)->shape;
  NodeId linear = 0;
  int64_t size = 1;
  for (int i = first; i < first + taking->gathers; i++) {
    bool here = i < taking->results && !taking->fresh[i] && taking->axes[taking->source[i]].gather;
    if (!here)
      raise_help(vm, maker->graph->span, "index them one after the other",
                 "tensors that index together must index neighbouring axes");
    const AxisTake *axis = &taking->axes[taking->source[i]];
    NodeId index = from_start(maker, index_node(maker, trace, axis->index, axis->span, axis->count),
                              axis->count);
    NodeId dim = graph_constant(maker->graph, (double)axis->count, DTYPE_I32);
    linear = linear ? make2(maker, OP_ADD, make2(maker, OP_MUL, linear, dim), index) : index;
    size *= axis->count;
  }
  Shape merged = {.rank = shape.rank - taking->gathers + 1};
  for (int i = 0; i < merged.rank; i++)
    merged.dim[i] = i < first    ? shape.dim[i]
                    : i == first ? size
                                 : shape.dim[i + taking->gathers - 1];
  return gather(maker, make_reshape(maker, node, &merged), linear, first);
}

static NodeId gather_all(Vm *vm, Maker *maker, Trace *trace, NodeId node, const Taking *taking) {
  for (int i = taking->results - 1; i >= 0 && taking->gathers; i--) {
    if (taking->fresh[i] || !taking->axes[taking->source[i]].gather) continue;
    if (taking->gathers > 1)
      return gather_paired(vm, maker, trace, node, taking,
                           i - taking->gathers + 1 < 0 ? 0 : i - taking->gathers + 1);
    const AxisTake *axis = &taking->axes[taking->source[i]];
    return gather(maker, node, index_node(maker, trace, axis->index, axis->span, axis->count), i);
  }
  return node;
}

/* ---- bool masks ---- */

static const Sub *mask_in(Vm *vm, const Sub *subs, int count) {
  for (int i = 0; i < count; i++)
    if (subs[i].kind == SUB_VALUE && value_is_tensor(subs[i].value) &&
        trace_type(vm, subs[i].value, subs[i].span).dtype == DTYPE_BOOL)
      return &subs[i];
  return NULL;
}

/* The indices where a mask is true, as an i32 vector over its axes merged. */
static Tensor mask_places(Vm *vm, const Sub *sub) {
  if (vm->training)
    raise_help(vm, sub->span, "where(mask, x, 0) keeps the shape",
               "a bool tensor selects rows only outside a training step: how many there are "
               "depends on the data");
  Tensor mask = trace_elements(vm, sub->value, sub->span), places;
  int64_t count = tensor_count(&mask), found = 0;
  const uint8_t *bits = tensor_data(&mask);
  for (int64_t i = 0; i < count; i++) found += bits[i] != 0;
  Diag diag = {0};
  Shape shape = shape_of(1, &found);
  if (!tensor_new(&places, DTYPE_I32, &shape, &diag)) raise_diag(vm, &diag);
  int32_t *place = tensor_data(&places);
  for (int64_t i = 0; i < count; i++)
    if (bits[i]) *place++ = (int32_t)i;
  tensor_release(&mask);
  return places;
}

static void check_mask(Vm *vm, const Sub *sub, const Shape *mask, const Shape *shape, int axis) {
  bool fits = axis + mask->rank <= shape->rank && mask->rank > 0;
  for (int i = 0; fits && i < mask->rank; i++) fits = mask->dim[i] == shape->dim[axis + i];
  if (fits) return;
  char a[200], b[200];
  raise_at(vm, sub->span,
           "a mask has the shape of the axes it selects from: the tensor is %s, the mask %s",
           shape_show(shape, a), shape_show(mask, b));
}

/* x[mask], x[:, mask]: the mask's axes are merged and gathered. */
static Value select_mask(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count,
                         const Sub *mask) {
  Type type = trace_type(vm, base, ast->span), of = trace_type(vm, mask->value, mask->span);
  int axis = (int)(mask - subs);
  for (int i = 0; i < count; i++) {
    bool plain = subs[i].kind == SUB_SLICE && subs[i].start.kind == KIND_UNSET &&
                 subs[i].stop.kind == KIND_UNSET && subs[i].step.kind == KIND_UNSET;
    if (&subs[i] != mask && !plain)
      raise_at(vm, ast->span, "with a bool tensor the other axes are taken whole: `:`");
  }
  check_mask(vm, mask, &of.shape, &type.shape, axis);
  Tensor places = mask_places(vm, mask);
  Trace *trace = trace_pending(vm, base) && vm->trace ? vm->trace : trace_eager(vm);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  Shape merged = {.rank = type.shape.rank - of.shape.rank + 1};
  for (int i = 0; i < merged.rank; i++)
    merged.dim[i] = i < axis    ? type.shape.dim[i]
                    : i == axis ? shape_count(&of.shape)
                                : type.shape.dim[i + of.shape.rank - 1];
  NodeId node = make_reshape(&maker, trace_operand(trace, base, ast->span), &merged);
  node = gather(&maker, node, trace_tensor_input(trace, &places, NULL), axis);
  tensor_release(&places);
  if (!node) raise_diag(vm, &diag);
  Value result = trace_result(trace, node);
  if (trace == trace_eager(vm)) trace_clear(trace);
  return result;
}

/* ---- reading ---- */

/* For numbers only, on existing elements: the index of the first element; else -1. */
static int64_t plain_start(Vm *vm, const Tensor *tensor, const Sub *subs, int count) {
  if (!tensor->buffer || count > tensor->shape.rank) return -1;
  int64_t at = 0;
  for (int i = 0; i < count; i++) {
    if (subs[i].kind != SUB_VALUE || subs[i].value.kind != KIND_NUMBER) return -1;
    at = at * tensor->shape.dim[i] +
         checked_index(vm, subs[i].span, subs[i].value, i, tensor->shape.dim[i]);
  }
  for (int i = count; i < tensor->shape.rank; i++) at *= tensor->shape.dim[i];
  return at;
}

static Value read_plain(Vm *vm, const Ast *ast, const Tensor *tensor, int64_t at, int count,
                        bool shared) {
  Shape shape = shape_of(tensor->shape.rank - count, tensor->shape.dim + count);
  Tensor part;
  if (shape.rank == 0) {
    part = tensor_scalar(tensor->dtype, 0);
    memcpy(tensor_data(&part),
           (char *)tensor_data(tensor) + (size_t)at * dtype_bytes(tensor->dtype),
           dtype_bytes(tensor->dtype));
  } else {
    part = tensor_view(tensor, &shape, at);
    if (shared) {
      Tensor copy;
      Diag diag = {0};
      if (!tensor_copy(&copy, &part, &diag)) raise_diag(vm, &diag);
      tensor_release(&part);
      part = copy;
    }
  }
  Value value = value_tensor(vm, part);
  value.tensor->made = ast->span;
  return value;
}

Value operation_index(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count) {
  if (!trace_pending(vm, base) &&
      !(base.kind == KIND_PARAM && (base.param->domain || vm->checking))) {
    const Tensor *tensor = base.kind == KIND_PARAM ? &base.param->value : &base.tensor->tensor;
    int64_t at = plain_start(vm, tensor, subs, count);
    if (at >= 0) return read_plain(vm, ast, tensor, at, count, base.kind == KIND_PARAM);
  }
  const Sub *mask = mask_in(vm, subs, count);
  if (mask) return select_mask(vm, ast, base, subs, count, mask);
  Type type = trace_type(vm, base, ast->span);
  Taking taking = take(vm, ast, &type.shape, subs, count);
  bool pending = trace_pending(vm, base);
  for (int i = 0; i < type.shape.rank; i++)
    pending |= taking.axes[i].gather && trace_pending(vm, taking.axes[i].index);
  Trace *trace = pending && vm->trace ? vm->trace : trace_eager(vm);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  Shape shape = result_shape(&taking);
  NodeId node = slice_node(&maker, trace_operand(trace, base, ast->span), &taking);
  node = make_reshape(&maker, node, &shape);
  node = gather_all(vm, &maker, trace, node, &taking);
  if (!node) {
    if (!diag.span.file) diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  Value result = trace_result(trace, node);
  if (trace == trace_eager(vm)) trace_clear(trace);
  return result;
}

/* ---- writing ---- */

static bool write_plain(Vm *vm, Tensor *tensor, int64_t at, int count, Value value) {
  Shape part = shape_of(tensor->shape.rank - count, tensor->shape.dim + count);
  int64_t elements = shape_count(&part);
  if (value.kind == KIND_NUMBER) {
    bool whole = !dtype_floats(tensor->dtype);
    if (whole || !dtype_holds(tensor->dtype, value.number)) return false; /* CAST reports it */
    tensor_fill(tensor, at, elements, value.number);
    return true;
  }
  if (value.kind != KIND_TENSOR || trace_pending(vm, value)) return false;
  const Tensor *from = &value.tensor->tensor;
  if (from->dtype != tensor->dtype || !shape_equal(&from->shape, &part)) return false;
  memmove((char *)tensor_data(tensor) + (size_t)at * dtype_bytes(tensor->dtype), tensor_data(from),
          tensor_bytes(from));
  return true;
}

/* The value cast to the base's dtype and broadcast to `shape`. */
static NodeId value_node(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, Value value,
                         Dtype dtype, const Shape *shape) {
  if (value.kind == KIND_NUMBER && !dtype_floats(dtype) && value.number != floor(value.number)) {
    raise_help(vm, ast->span, "make the tensor a float first: f32(x)",
               "a fraction does not fit into a tensor of %s", dtype_name(dtype));
  }
  Type type = trace_type(vm, value, ast->span);
  if (dtype_floats(type.dtype) && !type.weak && !dtype_floats(dtype)) {
    raise_help(vm, ast->span, "convert one of them: f32(x), i32(v)",
               "%s does not go into a tensor of %s", dtype_name(type.dtype), dtype_name(dtype));
  }
  bool fits = type.shape.rank <= shape->rank;
  for (int i = 0; fits && i < type.shape.rank; i++) {
    int64_t have = type.shape.dim[type.shape.rank - 1 - i], want = shape->dim[shape->rank - 1 - i];
    fits = have == want || have == 1;
  }
  if (!fits) {
    char a[200], b[200];
    raise_at(vm, ast->span, "shapes do not fit: the part is %s, the value %s", shape_show(shape, a),
             shape_show(&type.shape, b));
  }
  NodeId node = make_cast(maker, trace_operand(trace, value, ast->span), dtype);
  return make_expand(maker, node, shape);
}

static NodeId place_slices(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, NodeId base,
                           const Taking *taking, Value value) {
  Type type = *make_type(maker, base);
  Shape visible = result_shape(taking), full = {.rank = type.shape.rank};
  int64_t attrs[3 * RANK_MOST];
  for (int i = 0; i < type.shape.rank; i++) {
    full.dim[i] = taking->axes[i].count;
    attrs[3 * i] = taking->axes[i].start;
    attrs[3 * i + 1] = taking->axes[i].count;
    attrs[3 * i + 2] = taking->axes[i].step;
  }
  NodeId part = make_reshape(maker, value_node(vm, maker, trace, ast, value, type.dtype, &visible),
                             &full);
  return emit(maker, OP_PLACE, (NodeId[]){base, part}, 2, attrs, 3 * type.shape.rank);
}

/* x[index] = v along one axis: of duplicate indices the last wins, so the indices must be known. */
static NodeId place_gathered(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, NodeId base,
                             const Taking *taking, int axis, Value value) {
  Type type = *make_type(maker, base);
  int64_t size = type.shape.dim[axis];
  Tensor index = trace_elements(vm, taking->axes[axis].index, taking->axes[axis].span);
  int rank = index.shape.rank;
  int64_t count = tensor_count(&index), kept = 0;
  int64_t *last = arena_alloc(&trace->graph.arena, (size_t)(size + 1) * sizeof(int64_t));
  double *places_given = arena_alloc(&trace->graph.arena, (size_t)(count + 1) * sizeof(double));
  for (int64_t i = 0; i < count; i++) places_given[i] = tensor_get(&index, i);
  tensor_release(&index);
  if (rank != 1)
    raise_at(vm, ast->span, "an index of an assignment is a vector, this has %d axes", rank);
  for (int64_t i = 0; i < size; i++) last[i] = -1;
  for (int64_t i = 0; i < count; i++)
    last[checked_index(vm, taking->axes[axis].span, value_number(places_given[i]), axis, size)] = i;
  Diag diag = {0};
  for (int64_t i = 0; i < size; i++) kept += last[i] >= 0;
  Tensor places, from;
  Shape vector = shape_of(1, &kept);
  if (!tensor_new(&places, DTYPE_I32, &vector, &diag) ||
      !tensor_new(&from, DTYPE_I32, &vector, &diag))
    raise_diag(vm, &diag);
  for (int64_t i = 0, k = 0; i < size; i++)
    if (last[i] >= 0) {
      ((int32_t *)tensor_data(&places))[k] = (int32_t)i;
      ((int32_t *)tensor_data(&from))[k++] = (int32_t)last[i];
    }
  NodeId to = trace_tensor_input(trace, &places, NULL),
         which = trace_tensor_input(trace, &from, NULL);
  tensor_release(&places);
  tensor_release(&from);
  Shape wide = type.shape;
  wide.dim[axis] = count;
  NodeId part = gather(maker, value_node(vm, maker, trace, ast, value, type.dtype, &wide), which,
                       axis);
  int64_t attrs[2] = {axis, size};
  Shape kept_shape = type.shape;
  kept_shape.dim[axis] = kept;
  Type ones_type = {.dtype = DTYPE_F32, .shape = kept_shape};
  NodeId ones = graph_full(maker->graph, 1, DTYPE_F32, &ones_type.shape, maker->diag);
  NodeId hit = make2(maker, OP_GT, emit(maker, OP_SCATTER, (NodeId[]){ones, to}, 2, attrs, 2),
                     graph_constant(maker->graph, 0, DTYPE_F32));
  return make3(maker, OP_WHERE, hit, emit(maker, OP_SCATTER, (NodeId[]){part, to}, 2, attrs, 2),
               base);
}

static NodeId place_mask(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, NodeId base,
                         const Sub *mask, Value value) {
  Type type = *make_type(maker, base), of = trace_type(vm, mask->value, mask->span);
  check_mask(vm, mask, &of.shape, &type.shape, 0);
  Shape lifted = type.shape;
  for (int i = of.shape.rank; i < lifted.rank; i++) lifted.dim[i] = 1;
  NodeId chosen = make_reshape(maker, trace_operand(trace, mask->value, mask->span), &lifted);
  Type given = trace_type(vm, value, ast->span);
  if (given.shape.rank == 0)
    return make3(maker, OP_WHERE, make_expand(maker, chosen, &type.shape),
                 value_node(vm, maker, trace, ast, value, type.dtype, &type.shape), base);
  Tensor places = mask_places(vm, mask);
  Shape flat = {.rank = type.shape.rank - of.shape.rank + 1};
  flat.dim[0] = shape_count(&of.shape);
  for (int i = 1; i < flat.rank; i++) flat.dim[i] = type.shape.dim[i + of.shape.rank - 1];
  Shape wide = flat;
  wide.dim[0] = tensor_count(&places);
  NodeId part = value_node(vm, maker, trace, ast, value, type.dtype, &wide);
  int64_t attrs[2] = {0, flat.dim[0]};
  NodeId spread = emit(maker, OP_SCATTER,
                       (NodeId[]){part, trace_tensor_input(trace, &places, NULL)}, 2, attrs, 2);
  tensor_release(&places);
  return make3(maker, OP_WHERE, make_expand(maker, chosen, &type.shape),
               make_reshape(maker, spread, &type.shape), base);
}

static NodeId placed(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, NodeId base,
                     const Sub *subs, int count, Value value) {
  Shape shape = make_type(maker, base)->shape;
  const Sub *mask = mask_in(vm, subs, count);
  if (mask) {
    if (count != 1) raise_at(vm, ast->span, "a bool tensor is the only index of an assignment");
    return place_mask(vm, maker, trace, ast, base, mask, value);
  }
  Taking taking = take(vm, ast, &shape, subs, count);
  if (!taking.gathers) return place_slices(vm, maker, trace, ast, base, &taking, value);
  int axis = -1;
  for (int i = 0; i < shape.rank; i++) {
    bool whole = taking.axes[i].count == shape.dim[i] && taking.axes[i].step == 1 &&
                 !taking.axes[i].drop;
    if (taking.axes[i].gather && axis < 0) axis = i;
    else if (!whole || taking.axes[i].gather)
      raise_at(vm, ast->span,
               "in an assignment one tensor indexes one axis, and the others are taken whole");
  }
  return place_gathered(vm, maker, trace, ast, base, &taking, axis, value);
}

Value operation_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count,
                          Value value) {
  if (base.kind == KIND_PARAM)
    raise_help(vm, ast->span, "assign(w, values) sets a param",
               "the elements of a param cannot be assigned one by one");
  TensorObject *object = base.tensor;
  if (!trace_pending(vm, base) && base.object->refs == 1 && object->tensor.buffer->refs == 1) {
    int64_t at = plain_start(vm, &object->tensor, subs, count);
    if (at >= 0 && write_plain(vm, &object->tensor, at, count, value)) return base;
  }
  bool pending = trace_pending(vm, base) || trace_pending(vm, value);
  Trace *trace = pending && vm->trace ? vm->trace : trace_eager(vm);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  NodeId node = placed(vm, &maker, trace, ast, trace_operand(trace, base, ast->span), subs, count,
                       value);
  if (!node) {
    if (!diag.span.file) diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  Value result = trace_result(trace, node);
  if (trace == trace_eager(vm)) trace_clear(trace);
  value_release(vm, base);
  return result;
}

/* ---- rows ---- */

int64_t value_rows(Vm *vm, Span span, Value value) {
  const KindRow *row = kind_row(vm, value);
  if (row && row->count) return row->count(vm, span, value);
  Type type = trace_type(vm, value, span);
  if (type.shape.rank == 0) raise_at(vm, span, "a scalar has no rows to iterate over");
  return type.shape.dim[0];
}

Value value_row(Vm *vm, Span span, Value value, int64_t index) {
  const KindRow *row = kind_row(vm, value);
  if (row && row->at) return row->at(vm, span, value, index);
  Ast place = {.kind = AST_INDEX, .span = span};
  Sub sub = {.kind = SUB_VALUE, .span = span, .value = value_number((double)index)};
  return operation_index(vm, &place, value, &sub, 1);
}
