/* index.c — x[…] and x[…] = v on tensors.
 *
 * Reading goes in up to three operations: one SLICE for numbers, ranges and slices on all axes, one
 * RESHAPE that drops the axes indexed by a number and inserts those of `none`, then a GATHER for
 * each axis indexed by a tensor.  Two or more integer tensors are paired element by element and
 * broadcast, as in NumPy: x[arange(n), y]; a number among them takes its axis away first, so it is
 * no neighbour and no partner.  A bool tensor is a mask; the size of the result depends on data, so
 * it is not possible inside a training step.  Beside other indices it stands for those where it is
 * true, an integer tensor for each of its axes.
 *
 * Writing makes a new tensor (PLACE, or where with what LAST chose).  It is done in place when the
 * variable is the only owner of its elements and nothing is being recorded.
 *
 * Number indices on a tensor with elements use neither graph nor kernel: the fast path for loops in
 * the script.
 */
#include "lang/tensors/index.h"
#include "lang/machine/range.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"

#include <math.h>
#include <string.h>

extern const Op OP_ADD, OP_GATHER, OP_MUL, OP_PLACE, OP_SCATTER, OP_WHERE, OP_WHOLE;

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
    raise_help(vm, sub->span, "tensor(list) makes a tensor of a list of numbers",
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

static NodeId gather(Maker *maker, NodeId node, NodeId index, int64_t axis) {
  return emit(maker, OP_GATHER, (NodeId[]){node, index}, 2, &axis, 1);
}

/* The axes that tensors index, as one: that is what is read and written along. */
typedef struct Joined {
  NodeId x, index; /* the index counts along `axis` of x, from the start */
  int axis;
  Shape apart;          /* of x before its axes were joined … */
  int order[RANK_MOST]; /* … and the order of axes before that */
} Joined;

/* The indices broadcast with each other, by NumPy's rule whatever their ranks. */
static void check_indices(Vm *vm, const Maker *maker, Span span, const NodeId *index, int count) {
  Shape all = {0};
  for (int k = 0; k < count; k++) {
    Shape one = make_type(maker, index[k])->shape;
    for (int back = 1; back <= one.rank; back++) {
      int64_t *size = &all.dim[RANK_MOST - back], have = one.dim[one.rank - back];
      if (back > all.rank) *size = have;
      else if (*size == 1) *size = have;
      else if (have != 1 && have != *size) {
        char a[200], b[200];
        Shape first = make_type(maker, index[0])->shape;
        raise_at(vm, span, "tensors that index together must broadcast: %s and %s",
                 shape_show(&first, a), shape_show(&one, b));
      }
    }
    if (one.rank > all.rank) all.rank = one.rank;
  }
}

/* Brings the indexed axes together: neighbours stay where they are, others come first, as in NumPy.
 */
static int bring_together(Maker *maker, const Taking *taking, Joined *joined) {
  int count = 0, first = -1, last = 0;
  bool indexed[RANK_MOST] = {false};
  for (int i = 0; i < taking->results; i++) {
    indexed[i] = !taking->fresh[i] && taking->axes[taking->source[i]].gather;
    if (indexed[i]) first = first < 0 ? i : first, last = i;
  }
  bool neighbours = last - first + 1 == taking->gathers;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < taking->results; i++)
      if (neighbours ? !pass : indexed[i] != (pass == 1)) joined->order[count++] = i;
  joined->x = make_permute(maker, joined->x, joined->order);
  return neighbours ? first : 0;
}

static Joined join_axes(Vm *vm, Maker *maker, Trace *trace, NodeId node, const Taking *taking) {
  Joined joined = {.x = node};
  NodeId index[RANK_MOST];
  int count = 0, rank = 0;
  const Span span = maker->graph->span;
  for (int i = 0; i < taking->results; i++) {
    const AxisTake *axis = &taking->axes[taking->source[i]];
    if (taking->fresh[i] || !axis->gather) continue;
    index[count] = make_from_start(
        maker, index_node(maker, trace, axis->index, axis->span, axis->count), axis->count);
    if (!index[count]) return (Joined){0};
    int own = make_type(maker, index[count++])->shape.rank;
    rank = own > rank ? own : rank;
  }
  check_indices(vm, maker, span, index, count);
  joined.axis = bring_together(maker, taking, &joined);
  if (!joined.x) return (Joined){0};
  joined.apart = make_type(maker, joined.x)->shape;
  Shape merged = {.rank = joined.apart.rank - count + 1};
  int64_t size = 1;
  for (int k = 0; k < count; k++) {
    int64_t along = joined.apart.dim[joined.axis + k];
    NodeId one = make_with_rank(maker, index[k], rank),
           dim = graph_constant(maker->graph, (double)along, DTYPE_I32);
    joined.index = k ? make2(maker, OP_ADD, make2(maker, OP_MUL, joined.index, dim), one) : one;
    if (!size_mul(size, along, &size) || size > INT32_MAX)
      raise_at(vm, span, "the indexed axes have too many elements together");
  }
  for (int i = 0; i < merged.rank; i++)
    merged.dim[i] = i < joined.axis    ? joined.apart.dim[i]
                    : i == joined.axis ? size
                                       : joined.apart.dim[i + count - 1];
  joined.x = make_reshape(maker, joined.x, &merged);
  return joined;
}

static NodeId gather_all(Vm *vm, Maker *maker, Trace *trace, NodeId node, const Taking *taking) {
  if (!node || !taking->gathers) return node;
  if (taking->gathers > 1) {
    Joined joined = join_axes(vm, maker, trace, node, taking);
    return joined.index ? gather(maker, joined.x, joined.index, joined.axis) : 0;
  }
  for (int i = taking->results - 1; i >= 0; i--) {
    if (taking->fresh[i] || !taking->axes[taking->source[i]].gather) continue;
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
               "a bool tensor selects rows only outside a training step: their number depends on "
               "the data");
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

/* Is every index but the mask `:`? */
static bool is_alone(const Sub *mask, const Sub *subs, int count) {
  bool alone = true;
  for (int i = 0; i < count; i++)
    alone &= &subs[i] == mask ||
             (subs[i].kind == SUB_SLICE && subs[i].start.kind == KIND_UNSET &&
              subs[i].stop.kind == KIND_UNSET && subs[i].step.kind == KIND_UNSET);
  return alone;
}

/* The subscripts with integer tensors in place of masks. */
typedef struct Unmasked {
  Sub subs[3 * RANK_MOST];  /* new axes, axes, and those of masks */
  bool made[3 * RANK_MOST]; /* by subscript: its value is owned */
  int count;
} Unmasked;

/* One vector for each axis of the mask: the indices along it where it is true. */
static void add_places(Vm *vm, Unmasked *into, const Sub *mask, const Shape *shape) {
  Tensor places = mask_places(vm, mask);
  int64_t strides[RANK_MOST], count = tensor_count(&places);
  shape_strides(shape, strides);
  for (int axis = 0; axis < shape->rank; axis++) {
    Tensor along;
    Diag diag = {0};
    if (!tensor_copy(&along, &places, &diag)) raise_diag(vm, &diag);
    int32_t *at = tensor_data(&along);
    for (int64_t i = 0; i < count; i++) at[i] = (int32_t)(at[i] / strides[axis] % shape->dim[axis]);
    into->made[into->count] = true;
    into->subs[into->count++] =
        (Sub){.kind = SUB_VALUE, .span = mask->span, .value = value_tensor(vm, along)};
  }
  tensor_release(&places);
}

static Unmasked unmasked(Vm *vm, const Shape *shape, const Sub *subs, int count) {
  Unmasked into = {.count = 0};
  if (count > 2 * RANK_MOST)
    raise_at(vm, subs[0].span, "too many indices: a tensor has at most %d axes", RANK_MOST);
  for (int i = 0, axis = 0; i < count; i++) {
    if (mask_in(vm, &subs[i], 1)) {
      Type of = trace_type(vm, subs[i].value, subs[i].span);
      check_mask(vm, &subs[i], &of.shape, shape, axis);
      add_places(vm, &into, &subs[i], &of.shape);
      axis += of.shape.rank;
    } else {
      into.subs[into.count++] = subs[i];
      axis += subs[i].kind != SUB_NEW_AXIS;
    }
  }
  return into;
}

static void unmasked_free(Vm *vm, Unmasked *from) {
  for (int i = 0; i < from->count; i++)
    if (from->made[i]) value_release(vm, from->subs[i].value);
}

/* x[mask], x[:, mask]: the mask's axes are merged and gathered. */
static Value select_mask(Vm *vm, const Ast *ast, Value base, const Sub *subs, const Sub *mask) {
  Type type = trace_type(vm, base, ast->span), of = trace_type(vm, mask->value, mask->span);
  int axis = (int)(mask - subs);
  check_mask(vm, mask, &of.shape, &type.shape, axis);
  Tensor places = mask_places(vm, mask);
  Trace *trace = trace_for(vm, trace_pending(vm, base));
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
  trace_done(trace);
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
      !(base.kind == KIND_PARAM && (base.param->domain.kind || vm->checking))) {
    const Tensor *tensor = base.kind == KIND_PARAM ? &base.param->value : &base.tensor->tensor;
    int64_t at = plain_start(vm, tensor, subs, count);
    if (at >= 0) {
      Value part = read_plain(vm, ast, tensor, at, count, base.kind == KIND_PARAM);
      if (base.kind == KIND_TENSOR) part.tensor->probable = base.tensor->probable;
      return part;
    }
  }
  const Sub *mask = mask_in(vm, subs, count);
  if (mask && is_alone(mask, subs, count)) return select_mask(vm, ast, base, subs, mask);
  Type type = trace_type(vm, base, ast->span);
  if (mask) {
    Unmasked other = unmasked(vm, &type.shape, subs, count);
    Value part = operation_index(vm, ast, base, other.subs, other.count);
    unmasked_free(vm, &other);
    return part;
  }
  Taking taking = take(vm, ast, &type.shape, subs, count);
  bool pending = trace_pending(vm, base);
  for (int i = 0; i < type.shape.rank; i++)
    pending |= taking.axes[i].gather && trace_pending(vm, taking.axes[i].index);
  Trace *trace = trace_for(vm, pending);
  trace->graph.span = trace_span(vm, ast->span);
  Diag diag;
  diag_clear(&diag);
  Maker maker = {&trace->graph, &diag};
  Shape shape = result_shape(&taking);
  NodeId whole = trace_operand(trace, base, ast->span);
  const bool written = ast->count > 0 && ast->items[0]->a && ast->items[0]->a->kind == AST_NUMBER;
  if (written && whole && whole == trace->minibatch && taking.axes[0].drop &&
      !trace->row_taken.file)
    trace->row_taken = ast->span;
  NodeId node = slice_node(&maker, whole, &taking);
  node = make_reshape(&maker, node, &shape);
  node = gather_all(vm, &maker, trace, node, &taking);
  if (!node) {
    if (!diag.span.file) diag.span = ast->span;
    raise_diag(vm, &diag);
  }
  Value result = trace_result(trace, node);
  trace_done(trace);
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
               "%s does not fit into a tensor of %s", isnan(value.number) ? "NaN" : "a fraction",
               dtype_name(dtype));
  }
  Type type = trace_type(vm, value, ast->span);
  if (dtype_floats(type.dtype) && !type.weak && !dtype_floats(dtype)) {
    raise_help(vm, ast->span, "convert one of them: f32(x), i32(v)",
               "%s does not fit into a tensor of %s", dtype_name(type.dtype), dtype_name(dtype));
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

/* x[.., i, .., j, ..] = v: put into the part that numbers and slices take, of which tensors index
 * some axes; that then replaces the part. */
static NodeId place_indexed(Vm *vm, Maker *maker, Trace *trace, const Ast *ast, NodeId base,
                            const Taking *taking, Value value) {
  const Type type = *make_type(maker, base);
  Shape seen = result_shape(taking), taken = {.rank = type.shape.rank};
  int64_t runs[3 * RANK_MOST];
  bool whole = true;
  for (int i = 0; i < type.shape.rank; i++) {
    const AxisTake *axis = &taking->axes[i];
    taken.dim[i] = axis->count;
    runs[3 * i] = axis->start, runs[3 * i + 1] = axis->count, runs[3 * i + 2] = axis->step;
    whole &= axis->count == type.shape.dim[i] && axis->step == 1;
  }
  NodeId part = make_reshape(maker, slice_node(maker, base, taking), &seen);
  Joined joined = part ? join_axes(vm, maker, trace, part, taking) : (Joined){0};
  if (!joined.index) return 0;
  Shape from = make_type(maker, joined.x)->shape, by = make_type(maker, joined.index)->shape,
        wide = {0}, flat = from, vector = {1, {shape_count(&by)}};
  if (from.rank - 1 + by.rank > RANK_MOST)
    raise_at(vm, ast->span, "a tensor has at most %d axes", RANK_MOST);
  for (int i = 0; i < joined.axis; i++) wide.dim[wide.rank++] = from.dim[i];
  for (int i = 0; i < by.rank; i++) wide.dim[wide.rank++] = by.dim[i];
  for (int i = joined.axis + 1; i < from.rank; i++) wide.dim[wide.rank++] = from.dim[i];
  flat.dim[joined.axis] = vector.dim[0];
  NodeId values = value_node(vm, maker, trace, ast, value, type.dtype, &wide);
  NodeId put = make_put_slices(maker, joined.x, make_reshape(maker, joined.index, &vector),
                               make_reshape(maker, values, &flat), joined.axis);
  int back[RANK_MOST];
  for (int i = 0; i < joined.apart.rank; i++) back[joined.order[i]] = i;
  put = make_permute(maker, make_reshape(maker, put, &joined.apart), back);
  put = make_reshape(maker, put, &taken);
  return whole || !put ? put
                       : emit(maker, OP_PLACE, (NodeId[]){base, put}, 2, runs, 3 * type.shape.rank);
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
  if (mask && count == 1) return place_mask(vm, maker, trace, ast, base, mask, value);
  Taking taking = take(vm, ast, &shape, subs, count);
  if (!taking.gathers) return place_slices(vm, maker, trace, ast, base, &taking, value);
  return place_indexed(vm, maker, trace, ast, base, &taking, value);
}

Value operation_index_set(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count,
                          Value value) {
  TensorObject *object = base.kind == KIND_TENSOR ? base.tensor : NULL; /* NULL: a param's value */
  if (object && !trace_pending(vm, base) && base.object->refs == 1 &&
      object->tensor.buffer->refs == 1) {
    int64_t at = plain_start(vm, &object->tensor, subs, count);
    if (at >= 0 && write_plain(vm, &object->tensor, at, count, value)) {
      object->probable = 0;
      return base;
    }
  }
  if (count > 1 && mask_in(vm, subs, count)) {
    const Type type = trace_type(vm, base, ast->span);
    Unmasked other = unmasked(vm, &type.shape, subs, count);
    base = operation_index_set(vm, ast, base, other.subs, other.count, value);
    unmasked_free(vm, &other);
    return base;
  }
  bool pending = trace_pending(vm, base) || trace_pending(vm, value);
  for (int i = 0; i < count; i++)
    pending |= subs[i].kind == SUB_VALUE && value_is_tensor(subs[i].value) &&
               trace_pending(vm, subs[i].value);
  Trace *trace = trace_for(vm, pending);
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
  trace_done(trace);
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
