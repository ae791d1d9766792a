/* kind_test.c — every kind has its row, and what can be gone through is, by name and by number. */
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/machine/value.h"
#include "tests/lang/running.h"

Test(kind, those_with_functions_have_all_that_freeing_needs) {
  for (int kind = 0; kind < KIND_COUNT; kind++) {
    Value value = {.kind = (uint32_t)kind};
    const KindRow *row = REGISTRY.kinds[kind];
    if (kind != KIND_CLOSURE) cr_assert(*kind_name(value) && *kind_type(value), "%d", kind);
    if (row) cr_assert(row->bytes != NULL, "%s", kind_type(value));
  }
  cr_assert_str_eq(kind_type((Value){.kind = KIND_PARAM}), "tensor");
  cr_assert_str_eq(kind_name((Value){.kind = KIND_BATCHES}), "batches of a dataset");
}

static bool add_field(void *context, const char *name, int64_t number, Value value) {
  Text *text = context;
  if (name) text_format(text, "%s=", name);
  if (number >= 0) text_format(text, "%lld:", (long long)number);
  text_format(text, "%s;", kind_type(value));
  return name && strcmp(name, "last") == 0;
}

/* What is gone through of the value of the name `v`. */
static void goes_through(const char *script, const char *fields, const char *parts) {
  Telling telling;
  Vm *vm = running_vm(&telling, &(Options){.quiet_progress = true});
  ModuleObject *module = module_new(vm, "main", false);
  Ran ran = running_text(&telling, module, "t.gd", script);
  cr_assert_eq(ran.status, 0, "%s", ran.told.data);
  Value value = module->globals[scope_global(module->scope, names_intern(vm->names, "v", 1))->slot];
  Text text = {0};
  text_string(&text, "");
  fields_each(vm, value, add_field, &text);
  cr_assert_str_eq(text.data ? text.data : "", fields, "%s", script);
  text.length = 0;
  if (text.data) text.data[0] = 0;
  parts_each(vm, value, add_field, &text);
  cr_assert_str_eq(text.data ? text.data : "", parts, "%s", script);
  text_free(&text);
  ran_free(&ran);
  vm_free(vm);
}

Test(kind, fields_and_parts) {
  goes_through("let v = 3", "", "");
  goes_through("let v = [1, \"a\"]", "0:number;1:string;", "0:number;1:string;");
  goes_through("let v = (1, b: true)", "0:number;b=1:bool;", "0:number;b=1:bool;");
  goes_through("let v = (last: 1, b: true)", "last=0:number;", "last=0:number;");
  goes_through("model M(n) { param w = ones(n)\nfn forward(x) = x * w }\nlet v = M(2)",
               "n=number;w=tensor;forward=function;", "n=number;w=tensor;forward=function;");
  goes_through("let v = GD(lr: 0.5)", "lr=number;steps=number;", "");
  goes_through("let v = dataset(ones(2, 1), ones(2))", "x=tensor;y=tensor;names=none;classes=none;",
               "");
}
