/* draw.c — the keys of random draws.
 *
 * A draw is a pure function of a key and a place (runtime/base/rng.h): the same ones give the same
 * numbers on any number of threads.  The key is the seed and the number of draws since it was set
 * (LANGUAGE.md section 11).
 *
 * Outside, each draw has a key of its own and place 0.  In a recording that is given a key
 * (Trace.key) the draws are part of it: they share the key, which is one draw for the count, and
 * have places 0, 1, 2 …  So a recording can be run again with another key, and `vmap` can derive
 * one for each row.
 */
#include "lang/tensors/draw.h"

void draw_key(int32_t key[4], uint64_t seed, uint64_t count) {
  key[0] = (int32_t)(uint32_t)seed;
  key[1] = (int32_t)(uint32_t)(seed >> 32);
  key[2] = (int32_t)(uint32_t)count;
  key[3] = (int32_t)(uint32_t)(count >> 32);
}

NodeId draw_now(Vm *vm, Trace *trace) {
  Tensor key;
  Diag diag;
  diag_clear(&diag);
  Shape shape = shape_of(1, (int64_t[]){4});
  if (!tensor_new(&key, DTYPE_I32, &shape, &diag)) raise_diag(vm, &diag);
  draw_key(tensor_data(&key), vm->seed, vm->draws++);
  NodeId node = trace_tensor_input(trace, &key, NULL);
  tensor_release(&key);
  return node;
}

NodeId draw_record(Vm *vm, Trace *trace) {
  NodeId before = trace->key;
  if (before) return before;
  trace->key = draw_now(vm, trace);
  trace->place = 0;
  trace->drew = false;
  return 0;
}

/* A key under which nothing was drawn does not count as a draw. */
void draw_record_end(Vm *vm, Trace *trace, NodeId before) {
  if (before) return;
  if (!trace->drew) vm->draws--;
  trace->key = 0;
  trace->drew = false;
}
