/* ops.c — the table of ops.def as data: the names of the language, and the row that each stands
 * for.
 *
 * A row's name is the part of its signature before the bracket (op.c).  A small hash table over the
 * names is made the first time anyone asks: about ten microseconds, once a process, and constant
 * from then on (threads meet at the pthread_once).
 *
 * Where two rows share a name (the two of "-"), the first in the table is found; the parser of an
 * operator knows its operation anyway.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "runtime/graph/build.h"
#include "runtime/graph/ops.h"
#include "runtime/graph/simplify.h"
#include "runtime/opcodes.h"

Builder build_map;
#define MAP(...)
#define OP(ID, signature, kinds, infer, gradient, kernel, build, ...) Builder build_##build;
#define FORM(ID, signature, kinds, build, ...) Builder build_##build;
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM

#define build_NONE NULL
typedef struct Entry {
  OpRow row;           /* its name is filled in at first use */
  const char *builder; /* the name of its builder, for its prefix */
} Entry;

static Entry entries[] = {
#define MAP(ID, signature, kinds, arity, class, value, whole, grads, check, domain, sentence, \
            example, prints)                                                                  \
  {{OP_##ID, "", signature, kinds, build_map, false, false, check, domain, sentence, example, \
    prints},                                                                                  \
   "map"},
#define OP(ID, signature, kinds, infer, gradient, kernel, build, check, domain, sentence, example, \
           prints)                                                                                 \
  {{OP_##ID, "", signature, kinds, build_##build, false, false, check, domain, sentence, example,  \
    prints},                                                                                       \
   #build},
#define FORM(ID, signature, kinds, build, check, domain, sentence, example, prints)               \
  {{OP_NONE, "", signature, kinds, build_##build, false, false, check, domain, sentence, example, \
    prints},                                                                                      \
   #build},
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

enum {
  SLOTS = 512,        /* of the hash table: a power of two, more than twice the names */
  NAMES_BYTES = 2048, /* for the names of FORMs with their NULs */
};
_Static_assert(COUNT_OF(entries) * 2 < SLOTS, "the hash table of names is too small");

static const OpRow *named[COUNT_OF(entries) + 1]; /* the rows with a name, then NULL */
static const OpRow *slots[SLOTS];
static char names[NAMES_BYTES];
static size_t names_used;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The name of a FORM, which is no operation that op.c could name. */
static const char *form_name(const char *signature) {
  size_t length = strcspn(signature, "(");
  if (names_used + length + 1 > NAMES_BYTES) return ""; /* the test over all rows would see it */
  char *name = memcpy(names + names_used, signature, length);
  names_used += length + 1;
  return name;
}

static uint32_t slot_of(const char *name) {
  return (uint32_t)hash_bytes(name, strlen(name), 0) & (SLOTS - 1);
}

static void remember(const OpRow *row) {
  uint32_t slot = slot_of(row->name);
  while (slots[slot] && strcmp(slots[slot]->name, row->name) != 0) slot = (slot + 1) & (SLOTS - 1);
  if (!slots[slot]) slots[slot] = row;
}

static void find_names(void) {
  int count = 0;
  for (int i = 0; i < COUNT_OF(entries); i++) {
    OpRow *row = &entries[i].row;
    row->draws = strncmp(entries[i].builder, "draw_", 5) == 0;
    if (!row->signature[0]) continue;
    row->name = row->op ? op_name(row->op) : form_name(row->signature);
    Dtype dtype;
    row->converts = dtype_parse(row->name, &dtype);
    named[count++] = row;
    remember(row);
  }
}

const OpRow *ops_find(const char *name) {
  pthread_once(&once, find_names);
  uint32_t slot = slot_of(name);
  while (slots[slot] && strcmp(slots[slot]->name, name) != 0) slot = (slot + 1) & (SLOTS - 1);
  return slots[slot];
}

const OpRow *ops_row(int index) {
  pthread_once(&once, find_names);
  return index >= 0 && index < COUNT_OF(entries) ? named[index] : NULL;
}

/* ---- operands of bf16 ---- */

enum { ARGS_MOST = 40 };

/* Notes what dtypes there are among the tensors of an argument; is there a bf16? */
static bool note_dtypes(const Maker *maker, const Arg *arg, Dtype *widest) {
  const NodeId *nodes = arg->kind == ARG_NODES ? arg->nodes : &arg->node;
  int count = arg->kind == ARG_NODES ? arg->count : arg->kind == ARG_NODE;
  bool any = false;
  for (int i = 0; i < count; i++) {
    const Type *type = nodes[i] ? make_type(maker, nodes[i]) : NULL;
    if (!type || type->weak) continue;
    any |= type->dtype == DTYPE_BF16;
    *widest = dtype_promote(*widest, type->dtype);
  }
  return any;
}

static Arg widened(Maker *maker, const Arg *arg) {
  Arg wide = *arg;
  if (arg->kind == ARG_NODE && arg->node && !make_type(maker, arg->node)->weak)
    wide.node = make_wide(maker, arg->node);
  if (arg->kind != ARG_NODES) return wide;
  NodeId *nodes = arena_alloc(&maker->graph->arena, (size_t)(arg->count + 1) * sizeof *nodes);
  for (int i = 0; i < arg->count; i++) {
    bool weak = arg->nodes[i] && make_type(maker, arg->nodes[i])->weak;
    nodes[i] = weak ? arg->nodes[i] : make_wide(maker, arg->nodes[i]);
  }
  wide.nodes = nodes;
  return wide;
}

bool ops_gives_parts(const OpRow *row) { return row->build == build_chunk; }

int ops_results(const OpRow *row, const Arg *args) {
  if (!ops_gives_parts(row)) return RESULTS_MOST;
  const Arg *parts = &args[1]; /* read as arg_whole does */
  const double number = parts->kind == ARG_NUMBERS && parts->count == 1 ? *parts->numbers
                                                                        : parts->number;
  return number > RESULTS_MOST && number <= CHUNKS_MOST ? (int)number : RESULTS_MOST;
}

int ops_build(Maker *maker, const OpRow *row, const Arg *args, int count, NodeId *results) {
  Dtype widest = DTYPE_BOOL;
  bool any = false;
  for (int i = 0; i < count; i++)
    if (args[i].kind == ARG_NODE || args[i].kind == ARG_NODES)
      any |= note_dtypes(maker, &args[i], &widest);
  if (!any || row->build == build_map || row->converts)
    return row->build(maker, row->op, args, count, results);
  Arg wide[ARGS_MOST];
  assert(count <= ARGS_MOST);
  for (int i = 0; i < count; i++) wide[i] = widened(maker, &args[i]);
  int made = row->build(maker, row->op, wide, count, results);
  for (int i = 0; i < made; i++) results[i] = make_narrow(maker, results[i], widest == DTYPE_BF16);
  return made;
}
