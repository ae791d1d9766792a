/* value.h — what a variable of the language holds.
 *
 * A Value is 16 bytes, passed in registers: a kind and a number, a bool or an object.  Objects are
 * reference-counted.  Ownership in one sentence: the caller owns (releases) what a function
 * returns, arguments are borrowed, and the word *takes* in a comment marks the exceptions.
 *
 * Tensors, tuples, lists and strings are values: they are copied on write (`refs == 1` means that
 * an object may be changed in place).  Params, models, optimizers, closures are shared.
 *
 * A tensor of the script is a TensorObject: it has elements (`tensor.buffer`), or it stands for a
 * node of the graph that is being traced (`node`).  Then only its type is known until trace.c
 * computes it.
 */
#ifndef GD_LANG_VALUE_H
#define GD_LANG_VALUE_H

#include "lang/syntax/ast.h"

typedef enum Kind {
#define KIND(NAME, functions, phrase, type) KIND_##NAME,
#include "lang/machine/kinds.def"
#undef KIND
  KIND_COUNT
} Kind;

typedef struct Object {
  uint32_t refs;
  uint8_t kind; /* a Kind */
  uint8_t mark; /* used by vm_sweep */
  uint8_t flags;
  /* its memory in units of SPARE_UNIT bytes, when it can go to a free list; else 0 */
  uint8_t size_class;
  struct Object *next, *previous; /* the Vm's ring of all objects */
} Object;

typedef struct Value {
  uint32_t kind;
  uint32_t detail; /* KIND_FLOW: which */
  union {
    double number;
    int64_t truth; /* KIND_BOOL: 0 or 1 */
    Object *object;
    struct StringObject *string;
    struct TensorObject *tensor;
    struct ParamObject *param;
    struct TupleObject *tuple;
    struct ListObject *list;
    struct DictObject *dict; /* values/dict.h */
    struct RangeObject *range;
    struct ClosureObject *closure;
    struct NativeObject *native;
    struct ModelObject *model;
    struct OptimizerObject *optimizer;
    struct DatasetObject *dataset;
    struct ModuleObject *module;
    struct CellObject *cell;
  };
} Value;

typedef struct Vm Vm;

/* Free list of objects of one size (value.c). */
typedef struct Spares {
  Object *first; /* linked by `next`; owned */
  int count;
} Spares;
enum { SPARE_UNIT = 16, SPARE_SIZES = 16 };

typedef struct StringObject {
  Object head;
  size_t length; /* bytes */
  char *data;    /* UTF-8, with a final NUL; owned */
  /* bytes at `data`, with the NUL: a string with one owner grows in place */
  size_t capacity;
  int64_t points; /* code points; -1: not counted yet */
  /* of a string that is not ASCII: the offset of each 64th code point, as far as known; owned */
  size_t *marks;
  int64_t mark_count, mark_capacity;
} StringObject;

typedef struct TensorObject {
  Object head;
  Tensor tensor; /* buffer NULL: the type only */
  NodeId node;   /* in the graph of trace number `trace`, when it has no elements */
  uint32_t trace;
  Span made; /* the expression that made it; file 0: not known */
  bool weak; /* the node takes the dtype of its other operand, as a number of the
              * script does (gradient of a number, a scheduled rate) */
} TensorObject;

typedef struct TupleObject {
  Object head;
  int count;
  int through; /* 1 + the item that integer indices go to: the gradient of a chain is
                * indexed as g.parts.0 and as g.0; 0: they go to the items themselves */
  /* prints it in a line of its own form (the result of `train`); NULL: as a tuple */
  void (*show)(const struct TupleObject *tuple, Text *text);
  const char **names; /* NULL, or for each item an interned name or NULL; owned array */
  Value items[];      /* held */
} TupleObject;
/* The tuple that integer indices count in. */
static inline const TupleObject *tuple_counted(const TupleObject *tuple) {
  return tuple->through ? tuple->items[tuple->through - 1].tuple : tuple;
}

typedef struct ListObject {
  Object head;
  int64_t count, capacity;
  Value *items; /* held; owned array */
} ListObject;

typedef struct RangeObject {
  Object head;
  double first, last, step; /* both ends included; step > 0 or < 0 */
} RangeObject;

typedef struct CellObject {
  Object head;
  Value value;
} CellObject;

typedef struct ModuleObject {
  Object head;
  const char *name; /* "blocks" */
  Ast *body;
  struct Scope *scope; /* names of its top level; owned by scope.c */
  Value *globals;      /* held; by slot; owned array */
  int global_count, global_capacity;
} ModuleObject;

typedef struct ClosureObject {
  Object head;
  AstFunction *function;
  ModuleObject *module; /* held */
  int cell_count;
  CellObject *cells[]; /* held; by capture */
} ClosureObject;

/* A call: the places of its parts for messages, and how arguments were written. */
typedef struct CallSite {
  Span span;                 /* the whole call */
  Span callee;               /* the callee */
  const Span *args;          /* a span for each bound argument; NULL when not known */
  struct NativeObject *self; /* the native called, if it was made by another (grad(f)); else NULL */
  /* for a native whose signature is NULL: the names of the arguments, NULL for positional ones */
  const char *const *names;
  /* numbers among the arguments keep their exact value, in f64 (scope.h, EXACT) */
  bool exact;
} CallSite;

/* A native gets its arguments bound to its signature: KIND_UNSET for an omitted one, a list for a
 * rest argument. */
typedef Value NativeFunction(Vm *vm, const CallSite *site, Value *args, int count);

typedef struct Native {
  const char *name;
  const char
      *signature; /* NULL: takes any arguments, unbound, with site->names (grad(f)(x, w:
                   * 2)); so does one with `…` in it (dict); else "csv(path, target: none, header:
                   * true, missing: \"error\")": after `:` by name only, after `=` either way */
  NativeFunction *function;
  bool ends;            /* it ends the program: `gd check` runs it even with unknown arguments */
  const char *sentence; /* documentation */
  const char *example;  /* runnable, or "" */
  const char *prints;
} Native;

struct Signature; /* call.h: a native's or row's parameters */
typedef struct NativeObject {
  Object head;
  const struct Signature *signature; /* NULL until the first call */
  const Native *native;              /* or NULL */
  const OpRow *row;                  /* or NULL: a row of the table, called by operation.c */
  /* held: the state of a native made by another (grad(f) keeps f and its wrt) */
  Value extra[2];
} NativeObject;

/* ---- bytes ---- */
void vm_count(Vm *vm,
              int64_t bytes); /* counts bytes of an object (negative: freed); raises 71 at
                               * vm->current_span when they exceed the budget; polls signals */
/* Bytes that malloc takes for so many: most of a small string is overhead. */
static inline int64_t heap_bytes(size_t bytes) {
  return bytes <= 24 ? 32 : (int64_t)((bytes + 8 + 15) & ~(size_t)15);
}
bool vm_full(const Vm *vm, int64_t bytes); /* would vm_count of so many bytes raise? */

/* ---- making and holding ---- */
static inline bool value_object(Value v) { return v.kind >= KIND_STRING; }
static inline Value value_none(void) { return (Value){.kind = KIND_NONE}; }
static inline Value value_number(double x) { return (Value){.kind = KIND_NUMBER, .number = x}; }
static inline Value value_bool(bool b) { return (Value){.kind = KIND_BOOL, .truth = b}; }
static inline Value value_of(Kind kind, void *object) {
  return (Value){.kind = kind, .object = (Object *)object};
}
static inline Value value_retain(Value v) {
  if (value_object(v)) v.object->refs++;
  return v;
}
void object_free(Vm *vm, Object *object); /* its count has reached zero */
void objects_free_spares(Vm *vm);         /* frees the free lists */
static inline void value_release(Vm *vm, Value v) {
  if (value_object(v) && --v.object->refs == 0) object_free(vm, v.object);
}

/* in Object.flags: it is being freed */
enum { OBJECT_DOOMED = 0x80 };
/* every object that it holds a reference to */
void object_each_part(Vm *vm, Object *object, void (*visit)(Vm *vm, Value value));
/* those that are objects */
void visit_values(Vm *vm, const Value *values, int64_t count, void (*visit)(Vm *vm, Value value));
/* NULLs are skipped */
void visit_cells(Vm *vm, CellObject *const *cells, int count, void (*visit)(Vm *vm, Value value));
/* frees exactly these, whatever their counts (vm.c) */
void objects_free(Vm *vm, Object **objects, size_t count);
double range_count(const RangeObject *range); /* values in it, whole */
double range_at(const RangeObject *range, double index);

static inline bool value_is_tensor(Value v) {
  return v.kind == KIND_TENSOR || v.kind == KIND_PARAM;
}
/* gd check: does it depend on numbers that are not known before running? */
bool value_unknown(const Vm *vm, Value v);
/* returns a new object, cleared, refs 1 */
void *object_new(Vm *vm, Kind kind, size_t bytes);
Value value_string(Vm *vm, const char *text, size_t length); /* returns a new one */
/* returns a new one, items none */
Value value_tuple(Vm *vm, int count);
/* returns a new one, empty */
Value value_list(Vm *vm, int64_t capacity);
/* takes item; the caller is the list's only owner */
void list_push(Vm *vm, ListObject *list, Value item);
Value value_tensor(Vm *vm, Tensor tensor); /* takes the tensor */
const char *kind_type(Value v);            /* what type(v) says */
/* a kind in words, for messages: "a number" */
const char *kind_name(Value v);
#endif
