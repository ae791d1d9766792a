/* map.c — the elementwise machine: how a program runs, its faults, and the kernels of single
 * operations.
 *
 * map.h says what a program is.  Here it is run: the steps before `first` once, then all others for
 * each block of the index space; where there is enough to do, chunks of blocks are tasks of the
 * team, each with registers of its own.  Since every element is computed alone, no cut can change a
 * bit.
 *
 * A step that finds a wrong value (an i32 that does not fit, a divisor 0, NaN converted to a whole
 * dtype) reports it by its return value; which element it was is found afterwards, by running that
 * block again: it costs nothing while nothing is wrong.
 */
#include "runtime/kernels/map.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/fault.h"
#include "runtime/kernels/magnitude.h"
#include "runtime/kernels/sum.h"
#include "runtime/kernels/team.h"
#include "runtime/opcodes.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <string.h>

/* ---- running ---- */

/* Whole vectors too, if it can be. */
int64_t map_block(int64_t period) {
  if (period <= 0 || period > MAP_BLOCK) return MAP_BLOCK;
  int64_t unit = period;
  while (unit % 16 != 0 && 2 * unit <= MAP_BLOCK) unit *= 2;
  return MAP_BLOCK / unit * unit;
}

/* Where a place is for the block from element `first` on, on a thread whose registers lie `shift`
 * bytes from the caller's. */
static inline char *place_at(const MapPlace *place, int64_t first, ptrdiff_t shift) {
  const int64_t offset = first * place->step + (place->own ? shift : 0);
  /* as numbers: a place that a step does not use is NULL, and C lets not even 0 be added to it */
  return (char *)((uintptr_t)place->at + (uintptr_t)offset);
}

static void put_sum(const MapStep *step, int64_t index, double sum) {
  if (step->size == sizeof(float)) ((float *)(void *)step->out.at)[index] = (float)sum;
  else ((double *)(void *)step->out.at)[index] = sum;
}

/* Of a block: its sum, added to its chunk's, or the sums of its rows.  One thread runs a chunk,
 * block by block. */
static void sum_block(const MapStep *step, int64_t first, int64_t n, ptrdiff_t shift) {
  const char *x = place_at(&step->in[0], first, shift);
  if (!step->row) {
    double *chunk = (double *)(void *)step->in[1].at + first / (MAP_BLOCK * MAP_CHUNK);
    *chunk = (first % (MAP_BLOCK * MAP_CHUNK) == 0 ? 0 : *chunk) + step->sum(n, x);
    return;
  }
  for (int64_t i = 0; i < n; i += step->row)
    put_sum(step, (first + i) / step->row, 0 + step->sum(step->row, x + (size_t)i * step->size));
}

static void finish_sums(const MapProgram *program) {
  for (int i = program->first; i < program->count; i++) {
    const MapStep *step = &program->steps[i];
    if (!step->sum || step->row) continue;
    double total = 0;
    for (int64_t chunk = 0; chunk * MAP_BLOCK * MAP_CHUNK < program->total; chunk++)
      total += ((const double *)(void *)step->in[1].at)[chunk];
    put_sum(step, 0, total);
  }
}

static double sum_f32(int64_t n, const void *x) { return sum_unit_f32(x, n); }
static double sum_f64(int64_t n, const void *x) { return sum_unit_f64(x, n); }

MapSum *map_sum(Dtype dtype) { return dtype == DTYPE_F32 ? sum_f32 : sum_f64; }

bool map_sums(const Shape *shape, uint32_t mask, Dtype dtype, int64_t *row) {
  FoldStep steps[RANK_MOST + 1];
  if (!dtype_computes(dtype) || (int)MAP_BLOCK != (int)FOLD_UNIT ||
      (int)MAP_CHUNK != (int)FOLD_BLOCK || fold_steps(shape, mask, steps) != 1)
    return false;
  if (steps[0].inner != 1 || steps[0].count < 2 || steps[0].outer < 1) return false;
  *row = steps[0].outer == 1 ? 0 : steps[0].count;
  return *row == 0 || (*row <= MAP_BLOCK && MAP_BLOCK % *row == 0);
}

static int do_other(const MapStep *step, int64_t first, int64_t n, ptrdiff_t shift) {
  if (step->sum) sum_block(step, first, n, shift);
  else
    pattern_fill(step->pattern, step->size, place_at(&step->in[0], 0, shift), first, n,
                 place_at(&step->out, first, shift));
  return 0;
}

static inline int do_step(const MapStep *step, int64_t first, int64_t n, ptrdiff_t shift) {
  if (!step->loop) return do_other(step, first, n, shift);
  char *out = place_at(&step->out, first, shift);
  return step->loop(n, place_at(&step->in[0], first, shift), place_at(&step->in[1], first, shift),
                    place_at(&step->in[2], first, shift), out);
}

typedef struct Job {
  const MapProgram *program;
  MapFault *fault;
  int64_t chunk; /* elements of one task */
} Job;

static void note_fault(MapFault *fault, int trouble, int step, int64_t index) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (!fault->trouble || index < fault->index) *fault = (MapFault){trouble, step, index};
  pthread_mutex_unlock(&lock);
}

/* Memory whose next block is prefetched while this one is computed.  The processor prefetches long
 * streams by itself, but here each of several is read for a block's length only.  Prefetches are
 * spread over the steps, since too many at once delay the loads after them. */
typedef struct Stream {
  const MapPlace *place;
  const char *at, *end; /* what is still to be prefetched */
  int64_t share;        /* bytes with each step */
} Stream;

enum { STREAMS_MOST = 12, LINE = 64 };

static int find_streams(const MapProgram *program, Stream *streams) {
  int count = 0;
  for (int i = program->first; i < program->count; i++)
    for (int k = 0; k < 3 && count < STREAMS_MOST; k++)
      if (program->steps[i].in[k].fetch) streams[count++].place = &program->steps[i].in[k];
  return count;
}

static void begin_streams(const MapProgram *program, Stream *streams, int count, int64_t first,
                          int64_t n) {
  for (int s = 0; s < count; s++) {
    const MapPlace *place = streams[s].place;
    streams[s].at = place->at + first * place->step;
    streams[s].end = streams[s].at + n * place->step;
    streams[s].share = (n * place->step / (program->count - program->first) / LINE + 1) * LINE;
  }
}

/* Inlined, or gcc takes a function that does nothing but this for one without effect. */
static inline __attribute__((always_inline)) void fetch(Stream *streams, int count) {
  for (int s = 0; s < count; s++) {
    Stream *stream = &streams[s];
    const char *until = stream->end - stream->at > stream->share ? stream->at + stream->share
                                                                 : stream->end;
    for (; stream->at < until; stream->at += LINE) __builtin_prefetch(stream->at);
  }
}

/* A program of one block, on the caller's thread: there is nothing to prefetch. */
static void run_block(const MapProgram *program, MapFault *fault) {
  for (int i = program->first; i < program->count; i++) {
    const MapStep *step = &program->steps[i];
    int trouble = step->loop ? step->loop(program->total, step->in[0].at, step->in[1].at,
                                          step->in[2].at, step->out.at)
                             : do_other(step, 0, program->total, 0);
    if (LIKELY(!trouble)) continue;
    if (!step->most) {
      note_fault(fault, trouble, i, 0);
      return;
    }
    magnitude_grow(step->most, trouble);
  }
}

static void run_blocks(const MapProgram *program, int64_t from, int64_t to, ptrdiff_t shift,
                       MapFault *fault) {
  Stream streams[STREAMS_MOST];
  int stream_count = program->fetches ? find_streams(program, streams) : 0;
  for (int64_t first = from, n; first < to; first += n) {
    n = to - first < program->block ? to - first : program->block;
    int64_t next = first + n;
    begin_streams(program, streams, stream_count, next,
                  to - next < program->block ? to - next : program->block);
    for (int i = program->first; i < program->count; i++) {
      const MapStep *step = &program->steps[i];
      fetch(streams, stream_count);
      int trouble = do_step(step, first, n, shift);
      if (LIKELY(!trouble)) continue;
      if (!step->most) {
        note_fault(fault, trouble, i, first);
        return;
      }
      magnitude_grow(step->most, trouble);
    }
  }
}

void map_part(const MapProgram *program, int64_t from, int64_t to, MapFault *fault) {
  ptrdiff_t shift = 0;
  if (program->own_bytes) shift = (char *)team_scratch(program->own_bytes) - program->own;
  run_blocks(program, from, to, shift, fault);
}

static void run_chunk(void *context, int64_t chunk) {
  const Job *job = context;
  const MapProgram *program = job->program;
  if (stop_wanted()) return;
  int64_t from = chunk * job->chunk;
  map_part(program, from, program->total - from < job->chunk ? program->total : from + job->chunk,
           job->fault);
}

/* Sums of rows lie whole in a block, wherever that runs; a sum of all elements has row 0. */
bool map_parts_at(const MapProgram *program, int64_t multiple) {
  if (program->period && multiple % program->period) return false;
  for (int i = program->first; i < program->count && program->sums; i++) {
    const MapStep *step = &program->steps[i];
    if (step->sum && (!step->row || multiple % step->row)) return false;
  }
  return true;
}

/* Elements of one task of the team, by the program's size alone.  Sums of all have their chunks
 * (sum.h); others are distributed evenly, and work that is shorter than waking the threads is one
 * task. */
int64_t map_chunk(const MapProgram *program) {
  enum { TASKS = 16, LEAST = 4096, WORK_LEAST = 1 << 16 };
  int64_t most = program->block * MAP_CHUNK;
  if (program->sums && !map_parts_at(program, program->block)) return most;
  if (program->total <= most && program->total * (program->count - program->first) < WORK_LEAST)
    return program->total;
  int64_t chunk = program->total / TASKS > LEAST ? program->total / TASKS : LEAST;
  chunk = (chunk / program->block + 1) * program->block;
  return chunk < most ? chunk : most;
}

void map_fill(const MapProgram *program, MapFault *fault) {
  int64_t n = program->total < program->block ? program->total : program->block;
  for (int i = 0; i < program->first && !fault->trouble; i++) {
    int trouble = do_step(&program->steps[i], 0, n, 0);
    if (UNLIKELY(trouble)) note_fault(fault, trouble, i, 0);
  }
}

void map_run(const MapProgram *program, MapFault *fault) {
  fault->trouble = 0;
  if (program->total == 0) return;
  map_begin(program, fault);
  if (UNLIKELY(fault->trouble)) return;
  if (program->total <= program->block) {
    run_block(program, fault);
  } else {
    Job job = {program, fault, map_chunk(program)};
    team_run((program->total + job.chunk - 1) / job.chunk, run_chunk, &job);
  }
  if (program->sums) finish_sums(program);
}

/* ---- reporting faults ---- */

/* "targets are from 0 to 1: found 5 at [3, 0]" */
static void write_required(const MapWork *work, double value, const Shape *shape, int64_t index,
                           Text *text) {
  int64_t strides[RANK_MOST];
  text_format(text, "%s: found ", (const char *)work->attrs);
  if (value != value) text_string(text, "NaN");
  else text_digits(text, value, 9);
  shape_strides(shape, strides);
  for (int axis = 0; axis < shape->rank; axis++) {
    text_format(text, "%s%lld", axis ? ", " : " at [", (long long)(index / strides[axis]));
    index %= strides[axis];
  }
  if (shape->rank) text_char(text, ']');
}

static void write_message(const MapWork *work, int trouble, const char *const in[3], Text *text) {
  double a = dtype_element(work->inputs[0], in[0], 0);
  if (trouble & TROUBLE_NAN) {
    text_format(text, "NaN has no value in %s", dtype_name(work->output));
    return;
  }
  bool unary = work->op == OP_CAST || work->op == OP_NEG || work->op == OP_ABS ||
               work->op == OP_SQUARE;
  if (unary && work->op != OP_CAST) text_format(text, "%s of ", op_name(work->op));
  bool called = !unary && isalpha((unsigned char)op_name(work->op)[0]); /* idiv(7, 0), but 7 % 0 */
  if (called) text_format(text, "%s(", op_name(work->op));
  text_number(text, a);
  if (!unary) {
    if (called) text_string(text, ", ");
    else text_format(text, " %s ", op_name(work->op));
    text_number(text, dtype_element(work->inputs[1], in[1], 0));
  }
  if (called) text_char(text, ')');
  if (trouble & TROUBLE_DIVISOR) text_string(text, ": the divisor is 0");
  else if (trouble & TROUBLE_EXPONENT)
    text_string(text, ": a negative power is no whole number, f32(x) ^ n gives a fraction");
  else text_format(text, " does not fit in %s", dtype_name(work->output));
}

void map_explain(const MapProgram *program, MapFault *fault, const MapWork *work,
                 const Shape *shape, char *message, size_t size) {
  int64_t first = fault->index,
          n = program->total - first < program->block ? program->total - first : program->block;
  for (int i = program->first; i < fault->step; i++) do_step(&program->steps[i], first, n, 0);
  const MapStep *step = &program->steps[fault->step];
  double held[3] = {0}; /* the operands: the loop may write over them */
  const char *in[3] = {NULL};
  for (int64_t i = 0; i < n; i++) {
    for (int k = 0; k < 3; k++) {
      if (!step->in[k].at) continue;
      in[k] = memcpy(&held[k],
                     place_at(&step->in[k], first, 0) + (size_t)i * dtype_bytes(work->inputs[k]),
                     dtype_bytes(work->inputs[k]));
    }
    fault->trouble =
        step->loop(1, in[0], in[1], in[2],
                   place_at(&step->out, first, 0) + (size_t)i * dtype_bytes(work->output));
    fault->index = first + i;
    if (fault->trouble) break;
  }
  Text text = {0};
  if (work->op == OP_REQUIRE)
    write_required(work, dtype_element(work->inputs[1], in[1], 0), shape, fault->index, &text);
  else write_message(work, fault->trouble, in, &text);
  size_t length = text.length < size ? text.length : size - 1;
  memcpy(message, text.data, length);
  message[length] = 0;
  text_free(&text);
}

/* ---- one operation alone ---- */

/* The program of one call: fills for the operands that need them, then the loop. */
typedef struct Single {
  MapStep steps[4];
  Pattern patterns[3];
  MapProgram program;
} Single;

static void tell(Call *call, const MapProgram *program, MapFault *fault, const MapWork *work) {
  char message[sizeof call->fault->message];
  map_explain(program, fault, work, &call->output.shape, message, sizeof message);
  fault_report(call, "%s", message);
  fault_at(call, -1, fault->index);
}

/* Registers of operand k: a scalar or a tile that fits the block evenly is filled once, into room
 * that is shared. */
static void set_up(Single *single, const Call *call, const MapWork *work, int64_t total) {
  MapProgram *program = &single->program;
  *program = (MapProgram){.steps = single->steps, .total = total, .block = MAP_BLOCK};
  MapStep *last = &single->steps[3];
  *last = (MapStep){.loop = dispatch_loop(work),
                    .out = {.at = call->output.data, .step = (int32_t)dtype_bytes(work->output)}};
  for (int k = 0; k < call->input_count; k++) {
    single->patterns[k] = pattern_of(&call->inputs[k].shape, &call->output.shape);
    if (single->patterns[k].kind == PATTERN_TILE)
      program->block = map_block(single->patterns[k].period);
  }
  int64_t room = total < program->block ? total : program->block;
  char *scratch = team_scratch(3 * (size_t)room * 8 + 192), *shared = scratch, *own = scratch;
  /* first what is filled once, then what is filled for each block */
  for (int pass = 0; pass < 2; pass++) {
    for (int k = 0; k < call->input_count; k++) {
      const Pattern *pattern = &single->patterns[k];
      size_t element = dtype_bytes(work->inputs[k]);
      bool once = pattern->kind == PATTERN_SCALAR ||
                  (pattern->kind == PATTERN_TILE && program->block % pattern->period == 0);
      if (pattern->kind == PATTERN_FULL)
        last->in[k] = (MapPlace){.at = call->inputs[k].data, .step = (int32_t)element};
      if (pattern->kind == PATTERN_FULL || once != (pass == 0)) continue;
      last->in[k] = (MapPlace){.at = own, .own = pass == 1, .shared = pass == 0};
      single->steps[program->count++] = (MapStep){.out = last->in[k],
                                                  .in = {{.at = call->inputs[k].data}},
                                                  .pattern = pattern,
                                                  .size = (uint32_t)element};
      own += ((size_t)room * element + 63) & ~(size_t)63;
    }
    if (pass == 0) program->first = program->count, shared = own;
  }
  program->own = shared;
  program->own_bytes = (size_t)(own - shared);
  single->steps[program->count++] = *last;
}

/* x ^ 2 takes the loop of x * x, which gives the same (approx.h). */
static bool squares(const Call *call) {
  const View *power = &call->inputs[1];
  return call->op == OP_POW && shape_count(&power->shape) == 1 &&
         dtype_element(power->dtype, power->data, 0) == 2 &&
         call->inputs[0].shape.rank >= power->shape.rank;
}

/* Floats, which no loop refuses, of at most a block, in operands of the output's shape or of rank
 * 0: the loop alone, without a program.  False where it is not so. */
static bool run_short(const Call *call, const MapWork *work, int64_t total) {
  if (total > MAP_BLOCK || !dtype_computes(work->inputs[0]) || work->op == OP_CAST) return false;
  const void *in[3] = {NULL};
  char *room = NULL;
  for (int k = 0; k < call->input_count; k++) {
    const View *view = &call->inputs[k];
    in[k] = view->data;
    if (shape_equal(&view->shape, &call->output.shape)) continue;
    if (view->shape.rank) return false;
    if (!room) room = team_scratch(sizeof(double) * MAP_BLOCK * 3);
    pattern_fill(&(Pattern){.kind = PATTERN_SCALAR}, dtype_bytes(view->dtype), view->data, 0, total,
                 room);
    in[k] = room;
    room += sizeof(double) * MAP_BLOCK;
  }
  int trouble = dispatch_loop(work)(total, in[0], in[1], in[2], call->output.data);
  assert(!trouble && "a loop of floats refuses nothing");
  (void)trouble;
  return true;
}

void kernel_map(Call *call) {
  MapWork work = {.op = call->op, .output = call->output.dtype, .attrs = call->attrs};
  Call square;
  if (squares(call)) {
    square = *call;
    work.op = square.op = OP_SQUARE;
    square.input_count = 1;
    call = &square;
  }
  for (int k = 0; k < call->input_count; k++) work.inputs[k] = call->inputs[k].dtype;
  int64_t total = shape_count(&call->output.shape);
  if (run_short(call, &work, total)) return;
  MapFault fault = {0, 0, 0};
  Single single;
  if (total == 1) { /* scalars: no patterns to find out */
    const void *in[3] = {NULL};
    single.program = (MapProgram){.steps = single.steps, .count = 1, .total = 1, .block = 1};
    single.steps[0] = (MapStep){.loop = dispatch_loop(&work), .out = {.at = call->output.data}};
    for (int k = 0; k < call->input_count; k++)
      single.steps[0].in[k].at = call->inputs[k].data, in[k] = call->inputs[k].data;
    fault.trouble = single.steps[0].loop(1, in[0], in[1], in[2], call->output.data);
  } else {
    set_up(&single, call, &work, total);
    map_run(&single.program, &fault);
  }
  if (UNLIKELY(fault.trouble)) tell(call, &single.program, &fault, &work);
}

void kernel_cast(Call *call) { kernel_map(call); }
