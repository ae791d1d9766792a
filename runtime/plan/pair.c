/* pair.c — two instructions of a program in one.
 *
 * When a product is only made to be added to something, a loop that does both saves the block in
 * between: a store and a load of every element, and the start of a loop.  Which two can go
 * together, map.h says (MAP_PAIR_FIRSTS, MAP_PAIR_SECONDS); here they are found: the first of the
 * two writes a register that the second alone reads.
 *
 * Twins are a function and its slope (tanh, sigmoid, gelu): most of the work is their exponential,
 * so where a program makes both, the function's instruction makes the slope too.
 *
 * The pair stands where the second stood, so the operands of the first are read later than before;
 * that is wrong, and not done, where an instruction in between writes to their memory.
 */
#include "runtime/plan/pair.h"

/* Which drafts make and how many read a register. */
typedef struct Use {
  int maker;
  int reads;
} Use;

static Use *find_uses(const Program *program) {
  Use *uses = mem_zero((size_t)program->register_count * sizeof *uses + 1);
  for (int i = 0; i < program->body_count; i++) {
    const Draft *draft = &program->body[i];
    if (draft->out.kind == REF_REGISTER) uses[draft->out.reg].maker = i;
    for (int k = 0; k < 3; k++)
      if (draft->in[k].kind == REF_REGISTER) uses[draft->in[k].reg].reads++;
  }
  return uses;
}

static bool plain(const Draft *draft) {
  return !draft->pattern && !draft->sum && !draft->most && !draft->loop;
}

/* instructions that may stand between the two, of a pair and of twins: each is looked at */
enum { REACH = 256, TWIN_REACH = 4096 };

static bool written_between(const Program *program, int from, int to) {
  if (to - from > REACH) return true;
  for (int i = from + 1; i < to; i++)
    for (int k = 0; k < 3; k++) {
      const Draft *draft = &program->body[i];
      const Ref *read = &program->body[from].in[k];
      if (ref_same_memory(&draft->out, read) ||
          (draft->twin && ref_same_memory(&draft->in[2], read)))
        return true;
    }
  return false;
}

/* Joins operand k of draft `to` with the draft that makes it, which is then empty. */
static bool join(Program *program, const Use *uses, int to, int k) {
  Draft *second = &program->body[to];
  const Ref *between = &second->in[k];
  if (between->kind != REF_REGISTER || program->registers[between->reg].shared ||
      uses[between->reg].reads != 1)
    return false;
  Draft *first = &program->body[uses[between->reg].maker];
  MapLoop *loop = plain(first) ? dispatch_pair(first->work.op, second->work.op, k == 1,
                                               second->work.inputs[0])
                               : NULL;
  if (!loop || written_between(program, uses[between->reg].maker, to)) return false;
  second->loop = loop;
  second->in[2] = second->in[1 - k];
  second->in[0] = first->in[0];
  second->in[1] = first->in[1].kind == REF_NONE ? first->in[0] : first->in[1];
  *first = (Draft){.node = 0};
  return true;
}

/* Is it the same register, or the same memory? */
static bool same_ref(const Ref *a, const Ref *b) {
  return (a->kind == REF_REGISTER && b->kind == REF_REGISTER && a->reg == b->reg) ||
         ref_same_memory(a, b);
}

/* Does a draft between the two, or the first, touch the memory that the second writes to? */
static bool touched_before(const Program *program, int from, int to) {
  const Ref *out = &program->body[to].out;
  if (out->kind != REF_MEMORY) return false;
  if (to - from > TWIN_REACH) return true;
  for (int i = from; i < to; i++) {
    const Draft *draft = &program->body[i];
    if (ref_same_memory(&draft->out, out)) return true;
    for (int k = 0; k < 3; k++)
      if (i > from && ref_same_memory(&draft->in[k], out)) return true;
  }
  return false;
}

/* A slope of what draft `made` is the result of, later in the program: both are made here, and the
 * later draft is empty. */
static void join_twin(Program *program, int made, int slope) {
  Draft *first = &program->body[made], *second = &program->body[slope];
  MapLoop *loop = dispatch_twin(first->work.op, second->work.op, second->work.inputs[0]);
  if (!loop || !same_ref(&first->in[0], &second->in[0]) ||
      (second->in[1].kind != REF_NONE && !same_ref(&first->out, &second->in[1])) ||
      touched_before(program, made, slope))
    return;
  first->loop = loop;
  first->twin = true;
  first->in[2] = second->out;
  *second = (Draft){.node = 0};
}

/* By their operand: a long recurrence has as many functions as slopes. */
static void find_twins(Program *program) {
  Lookup made = {0};
  for (int i = 0; i < program->body_count; i++) {
    const Draft *draft = &program->body[i];
    const Ref *operand = &draft->in[0];
    if (!plain(draft) || (operand->kind != REF_REGISTER && operand->kind != REF_MEMORY)) continue;
    uint64_t hash = operand->kind == REF_MEMORY ? ref_hash(operand)
                                                : hash_mix((uint64_t)operand->reg, 1);
    if (dispatch_has_twin(draft->work.op)) lookup_put(&made, hash, (uint32_t)i);
    for (uint32_t at = 0, first; lookup_next(&made, hash, &at, &first) && draft->node;)
      if (plain(&program->body[first])) join_twin(program, (int)first, i);
  }
  lookup_free(&made);
}

void pair_program(Program *program) {
  if (!FUSES) return;
  find_twins(program);
  Use *uses = find_uses(program);
  for (int i = 0; i < program->body_count; i++) {
    const Draft *draft = &program->body[i];
    if (plain(draft) && draft->in[1].kind != REF_NONE && draft->in[2].kind == REF_NONE &&
        !join(program, uses, i, 0))
      join(program, uses, i, 1);
  }
  int kept = 0;
  for (int i = 0; i < program->body_count; i++)
    if (program->body[i].node) program->body[kept++] = program->body[i];
  program->body_count = kept;
  mem_free(uses);
}
