/* object.h — what a variable of the language holds: a Value, and the objects it refers to.
 *
 * A Value is 16 bytes, passed in registers: a kind and a number, a bool or an object.  Objects are
 * reference-counted.  Ownership in one sentence: the caller owns (releases) what a function
 * returns, arguments are borrowed, and the word *takes* in a comment marks the exceptions.
 *
 * Tensors, tuples, lists and strings are values: they are copied on write (`refs == 1` means that
 * an object may be changed in place).  Params, models, optimizers, closures are shared.
 *
 * Every file that handles a Value includes this one, so it has only what all of them need.  The
 * layout of each kind of object is in a header of its own, with the functions that make it; heap.h
 * has their memory, value.h their kinds in words.
 */
#ifndef GD_LANG_OBJECT_H
#define GD_LANG_OBJECT_H

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

typedef struct Vm Vm;
/* Their layouts are in headers of their own: most files need a few of them. */
typedef struct StringObject StringObject;   /* string.h */
typedef struct TensorObject TensorObject;   /* tensor_value.h */
typedef struct TupleObject TupleObject;     /* tuple.h */
typedef struct ListObject ListObject;       /* list.h */
typedef struct RangeObject RangeObject;     /* range.h */
typedef struct ClosureObject ClosureObject; /* closure.h */
typedef struct CellObject CellObject;
typedef struct ModuleObject ModuleObject; /* module_value.h */
typedef struct NativeObject NativeObject; /* call_site.h */
typedef struct Native Native;
typedef struct CallSite CallSite;

typedef struct Value {
  uint32_t kind;
  uint32_t detail; /* KIND_FLOW: which */
  union {
    double number;
    int64_t truth; /* KIND_BOOL: 0 or 1 */
    Object *object;
    StringObject *string;
    TensorObject *tensor;
    struct ParamObject *param;
    TupleObject *tuple;
    ListObject *list;
    struct DictObject *dict; /* values/dict.h */
    RangeObject *range;
    ClosureObject *closure;
    NativeObject *native;
    struct ModelObject *model;
    struct OptimizerObject *optimizer;
    struct DatasetObject *dataset;
    ModuleObject *module;
    CellObject *cell;
  };
} Value;

/* A function in C.  It gets its arguments bound to its signature: KIND_UNSET for an omitted one, a
 * list for a rest argument. */
typedef Value NativeFunction(Vm *vm, const CallSite *site, Value *args, int count);

static inline bool value_object(Value v) { return v.kind >= KIND_STRING; }
static inline bool value_is_tensor(Value v) {
  return v.kind == KIND_TENSOR || v.kind == KIND_PARAM;
}
static inline Value value_none(void) { return (Value){.kind = KIND_NONE}; }
static inline Value value_number(double x) { return (Value){.kind = KIND_NUMBER, .number = x}; }
static inline Value value_bool(bool b) { return (Value){.kind = KIND_BOOL, .truth = b}; }
static inline Value value_of(Kind kind, void *object) {
  return (Value){.kind = kind, .object = (Object *)object};
}

/* ---- holding ---- */
static inline Value value_retain(Value v) {
  if (value_object(v)) v.object->refs++;
  return v;
}
void object_free(Vm *vm, Object *object); /* its count has reached zero */
static inline void value_release(Vm *vm, Value v) {
  if (value_object(v) && --v.object->refs == 0) object_free(vm, v.object);
}

/* ---- the objects that an object holds ---- */
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

#endif
