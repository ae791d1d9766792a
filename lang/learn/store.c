/* store.c — save and load: models as safetensors, tensors as NPY.
 *
 * A model's file holds every param and buffer under its path ("first.W").  A param with a domain is
 * saved as it is trained (unconstrained), so that loading restores the same bits, and the file's
 * metadata has its domain under "gd.domain.PATH".  The file must have exactly the parts of the
 * model: missing ones, extra ones and those of another shape are listed by name.
 */
#include "lang/learn/store.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/learn/model.h"
#include "runtime/files.h"

#include <stdio.h>
#include <string.h>

static const char *const DOMAIN_NAMES[] = {"real", "positive", "unit", "simplex"};

static bool ends_with(const char *path, const char *ending) {
  size_t a = strlen(path), b = strlen(ending);
  return a >= b && !strcmp(path + a - b, ending);
}

static Span arg_span(const CallSite *site, int index) {
  return site->args && site->args[index].file ? site->args[index] : site->span;
}

static NORETURN void fail(Vm *vm, const CallSite *site, Diag *diag) {
  if (!diag->span.file) diag->span = site->span;
  raise_diag(vm, diag);
}

static const char *path_of(Vm *vm, const CallSite *site, Value value) {
  if (value.kind == KIND_UNKNOWN) raise_unknown(vm);
  if (value.kind != KIND_STRING)
    raise_at(vm, arg_span(site, 1), "a path is a string, this is %s", kind_name(value));
  Diag diag = {0};
  if (!file_path_check(value.string->data, value.string->length, &diag)) fail(vm, site, &diag);
  return value.string->data;
}

static const char *part_name(const Part *part) {
  return *part->path ? part->path : part->param->name ? part->param->name : "param";
}

static void save_parts(Vm *vm, const CallSite *site, Value value, const char *path) {
  Parts parts = {0};
  parts_collect(vm, value, "", &parts);
  if (parts.count == 0) {
    parts_free(&parts);
    raise_at(vm, arg_span(site, 0), "there is nothing to save: %s holds no params",
             kind_name(value));
  }
  NamedList list = {0};
  PairList metadata = {0};
  pair_add(&metadata, "format", "gd");
  for (int i = 0; i < parts.count; i++) {
    const char *name = part_name(&parts.items[i]);
    named_add(&list, name, strlen(name), tensor_retain(&parts.items[i].param->value));
    char key[280];
    snprintf(key, sizeof key, "gd.domain.%s", name);
    if (parts.items[i].param->domain)
      pair_add(&metadata, key, DOMAIN_NAMES[parts.items[i].param->domain]);
  }
  Diag diag = {0};
  bool fine = safetensors_write(&vm->files, path, &list, &metadata, &diag);
  named_free(&list);
  pair_free(&metadata);
  parts_free(&parts);
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
  if (!ends_with(path, ".npy")) {
    if (args[0].kind == KIND_TENSOR || args[0].kind == KIND_NUMBER)
      raise_help(vm, arg_span(site, 1), "save(x, \"x.npy\")",
                 "a tensor is saved as NPY: the name must end in .npy");
    if (!ends_with(path, ".safetensors"))
      raise_help(vm, arg_span(site, 1), "save(net, \"net.safetensors\")",
                 "a model is saved as safetensors: the name must end in .safetensors");
    save_parts(vm, site, args[0], path);
    return value_none();
  }
  Tensor elements = trace_elements(vm, args[0], arg_span(site, 0));
  Diag diag = {0};
  bool fine = npy_write(&vm->files, path, &elements, &diag);
  tensor_release(&elements);
  if (!fine) fail(vm, site, &diag);
  return value_none();
}

/* ---- load ---- */

static void difference(Diag *diag, Text *text) {
  diag_help(diag, "%.300s", text->data);
  text_free(text);
}

/* The saved tensor of a param with a domain is the unconstrained one, which means another value in
 * another domain.  Files written by other programs do not name a domain. */
static void compare_domain(const Part *part, const PairList *metadata, Text *text) {
  char key[280];
  const char *format = pair_find(metadata, "format"),
             *mine = part->param->domain ? DOMAIN_NAMES[part->param->domain] : "no domain";
  if (!format || strcmp(format, "gd") != 0) return;
  snprintf(key, sizeof key, "gd.domain.%s", part_name(part));
  const char *saved = pair_find(metadata, key);
  if (!saved) saved = "no domain";
  if (strcmp(saved, mine) != 0)
    text_format(text, "%s%s has %s in the model, %.40s in the file", text->length ? "; " : "",
                part_name(part), mine, saved);
}

/* Why the file does not fit the model, by name; empty when it fits. */
static void compare(const Parts *parts, const NamedList *list, const PairList *metadata,
                    Text *text) {
  char a[200], b[200];
  for (int i = 0; i < parts->count; i++) {
    const char *name = part_name(&parts->items[i]);
    const Named *named = named_find(list, name, strlen(name));
    const Shape *shape = &parts->items[i].param->value.shape;
    if (named) compare_domain(&parts->items[i], metadata, text);
    if (!named) text_format(text, "%s%s is not in the file", text->length ? "; " : "", name);
    else if (!shape_equal(&named->tensor.shape, shape))
      text_format(text, "%s%s is %s in the model, %s in the file", text->length ? "; " : "", name,
                  shape_show(shape, a), shape_show(&named->tensor.shape, b));
  }
  for (int64_t i = 0; i < list->count; i++) {
    bool known = false;
    for (int k = 0; k < parts->count; k++)
      known |= !strcmp(part_name(&parts->items[k]), list->items[i].name);
    if (!known)
      text_format(text, "%s%.64s is not in the model", text->length ? "; " : "",
                  list->items[i].name);
  }
}

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
static bool take(const Parts *parts, const NamedList *list, Diag *diag) {
  Tensor *now = mem_zero((size_t)(parts->count + 1) * sizeof(Tensor));
  bool fine = true;
  for (int i = 0; i < parts->count && fine; i++) {
    const char *name = part_name(&parts->items[i]);
    const Tensor *from = &named_find(list, name, strlen(name))->tensor;
    Dtype dtype = parts->items[i].param->value.dtype;
    if (from->dtype == dtype) now[i] = tensor_retain(from); /* the list will release it */
    else
      fine = tensor_new(&now[i], dtype, &from->shape, diag) && convert(name, from, &now[i], diag);
  }
  for (int i = 0; i < parts->count; i++) {
    Tensor *value = &parts->items[i].param->value;
    tensor_release(fine ? value : &now[i]);
    if (fine) *value = now[i];
  }
  mem_free(now);
  return fine;
}

Value native_load(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  const char *path = path_of(vm, site, args[1]);
  if (args[0].kind == KIND_UNKNOWN || vm->checking) return value_none();
  Parts parts = {0};
  parts_collect(vm, args[0], "", &parts);
  if (parts.count == 0)
    raise_help(vm, arg_span(site, 0), "npy(\"x.npy\") reads a tensor",
               "load fills a model or a param, this is %s", kind_name(args[0]));
  trace_effect(vm);
  NamedList list = {0};
  Diag diag = {0};
  PairList metadata = {0};
  bool fine = safetensors_read(&vm->files, path, &list, &metadata, &diag);
  Text text = {0};
  if (fine) compare(&parts, &list, &metadata, &text);
  pair_free(&metadata);
  if (fine && text.length) {
    fine = diag_fail(&diag, STATUS_MALFORMED, site->span, "`%.200s` does not hold this model",
                     path);
    difference(&diag, &text);
  }
  fine = fine && take(&parts, &list, &diag);
  named_free(&list);
  parts_free(&parts);
  if (!fine) fail(vm, site, &diag);
  return value_none();
}
