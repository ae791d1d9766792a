/* value.c — the kind of a value in words. */
#include "lang/machine/value.h"
#include "lang/machine/closure.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/vm.h"

static const char *closure_kind(const ClosureObject *closure) {
  switch (closure->function->kind) {
    case FUNCTION_LOSS: return "a loss";
    case FUNCTION_MODEL: return "a model declaration";
    case FUNCTION_OPTIMIZER: return "an optimizer declaration";
    default: return "a function";
  }
}

const char *kind_name(Value v) {
  static const char *const names[] = {
#define KIND(NAME, functions, phrase, type) phrase,
#include "lang/machine/kinds.def"
#undef KIND
  };
  if (v.kind == KIND_CLOSURE) return closure_kind(v.closure);
  return v.kind < (uint32_t)COUNT_OF(names) ? names[v.kind] : "a value";
}

const char *kind_type(Value v) {
  static const char *const types[] = {
#define KIND(NAME, functions, phrase, type) type,
#include "lang/machine/kinds.def"
#undef KIND
  };
  return v.kind < (uint32_t)COUNT_OF(types) ? types[v.kind] : "none";
}
