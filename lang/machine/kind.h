/* kind.h — the function tables through which the machine calls the rooms above it.
 *
 * The machine (object.c, vm.c) and the evaluator know no room above them.  They call those rooms
 * through plain function tables, which the session passes to vm_new as one Registry (registry.c):
 *
 *   KindRow   what a kind of value can do; the plain kinds (numbers, strings, tensors, tuples,
 *             lists, ranges, functions) have none
 *   VmPart    a room's state with the lifetime of the Vm
 *   Learning  what the evaluator needs of models, optimizers and `train`
 *   Loader    what the resolver needs of modules
 *   Native    the standard functions in C
 *
 * To add a kind of value: its row of kinds.def, its KindRow in the file of the kind, the include of
 * that file in registry.c.
 */
#ifndef GD_LANG_KIND_H
#define GD_LANG_KIND_H

#include "lang/machine/sub.h"
#include "lang/machine/vm.h"
#include "lang/text/report.h"

struct Showing;     /* show.h */
struct Resolver;    /* resolve.h */
struct ParamObject; /* domain.h */

typedef void Visit(Vm *vm, Value value);
/* A field or item: its name, or NULL; its index, or -1; its value if it is known without computing
 * (else KIND_UNSET), borrowed.  Returns true to stop. */
typedef bool VisitField(void *context, const char *name, int64_t number, Value value);

/* What restores an object that changes in place: of before.c, while a line of a session runs. */
typedef struct Memento {
  struct Memento *next;
  Object *object; /* held by before.c */
  /* restores the object if `back`; takes the memento */
  void (*give)(Vm *vm, struct Memento *memento, bool back);
  /* during a sweep: marks what it holds; NULL: nothing */
  void (*mark)(Vm *vm, const struct Memento *memento);
} Memento;

/* What a kind of object can do.  NULL: it cannot. */
typedef struct KindRow {
  /* size of the object itself, as passed to object_new */
  size_t (*bytes)(const Object *object);
  /* visits every object that it holds */
  void (*parts)(Vm *vm, Object *object, Visit *visit);
  /* frees what it owns besides objects */
  void (*free_own)(Vm *vm, Object *object);
  void (*mark)(Vm *vm, Object *object); /* during a sweep: marks what it holds that `parts` does not
                                         * visit, because free_own releases it */
  void (*show)(struct Showing *showing, Value value); /* as print shows it */
  /* of.name; borrows, returns a new holder */
  Value (*field)(Vm *vm, const Ast *ast, Value of);
  Value (*item)(Vm *vm, const Ast *ast, Value of); /* of.0 */
  /* of.name = value; borrows both */
  void (*field_set)(Vm *vm, const Ast *ast, Value of, Value value);
  Value (*index)(Vm *vm, const Ast *ast, Value of, const Sub *subs, int count); /* of[…] */
  /* the number of items that a `for` visits … */
  int64_t (*count)(Vm *vm, Span span, Value of);
  /* … and item number `index`, from 0; returns a new holder */
  Value (*at)(Vm *vm, Span span, Value of, int64_t index);
  /* every name that may stand after `of.`; runs nothing; true when visit returned true */
  bool (*fields)(Value of, VisitField *visit, void *context);
  /* params and layers are searched for in its fields, as in tuples and lists */
  bool tree;
  Value (*copy)(Vm *vm, Value of); /* copy(of); a new holder */
  /* a place in the text that it refers to: a line of a session is kept as long as this object */
  Span (*made)(const Object *object);
  /* returns a new memento, NULL of an object whose making failed halfway; of the kinds of
   * heap_changes, and only of them */
  Memento *(*keep)(Vm *vm, Object *object);
} KindRow;

/* A room's state: created and freed with the Vm. */
typedef struct VmPart {
  void (*open)(Vm *vm);
  /* during a sweep: vm_mark on every value that it holds */
  void (*mark)(Vm *vm);
  /* after an error was caught: restores the state of when the guard was set */
  void (*unwind)(Vm *vm, const Guard *guard);
  /* before an error is raised: may move its place or add notes */
  void (*aim)(Vm *vm, Diag *diag);
  void (*close)(Vm *vm);
} VmPart;

/* What the evaluator and the gradients need of the rooms that train. */
typedef struct Learning {
  Value (*train)(Vm *vm, Frame *frame, const Ast *ast); /* TRAIN */
  /* UPDATE as an expression */
  Value (*update)(Vm *vm, Frame *frame, const Ast *ast);
  /* a PARAM or BUFFER statement of a model; takes value; returns the param */
  Value (*declare)(Vm *vm, Frame *frame, const Ast *ast, Value value);
  /* the current value of a STATE statement */
  Value (*state)(Vm *vm, Frame *frame, const Ast *ast);
  /* `mean_ = …` in a method; takes value */
  void (*buffer_assign)(Vm *vm, const Ast *ast, struct ParamObject *buffer, Value value);
  /* a param as it is read: itself; of a buffer the value it has now */
  Value (*param_read)(Vm *vm, const Ast *ast, struct ParamObject *param);
  /* a call of an optimizer's declaration, arguments by parameter */
  Value (*optimizer)(Vm *vm, const CallSite *site, ClosureObject *made_by, const Value *args);
  /* trees: `a op b`, `-a`, and calls of the few rows that take them, UNSET for any other */
  Value (*tree_binary)(Vm *vm, const Ast *ast, int op, Value a, Value b);
  Value (*tree_minus)(Vm *vm, const Ast *ast, Value a);
  Value (*tree_call)(Vm *vm, const CallSite *site, const OpRow *row, Value *args, int count);
  /* The loss f of a step, called outside a recording, computes its gradient itself: sets both, new
   * holders.  False: it is another function. */
  bool (*own_slope)(Vm *vm, const CallSite *site, Value f, Value at, Value *loss, Value *gradient);
} Learning;

/* What the resolver needs of modules. */
typedef struct Loader {
  /* declares the name and loads the file */
  void (*import)(struct Resolver *resolver, Ast *import);
  /* reports a name that a file does not declare */
  void (*no_member)(Report *report, const ModuleObject *module, const Ast *field);
  /* the module of a name of the library, by its number (library_file_entry); NULL after reporting
   */
  ModuleObject *(*library)(Vm *vm, int entry, Report *report);
} Loader;

typedef struct Registry {
  const KindRow *kinds[KIND_COUNT];
  const VmPart *const *parts; /* opened in this order, closed in reverse; ends with NULL */
  const Learning *learning;
  const Loader *loader;
  const Native *natives;
  int native_count;
  /* of `gd check`, for operators of plain values */
  Value (*check_call)(Vm *vm, Value (*call)(Vm *vm, void *context), void *context);
} Registry;

/* The row of an object's kind, or NULL. */
static inline const KindRow *kind_row(const Vm *vm, Value value) {
  return vm->registry->kinds[value.kind];
}

/* visits the fields and items of any value; true when visit returned true */
bool fields_each(const Vm *vm, Value of, VisitField *visit, void *context);
/* the same for values that may hold params and layers */
bool parts_each(const Vm *vm, Value of, VisitField *visit, void *context);
/* may this kind of value hold them? */
bool parts_may(const Vm *vm, Value of);

#endif
