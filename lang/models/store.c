/* store.c — save: models as safetensors, tensors as NPY, data sets as CSV; tensors by name are in
 * store_named.c.
 *
 * A model's file holds every param and buffer under its path ("first.W").  A param with a domain is
 * saved as it is trained (unconstrained), so that loading restores the same bits, and the file's
 * metadata has its domain (file_domain.h); the default float is under "gd.precision" where it
 * is not f32.
 */
#include "lang/models/store.h"
#include "lang/data/data.h"
#include "lang/data/file_domain.h"
#include "lang/data/shown.h"
#include "lang/data/table.h"
#include "lang/eval/check.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/value.h"
#include "lang/models/model.h"
#include "lang/models/rebuild.h"
#include "lang/models/store_named.h"
#include "lang/tensors/trace_param.h"
#include "lang/tensors/trace_value.h"

#include <stdio.h>
#include <string.h>

static bool ends_with(const char *path, const char *ending) {
  size_t a = strlen(path), b = strlen(ending);
  return a >= b && !strcmp(path + a - b, ending);
}

const char *store_path(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind != KIND_STRING)
    raise_kind(vm, site_at(site, 1), value, "a path must be a string", NULL);
  Diag diag = {0};
  if (!file_path_check(value.string->data, value.string->length, &diag)) data_fail(vm, site, &diag);
  return value.string->data;
}

const char *store_name(const Part *part) {
  return *part->path ? part->path : part->param->name ? part->param->name : "param";
}

/* ---- save ---- */

/* What is saved with its data is meant for new rows: gd predict rebuilds it without the script. */
static void warn_unpredictable(Vm *vm, const CallSite *site, const char *why, const char *own) {
  Span span = trace_span(vm, site_at(site, 2));
  if ((!why && !own) || !vm_warns(vm) || !trace_mark_reported(vm, span)) return;
  Diag diag = {0};
  if (why)
    diag_fail(&diag, STATUS_FAILED, span,
              "`gd predict` cannot rebuild this net: it was made with %.200s", why);
  else
    diag_fail(&diag, STATUS_FAILED, span,
              "`gd predict` cannot rebuild this net: `%.60s` is declared in this script", own);
  diag_help(&diag,
            "layers of the library alone can be rebuilt (Unstandardize(y) puts a target's "
            "scale back); a script predicts by csv(\"new.csv\", like: path) and load(%s)",
            why ? "net, path" : "path");
  vm_warn(vm, &diag);
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
  if (vm->real != DTYPE_F32) pair_add(&metadata, STORE_PRECISION, dtype_name(vm->real));
  if (of_data.length) pair_add(&metadata, TABLE_KEY, of_data.data);
  text_free(&of_data);
  Text of_net = {0};
  const char *own = NULL;
  bool again = rebuild_write(vm, value, &of_net, &own);
  if (data_given(data)) warn_unpredictable(vm, site, again ? NULL : of_net.data, own);
  pair_add(&metadata, again ? REBUILD_KEY : REBUILD_NOT, of_net.data);
  text_free(&of_net);
  for (int i = 0; i < parts->count; i++) {
    const char *name = store_name(&parts->items[i]);
    named_add(&list, name, strlen(name), tensor_retain(&parts->items[i].param->value));
    char key[FILE_DOMAIN_KEY];
    if (!parts->items[i].param->domain.kind) continue;
    file_domain_key(name, key);
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
  if (!fine) data_fail(vm, site, &diag);
}

/* How a value is written whose kind has no such file. */
static NORETURN void raise_form(Vm *vm, const CallSite *site, Value value, const char *path) {
  Span span = site_at(site, 1);
  if (value.kind == KIND_TENSOR || value.kind == KIND_NUMBER)
    raise_help(vm, span, "save(x, \"x.npy\"); under names, save((x: x), \"x.npz\")",
               "a tensor is saved as NPY: the name must end in .npy");
  if (value.kind == KIND_STRING)
    raise_help(vm, span, "write(path, text)", "a text is not saved, but written");
  if (ends_with(path, ".json"))
    raise_help(vm, span, "write(path, to_json(value))", "JSON is not saved, but written");
  if (store_has_names(value))
    raise_help(vm, span,
               "save((x: x, y: y), \"xy.npz\"), save(history, \"h.csv\"); any value: "
               "write(path, to_json(value))",
               "tensors by name are saved as NPZ, safetensors or CSV: the name must end in .npz, "
               ".safetensors or .csv");
  if (value.kind == KIND_LIST || value.kind == KIND_TUPLE)
    raise_help(vm, span,
               "save(tensor(xs), \"xs.npy\"); save((x: xs), \"x.csv\"); any value: "
               "write(path, to_json(value))",
               "%s has no names to save it by", kind_name(value));
  raise_help(vm, span, "save(net, \"net.safetensors\")",
             "a model is saved as safetensors: the name must end in .safetensors");
}

/* Does it hold params, which are saved by their paths? */
static bool holds_params(Vm *vm, Value value) {
  Parts *parts = parts_of(vm, value, "");
  bool holds = parts->count > 0;
  parts_free(vm, parts);
  return holds;
}

static void save_named_or_parts(Vm *vm, const CallSite *site, const Value *args, const char *path) {
  bool parts = ends_with(path, ".safetensors");
  bool tables = parts || ends_with(path, ".npz") || ends_with(path, ".csv");
  if (tables && store_has_names(args[0]) && !(parts && holds_params(vm, args[0]))) {
    if (data_given(args[2]))
      raise_at(vm, site_at(site, 2), "`data:` describes the data of a model, this is %s",
               kind_name(args[0]));
    store_named(vm, site, args[0], path);
    return;
  }
  bool whole = args[0].kind == KIND_TENSOR || args[0].kind == KIND_NUMBER ||
               args[0].kind == KIND_STRING;
  if (!parts || whole) raise_form(vm, site, args[0], path);
  save_parts(vm, site, args[0], path, args[2]);
}

Value native_save(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = store_path(vm, site, args[1]);
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
    save_named_or_parts(vm, site, args, path);
    return value_none();
  }
  Tensor elements = trace_elements(vm, args[0], site_at(site, 0));
  Diag diag = {0};
  bool fine = npy_write(&vm->files, path, &elements, &diag);
  tensor_release(&elements);
  if (!fine) data_fail(vm, site, &diag);
  return value_none();
}
