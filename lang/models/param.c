/* param.c — trained tensors and the natives that handle them: param, copy, assign, freeze,
 * parameters, count.
 *
 * `collect` alone defines the parts of a value: params, models (their arguments, params, buffers
 * and lets, in order of declaration), and tuples and lists of parts.  A model's rest parameter is a
 * list of that name: chain(a, b) has `parts.0.W` and `parts.1.W`.  A param found twice is listed
 * once, under the first path.
 */
#include "lang/models/param.h"

#include "lang/eval/call.h"
#include "lang/eval/eval.h"
#include "lang/machine/heap.h"
#include "lang/machine/tensor_value.h"
#include "lang/tensors/domain.h"
#include "lang/tensors/scalar.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <string.h>

/* ---- domains ---- */

/* Releases the value if it raises. */
static void check_domain(Vm *vm, Span span, Tensor *value, Domain domain) {
  Text wanted = {0};
  int64_t place = domain_left(domain, value, &wanted);
  if (place < 0) return;
  Text text = {0}, named = {0};
  text_digits(&text, tensor_get(value, place), 6);
  domain_show(domain, &named);
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span,
            "a param of the domain %s must start %s, element %lld is %s", named.data, wanted.data,
            (long long)place, text.data);
  text_free(&named);
  text_free(&text);
  text_free(&wanted);
  tensor_release(value);
  raise_diag(vm, &diag);
}

/* ---- making and setting ---- */

/* A value's elements as new storage of `dtype` with no other owner.  Releases `from` if it
 * raises. */
static Tensor own_elements(Vm *vm, Span span, Tensor *from, Dtype dtype) {
  Tensor copy;
  Diag diag;
  diag_clear(&diag);
  bool fine = tensor_new(&copy, dtype, &from->shape, &diag);
  if (fine && from->dtype == dtype) {
    memcpy(tensor_data(&copy), tensor_data(from), tensor_bytes(from));
    return copy;
  }
  for (int64_t i = 0, count = tensor_count(from); fine && i < count; i++) {
    double value = tensor_get(from, i);
    fine = dtype_holds(dtype, value) || dtype_refuse(&diag, span, dtype, value);
    if (fine) tensor_set(&copy, i, value);
  }
  if (fine) return copy;
  tensor_release(&copy);
  tensor_release(from);
  raise_diag(vm, &diag);
}

/* The elements of a value as the storage of a param with this domain.  That of a param of the same
 * domain is taken as it is: the way through its values would round it, and would refuse what
 * training has rounded to an end.  A tensor with no other owner. */
static Tensor stored(Vm *vm, Span span, Value value, Domain domain, Dtype dtype) {
  const bool same = value.kind == KIND_PARAM && !vm->trace && !value.param->lent &&
                    domain_equal(value.param->domain, domain);
  Tensor from = same ? tensor_retain(&value.param->value) : trace_elements(vm, value, span);
  if (domain.kind && !same) {
    Tensor real = own_elements(vm, span, &from, dtype);
    tensor_release(&from);
    check_domain(vm, span, &real, domain);
    from = trace_through(vm, &real, domain, domain_outside);
    tensor_release(&real);
  }
  Tensor own = own_elements(vm, span, &from, dtype);
  tensor_release(&from);
  return own;
}

/* what a param or buffer made of a value of this type has */
static Dtype made_dtype(const Vm *vm, const Type *type, bool buffer) {
  if (type->weak) return vm->real;
  return buffer || dtype_floats(type->dtype) ? type->dtype : vm->real;
}

Value param_new(Vm *vm, Span span, Value value, Domain domain, bool buffer) {
  Type type = trace_type(vm, value, span);
  Dtype dtype = made_dtype(vm, &type, buffer);
  if (domain.kind) dtype = dtype_wide(dtype);
  Diag diag = {.span = span};
  if (!domain_admits(domain, &(Type){.dtype = dtype, .shape = type.shape}, &diag))
    raise_diag(vm, &diag);
  ParamObject *param = object_new(vm, KIND_PARAM, sizeof *param);
  param->span = span;
  param->domain = domain;
  param->buffer = buffer;
  param->born = vm->trace ? vm->trace->serial : 0;
  if (vm->checking) {
    param->value = (Tensor){.dtype = dtype, .shape = type.shape};
    return value_of(KIND_PARAM, param);
  }
  param->value = stored(vm, span, value, domain, dtype);
  return value_of(KIND_PARAM, param);
}

void param_own(Vm *vm, ParamObject *param) {
  if (param->value.buffer->refs == 1) return;
  Tensor shared = tensor_retain(&param->value),
         copy = own_elements(vm, param->span, &shared, shared.dtype);
  tensor_release(&shared);
  copy.buffer->limits = param->value.buffer->limits;
  copy.buffer->limits.by = NULL;
  tensor_release(&param->value);
  param->value = copy;
}

void param_restore(Vm *vm, ParamObject *param, const Tensor *value) {
  param_own(vm, param);
  memcpy(tensor_data(&param->value), tensor_data(value), tensor_bytes(value));
  param->value.buffer->limits = (Limits){0};
}

static NORETURN void raise_shapes(Vm *vm, Span span, const ParamObject *param, const Shape *want,
                                  const Shape *have) {
  char wanted[200], given[200];
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, span, "the shapes differ: %s is %s, the value %s",
            param->name ? param->name : "the param", shape_show(want, wanted),
            shape_show(have, given));
  if (param->span.file) diag_note(&diag, param->span, "it was made here");
  raise_diag(vm, &diag);
}

static void want_shape(Vm *vm, Span span, ParamObject *param, Value value) {
  Type given = trace_type(vm, value, span),
       want = trace_type(vm, value_of(KIND_PARAM, param), span); /* inside vmap of a row */
  if (!shape_equal(&given.shape, &want.shape))
    raise_shapes(vm, span, param, &want.shape, &given.shape);
}

static void assign_elements(Vm *vm, Span span, ParamObject *param, Value value) {
  Tensor now = stored(vm, span, value, param->domain, param->value.dtype);
  tensor_release(&param->value);
  param->value = now;
}

/* `stored`, as a node of the recording; 0 after an error.  The value of a param that takes the
 * storage of another is then the same node as the other's, so that a gradient of it reaches both.
 */
static NodeId stored_node(Maker *maker, Trace *trace, Span span, const ParamObject *param,
                          Value value) {
  const Dtype dtype = param->value.dtype;
  if (param->domain.kind && value.kind == KIND_PARAM && value.param->value.dtype == dtype &&
      domain_equal(value.param->domain, param->domain))
    return trace_stored(trace, value.param);
  NodeId node = make_cast(maker, trace_operand(trace, value, span), dtype);
  return node && param->domain.kind ? domain_outside(maker, node, param->domain) : node;
}

/* What reads it from here on in the recording sees the node, and gradients go through it.  A buffer
 * or a param from outside gets its elements from the owner of the recording; a param that was made
 * inside has no others. */
static void assign_recorded(Vm *vm, Span span, ParamObject *param, Value value) {
  Trace *trace = vm->trace;
  bool inside = param->born == trace->serial, own = inside && !param->buffer;
  if (param->lent && !inside)
    raise_at(vm, span, "this param was made inside a function that has ended");
  if (param->domain.kind && !own)
    raise_help(vm, span, "a copy can be: let c = copy(net), c.w = v",
               "a param of a domain cannot be assigned inside a gradient or a training step");
  Diag diag = {0};
  Maker maker = {&trace->graph, &diag};
  NodeId node = stored_node(&maker, trace, span, param, value);
  if (!node) raise_diag(vm, &diag);
  if (own) {
    trace_unstage(trace, param); /* of a gradient by it (point.c) */
    trace_lend(trace, param, node);
  } else {
    trace_stage(trace, param, node);
  }
}

void param_assign(Vm *vm, Span span, ParamObject *param, Value value) {
  want_shape(vm, span, param, value);
  bool recorded = vm->trace && (!vm->checking || (param->buffer && vm->training));
  if (recorded) assign_recorded(vm, span, param, value);
  else if (!vm->checking) assign_elements(vm, span, param, value);
}

void buffer_assign(Vm *vm, const Ast *ast, ParamObject *param, Value value) {
  param_assign(vm, ast->span, param, value);
  value_release(vm, value);
}

Value param_read(Vm *vm, const Ast *ast, ParamObject *param) {
  Value whole = value_of(KIND_PARAM, param);
  if (!param->buffer || vm->checking || (ast->flags & NAME_WHOLE)) return value_retain(whole);
  Trace *trace = vm->trace;
  if (trace) return trace_result(trace, trace_operand(trace, whole, ast->span));
  if (param->lent) trace_require_elements(vm, param);
  return value_tensor(vm, tensor_retain(&param->value)); /* who writes there copies (param_own) */
}

static Domain domain_of(Vm *vm, Frame *frame, const Ast *declared) {
  Domain domain = {0};
  if (!declared || !declared->text) return domain;
  domain.kind = domain_named(declared->text);
  if (domain.kind == DOMAIN_KINDS) return (Domain){0}; /* a dtype: the resolver let it pass */
  if (domain.kind != DOMAIN_BETWEEN) return domain;
  Value *low = stack_push(vm, eval(vm, frame, declared->a));
  Value *high = stack_push(vm, eval(vm, frame, declared->b));
  domain.low = value_as_number(vm, declared->a->span, *low);
  domain.high = value_as_number(vm, declared->b->span, *high);
  stack_drop(vm, low);
  return domain;
}

/* `param W: [n, 2] = …`: the value must have that shape; a name in it is a number in scope. */
static void check_declared(Vm *vm, Frame *frame, const Ast *ast, Value value) {
  const Ast *declared = ast->b;
  Type type = trace_type(vm, value, ast->a->span);
  int rank = 0;
  bool leading = declared->count && declared->items[0]->op == 1, fits = true;
  Shape want = {0};
  for (uint32_t i = leading; i < declared->count && rank < RANK_MOST; i++) {
    Value *size = stack_push(vm, eval(vm, frame, declared->items[i]->a));
    want.dim[rank++] = value_as_index(vm, declared->items[i]->span, *size);
    stack_drop(vm, size);
  }
  want.rank = rank;
  int more = type.shape.rank - rank;
  if (more < 0 || (more > 0 && !leading)) fits = false;
  for (int i = 0; fits && i < rank; i++) fits = type.shape.dim[i + more] == want.dim[i];
  if (fits) return;
  char have[200], wanted[200];
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->a->span,
            "shapes do not fit: `%.64s` is declared %s, its value is %s", ast->text,
            shape_show(&want, wanted), shape_show(&type.shape, have));
  diag_note(&diag, declared->span, "declared here");
  raise_diag(vm, &diag);
}

/* `param W: f64 = …`: what is made of the value must have that dtype. */
static void check_dtype(Vm *vm, const Ast *ast, Value value) {
  const Ast *declared = ast->b;
  Dtype dtype;
  if (!declared->text || !dtype_parse(declared->text, &dtype)) return;
  Type type = trace_type(vm, value, ast->a->span);
  Dtype made = made_dtype(vm, &type, ast->kind == AST_BUFFER);
  if (made == dtype) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, ast->a->span, "`%.64s` is declared %s, its value makes it %s",
            ast->text, dtype_name(dtype), dtype_name(made));
  diag_note(&diag, declared->span, "declared here");
  diag_help(&diag, "convert it: %s(x)", dtype_name(dtype));
  raise_diag(vm, &diag);
}

Value param_declare(Vm *vm, Frame *frame, const Ast *ast, Value value) {
  if (value.kind == KIND_NONE || value.kind == KIND_UNKNOWN) return value;
  Value *kept = stack_push(vm, value);
  if (ast->b) check_dtype(vm, ast, value);
  if (ast->b && ast->b->op) check_declared(vm, frame, ast, value);
  Value made = param_new(vm, ast->span, value, domain_of(vm, frame, ast->b),
                         ast->kind == AST_BUFFER);
  made.param->name = ast->text;
  /* in a layer of the library: the line that made the layer */
  made.param->span = trace_span(vm, ast->op_span.file ? ast->op_span : ast->span);
  stack_drop(vm, kept);
  return made;
}

/* ---- parts ---- */

enum { PATH_ROOM = 960 };

int parts_place(Parts *parts, const ParamObject *param) {
  return lookup_place(&parts->found, parts->items, sizeof(Part), parts->count, param);
}

static void parts_add(Parts *parts, ParamObject *param, const char *path) {
  if (parts_place(parts, param) >= 0) return;
  if (parts->count == parts->capacity) {
    parts->capacity = parts->capacity ? 2 * parts->capacity : 16;
    parts->items = mem_grow(parts->items, (size_t)parts->capacity * sizeof(Part));
  }
  parts->items[parts->count++] = (Part){param, path ? mem_text(path, strlen(path)) : NULL};
}

static NORETURN void too_deep(Vm *vm) {
  raise_at(vm, vm->current_span, "the parts of this model are nested too deeply");
}

static void collect(Vm *vm, Value value, const char *path, Parts *parts);

static void below(Vm *vm, Value value, const char *path, const char *name, Parts *parts) {
  if (!path) {
    collect(vm, value, NULL, parts);
    return;
  }
  char longer[PATH_ROOM];
  size_t before = strlen(path), more = strlen(name), point = before > 0;
  if (before + point + more >= sizeof longer) too_deep(vm);
  memcpy(longer, path, before);
  if (point) longer[before] = '.';
  memcpy(longer + before + point, name, more + 1);
  collect(vm, value, longer, parts);
}

static void below_number(Vm *vm, Value value, const char *path, int64_t number, Parts *parts) {
  char digits[24], *at = digits + sizeof digits - 1;
  *at = 0;
  do *--at = (char)('0' + number % 10);
  while (number /= 10);
  below(vm, value, path, at, parts);
}

typedef struct Below {
  Vm *vm;
  const char *path; /* of what has the part, or NULL */
  Parts *parts;
} Below;

static bool visit_part(void *context, const char *name, int64_t number, Value value) {
  const Below *at = context;
  if (name) below(at->vm, value, at->path, name, at->parts);
  else below_number(at->vm, value, at->path, number, at->parts);
  return false;
}

static void collect(Vm *vm, Value value, const char *path, Parts *parts) {
  char here;
  if (UNLIKELY(&here < vm->stack_low)) too_deep(vm);
  if (value.kind == KIND_PARAM && value.param->lent && !vm->checking)
    trace_require_elements(vm, value.param);
  if (value.kind == KIND_PARAM) parts_add(parts, value.param, path);
  else parts_each(vm, value, visit_part, &(Below){vm, path, parts});
}

static void free_whole(Held *held) {
  Parts *parts = (Parts *)(void *)held;
  for (int i = 0; i < parts->count; i++) mem_free(parts->items[i].path);
  mem_free(parts->items);
  lookup_free(&parts->found);
  mem_free(parts);
}

Parts *parts_of(Vm *vm, Value value, const char *path) {
  Parts *parts = mem_zero(sizeof *parts);
  parts->held.free_whole = free_whole;
  vm_hold(vm, &parts->held);
  collect(vm, value, path, parts);
  return parts;
}

void parts_free(Vm *vm, Parts *parts) { vm_drop(vm, &parts->held); }

/* ---- the kind ---- */

static size_t param_bytes(const Object *object) {
  (void)object;
  return sizeof(ParamObject);
}

static void param_free_own(Vm *vm, Object *object) {
  (void)vm;
  tensor_release(&((ParamObject *)(void *)object)->value);
}

typedef struct ParamMemento {
  Memento memento;
  Tensor value; /* held: who writes there copies it first (param_own) */
  bool frozen;
} ParamMemento;

static void param_give(Vm *vm, Memento *memento, bool back) {
  (void)vm;
  ParamObject *param = (ParamObject *)(void *)memento->object;
  ParamMemento *kept = (ParamMemento *)(void *)memento;
  if (back) {
    tensor_release(&param->value);
    param->value = kept->value;
    param->frozen = kept->frozen;
  } else {
    tensor_release(&kept->value);
  }
  mem_free(kept);
}

static Memento *param_keep(Vm *vm, Object *object) {
  (void)vm;
  const ParamObject *param = (const ParamObject *)(const void *)object;
  ParamMemento *kept = mem_zero(sizeof *kept);
  *kept = (ParamMemento){{.give = param_give}, tensor_retain(&param->value), param->frozen};
  return &kept->memento;
}

static Span param_made(const Object *object) {
  return ((const ParamObject *)(const void *)object)->span;
}

const KindRow PARAM_KIND = {
    .bytes = param_bytes, .free_own = param_free_own, .made = param_made, .keep = param_keep};
