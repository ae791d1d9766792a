/* store.c — save and load: models as safetensors, tensors as NPY.
 *
 * A model's file holds every param and buffer under its path ("first.W").  A param with a domain is
 * saved as it is trained (unconstrained), so that loading restores the same bits, and the file's
 * metadata has its domain under "gd.domain.PATH".  The file must have exactly the parts of the
 * model: missing parts, extra parts and parts of another shape are listed by name.  With `strict:
 * false` the parts that fit are loaded and the others reported.  `map:` renames the file's parts to
 * the model's names, for files of other programs.  A dict of tensors may be given instead of a
 * file.  Nothing is changed until everything has been read and converted.
 *
 * A net that is rebuilt from its file gets each part in the dtype of the file.  It is made with the
 * default float of the script that saved it, which the metadata has under "gd.precision" where it
 * is not f32.
 */
#include "lang/learn/store.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/native.h"
#include "lang/learn/model.h"
#include "lang/learn/rebuild.h"
#include "lang/learn/shown.h"
#include "lang/learn/table.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/values/dict.h"
#include "runtime/files.h"

#include <stdio.h>
#include <string.h>

/* key of the metadata: the default float, if it is not f32 */
#define PRECISION_KEY "gd.precision"

static bool ends_with(const char *path, const char *ending) {
  size_t a = strlen(path), b = strlen(ending);
  return a >= b && !strcmp(path + a - b, ending);
}

static NORETURN void fail(Vm *vm, const CallSite *site, Diag *diag) {
  if (!diag->span.file) diag->span = site->span;
  raise_diag(vm, diag);
}

static const char *path_of(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind != KIND_STRING)
    raise_kind(vm, site_at(site, 1), value, "a path must be a string", NULL);
  Diag diag = {0};
  if (!file_path_check(value.string->data, value.string->length, &diag)) fail(vm, site, &diag);
  return value.string->data;
}

static const char *part_name(const Part *part) {
  return *part->path ? part->path : part->param->name ? part->param->name : "param";
}

static void save_parts(Vm *vm, const CallSite *site, Value value, const char *path, Value data) {
  Schema *schema = data_given(data) ? table_schema(vm, site, 2, data) : NULL;
  Text of_data = {0};
  if (schema) schema_write(schema, &of_data);
  schema_release(schema);
  Parts *parts = parts_of(vm, value, "");
  if (parts->count == 0)
    raise_at(vm, site_at(site, 0), "there is nothing to save: %s holds no params",
             kind_name(value));
  NamedList list = {0};
  PairList metadata = {0};
  pair_add(&metadata, "format", "gd");
  if (vm->real != DTYPE_F32) pair_add(&metadata, PRECISION_KEY, dtype_name(vm->real));
  if (of_data.length) pair_add(&metadata, TABLE_KEY, of_data.data);
  text_free(&of_data);
  Text of_net = {0};
  bool again = rebuild_write(vm, value, &of_net);
  pair_add(&metadata, again ? REBUILD_KEY : REBUILD_NOT, of_net.data);
  text_free(&of_net);
  for (int i = 0; i < parts->count; i++) {
    const char *name = part_name(&parts->items[i]);
    named_add(&list, name, strlen(name), tensor_retain(&parts->items[i].param->value));
    char key[280];
    snprintf(key, sizeof key, "gd.domain.%s", name);
    if (!parts->items[i].param->domain.kind) continue;
    Text domain = {0};
    domain_show(parts->items[i].param->domain, &domain);
    pair_add(&metadata, key, domain.data);
    text_free(&domain);
  }
  Diag diag = {0};
  bool fine = safetensors_write(&vm->files, path, &list, &metadata, &diag);
  named_free(&list);
  pair_free(&metadata);
  parts_free(vm, parts);
  if (!fine) fail(vm, site, &diag);
}

Value native_save(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = path_of(vm, site, args[1]);
  if (vm->checking) {
    check_wrote(vm, path);
    return value_none();
  }
  trace_effect(vm);
  if (args[0].kind == KIND_DATASET) {
    if (!ends_with(path, ".csv"))
      raise_help(vm, site_at(site, 1), "save(d, \"d.csv\")",
                 "a data set is saved as CSV: the name must end in .csv");
    shown_save(vm, site, args[0], path);
    return value_none();
  }
  if (!ends_with(path, ".npy")) {
    if (args[0].kind == KIND_TENSOR || args[0].kind == KIND_NUMBER)
      raise_help(vm, site_at(site, 1), "save(x, \"x.npy\")",
                 "a tensor is saved as NPY: the name must end in .npy");
    if (!ends_with(path, ".safetensors"))
      raise_help(vm, site_at(site, 1), "save(net, \"net.safetensors\")",
                 "a model is saved as safetensors: the name must end in .safetensors");
    save_parts(vm, site, args[0], path, args[2]);
    return value_none();
  }
  Tensor elements = trace_elements(vm, args[0], site_at(site, 0));
  Diag diag = {0};
  bool fine = npy_write(&vm->files, path, &elements, &diag);
  tensor_release(&elements);
  if (!fine) fail(vm, site, &diag);
  return value_none();
}

/* ---- load: the parts of the file under the names of the model ---- */

/* A `load` under way. */
typedef struct Loading {
  Vm *vm;
  const CallSite *site;
  const char *path;       /* of the file, or NULL */
  const DictObject *dict; /* what is taken instead of a file, or NULL; borrowed */
  bool strict;
  bool rebuilt;      /* the model is new, made from the file: it takes the file's dtypes */
  Value map;         /* the file's names to the model's, or KIND_UNSET */
  Parts *parts;      /* of the model; owned */
  NamedList list;    /* of the file, then under the model's names; owned */
  PairList metadata; /* of the file; owned */
  NamedList mapped;  /* while it is made; owned */
  Text odd;          /* what does not fit, by name; owned */
  bool *fits;        /* by part: does the file have it, in its shape?  owned */
  int fitting;       /* how many do */
} Loading;

static void loading_free(Loading *loading) {
  parts_free(loading->vm, loading->parts);
  named_free(&loading->list);
  named_free(&loading->mapped);
  pair_free(&loading->metadata);
  text_free(&loading->odd);
  mem_free(loading->fits);
}

/* What `map` gives for one part of the file: a name, none to leave it out, or a name and the
 * tensor to take in its place. */
static void add_mapped(Vm *vm, Loading *loading, Value given, const Tensor *tensor) {
  Span span = site_at(loading->site, 3);
  Value name = given, value = value_none();
  if (given.kind == KIND_TUPLE && given.tuple->count == 2)
    name = given.tuple->items[0], value = given.tuple->items[1];
  if (name.kind == KIND_NONE) return;
  if (name.kind != KIND_STRING)
    raise_help(vm, span, "map: fn(name) = replace(name, \"layers.\", \"parts.\")",
               "`map:` must give the name in the model, none, or (name, tensor); this is %s",
               kind_name(given));
  const StringObject *text = name.string;
  if (named_find(&loading->mapped, text->data, text->length))
    raise_at(vm, span, "`map:` gives two parts of the file the name %.64s", text->data);
  Tensor taken = value.kind == KIND_NONE ? tensor_retain(tensor) : trace_elements(vm, value, span);
  named_add(&loading->mapped, text->data, text->length, taken);
}

static void map_names(Vm *vm, void *context) {
  Loading *loading = context;
  Value map = loading->map;
  bool two = map.kind == KIND_CLOSURE && map.closure->function->param_count >= 2;
  for (int64_t i = 0; i < loading->list.count; i++) {
    const Named *named = &loading->list.items[i];
    Value args[2] = {value_string(vm, named->name, strlen(named->name)),
                     value_tensor(vm, tensor_retain(&named->tensor))};
    Value given = vm_call(vm, loading->site, map, args, two ? 2 : 1);
    add_mapped(vm, loading, given, &named->tensor);
    value_release(vm, given);
    value_release(vm, args[0]);
    value_release(vm, args[1]);
  }
}

static void add_of_dict(Vm *vm, void *context) {
  Loading *loading = context;
  for (int64_t i = 0; i < loading->dict->count; i++) {
    const DictEntry *entry = &loading->dict->entries[i];
    if (entry->key.kind != KIND_STRING)
      raise_at(vm, site_at(loading->site, 1),
               "load: the keys of the dict must be names of parts, which are strings");
    const StringObject *name = entry->key.string;
    named_add(&loading->list, name->data, name->length,
              trace_elements(vm, entry->value, site_at(loading->site, 1)));
  }
}

/* The tensors of the file, or those of the dict. */
static bool read_list(Loading *loading, Diag *diag) {
  if (loading->dict) return vm_protect(loading->vm, add_of_dict, loading, diag);
  return safetensors_read(&loading->vm->files, loading->path, &loading->list, &loading->metadata,
                          diag);
}

static bool use_map(Loading *loading, Diag *diag) {
  if (loading->map.kind == KIND_UNSET || loading->map.kind == KIND_NONE) return true;
  if (!vm_protect(loading->vm, map_names, loading, diag)) return false;
  NamedList before = loading->list;
  loading->list = loading->mapped;
  loading->mapped = before;
  return true;
}

/* ---- what does not fit ---- */

/* What the parts are taken from, for %s%.200s%s. */
#define QUOTED(loading)                                                       \
  (loading)->dict ? "" : "`", (loading)->dict ? "the dict" : (loading)->path, \
      (loading)->dict ? "" : "`"

static void begin_item(Text *text) {
  if (text->length) text_string(text, "; ");
}

/* The saved tensor of a param with a domain is the unconstrained one, which means another value in
 * another domain.  Files written by other programs do not name a domain. */
static bool same_domain(const Part *part, const PairList *metadata, Text *text) {
  char key[280];
  const char *format = pair_find(metadata, "format");
  if (!format || strcmp(format, "gd") != 0) return true;
  snprintf(key, sizeof key, "gd.domain.%s", part_name(part));
  const char *saved = pair_find(metadata, key);
  if (!saved) saved = "no domain";
  Text mine = {0};
  domain_show(part->param->domain, &mine);
  bool same = !strcmp(saved, mine.data);
  if (!same) begin_item(text);
  if (!same)
    text_format(text, "%s has %s in the model, %.80s in the file", part_name(part), mine.data,
                saved);
  text_free(&mine);
  return same;
}

static bool is_transposed(const Shape *a, const Shape *b) {
  return a->rank == 2 && b->rank == 2 && a->dim[0] == b->dim[1] && a->dim[1] == b->dim[0];
}

/* Does this part of the model take the file's tensor of its name? */
static bool fits(const Loading *loading, const Part *part, Text *text) {
  const char *name = part_name(part);
  const Named *named = named_find(&loading->list, name, strlen(name));
  const Shape *shape = &part->param->value.shape;
  char a[200], b[200];
  if (!named) {
    begin_item(text);
    text_format(text, "%s is not in the %s", name, loading->dict ? "dict" : "file");
    return false;
  }
  if (!same_domain(part, &loading->metadata, text)) return false;
  if (shape_equal(&named->tensor.shape, shape)) return true;
  begin_item(text);
  bool turned = is_transposed(shape, &named->tensor.shape);
  text_format(text, "%s is %s in the model, %s in the %s%s", name, shape_show(shape, a),
              shape_show(&named->tensor.shape, b), loading->dict ? "dict" : "file",
              !turned         ? ""
              : loading->dict ? ", its transpose"
                              : ", its transpose: map: fn(name, w) = (name, w') turns it");
  return false;
}

static void compare(Loading *loading) {
  Lookup names = {0};
  loading->fits = mem_zero((size_t)loading->parts->count + 1);
  for (int i = 0; i < loading->parts->count; i++) {
    const char *name = part_name(&loading->parts->items[i]);
    lookup_put(&names, hash_bytes(name, strlen(name), 0), (uint32_t)i);
    loading->fits[i] = fits(loading, &loading->parts->items[i], &loading->odd);
    loading->fitting += loading->fits[i];
  }
  for (int64_t i = 0; i < loading->list.count; i++) {
    const char *name = loading->list.items[i].name;
    bool known = false;
    for (uint32_t at = 0, k; lookup_next(&names, hash_bytes(name, strlen(name), 0), &at, &k);)
      known |= !strcmp(part_name(&loading->parts->items[k]), name);
    if (known) continue;
    begin_item(&loading->odd);
    text_format(&loading->odd, "%.64s is not in the model", name);
  }
  lookup_free(&names);
}

/* ---- taking ---- */

static bool convert(const char *name, const Tensor *from, Tensor *to, Diag *diag) {
  for (int64_t i = 0, count = tensor_count(from); i < count; i++) {
    double value = tensor_get(from, i);
    if (!dtype_holds(to->dtype, value)) {
      dtype_refuse(diag, (Span){0}, to->dtype, value);
      return diag_label(diag, "element %lld of `%.64s` in the file", (long long)i, name);
    }
    tensor_set(to, i, value);
  }
  return true;
}

/* All are converted before any is changed. */
static bool take(const Loading *loading, Diag *diag) {
  const Parts *parts = loading->parts;
  Tensor *now = mem_zero((size_t)(parts->count + 1) * sizeof(Tensor));
  bool fine = true;
  for (int i = 0; i < parts->count && fine; i++) {
    const char *name = part_name(&parts->items[i]);
    if (!loading->fits[i]) continue;
    const Tensor *from = &named_find(&loading->list, name, strlen(name))->tensor;
    Dtype dtype = parts->items[i].param->value.dtype;
    bool same = from->dtype == dtype ||
                (loading->rebuilt && dtype_floats(from->dtype) && dtype_floats(dtype));
    if (same) now[i] = tensor_retain(from); /* the list will release it */
    else
      fine = tensor_new(&now[i], dtype, &from->shape, diag) && convert(name, from, &now[i], diag);
  }
  for (int i = 0; i < parts->count; i++) {
    Tensor *value = &parts->items[i].param->value;
    if (!loading->fits[i]) continue;
    tensor_release(fine ? value : &now[i]);
    if (fine) *value = now[i];
  }
  mem_free(now);
  return fine;
}

/* Of a load that takes what fits: what was left. */
static void tell_left(const Loading *loading) {
  Vm *vm = loading->vm;
  if (!loading->odd.length || !vm_warns(vm)) return;
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, loading->site->span,
            "%s%.200s%s fills %d of the %d parts of this model", QUOTED(loading), loading->fitting,
            loading->parts->count);
  diag_help(&diag, "%.300s", loading->odd.data);
  vm_warn(vm, &diag);
}

static bool refuse(const Loading *loading, Diag *diag) {
  diag_fail(diag, STATUS_MALFORMED, loading->site->span, "%s%.200s%s does not hold this model%s",
            QUOTED(loading), loading->strict ? "" : ", nothing of it fits");
  if (loading->odd.length) diag_help(diag, "%.300s", loading->odd.data);
  return false;
}

static bool load_parts(Loading *loading, Diag *diag) {
  if (!read_list(loading, diag) || !use_map(loading, diag)) return false;
  compare(loading);
  if (loading->strict ? loading->odd.length > 0 : loading->fitting == 0)
    return refuse(loading, diag);
  if (!take(loading, diag)) return false;
  tell_left(loading);
  return true;
}

static Value load_into(Vm *vm, const CallSite *site, Value *args, bool rebuilt) {
  bool of_dict = args[1].kind == KIND_DICT;
  Loading loading = {.vm = vm,
                     .site = site,
                     .path = of_dict ? NULL : path_of(vm, site, args[1]),
                     .dict = of_dict ? args[1].dict : NULL,
                     .strict = arg_bool(vm, site, args, 2, true),
                     .rebuilt = rebuilt,
                     .map = args[3]};
  loading.parts = parts_of(vm, args[0], "");
  if (loading.parts->count == 0)
    raise_kind(vm, site_at(site, 0), args[0], "load fills a model or a param",
               "npy(\"x.npy\") reads a tensor");
  trace_effect(vm);
  Diag diag;
  diag_clear(&diag);
  bool fine = load_parts(&loading, &diag);
  loading_free(&loading);
  if (!fine) fail(vm, site, &diag);
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
  const char *name = pair_find(metadata, PRECISION_KEY);
  return name && !strcmp(name, dtype_name(DTYPE_F64)) ? DTYPE_F64 : DTYPE_F32;
}

/* How the file's net was made; new.  Raises where it does not say. */
static char *net_text(Vm *vm, const CallSite *site, const char *path, NetFacts *facts) {
  PairList metadata;
  Diag diag = {0};
  if (!safetensors_read(&vm->files, path, NULL, &metadata, &diag)) data_fail_file(vm, site, &diag);
  const char *text = pair_find(&metadata, REBUILD_KEY), *why = pair_find(&metadata, REBUILD_NOT);
  facts->real = saved_real(&metadata);
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

Value store_net(Vm *vm, const CallSite *site, Value path, NetFacts *facts) {
  const char *name = data_path(vm, site, path);
  Rebuilding *now = mem_zero(sizeof *now);
  *now = (Rebuilding){.held.free_whole = rebuilding_free, .vm = vm, .before = vm->real};
  vm_hold(vm, &now->held);
  now->text = net_text(vm, site, name, facts);
  vm->real = facts->real;
  Value net = rebuild_read(vm, site, now->text, name, facts->ends);
  vm_drop(vm, &now->held);
  Value args[4] = {net, path};
  load_into(vm, site, args, true);
  return net;
}

Value native_load(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_STRING && args[1].kind == KIND_UNSET) {
    NetFacts facts;
    if (vm->checking) raise_unknown(vm);
    if (args[2].kind != KIND_UNSET || args[3].kind != KIND_UNSET)
      raise_at(vm, site->span, "`strict:` and `map:` are for load(net, path), which fills a net");
    return store_net(vm, site, args[0], &facts);
  }
  if (args[1].kind == KIND_UNSET)
    raise_help(vm, site->span, "load(net, \"net.safetensors\")",
               "`load` is missing its argument `path`");
  if (args[1].kind != KIND_DICT) path_of(vm, site, args[1]);
  if (args[3].kind != KIND_UNSET && args[3].kind != KIND_NONE && !native_callable(args[3]))
    raise_kind(vm, site_at(site, 3), args[3], "`map:` is a function of a name", NULL);
  if (args[0].kind == KIND_UNKNOWN || vm->checking) return value_none();
  return load_into(vm, site, args, false);
}
