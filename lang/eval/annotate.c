/* annotate.c — shapes of parameters and results (LANGUAGE.md, section 5).
 *
 * A dimension is `..` (any number of leading axes), a name, or an expression. resolve.c gave each
 * name that a declaration binds a slot of the call's frame, and marked names that are variables
 * too: if the variable is a number, it is the size.  A call checks its parameters in two passes:
 * first names, which bind or must agree; then expressions, which use them.  An expression may be
 * the first to meet a name, as in `fn f(x: [N, 2*D]) -> [N, D]`: then the name gets the size for
 * which the expression is that of the axis, if it is linear in the name.
 *
 * A message shows what was given and what the declaration says, which axis differs, and what bound
 * the name.
 */
#include "lang/eval/annotate.h"
#include "lang/eval/call.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/frame.h"
#include "lang/machine/known.h"
#include "lang/machine/list.h"
#include "lang/machine/module_value.h"
#include "lang/machine/raise.h"
#include "lang/machine/value.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/operation.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/source.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Checking {
  Vm *vm;
  Frame *frame;
  const AstFunction *function;
  const Ast *shape; /* SHAPE */
  const char *name; /* of the parameter; NULL: the result */
  Span given;       /* the argument */
  Type type;        /* of the value */
  Value value;
} Checking;

/* ---- messages ---- */

static const char *source_part(Vm *vm, Span span, char buffer[120]) {
  const Source *source = source_at(vm->sources, span.file);
  if (!source || span.end > source->length) return "?";
  uint32_t length = span.end - span.start;
  const char *text = source->text + span.start;
  size_t most = text_whole(text, length, 100);
  snprintf(buffer, 120, "%.*s%s", (int)most, text, most < length ? "…" : "");
  return buffer;
}

/* The slot of a size that a declaration binds. */
static Value *size_at(Frame *frame, const Ast *dimension) {
  Value *slot = &frame->slots[dimension->slot];
  return slot->kind == KIND_CELL ? &slot->cell->value : slot;
}

/* The first dimension of this name, which bound it, and its parameter; NULL: it is the one at hand.
 */
static const Ast *bound_at(const Checking *checking, const char *name, const AstParam **param) {
  for (int i = 0; i < checking->function->param_count; i++) {
    *param = &checking->function->params[i];
    for (uint32_t k = 0; (*param)->shape && k < (*param)->shape->count; k++) {
      const Ast *other = (*param)->shape->items[k];
      if (other->op == 0 && (other->flags & DIMENSION_BINDS) && !strcmp(other->a->text, name))
        return (*param)->shape == checking->shape ? NULL : other;
    }
  }
  return NULL;
}

/* The sizes that `gd check` made up; NULL: it is a run. */
static MadeSizes *made_sizes(const Vm *vm) { return vm->checker ? &vm->checker->made : NULL; }

/* Does a dimension depend on one of them? */
static bool is_made_up(const Checking *checking, const Ast *part) {
  const MadeSizes *made = made_sizes(checking->vm);
  if (!made || made->count == 0) return false;
  if (part->kind == AST_BINARY && is_made_up(checking, part->b)) return true;
  if (part->kind == AST_BINARY || part->kind == AST_UNARY) return is_made_up(checking, part->a);
  const AstParam *param;
  const Ast *binder = part->kind == AST_NAME ? bound_at(checking, part->text, &param) : NULL;
  return binder && made_size_is(made, part->text, size_at(checking->frame, binder)->number);
}

/* "`D` is 2 by `y`", for each name in a dimension that another parameter bound. */
static void note_binders(const Checking *checking, const Ast *part, Diag *diag) {
  if (part->kind == AST_BINARY) note_binders(checking, part->b, diag);
  if (part->kind == AST_BINARY || part->kind == AST_UNARY) note_binders(checking, part->a, diag);
  if (part->kind != AST_NAME) return;
  const AstParam *param;
  const Ast *binder = bound_at(checking, part->text, &param);
  if (!binder) return;
  Value size = *size_at(checking->frame, binder);
  if (size.kind == KIND_NUMBER && !is_made_up(checking, part))
    diag_note(diag, param->span, "`%.64s` is %.0f by `%.64s`", part->text, size.number,
              param->name);
}

static void describe(const Checking *checking, Diag *diag) {
  char shape[200], declared[120];
  shape_show(&checking->type.shape, shape);
  source_part(checking->vm, checking->shape->span, declared);
  char called[72] = "this function";
  if (checking->function->name)
    text_print(called, sizeof called, "`%.64s`", checking->function->name);
  if (checking->name) {
    diag_fail(diag, STATUS_FAILED, checking->given,
              "shapes do not fit: `%.64s` of %s is declared %s, %s%s is given", checking->name,
              called, declared, dtype_name(checking->type.dtype), shape);
  } else {
    diag_fail(diag, STATUS_FAILED, checking->given,
              "shapes do not fit: the result of %s is declared %s, it is %s%s", called, declared,
              dtype_name(checking->type.dtype), shape);
  }
}

/* Where the tensor was made, unless the error shows that place already. */
static void note_given(const Checking *checking, Diag *diag) {
  Span made = operation_made(checking->value), given = checking->given;
  bool shown = made.file == given.file && made.start >= given.start && made.end <= given.end;
  if (!made.file || shown) return;
  char shape[200], text[120];
  shape_show(&checking->type.shape, shape);
  source_part(checking->vm, given, text);
  if (strpbrk(text, "([{\"'+-*/@^|")) diag_note(diag, made, "%s was made here", shape);
  else diag_note(diag, made, "%s is %s, made here", text, shape);
}

static NORETURN void raise_shape(const Checking *checking, Diag *diag) {
  note_given(checking, diag);
  diag_note(diag, checking->function->head_span, "declared here");
  const Span *call = checking->frame->call;
  bool elsewhere = call && call->file &&
                   (checking->given.file != call->file || checking->given.start < call->start ||
                    checking->given.end > call->end);
  if (elsewhere && !checking->name) diag_note(diag, *call, "called here");
  raise_diag(checking->vm, diag);
}

static NORETURN void raise_axis(const Checking *checking, const Ast *dimension, int axis,
                                double wanted) {
  Diag diag = {0};
  char text[120];
  describe(checking, &diag);
  Text number = {0};
  text_number(&number, wanted);
  source_part(checking->vm, dimension->span, text);
  long long size = (long long)checking->type.shape.dim[axis];
  if (dimension->a->kind == AST_NUMBER)
    diag_label(&diag, "axis %d is %lld, not %s", axis, size, number.data);
  else if (is_made_up(checking, dimension->a))
    diag_label(&diag, "axis %d is %lld, not `%s`", axis, size, text);
  else diag_label(&diag, "axis %d is %lld, `%s` is %s", axis, size, text, number.data);
  text_free(&number);
  note_binders(checking, dimension->a, &diag);
  raise_shape(checking, &diag);
}

static NORETURN void raise_rank(const Checking *checking, int axes, bool more) {
  Diag diag = {0};
  describe(checking, &diag);
  diag_label(&diag, "%d %s given, %s%d expected", checking->type.shape.rank,
             checking->type.shape.rank == 1 ? "axis" : "axes", more ? "at least " : "", axes);
  raise_shape(checking, &diag);
}

static NORETURN void raise_no_shape(const Checking *checking, Value value) {
  Diag diag = {0};
  char declared[120];
  source_part(checking->vm, checking->shape->span, declared);
  if (checking->name)
    diag_fail(&diag, STATUS_FAILED, checking->given, "`%.64s` is declared %s, %s is given",
              checking->name, declared, kind_name(value));
  else
    diag_fail(&diag, STATUS_FAILED, checking->given, "the result is declared %s, it is %s",
              declared, kind_name(value));
  diag_help_range(&diag, value, value);
  raise_shape(checking, &diag);
}

/* ---- dimensions ---- */

/* The variable that a shape's name may refer to; KIND_UNSET when it has no value at present. */
static Value peek(const Frame *frame, const Ast *name) {
  switch ((Place)name->place) {
    case PLACE_LOCAL: return frame->slots[name->slot];
    case PLACE_CELL:
      return frame->slots[name->slot].kind == KIND_CELL ? frame->slots[name->slot].cell->value
                                                        : (Value){0};
    case PLACE_CAPTURE: return frame->closure->cells[name->slot]->value;
    case PLACE_GLOBAL: return frame->module->globals[name->slot];
    default: return (Value){0};
  }
}

/* A number, or a rank-0 tensor, which may stand for one: not a param, and not what a recording has
 * yet to compute, which are what is learned and no sizes. */
static bool is_size(Vm *vm, Span span, Value value, double *size) {
  *size = value.number;
  if (value.kind == KIND_NUMBER) return true;
  if (value.kind != KIND_TENSOR || value_unknown(vm, value) ||
      (vm->trace && trace_pending(vm, value)) || trace_type(vm, value, span).shape.rank)
    return false;
  *size = value_number_now(vm, span, value);
  return true;
}

/* The size that a dimension must have; false while it is undetermined. */
static bool wanted_size(Vm *vm, Frame *frame, const Ast *dimension, double *size) {
  Value value;
  if (dimension->flags & DIMENSION_BINDS) {
    if (dimension->flags & DIMENSION_MAYBE) {
      if (is_size(vm, dimension->span, peek(frame, dimension->a), size)) return true;
    }
    value = *size_at(frame, dimension);
    *size = value.number;
    return value.kind == KIND_NUMBER;
  }
  value = eval(vm, frame, dimension->a);
  if (value_unknown(vm, value)) {
    value_release(vm, value);
    return false;
  }
  *size = value_as_number(vm, dimension->span, value);
  value_release(vm, value);
  return true;
}

/* ---- a name that stands alone only later ---- */

/* The dimension that stands alone and has the name, in a parameter or the result; NULL: none. */
static const Ast *binder_of(const AstFunction *function, const Ast *name) {
  for (int i = 0; i <= function->param_count; i++) {
    const Ast *shape = i < function->param_count ? function->params[i].shape : function->result;
    for (uint32_t k = 0; shape && k < shape->count; k++) {
      const Ast *other = shape->items[k];
      if (other->op == 0 && other->flags & DIMENSION_BINDS && other->place == name->place &&
          other->slot == name->slot)
        return other;
    }
  }
  return NULL;
}

/* What binds a name in the expression that has no size yet; NULL: all have one. */
static const Ast *unbound_in(const AstFunction *function, Frame *frame, const Ast *part) {
  const Ast *found = NULL;
  if (part->kind == AST_BINARY) found = unbound_in(function, frame, part->b);
  if (!found && (part->kind == AST_BINARY || part->kind == AST_UNARY))
    found = unbound_in(function, frame, part->a);
  const Ast *binder = part->kind == AST_NAME ? binder_of(function, part) : NULL;
  return binder && size_at(frame, binder)->kind == KIND_UNSET ? binder : found;
}

/* The same of a dimension. */
static const Ast *unbound_of(const AstFunction *function, Frame *frame, const Ast *dimension) {
  bool computed = dimension->op == 0 && !(dimension->flags & DIMENSION_BINDS);
  return computed ? unbound_in(function, frame, dimension->a) : NULL;
}

/* The expression, with this size for the name. */
static double size_with(Vm *vm, Frame *frame, const Ast *dimension, const Ast *binder,
                        double size) {
  double result = (double)NAN;
  frame_set(vm, frame, binder->place, binder->slot, value_number(size));
  wanted_size(vm, frame, dimension, &result);
  return result;
}

static NORETURN void raise_unsolved(const Checking *checking, const Ast *dimension, int axis,
                                    const Ast *name, bool linear) {
  Diag diag = {0};
  char text[120];
  const MadeSizes *made = made_sizes(checking->vm);
  if (made && made->count) raise_unknown(checking->vm);
  describe(checking, &diag);
  source_part(checking->vm, dimension->span, text);
  diag_label(&diag,
             linear ? "axis %d is %lld, and no whole `%.64s` makes `%s` that"
                    : "axis %d is %lld, and `%.64s` cannot be found from `%s`",
             axis, (long long)checking->type.shape.dim[axis], name->text, text);
  if (!linear)
    diag_help(&diag,
              "a name is found from `2*%.64s` or `%.64s + 1`; else an axis of a parameter "
              "must be `%.64s` alone",
              name->text, name->text, name->text);
  raise_shape(checking, &diag);
}

/* Gives the name in the expression the size that makes the expression that of the axis. */
static void solve_axis(const Checking *checking, const Ast *dimension, int axis,
                       const Ast *binder) {
  Vm *vm = checking->vm;
  Frame *frame = checking->frame;
  frame_set(vm, frame, binder->place, binder->slot, value_number(0));
  if (unbound_of(checking->function, frame, dimension))
    raise_unsolved(checking, dimension, axis, binder->a, false);
  double size = (double)checking->type.shape.dim[axis],
         zero = size_with(vm, frame, dimension, binder, 0),
         slope = size_with(vm, frame, dimension, binder, 1) - zero, found = (size - zero) / slope;
  bool linear = size_with(vm, frame, dimension, binder, 2) == zero + 2 * slope,
       fits = found >= 0 && found == floor(found) && isfinite(found);
  if (!fits || size_with(vm, frame, dimension, binder, found) != size)
    raise_unsolved(checking, dimension, axis, binder->a, linear);
}

static void check_axis(const Checking *checking, const Ast *dimension, int axis, bool computed) {
  double wanted, size = (double)checking->type.shape.dim[axis];
  bool binds = dimension->flags & DIMENSION_BINDS;
  if (binds == computed) return;
  const Ast *binder = unbound_of(checking->function, checking->frame, dimension);
  if (binder) {
    solve_axis(checking, dimension, axis, binder);
    return;
  }
  if (!wanted_size(checking->vm, checking->frame, dimension, &wanted)) {
    if (binds)
      frame_set(checking->vm, checking->frame, dimension->place, dimension->slot,
                value_number(size));
  } else if (wanted != size) {
    raise_axis(checking, dimension, axis, wanted);
  }
}

static void check_axes(const Checking *checking, bool computed) {
  const Ast *shape = checking->shape;
  bool more = shape->count && shape->items[0]->op == 1;
  int axes = (int)shape->count - more, rank = checking->type.shape.rank;
  if (rank < axes || (!more && rank != axes)) raise_rank(checking, axes, more);
  for (int i = 0; i < axes; i++)
    check_axis(checking, shape->items[i + more], rank - axes + i, computed);
}

static bool type_of(Vm *vm, Value value, Span span, Type *type) {
  if (value.kind == KIND_NUMBER || value.kind == KIND_BOOL) {
    *type = (Type){.dtype = value.kind == KIND_BOOL ? DTYPE_BOOL : DTYPE_F64, .weak = true};
    return true;
  }
  if (!value_is_tensor(value)) return false;
  *type = trace_type(vm, value, span);
  return true;
}

static void check_dtype(const Checking *checking) {
  Dtype dtype;
  if (!checking->shape->text || !dtype_parse(checking->shape->text, &dtype)) return;
  if (checking->type.dtype == dtype || (checking->type.weak && dtype_floats(dtype))) return;
  Diag diag = {0};
  describe(checking, &diag);
  diag_label(&diag, "%s is expected", dtype_name(dtype));
  diag_help(&diag, "%s(x) converts", dtype_name(dtype));
  raise_shape(checking, &diag);
}

void annotate_check(Vm *vm, Frame *frame, const AstFunction *function, int index, Value value,
                    Span given, bool computed) {
  const Ast *shape = index < 0 ? function->result : function->params[index].shape;
  Checking checking = {
      vm,    frame, function, shape, index < 0 ? NULL : function->params[index].name,
      given, {0},   value};
  if (value.kind == KIND_UNKNOWN || value.kind == KIND_UNSET) return;
  /* omitted on purpose */
  if (value.kind == KIND_NONE && index >= 0 && function->params[index].fallback) return;
  if (!type_of(vm, value, given, &checking.type)) raise_no_shape(&checking, value);
  check_dtype(&checking);
  if (shape->op) check_axes(&checking, computed);
}

bool annotate_list(Vm *vm, const Ast *shape, Value list, Span span, Value *tensor) {
  *tensor = (Value){.kind = KIND_UNKNOWN};
  if (list.kind != KIND_LIST || !shape->op || list.list->count > INT32_MAX) return false;
  for (int64_t i = 0; i < list.list->count; i++)
    if (list.list->items[i].kind == KIND_UNKNOWN) return true;
  if (list.list->count == 0) {
    const CallSite site = {.span = span};
    *tensor = tensor_of(vm, &site, list);
    return true;
  }
  const Ast bracket = {.kind = AST_BRACKET, .span = span};
  return bracket_tensor(vm, &bracket, list.list->items, (int)list.list->count, tensor);
}

/* ---- gd check ---- */

/* Makes up a size for the name of a dimension that stands alone. */
static int64_t make_size(Vm *vm, Frame *frame, const Ast *binder) {
  int64_t chosen = made_size(vm, &vm->checker->made, binder->a->text, binder->span);
  frame_set(vm, frame, binder->place, binder->slot, value_number((double)chosen));
  return chosen;
}

Value annotate_placeholder(Vm *vm, Frame *frame, const AstFunction *function, int index) {
  const Ast *shape = function->params[index].shape;
  Dtype dtype = vm->real;
  if (!shape || !shape->op) return (Value){.kind = KIND_UNKNOWN};
  if (shape->text && !dtype_parse(shape->text, &dtype)) return (Value){.kind = KIND_UNKNOWN};
  Shape made = {0};
  for (uint32_t i = 0; i < shape->count && made.rank < RANK_MOST; i++) {
    const Ast *dimension = shape->items[i];
    double size;
    for (const Ast *binder; (binder = unbound_of(function, frame, dimension));)
      make_size(vm, frame, binder);
    if (dimension->op == 1) {
      made.dim[made.rank++] = made_size(vm, &vm->checker->made, "..", dimension->span);
    } else if (wanted_size(vm, frame, dimension, &size)) {
      if (!(size >= 0 && size < 1e15)) return (Value){.kind = KIND_UNKNOWN};
      made.dim[made.rank++] = (int64_t)size;
    } else if (dimension->flags & DIMENSION_BINDS) {
      made.dim[made.rank++] = make_size(vm, frame, dimension);
    } else {
      return (Value){.kind = KIND_UNKNOWN};
    }
  }
  return trace_placeholder(vm, dtype, &made, function->params[index].span);
}
