/* natives.h — the functions behind the rows of builtin.def. */
#ifndef GD_LANG_NATIVES_H
#define GD_LANG_NATIVES_H

#include "lang/learn/data.h"
#include "lang/learn/differentiate.h"
#include "lang/learn/model.h"
#include "lang/eval/native.h"
#include "lang/learn/train.h"

extern const Native NATIVES[];
enum {
#define NATIVE(name, signature, function, sentence, example, prints) ROW_OF_##function,
#define NATIVE_END NATIVE
#include "lang/library/builtin.def"
#undef NATIVE_END
#undef NATIVE
  NATIVE_COUNT
};

/* builtin_value.c */
NativeFunction native_shape, native_rank, native_size, native_len, native_type, native_tensor, native_number, native_str;
/* builtin_program.c */
NativeFunction native_print, native_assert, native_error, native_exit, native_time, native_clock, native_seed, native_precision;
/* builtin_list.c */
NativeFunction native_list, native_push, native_keys, native_range_of, native_map, native_filter, native_reduce, native_zip, native_enumerate;
/* builtin_text.c */
NativeFunction native_split, native_join, native_trim, native_upper, native_lower, native_replace, native_find, native_starts_with, native_ends_with;
/* builtin_file.c */
NativeFunction native_read, native_lines, native_write, native_read_line, native_exists, native_env;
/* json.c */
NativeFunction native_json, native_to_json;
void *json_take(size_t bytes);  /* the allocator to give to jansson: it counts what a tree takes */
void json_give(void *memory);

/* builtin_list.c: iteration over any value that allows it. */
int64_t items_count(Vm *vm, Span span, Value from);
Value items_at(Vm *vm, Span span, Value from, int64_t index);   /* returns a new holder */

/* builtin_file.c */
const char *arg_path(Vm *vm, const Site *site, const Value *args, int index); /* checked: a path without a NUL */

#endif
