/* ops.c — the table of ops.def as data: rows by name, names and classes by operation.
 *
 * A row's name is the part of its signature before the bracket, so it is written once.
 * C cannot cut a literal at compile time, so the names, and a small hash table over them, are
 * made the first time anyone asks: about ten microseconds, once a process, and constant from
 * then on (threads meet at the pthread_once).
 *
 * Where two rows share a name (the two of "-"), the first of the table is found; whoever
 * parses an operator knows its operation anyway.
 */
#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include "runtime/graph/build.h"
#include "runtime/graph/graph.h"

/* ---- what is known when this is compiled ---- */

static const uint8_t op_classes[OP_COUNT] = {
#define MAP(ID, signature, kinds, arity, class, ...) [OP_##ID] = CLASS_##class,
#define OP(...)
#define FORM(...)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

/* SMOOTH(NO) is 0 and SMOOTH(anything else) 1: only PROBE_NO is a macro, and puts a 0 in the second place. */
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
bool op_differentiable(Op op) { return op_smooth[op]; }

/* ---- the rows ---- */

#define build_NONE NULL
typedef struct Entry {
  Row row;            /* its name is filled in at first use */
  const char *builder; /* the name of its builder, for its prefix */
} Entry;

static Entry entries[] = {
#define MAP(ID, signature, kinds, arity, class, value, whole, grads, check, domain, sentence, example, prints) \
  {{OP_##ID, "", signature, kinds, build_map, false, check, domain, sentence, example, prints}, "map"},
#define OP(ID, signature, kinds, infer, gradient, kernel, build, check, domain, sentence, example, prints) \
  {{OP_##ID, "", signature, kinds, build_##build, false, check, domain, sentence, example, prints}, #build},
#define FORM(ID, signature, kinds, build, check, domain, sentence, example, prints) \
  {{OP_NONE, "", signature, kinds, build_##build, false, check, domain, sentence, example, prints}, #build},
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

enum {
  SLOTS = 512,       /* of the hash table: a power of two, more than twice the names */
  NAMES_BYTES = 4096 /* for all names with their NULs */
};
_Static_assert(COUNT_OF(entries) * 2 < SLOTS, "the hash table of names is too small");

static const Row *named[COUNT_OF(entries) + 1]; /* the rows with a name, then NULL */
static const Row *slots[SLOTS];
static const char *op_names[OP_COUNT];
static char names[NAMES_BYTES];
static size_t names_used;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *keep_name(const char *text, size_t length, bool lower) {
  if (names_used + length + 1 > NAMES_BYTES) return ""; /* the test over all rows would see it */
  char *name = names + names_used;
  for (size_t i = 0; i < length; i++) name[i] = lower ? (char)tolower((unsigned char)text[i]) : text[i];
  name[length] = 0;
  names_used += length + 1;
  return name;
}

static uint32_t slot_of(const char *name) { return (uint32_t)hash_bytes(name, strlen(name), 0) & (SLOTS - 1); }

static void remember(const Row *row) {
  uint32_t slot = slot_of(row->name);
  while (slots[slot] && strcmp(slots[slot]->name, row->name) != 0) slot = (slot + 1) & (SLOTS - 1);
  if (!slots[slot]) slots[slot] = row;
}

static void make_names(void) {
  int count = 0;
  for (int op = 0; op < OP_COUNT; op++) op_names[op] = keep_name(op_ids[op], strlen(op_ids[op]), true);
  for (int i = 0; i < COUNT_OF(entries); i++) {
    Row *row = &entries[i].row;
    row->draws = strncmp(entries[i].builder, "draw_", 5) == 0;
    if (!row->signature[0]) continue;
    row->name = keep_name(row->signature, strcspn(row->signature, "("), false);
    if (row->op) op_names[row->op] = row->name;
    named[count++] = row;
    remember(row);
  }
}

const Row *ops_find(const char *name) {
  pthread_once(&once, make_names);
  uint32_t slot = slot_of(name);
  while (slots[slot] && strcmp(slots[slot]->name, name) != 0) slot = (slot + 1) & (SLOTS - 1);
  return slots[slot];
}

const Row *ops_row(int index) {
  pthread_once(&once, make_names);
  return index >= 0 && index < COUNT_OF(entries) ? named[index] : NULL;
}

const char *op_name(Op op) {
  pthread_once(&once, make_names);
  return op_names[op];
}
