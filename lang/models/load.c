/* load.c — models filled from a file or a dict by name, and nets rebuilt from their files.
 *
 * The file must have exactly the parts of the model: missing parts, extra parts and parts of
 * another shape are listed by name.  With `strict: false` the parts that fit are loaded and the
 * others reported.  `map:` renames the file's parts to the model's names, for files of other
 * programs.  A dict of tensors, or a tuple with names, may be given instead of a file.  Only what
 * the model takes is read.  Nothing is changed until everything has been read and converted.
 *
 * A tensor of a file that gd wrote is the storage of its param, of the same domain, and is taken to
 * the bit.  Any other tensor (of another program, of a dict, one that `map:` made) has the values
 * that the script sees: they must lie in the param's domain.
 *
 * A net that is rebuilt from its file gets each part in the dtype of the file, but bf16 in f32
 * where the part has a domain.  It is made with the default float of the script that saved it.
 */
#include "lang/models/load.h"
#include "lang/data/data.h"
#include "lang/data/file_domain.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/models/rebuild.h"
#include "lang/models/store.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"

#include <string.h>

/* A tensor that is offered to the model. */
typedef struct Item {
  char *name;         /* in the model; NULL: `map:` left it out; owned */
  Tensor tensor;      /* held; its elements are read when they are wanted */
  Shape shape;        /* of it */
  int64_t place;      /* in the file, or -1 */
  const char *domain; /* that its elements are the storage of (file_domain_of), NULL: values as the
                         script sees them; borrowed from the metadata */
  const ParamObject *param; /* whose values the tensor has, or NULL; borrowed from the dict */
} Item;

/* A `load` under way. */
typedef struct Loading {
  Held held;
  Vm *vm;
  const CallSite *site;
  const char *from; /* "file", "dict" or "tuple" */
  const char *path; /* of the file, or NULL */
  bool strict;
  bool rebuilt;      /* the model is new, made from the file: it takes the file's dtypes */
  Value map;         /* the file's names to the model's, or KIND_UNSET */
  Parts *parts;      /* of the model; owned */
  Safetensors *file; /* owned; NULL: there is none */
  PairList metadata; /* of the file; owned */
  Item *items;       /* owned */
  int64_t count;
  Lookup names; /* of the items */
  Text odd;     /* what does not fit, by name; owned */
  Item **fits;  /* by part: what it takes, or NULL; owned */
  int fitting;  /* how many take one */
  Tensor *now;  /* by part: what it takes, converted; owned */
} Loading;

static void loading_free(Held *held) {
  Loading *loading = (Loading *)(void *)held;
  for (int i = 0; loading->now && i < loading->parts->count; i++) tensor_release(&loading->now[i]);
  for (int64_t i = 0; i < loading->count; i++) {
    mem_free(loading->items[i].name);
    tensor_release(&loading->items[i].tensor);
  }
  parts_free(loading->vm, loading->parts);
  safetensors_close(loading->file);
  pair_free(&loading->metadata);
  text_free(&loading->odd);
  lookup_free(&loading->names);
  mem_free(loading->items);
  mem_free(loading->fits);
  mem_free(loading->now);
  mem_free(loading);
}

/* ---- what is offered ---- */

static Item *new_item(Loading *loading, const char *name, size_t length) {
  Item *item = &loading->items[loading->count++];
  *item = (Item){.name = mem_text(name, length), .place = -1};
  return item;
}

static Item *find(const Loading *loading, const char *name) {
  uint32_t at = 0, k;
  while (lookup_next(&loading->names, hash_bytes(name, strlen(name), 0), &at, &k))
    if (!strcmp(loading->items[k].name, name)) return &loading->items[k];
  return NULL;
}

static void offer_file(Loading *loading) {
  Diag diag = {0};
  loading->file = safetensors_open(&loading->vm->files, loading->path, &loading->metadata, &diag);
  if (!loading->file) data_fail(loading->vm, loading->site, &diag);
  int64_t count = safetensors_count(loading->file);
  loading->items = mem_alloc((size_t)(count + 1) * sizeof(Item));
  for (int64_t i = 0; i < count; i++) {
    const char *name = safetensors_name(loading->file, i);
    Item *item = new_item(loading, name, strlen(name));
    item->shape = *safetensors_shape(loading->file, i);
    item->domain = file_domain_of(&loading->metadata, name);
    item->place = i;
  }
}

static void offer_tensor(Loading *loading, const char *name, size_t length, Value value) {
  Item *item = new_item(loading, name, length);
  item->tensor = trace_elements(loading->vm, value, site_at(loading->site, 1));
  if (value.kind == KIND_PARAM && !loading->vm->trace) item->param = value.param;
  item->shape = item->tensor.shape;
}

static void offer_dict(Loading *loading, const DictObject *dict) {
  loading->items = mem_alloc((size_t)(dict->count + 1) * sizeof(Item));
  for (int64_t i = 0; i < dict->count; i++) {
    Value key = dict_entries(dict)[i].key;
    if (key.kind != KIND_STRING)
      raise_at(loading->vm, site_at(loading->site, 1),
               "load: the keys of the dict must be names of parts, which are strings");
    offer_tensor(loading, key.string->data, key.string->length, dict_entries(dict)[i].value);
  }
}

static void offer_tuple(Loading *loading, const TupleObject *tuple) {
  loading->items = mem_alloc((size_t)(tuple->count + 1) * sizeof(Item));
  for (int i = 0; i < tuple->count; i++) {
    const char *name = tuple->names ? tuple->names[i] : NULL;
    if (!name)
      raise_help(loading->vm, site_at(loading->site, 1), "load(net, (W: w, b: b))",
                 "load: each tensor of the tuple needs the name of a part, number %d has none", i);
    offer_tensor(loading, name, strlen(name), tuple->items[i]);
  }
}

static void offer(Loading *loading, Value from) {
  if (from.kind == KIND_DICT) offer_dict(loading, from.dict);
  else if (from.kind == KIND_TUPLE) offer_tuple(loading, from.tuple);
  else offer_file(loading);
}

/* Its elements, read if they were not yet; borrowed. */
static const Tensor *elements(Loading *loading, Item *item) {
  Diag diag = {0};
  if (!item->tensor.buffer && item->place >= 0 &&
      !safetensors_take(loading->file, item->place, &item->tensor, &diag))
    data_fail(loading->vm, loading->site, &diag);
  return &item->tensor;
}

/* ---- map: ---- */

/* The values of a tensor as the script sees them; new. */
static Value seen(Loading *loading, Item *item) {
  const Tensor *tensor = elements(loading, item);
  Tensor values = item->domain ? file_domain_seen(loading->vm, loading->site->span, tensor,
                                                  item->name, item->domain)
                               : tensor_retain(tensor);
  return value_tensor(loading->vm, values);
}

/* What `map` gives for one tensor: a name, none to leave it out, or a name and the tensor to take
 * in its place. */
static void set_mapped(Loading *loading, Item *item, Value given) {
  Vm *vm = loading->vm;
  Span span = site_at(loading->site, 3);
  Value name = given, value = value_none();
  if (given.kind == KIND_TUPLE && given.tuple->count == 2)
    name = given.tuple->items[0], value = given.tuple->items[1];
  if (name.kind != KIND_NONE && name.kind != KIND_STRING)
    raise_kind(vm, span, given, "`map:` must give the name in the model, none, or (name, tensor)",
               "map: fn(name) = replace(name, \"layers.\", \"parts.\")");
  mem_free(item->name);
  item->name = name.kind == KIND_NONE ? NULL : mem_text(name.string->data, name.string->length);
  if (!item->name || value.kind == KIND_NONE) return;
  Tensor taken = trace_elements(vm, value, span);
  tensor_release(&item->tensor);
  *item = (Item){.name = item->name, .tensor = taken, .shape = taken.shape, .place = -1};
}

static void use_map(Loading *loading, Item *item) {
  Vm *vm = loading->vm;
  Value map = loading->map;
  bool two = map.kind == KIND_CLOSURE && map.closure->function->param_count >= 2;
  Value args[2] = {value_string(vm, item->name, strlen(item->name)),
                   two ? seen(loading, item) : value_none()};
  Value given = vm_call(vm, loading->site, map, args, two ? 2 : 1);
  set_mapped(loading, item, given);
  value_release(vm, given);
  value_release(vm, args[0]);
  value_release(vm, args[1]);
}

/* Gives the items the names of the model's parts. */
static void name_items(Loading *loading) {
  bool mapped = loading->map.kind != KIND_UNSET && loading->map.kind != KIND_NONE;
  for (int64_t i = 0; i < loading->count; i++) {
    Item *item = &loading->items[i];
    if (mapped) use_map(loading, item);
    if (!item->name) continue;
    if (find(loading, item->name))
      raise_at(loading->vm, site_at(loading->site, 3),
               "`map:` gives two parts of the %s the name %.64s", loading->from, item->name);
    lookup_put(&loading->names, hash_bytes(item->name, strlen(item->name), 0), (uint32_t)i);
  }
}

/* ---- what does not fit ---- */

/* What the parts are taken from, for %s%s%.200s%s. */
#define QUOTED(loading)                                      \
  (loading)->path ? "" : "the ", (loading)->path ? "`" : "", \
      (loading)->path ? (loading)->path : (loading)->from, (loading)->path ? "`" : ""

static void begin_item(Text *text) {
  if (text->length) text_string(text, "; ");
}

/* The storage of a param means another value in another domain. */
static bool same_domain(const Part *part, const Item *item, Text *text) {
  if (!item->domain) return true;
  Text mine = {0};
  domain_show(part->param->domain, &mine);
  bool same = !strcmp(item->domain, mine.data);
  if (!same) begin_item(text);
  if (!same)
    text_format(text, "%s has %s in the model, %.80s in the file", store_name(part), mine.data,
                item->domain);
  text_free(&mine);
  return same;
}

static bool is_transposed(const Shape *a, const Shape *b) {
  return a->rank == 2 && b->rank == 2 && a->dim[0] == b->dim[1] && a->dim[1] == b->dim[0];
}

/* The item that this part of the model takes, or NULL. */
static Item *fitting(Loading *loading, const Part *part) {
  const char *name = store_name(part);
  Text *text = &loading->odd;
  Item *item = find(loading, name);
  const Shape *shape = &part->param->value.shape;
  char a[200], b[200];
  if (!item) {
    begin_item(text);
    bool mapped = loading->map.kind != KIND_UNSET && loading->map.kind != KIND_NONE;
    text_format(text, "%s is not in the %s%s", name, loading->from, mapped ? " after `map:`" : "");
    return NULL;
  }
  if (!same_domain(part, item, text)) return NULL;
  if (shape_equal(&item->shape, shape)) return item;
  begin_item(text);
  bool turned = is_transposed(shape, &item->shape);
  text_format(text, "%s is %s in the model, %s in the %s%s", name, shape_show(shape, a),
              shape_show(&item->shape, b), loading->from,
              !turned          ? ""
              : !loading->path ? ", its transpose"
                               : ", its transpose: map: fn(name, w) = (name, w') turns it");
  return NULL;
}

static void compare(Loading *loading) {
  Lookup names = {0};
  loading->fits = mem_zero((size_t)(loading->parts->count + 1) * sizeof *loading->fits);
  for (int i = 0; i < loading->parts->count; i++) {
    const char *name = store_name(&loading->parts->items[i]);
    lookup_put(&names, hash_bytes(name, strlen(name), 0), (uint32_t)i);
    loading->fits[i] = fitting(loading, &loading->parts->items[i]);
    loading->fitting += loading->fits[i] != NULL;
  }
  for (int64_t i = 0; i < loading->count; i++) {
    const char *name = loading->items[i].name;
    bool known = !name;
    for (uint32_t at = 0, k;
         !known && lookup_next(&names, hash_bytes(name, strlen(name), 0), &at, &k);)
      known = !strcmp(store_name(&loading->parts->items[k]), name);
    if (known) continue;
    begin_item(&loading->odd);
    text_format(&loading->odd, "%.64s is not in the model", name);
  }
  lookup_free(&names);
}

/* Of a load that takes what fits: what was left. */
static void tell_left(const Loading *loading) {
  Vm *vm = loading->vm;
  if (!loading->odd.length || !vm_warns(vm)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, loading->site->span,
            "%s%s%.200s%s fills %d of the %d parts of this model", QUOTED(loading),
            loading->fitting, loading->parts->count);
  diag_help(&diag, "%.300s", loading->odd.data);
  vm_warn(vm, &diag);
}

static NORETURN void refuse(const Loading *loading) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_MALFORMED, loading->site->span, "%s%s%.200s%s does not hold this model%s",
            QUOTED(loading), loading->strict ? "" : ", nothing of it fits");
  if (loading->odd.length) diag_help(&diag, "%.300s", loading->odd.data);
  raise_diag(loading->vm, &diag);
}

/* ---- taking ---- */

/* Into the part's own dtype; `to` is released if it raises. */
static void convert(const Loading *loading, const char *name, const Tensor *from, Tensor *to) {
  Diag diag = {0};
  for (int64_t i = 0, count = tensor_count(from); i < count; i++) {
    double value = tensor_get(from, i);
    if (dtype_holds(to->dtype, value)) {
      tensor_set(to, i, value);
      continue;
    }
    dtype_refuse(&diag, (Span){0}, to->dtype, value);
    diag_label(&diag, "element %lld of `%.64s` in the %s", (long long)i, name, loading->from);
    data_fail(loading->vm, loading->site, &diag);
  }
}

/* Turns the values that the script sees into the storage of a param. */
static void enter_domain(const Loading *loading, const Part *part, Tensor *values) {
  const Domain domain = part->param->domain;
  Text wanted = {0};
  int64_t place = domain_left(domain, values, &wanted);
  if (place >= 0) {
    Text found = {0}, named = {0};
    Diag diag = {0};
    text_digits(&found, tensor_get(values, place), 6);
    domain_show(domain, &named);
    diag_fail(&diag, STATUS_MALFORMED, loading->site->span,
              "`%.64s` has the domain %s, whose values are %s: element %lld in the %s is %s",
              store_name(part), named.data, wanted.data, (long long)place, loading->from,
              found.data);
    text_free(&found);
    text_free(&named);
    text_free(&wanted);
    raise_diag(loading->vm, &diag);
  }
  Tensor storage = trace_through(loading->vm, values, domain, domain_outside);
  tensor_release(values);
  *values = storage;
}

/* Is the item a param whose storage means the same in this part? */
static bool same_storage(const Part *part, const Item *item) {
  return item->param && !item->param->lent &&
         domain_equal(item->param->domain, part->param->domain);
}

/* Of what a part gets. */
static Dtype taken_dtype(const Loading *loading, const Part *part, Dtype given) {
  const Dtype own = part->param->value.dtype;
  if (!loading->rebuilt || !dtype_floats(given) || !dtype_floats(own)) return own;
  return part->param->domain.kind ? dtype_wide(given) : given;
}

static void take_part(Loading *loading, const Part *part, Item *item, Tensor *now) {
  const bool stored = item->domain || same_storage(part, item);
  const Tensor *from = item->param && stored ? &item->param->value : elements(loading, item);
  Diag diag = {0};
  Dtype dtype = taken_dtype(loading, part, from->dtype);
  if (from->dtype == dtype) *now = tensor_retain(from);
  else if (!tensor_new(now, dtype, &from->shape, &diag))
    data_fail(loading->vm, loading->site, &diag);
  else convert(loading, store_name(part), from, now);
  if (part->param->domain.kind && !stored) enter_domain(loading, part, now);
}

/* All are converted before any is changed. */
static void take(Loading *loading) {
  const Parts *parts = loading->parts;
  loading->now = mem_zero((size_t)(parts->count + 1) * sizeof(Tensor));
  for (int i = 0; i < parts->count; i++)
    if (loading->fits[i]) take_part(loading, &parts->items[i], loading->fits[i], &loading->now[i]);
  for (int i = 0; i < parts->count; i++) {
    if (!loading->fits[i]) continue;
    Tensor *value = &parts->items[i].param->value, before = *value;
    *value = loading->now[i];
    loading->now[i] = before;
  }
}

static bool holds_tensors(Value value) {
  return value.kind == KIND_DICT || value.kind == KIND_TUPLE;
}

static Value load_into(Vm *vm, const CallSite *site, Value *args, bool rebuilt) {
  Loading *loading = mem_zero(sizeof *loading);
  *loading = (Loading){.held.free_whole = loading_free,
                       .vm = vm,
                       .site = site,
                       .from = args[1].kind == KIND_DICT    ? "dict"
                               : args[1].kind == KIND_TUPLE ? "tuple"
                                                            : "file",
                       .rebuilt = rebuilt,
                       .map = args[3],
                       .parts = parts_of(vm, args[0], "")};
  vm_hold(vm, &loading->held); /* above the parts, which it frees */
  if (!holds_tensors(args[1])) loading->path = store_path(vm, site, args[1]);
  loading->strict = arg_bool(vm, site, args, 2, true);
  if (loading->parts->count == 0)
    raise_kind(vm, site_at(site, 0), args[0], "load fills a model or a param",
               "npy(\"x.npy\") reads a tensor");
  trace_effect(vm);
  offer(loading, args[1]);
  name_items(loading);
  compare(loading);
  if (loading->strict ? loading->odd.length > 0 : loading->fitting == 0) refuse(loading);
  take(loading);
  tell_left(loading);
  vm_drop(vm, &loading->held);
  return value_none();
}

/* ---- load(path): rebuilds the net first ---- */

/* Text that says how the net was made, and the precision of the caller while another holds. */
typedef struct Rebuilding {
  Held held;
  Vm *vm;
  Dtype before; /* the default float of the caller */
  char *text;   /* owned */
} Rebuilding;

static void rebuilding_free(Held *held) {
  Rebuilding *now = (Rebuilding *)(void *)held;
  now->vm->real = now->before;
  mem_free(now->text);
  mem_free(now);
}

static Dtype saved_real(const PairList *metadata) {
  const char *name = pair_find(metadata, STORE_PRECISION);
  return name && !strcmp(name, dtype_name(DTYPE_F64)) ? DTYPE_F64 : DTYPE_F32;
}

/* How the file's net was made; new.  Raises where it does not say. */
static char *net_text(Vm *vm, const CallSite *site, const char *path, Dtype *real) {
  PairList metadata;
  Diag diag = {0};
  if (!safetensors_read(&vm->files, path, NULL, &metadata, &diag)) data_fail_file(vm, site, &diag);
  const char *text = pair_find(&metadata, REBUILD_KEY), *why = pair_find(&metadata, REBUILD_NOT);
  *real = saved_real(&metadata);
  if (text) {
    char *copy = mem_text(text, strlen(text));
    pair_free(&metadata);
    return copy;
  }
  diag_fail(&diag, STATUS_FAILED, site->span, "the net of `%.200s` cannot be rebuilt%s%.200s", path,
            why ? ": it was made with " : "", why ? why : ": the file does not say how");
  diag_help(&diag, "load(net, \"%.200s\") fills a net that the script has made", path);
  pair_free(&metadata);
  raise_diag(vm, &diag);
}

Value load_net(Vm *vm, const CallSite *site, Value path, Dtype *real) {
  const char *name = data_path(vm, site, path);
  Rebuilding *now = mem_zero(sizeof *now);
  *now = (Rebuilding){.held.free_whole = rebuilding_free, .vm = vm, .before = vm->real};
  vm_hold(vm, &now->held);
  now->text = net_text(vm, site, name, real);
  vm->real = *real;
  Value net = rebuild_read(vm, site, now->text, name);
  vm_drop(vm, &now->held);
  Value args[4] = {net, path};
  load_into(vm, site, args, true);
  return net;
}

Value native_load(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_STRING && args[1].kind == KIND_UNSET) {
    Dtype real;
    if (vm->checking) raise_unknown(vm);
    if (args[2].kind != KIND_UNSET || args[3].kind != KIND_UNSET)
      raise_at(vm, site->span, "`strict:` and `map:` are for load(net, path), which fills a net");
    return load_net(vm, site, args[0], &real);
  }
  if (args[1].kind == KIND_UNSET)
    raise_help(vm, site->span, "load(net, \"net.safetensors\")",
               "`load` is missing its argument `path`");
  if (!holds_tensors(args[1])) store_path(vm, site, args[1]);
  if (args[3].kind != KIND_UNSET && args[3].kind != KIND_NONE && !native_callable(args[3]))
    raise_kind(vm, site_at(site, 3), args[3], "`map:` is a function of a name", NULL);
  if (args[0].kind == KIND_UNKNOWN || vm->checking) return value_none();
  return load_into(vm, site, args, false);
}
