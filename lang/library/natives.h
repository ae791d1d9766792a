/* natives.h — the functions behind the rows of builtin.def. */
#ifndef GD_LANG_NATIVES_H
#define GD_LANG_NATIVES_H

#include "lang/eval/native.h"
#include "lang/learn/arithmetic.h"
#include "lang/learn/arrays.h"
#include "lang/learn/check_gradient.h"
#include "lang/learn/custom.h"
#include "lang/learn/data.h"
#include "lang/learn/differentiate.h"
#include "lang/learn/explain.h"
#include "lang/learn/images.h"
#include "lang/learn/inference.h"
#include "lang/learn/jacobian.h"
#include "lang/learn/load.h"
#include "lang/learn/made_data.h"
#include "lang/learn/model.h"
#include "lang/learn/recompute.h"
#include "lang/learn/role.h"
#include "lang/learn/rows.h"
#include "lang/learn/scaling.h"
#include "lang/learn/scan.h"
#include "lang/learn/shown.h"
#include "lang/learn/stack_models.h"
#include "lang/learn/store.h"
#include "lang/learn/summary.h"
#include "lang/learn/table.h"
#include "lang/learn/train.h"
#include "lang/learn/vmap.h"
#include "lang/learn/whole.h"
#include "lang/machine/call_site.h"

extern const Native NATIVES[];
enum {
#define NATIVE(name, signature, function, sentence, example, prints) ROW_OF_##function,
#define NATIVE_END NATIVE
#include "lang/library/builtin.def"
#undef NATIVE_END
#undef NATIVE
  NATIVE_COUNT
};

#define NATIVE(name, signature, function, sentence, example, prints) NativeFunction function;
#define NATIVE_END NATIVE
#include "lang/library/builtin.def"
#undef NATIVE_END
#undef NATIVE

/* json.c */
void *json_alloc(size_t bytes); /* the allocator to give to jansson: it counts what a tree takes */
void json_free(void *memory);

/* builtin_list.c: iteration over any value that allows it. */
int64_t items_count(Vm *vm, Span span, Value from);
Value items_at(Vm *vm, Span span, Value from, int64_t index); /* returns a new holder */

/* builtin_file.c */
/* checked: a path without a NUL */
const char *arg_path(Vm *vm, const CallSite *site, const Value *args, int index);

#endif
