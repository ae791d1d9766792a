/* strip_run.c — a strip (strip.c) as it runs: parts of its rows are the tasks of a job.
 *
 * A part goes through the strip from product to product.  What stands between two products goes in
 * tours of a few units: all of its steps for these, then all for the next, so that they find in the
 * first cache what the step before has made.  Where rows are many there are more parts than
 * threads: what a part makes in a few steps stays in the second cache, and a thread that is held up
 * leaves parts to the others.
 *
 * A kernel is run on some units by itself, as a call with a shorter first axis: it gives every row
 * the bits that it has in the whole.  Attention is told which matrices of keys it shall do, since
 * its cut depends on how many there are.
 */
#include "runtime/base/stop.h"
#include "runtime/kernels/attention.h"
#include "runtime/kernels/linear.h"
#include "runtime/kernels/team.h"
#include "runtime/plan/node.h"

#include <string.h>

extern const Op OP_ATTENTION, OP_ATTENTION_SHARES, OP_CONCAT, OP_MATMUL, OP_SLICE;

enum {
#if defined(GD_HARSH)
  BLOCK_ROWS = 3,
  MANY_ROWS = 4,
  TOUR_ROWS = 2,
#else
  BLOCK_ROWS = 264, /* of a product's rows that stay in the second cache (product.c) */
  MANY_ROWS = 192,  /* of a part, where rows are many */
  TOUR_ROWS = 64,   /* of a tour */
#endif
  ROW_GRAIN = 4, /* parts begin at multiples of it */
};

/* ---- the instructions ---- */

/* What a program fills once repeats with each row. */
static bool programs_suit(const Plan *plan, const Strip *strip) {
  for (int i = strip->first; i < strip->first + strip->count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    const MapProgram *program = &instruction->program;
    if (instruction->kind == INSTRUCTION_PROGRAM && program->period &&
        program->total / strip->units % program->period)
      return false;
  }
  return true;
}

/* Each program's registers that are filled once are its own. */
static void give_registers(Plan *plan, const Strip *strip) {
  size_t base = 0;
  for (int i = strip->first; i < strip->first + strip->count; i++) {
    Instruction *instruction = &plan->instructions[i];
    if (instruction->kind != INSTRUCTION_PROGRAM) continue;
    instruction->register_base = base;
    base += (size_t)(uintptr_t)instruction->program.own; /* still an offset: what comes before */
    if (base + instruction->program.own_bytes > plan->register_bytes)
      plan->register_bytes = base + instruction->program.own_bytes;
  }
}

void plan_strip_steps(Plan *plan) {
  for (int s = 0; s < plan->strip_count; s++) {
    Strip *strip = &plan->strips[s];
    if (!programs_suit(plan, strip)) continue;
    give_registers(plan, strip);
    strip->steps = &plan->instructions[strip->first];
    for (int i = 0; i < strip->count; i++) strip->steps[i].strip = strip;
  }
}

/* ---- some of the units ---- */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void run_product(const Strip *strip, const Instruction *instruction, int64_t row,
                        int64_t end) {
  Product product;
  MapFault fault = {0, 0, 0};
  linear_product(&instruction->call, &product);
  product.dense = !strip->many;
  for (int64_t rows; row < end && !stop_wanted(); row += rows) {
    rows = least(BLOCK_ROWS, end - row);
    product_block(&product, &(Part){row, rows, 0, product.n, 0, product.k});
    if (instruction->then || instruction->most) follow_rows(instruction, row, rows, &fault);
  }
}

static void run_join(const Call *call, int64_t row, int64_t end) {
  const size_t size = dtype_bytes(call->output.dtype),
               width = (size_t)call->output.shape.dim[1] * size;
  char *to = (char *)call->output.data + (size_t)row * width;
  for (int i = 0; i < call->input_count; i++) {
    const size_t bytes = (size_t)call->inputs[i].shape.dim[1] * size;
    const char *from = (const char *)call->inputs[i].data + (size_t)row * bytes;
    for (int64_t r = 0; r < end - row && bytes > 0; r++)
      memcpy(to + (size_t)r * width, from + (size_t)r * bytes, bytes);
    to += bytes;
  }
}

/* Some units of a value: that part of its first axis. */
static View some_of(const Strip *strip, const View *view, int64_t unit, int64_t units) {
  View part = *view;
  const int64_t each = view->shape.dim[0] / strip->units;
  part.shape.dim[0] = units * each;
  part.data = (char *)view->data + (size_t)(unit * (shape_count(&view->shape) / strip->units)) *
                                       dtype_bytes(view->dtype);
  return part;
}

/* A kernel that goes along the first axis. */
static void run_some(const Strip *strip, const Instruction *instruction, int64_t unit,
                     int64_t units) {
  Call call = instruction->call;
  int64_t attrs[3 * RANK_MOST];
  View input = some_of(strip, &call.inputs[0], unit, units);
  call.inputs = &input;
  call.input_count = 1;
  call.output = some_of(strip, &call.output, unit, units);
  if (call.op == OP_SLICE) {
    memcpy(attrs, call.attrs, (size_t)call.attr_count * sizeof *attrs);
    attrs[1] = input.shape.dim[0];
    call.attrs = attrs;
  }
  instruction->kernel(&call);
}

static void run_attention(const Strip *strip, const Instruction *instruction, int64_t unit,
                          int64_t end) {
  Call call = instruction->call;
  const Shape *k = &call.inputs[1].shape;
  int64_t groups = 1;
  for (int axis = 0; axis < k->rank - 2; axis++) groups *= k->dim[axis];
  attention_some(&call, unit * groups / strip->units, end * groups / strip->units);
}

static bool multiplies(const Instruction *instruction) {
  return instruction->kind == INSTRUCTION_KERNEL && instruction->call.op == OP_MATMUL;
}

static void run_units(const Strip *strip, const Instruction *instruction, int64_t unit,
                      int64_t end) {
  MapFault fault = {0, 0, 0};
  const int64_t rows = strip->rows / strip->units;
  if (instruction->kind == INSTRUCTION_PROGRAM) {
    const int64_t width = instruction->program.total / strip->units;
    if (!instruction->taken) map_part(&instruction->program, unit * width, end * width, &fault);
  } else if (multiplies(instruction)) {
    run_product(strip, instruction, unit * rows, end * rows);
  } else if (instruction->call.op == OP_CONCAT) {
    run_join(&instruction->call, unit * rows, end * rows);
  } else if (instruction->call.op == OP_ATTENTION || instruction->call.op == OP_ATTENTION_SHARES) {
    run_attention(strip, instruction, unit, end);
  } else {
    run_some(strip, instruction, unit, end - unit);
  }
}

/* All that stands between two products, a few units at a time. */
static void tour(const Strip *strip, int from, int to, int64_t unit, int64_t end) {
  const int64_t step = strip->units * TOUR_ROWS / strip->rows > 1
                           ? strip->units * TOUR_ROWS / strip->rows
                           : 1;
  for (int64_t units; unit < end && !stop_wanted(); unit += units) {
    units = least(strip->many ? step : end - unit, end - unit);
    for (int i = from; i < to; i++) run_units(strip, &strip->steps[i], unit, unit + units);
  }
}

typedef struct Going {
  const Strip *strip;
  int from, count; /* steps */
  int64_t parts;
  int64_t tasks; /* beside them; in the middle of the job, which threads take from both ends */
  void (*task)(void *context, int64_t index);
  void *context;
} Going;

static void go(void *context, int64_t part) {
  const Going *going = context;
  const int64_t before = (going->parts + 1) / 2;
  if (part >= before && part < before + going->tasks) {
    team_alone(going->task, going->context, part - before);
    return;
  }
  if (part >= before) part -= going->tasks;
  const Strip *strip = going->strip;
  const int64_t grain = strip->units == strip->rows ? ROW_GRAIN : 1,
                grains = (strip->units + grain - 1) / grain,
                unit = least(strip->units, grain * (grains * part / going->parts)),
                end = least(strip->units, grain * (grains * (part + 1) / going->parts));
  const int last = going->from + going->count;
  for (int i = going->from, next; i < last && unit < end && !stop_wanted(); i = next) {
    for (next = i; next < last && !multiplies(&strip->steps[next]); next++) continue;
    if (next > i) tour(strip, i, next, unit, end);
    else run_units(strip, &strip->steps[next++], unit, end);
  }
}

static int64_t parts_for(const Strip *strip) {
  int64_t parts = least(team_size(), strip->parts_most);
  if (parts < 1) parts = 1;
  if (strip->many) parts *= (strip->rows / MANY_ROWS + parts - 1) / parts;
  return least(parts, strip->units);
}

static void run(Going *going) {
  const Strip *strip = going->strip;
  const int from = going->from, count = going->count;
  MapFault fault = {0, 0, 0};
  going->parts = parts_for(strip);
  /* the step at hand may be timed, and its program with it */
  const int last = from + count < strip->count && strip->steps[from + count].taken ? count + 1
                                                                                   : count;
  for (int i = from; i < from + last; i++)
    if (strip->steps[i].kind == INSTRUCTION_PROGRAM) map_begin(&strip->steps[i].program, &fault);
  team_run(going->parts + going->tasks, go, going);
}

void strip_run(const Strip *strip, int from, int count) {
  run(&(Going){.strip = strip, .from = from, .count = count});
}

void strip_run_beside(const Strip *strip, int64_t tasks, void (*task)(void *context, int64_t index),
                      void *context) {
  run(&(Going){
      .strip = strip, .count = strip->count, .tasks = tasks, .task = task, .context = context});
}
