/* eval.h — running a node of the tree; for this room and for others that run parts of the
 * script. */
#ifndef GD_LANG_EVAL_H
#define GD_LANG_EVAL_H

#include "lang/machine/module_value.h"
#include "lang/machine/sub.h"
#include "lang/machine/vm.h"
#include "lang/names/scope.h"

#if defined(__GNUC__)
#define NOINLINE __attribute__((noinline)) /* keeps a slow path's registers out of the fast one */
#else
#define NOINLINE
#endif

/* Value.detail of a KIND_FLOW; the value of a return is in vm->returned.  ENDED: `gd check` met
 * `error` or `exit`. */
enum { FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN, FLOW_ENDED };

_Static_assert(BINARY_MUL == 2 && BINARY_EQ == 7 && BINARY_GE == 12,
               "quick_arithmetic and quick_comparison take the operators by their order");

typedef Value Runner(Vm *vm, Frame *frame, const Ast *ast);
extern Runner *const RUNNERS[AST_COUNT];

/* Runs one node; returns an owned value, which may be KIND_FLOW. */
static inline Value run(Vm *vm, Frame *frame, const Ast *ast) {
  return RUNNERS[ast->kind](vm, frame, ast);
}

/* The slot of a variable in one of the two commonest places; NULL for others. */
static inline Value *quick_place(const Frame *frame, const Ast *name) {
  if (name->place == PLACE_LOCAL) return &frame->slots[name->slot];
  return name->place == PLACE_GLOBAL ? &frame->module->globals[name->slot] : NULL;
}

/* Is the node a leaf whose value is a number?  Makes no call, so a function that tries this first
 * needs no stack frame for it. */
static inline bool quick_number(const Frame *frame, const Ast *ast, double *number) {
  *number = ast->number;
  if (ast->kind == AST_NUMBER) return true;
  if (ast->kind != AST_NAME) return false;
  const Value *at = quick_place(frame, ast);
  if (UNLIKELY(!at || at->kind != KIND_NUMBER)) return false;
  *number = at->number;
  return true;
}

/* + - *.  Division is left out: with it compilers compute all the results and select one, which is
 * slow. */
static inline double number_arithmetic(int op, double a, double b) {
  return op == BINARY_ADD ? a + b : op == BINARY_SUB ? a - b : a * b;
}

/* The same for a sum, difference or product of two such leaves. */
static inline bool quick_arithmetic(const Frame *frame, const Ast *ast, double *number) {
  double a, b;
  if (ast->kind != AST_BINARY || ast->op > BINARY_MUL || !quick_number(frame, ast->a, &a) ||
      !quick_number(frame, ast->b, &b))
    return false;
  *number = number_arithmetic(ast->op, a, b);
  return true;
}

/* The same for a comparison. */
static inline bool quick_comparison(const Frame *frame, const Ast *ast, bool *truth) {
  double a, b;
  if (ast->kind != AST_BINARY || ast->op < BINARY_EQ || !quick_number(frame, ast->a, &a) ||
      !quick_number(frame, ast->b, &b))
    return false;
  switch ((BinaryOp)ast->op) {
    case BINARY_EQ: *truth = a == b; break;
    case BINARY_NE: *truth = a != b; break;
    case BINARY_LT: *truth = a < b; break;
    case BINARY_LE: *truth = a <= b; break;
    case BINARY_GT: *truth = a > b; break;
    default: *truth = a >= b; break;
  }
  return true;
}

/* The same as run, with the commonest leaves inlined. */
static inline Value run_leaf(Vm *vm, Frame *frame, const Ast *ast) {
  if (ast->kind == AST_NAME) {
    const Value *at = quick_place(frame, ast);
    if (LIKELY(at && at->kind == KIND_NUMBER)) return *at;
  } else if (ast->kind == AST_NUMBER) {
    return value_number(ast->number);
  }
  return run(vm, frame, ast);
}

static inline bool is_flow(Value value) { return UNLIKELY(value.kind == KIND_FLOW); }

/* A block of one statement that declares nothing is that statement. */
static inline const Ast *bare(const Vm *vm, const Ast *block) {
  bool one = block->kind == AST_BLOCK && block->count == 1 && !block->length && !block->flags;
  return one && !vm->checking ? block->items[0] : block;
}

/* returns an owned value, never KIND_FLOW */
Value eval(Vm *vm, Frame *frame, const Ast *ast);
/* any operands, borrowed; ast for messages */
Value binary_slow(Vm *vm, const Ast *ast, int op, Value a, Value b);
/* an INTERPOLATION without the pieces before `first` */
Value run_interpolation_from(Vm *vm, Frame *frame, const Ast *ast, uint32_t first);
/* the same; NULL when it has none yet */
Value *variable_peek(Vm *vm, Frame *frame, const Ast *name);
/* the slot of a NAME; raises when it has no value yet */
Value *variable_at(Vm *vm, Frame *frame, const Ast *name);
/* releases the block's variables */
void block_leave(Vm *vm, Frame *frame, const Ast *ast);
/* makes the functions it declares */
void block_hoist(Vm *vm, Frame *frame, const Ast *block);
/* on the value stack, from which the caller drops them, also when it is NULL: one is a flow */
Sub *run_subscripts(Vm *vm, Frame *frame, const Ast *index, Value *flow);
/* gd check: is one of them unknown? */
bool subs_unknown(const Sub *subs, int count);
Value index_value(Vm *vm, const Ast *ast, Value base, const Sub *subs, int count); /* borrows all */
bool condition_value(Vm *vm, Span span, Value value);                              /* takes value */

#endif
