/* op.c — an operation by itself: its name, its signature, its class, whether it can be
 * differentiated.
 *
 * Expansions of ops.def that name no function, so that code which infers types, prints or computes
 * does not depend on the builders; the rows of the language, which name them, are in ops.c.
 *
 * The name of an operation is the part of its signature before the bracket, so it is written once;
 * one without a name in the language has its ID in small letters.  C cannot cut a literal at
 * compile time, so the names are made the first time anyone asks, once a process, and are constant
 * from then on (threads meet at the pthread_once).
 */
#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include "runtime/graph/op.h"
#include "runtime/opcodes.h"

static const uint8_t op_classes[OP_COUNT] = {
#define MAP(ID, signature, kinds, arity, class, ...) [OP_##ID] = CLASS_##class,
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

/* SMOOTH(NO) is 0 and SMOOTH(anything else) 1: only PROBE_NO is a macro, and puts a 0 in the second
 * place. */
#define PROBE_NO ~, 0
#define SECOND(first, second, ...) second
#define PICK_SECOND(...) SECOND(__VA_ARGS__, 1, 1)
#define SMOOTH(gradient) PICK_SECOND(PROBE_##gradient)
static const bool op_smooth[OP_COUNT] = {
#define MAP(ID, signature, kinds, arity, class, value, whole, grads, ...) [OP_##ID] = SMOOTH(grads),
#define OP(ID, signature, kinds, infer, gradient, ...) [OP_##ID] = SMOOTH(gradient),
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

static const char *const op_ids[OP_COUNT] = {
    "NONE",
#define MAP(ID, ...) #ID,
#define OP(ID, ...) #ID,
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

OpClass op_class(Op op) { return (OpClass)op_classes[op]; }
bool op_compares(Op op) {
  return op_class(op) == CLASS_COMPARE || op == OP_MINIMUM || op == OP_MAXIMUM || op == OP_CLAMP;
}
bool op_converts(Op op) { return op == OP_CAST; }
bool op_differentiable(Op op) { return op_smooth[op]; }

static const char *const op_signatures[OP_COUNT] = {
    "",
#define MAP(ID, signature, ...) signature,
#define OP(ID, signature, ...) signature,
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

const char *op_signature(Op op) { return op_signatures[op]; }

/* ---- names ---- */

enum { NAMES_BYTES = 2048 }; /* for all names with their NULs */

static const char *op_names[OP_COUNT];
static char names[NAMES_BYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_names(void) {
  char *at = names;
  for (int op = 0; op < OP_COUNT; op++) {
    const char *text = op_signatures[op][0] ? op_signatures[op] : op_ids[op];
    size_t length = strcspn(text, "(");
    op_names[op] = "";
    /* the test over all rows would see it */
    if (length + 1 > (size_t)(names + NAMES_BYTES - at)) continue;
    for (size_t i = 0; i < length; i++)
      at[i] = text == op_ids[op] ? (char)tolower((unsigned char)text[i]) : text[i];
    op_names[op] = at;
    at += length + 1;
  }
}

const char *op_name(Op op) {
  pthread_once(&once, make_names);
  return op_names[op];
}
