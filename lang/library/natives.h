/* natives.h — the functions behind the rows of builtin.def. */
#ifndef GD_LANG_NATIVES_H
#define GD_LANG_NATIVES_H

#include "lang/data/arrays.h"
#include "lang/data/data.h"
#include "lang/data/images.h"
#include "lang/data/made_data.h"
#include "lang/data/rows.h"
#include "lang/data/scaling.h"
#include "lang/data/shown.h"
#include "lang/data/table.h"
#include "lang/eval/native.h"
#include "lang/gradients/check_gradient.h"
#include "lang/gradients/custom.h"
#include "lang/gradients/differentiate.h"
#include "lang/gradients/explain.h"
#include "lang/gradients/inference.h"
#include "lang/gradients/jacobian.h"
#include "lang/gradients/recompute.h"
#include "lang/gradients/scan.h"
#include "lang/gradients/vmap.h"
#include "lang/machine/call_site.h"
#include "lang/models/arithmetic.h"
#include "lang/models/load.h"
#include "lang/models/model.h"
#include "lang/models/stack_models.h"
#include "lang/models/store.h"
#include "lang/models/summary.h"
#include "lang/optimizers/role.h"
#include "lang/step/whole.h"
#include "lang/train/train.h"

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
