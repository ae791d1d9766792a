/* bundle.c — products and sums that wait for nothing of each other, as one job of the team.
 *
 * After a strip (strip.c) come the gradients of its weights: some dozens of products, sums for
 * biases, norms of both, each too short to be cut well for a team.  One by one, each waits for its
 * last part, and a sum reads again from beyond the second cache what a product has just read.
 * Adjacent ones are therefore a *bundle*: a *task* is a product with the sums of what it reads and
 * the norm of what it makes, and a thread does all of it, the longest tasks first.  Kernels give
 * the same bits on one thread as on several.
 *
 * A bundle pays while its tasks can be dealt out evenly, which is worked out for each number of
 * threads; with more, and while time is measured, its steps run one by one.  What is of another
 * kind and waits for nothing of the bundle moves before it.  Where a strip comes next that waits
 * for nothing of it either, the tasks are dealt out behind the strip's parts, in the same job: a
 * thread that is through with its rows takes them while the other still has some.
 *
 * Nothing of a bundle may be written over before it ends, by itself or by that strip: place.c keeps
 * its places till then.
 */
#include "runtime/kernels/team.h"
#include "runtime/plan/bound.h"
#include "runtime/plan/node.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const Op OP_MATMUL, OP_NORM2, OP_SUM;

enum {
#if defined(GD_HARSH)
  TASKS_LEAST = 2,
#else
  TASKS_LEAST = 4,
#endif
  STEPS_MOST = 128,
  MOVED_MOST = 16,
  THREADS_MOST = 64
};
#if defined(GD_HARSH)
static const double WORK_LEAST = 0;
#else
static const double WORK_LEAST = 3e-5; /* seconds: six times what a barrier costs */
#endif
/* a core alone, about: for comparing tasks with each other */
static const double OPERATIONS = 2e11, BYTES = 2e10;
static const double UNEVEN = 1.1; /* the longest thread's work over an even share, at most */

/* ---- which ---- */

typedef struct Task {
  double work; /* seconds, estimated */
  int number;
  bool multiplies;
} Task;

/* A bundle as it grows. */
typedef struct Forming {
  Plan *plan;
  int number;     /* of the bundle */
  int attempt;    /* to make it */
  int *task_of;   /* by item: the task it is in, if its bundle is `number` */
  int *reader;    /* by node: the task that reads it … */
  int *reader_in; /* … in this attempt */
  int taken[STEPS_MOST], taken_count;
  int moved[MOVED_MOST], moved_count;
  Task tasks[STEPS_MOST];
  int task_count;
} Forming;

static bool is_in(const Forming *forming, int32_t item) {
  return item >= 0 && forming->plan->items[item].bundle == forming->number;
}

static bool reads_bundle(const Forming *forming, const Item *item) {
  for (int r = 0; r < item->read_count; r++)
    if (is_in(forming, forming->plan->facts[item->reads[r]].item)) return true;
  return false;
}

static bool reads(const Item *item, NodeId root) {
  for (int r = 0; r < item->read_count; r++)
    if (item->reads[r] == root) return true;
  return false;
}

/* A product that a program comes after may have it run on its rows (follow.c). */
static bool is_followed(const Plan *plan, int position) {
  if (position + 1 >= plan->first_half) return false;
  const Item *next = &plan->items[plan->order[position + 1]];
  return next->program && reads(next, plan->items[plan->order[position]].nodes[0]);
}

static bool suits(const Plan *plan, int position) {
  const Item *item = &plan->items[plan->order[position]];
  const Node *node = graph_node(&plan->graph, item->nodes[0]);
  if (item->program || !dtype_floats(node->type.dtype) || node_count(node) == 0) return false;
  if (node->op == OP_MATMUL) return !is_followed(plan, position);
  return node->op == OP_SUM || node->op == OP_NORM2;
}

/* The task that makes what the item reads; else one that reads the same, unless both multiply;
 * task_count: a new one; -1: it reads of several. */
static int task_for(const Forming *forming, const Item *item, bool multiplies) {
  int made = -1, beside = forming->task_count;
  for (int r = item->read_count - 1; r >= 0; r--) {
    const int32_t maker = forming->plan->facts[item->reads[r]].item;
    const int reader = forming->reader[item->reads[r]];
    if (is_in(forming, maker)) {
      if (made >= 0 && made != forming->task_of[maker]) return -1;
      made = forming->task_of[maker];
    } else if (forming->reader_in[item->reads[r]] == forming->attempt &&
               !(multiplies && forming->tasks[reader].multiplies)) {
      beside = reader;
    }
  }
  return made >= 0 ? made : beside;
}

static double work_of(const Plan *plan, const Node *node) {
  double bytes = (double)node_bytes(node);
  for (int i = 0; i < node->input_count; i++)
    bytes += (double)node_bytes(graph_node(&plan->graph, node->inputs[i]));
  return node_operations(plan, node) / OPERATIONS + bytes / BYTES;
}

static bool take(Forming *forming, int number) {
  Item *item = &forming->plan->items[number];
  const Node *node = graph_node(&forming->plan->graph, item->nodes[0]);
  const bool multiplies = node->op == OP_MATMUL;
  const int at = task_for(forming, item, multiplies);
  if (at < 0) return false;
  if (at == forming->task_count) forming->tasks[forming->task_count++] = (Task){.number = at};
  Task *task = &forming->tasks[at];
  task->work += work_of(forming->plan, node);
  task->multiplies |= multiplies;
  for (int r = 0; r < item->read_count; r++) {
    forming->reader[item->reads[r]] = at;
    forming->reader_in[item->reads[r]] = forming->attempt;
  }
  item->bundle = forming->number;
  forming->task_of[number] = at;
  forming->taken[forming->taken_count++] = number;
  return true;
}

/* Goes along the order from `position` on; returns where it ended. */
static int collect(Forming *forming, int position) {
  const Plan *plan = forming->plan;
  int end = position, moved = 0;
  for (; position < plan->first_half && forming->taken_count < STEPS_MOST; position++) {
    const int number = plan->order[position];
    const Item *item = &plan->items[number];
    if (item->strip) { /* with all moved out of between, it comes next */
      moved = forming->moved_count;
      end = position;
      break;
    }
    if (suits(plan, position)) {
      if (!take(forming, number)) break;
      end = position + 1;
      moved = forming->moved_count;
    } else if (reads_bundle(forming, item) || forming->moved_count == MOVED_MOST) {
      break;
    } else {
      forming->moved[forming->moved_count++] = number;
    }
  }
  forming->moved_count = moved; /* else what comes after the last one taken stays where it is */
  return end;
}

static int longer(const void *a, const void *b) {
  const Task *x = a, *y = b;
  return x->work < y->work ? 1 : x->work > y->work ? -1 : x->number - y->number;
}

/* On how many threads at most the tasks, the longest first, each to the thread that is free, make
 * nearly even shares. */
static int threads_for(const Task *tasks, int count) {
  double total = 0;
  for (int t = 0; t < count; t++) total += tasks[t].work;
  if (total < WORK_LEAST) return 1;
  for (int threads = 2; threads <= THREADS_MOST && threads <= count; threads++) {
    double busy[THREADS_MOST] = {0}, most = 0;
    for (int t = 0; t < count; t++) {
      int first = 0;
      for (int k = 1; k < threads; k++)
        if (busy[k] < busy[first]) first = k;
      busy[first] += tasks[t].work;
      if (busy[first] > most) most = busy[first];
    }
    if (most * threads > UNEVEN * total) return threads - 1;
  }
  return count < THREADS_MOST ? count : THREADS_MOST;
}

/* What moves comes first, then the tasks one after the other. */
static void reorder(const Forming *forming, int position, Bundle *bundle) {
  Plan *plan = forming->plan;
  for (int i = 0; i < forming->moved_count; i++) plan->order[position++] = forming->moved[i];
  bundle->first = position;
  for (int t = 0; t < forming->task_count; t++) {
    bundle->tasks[t] = position - bundle->first;
    for (int i = 0; i < forming->taken_count; i++)
      if (forming->task_of[forming->taken[i]] == forming->tasks[t].number)
        plan->order[position++] = forming->taken[i];
  }
  bundle->count = bundle->tasks[forming->task_count] = position - bundle->first;
  assert(bundle->count == forming->taken_count);
}

/* The strip that begins there and waits for nothing of the bundle, or NULL. */
static const Strip *strip_after(const Forming *forming, int position) {
  const Plan *plan = forming->plan;
  if (position >= plan->first_half || !plan->items[plan->order[position]].strip) return NULL;
  const Strip *strip = &plan->strips[plan->items[plan->order[position]].strip - 1];
  if (!strip->many || strip->first != position) return NULL;
  for (int i = position; i < position + strip->count; i++)
    if (reads_bundle(forming, &plan->items[plan->order[i]])) return NULL;
  return strip;
}

/* What ends in the strip, and a task reads whenever it comes: no step of the strip may write over
 * it. */
static void keep_from(const Forming *forming, const Strip *strip) {
  Plan *plan = forming->plan;
  for (int i = 0; i < forming->taken_count; i++) {
    const Item *item = &plan->items[forming->taken[i]];
    for (int r = 0; r < item->read_count; r++) {
      Facts *facts = &plan->facts[item->reads[r]];
      if (facts->last >= strip->first && facts->last < strip->first + strip->count)
        facts->loose = (int32_t)(strip - plan->strips) + 1;
    }
  }
}

/* The bundle that begins at or behind `position`, if it pays; returns where to go on, or
 * `position`. */
static int form(Forming *forming, int position) {
  Plan *plan = forming->plan;
  forming->number = plan->bundle_count + 1;
  forming->attempt++;
  forming->taken_count = forming->moved_count = forming->task_count = 0;
  const int end = collect(forming, position);
  qsort(forming->tasks, (size_t)forming->task_count, sizeof(Task), longer);
  const int threads = forming->task_count < TASKS_LEAST
                          ? 1
                          : threads_for(forming->tasks, forming->task_count);
  if (threads < 2) {
    for (int i = 0; i < forming->taken_count; i++) plan->items[forming->taken[i]].bundle = 0;
    return position;
  }
  Bundle *bundle = &plan->bundles[plan->bundle_count++];
  *bundle =
      (Bundle){.task_count = forming->task_count,
               .threads_most = threads,
               .tasks = arena_alloc(&plan->arena, ((size_t)forming->task_count + 1) * sizeof(int)),
               .strip = strip_after(forming, end)};
  reorder(forming, position, bundle);
  if (bundle->strip) keep_from(forming, bundle->strip);
  return end;
}

void plan_bundles(Plan *plan) {
  if (!FUSES) return;
  Forming forming = {.plan = plan,
                     .task_of = mem_zero((size_t)plan->item_count * sizeof(int) + 1),
                     .reader = mem_zero(plan->graph.count * sizeof(int)),
                     .reader_in = mem_zero(plan->graph.count * sizeof(int))};
  plan->bundles = arena_alloc(&plan->arena, (size_t)plan->item_count * sizeof(Bundle) + 1);
  for (int position = 0, next; position < plan->first_half; position = next) {
    next = suits(plan, position) && !plan->items[plan->order[position]].strip
               ? form(&forming, position)
               : position;
    if (next == position) next++;
  }
  if (plan->bundle_count) plan_note_positions(plan);
  mem_free(forming.task_of);
  mem_free(forming.reader);
  mem_free(forming.reader_in);
}

void plan_bundle_steps(Plan *plan) {
  for (int b = 0; b < plan->bundle_count; b++) {
    Bundle *bundle = &plan->bundles[b];
    bundle->steps = &plan->instructions[bundle->first];
    for (int i = 0; i < bundle->count; i++) bundle->steps[i].bundle = bundle;
    if (bundle->strip && !bundle->strip->steps) bundle->strip = NULL;
  }
}

/* ---- running ---- */

static void run_steps(const Bundle *bundle, int from, int to) {
  MapFault fault = {0, 0, 0}; /* a product that no program follows has none */
  for (int i = from; i < to; i++) {
    Instruction *instruction = &bundle->steps[i];
    if (instruction->most || instruction->ready) follow_run(instruction, &fault);
    else instruction->kernel(&instruction->call);
  }
}

typedef struct Dealing {
  const Bundle *bundle;
  _Atomic int next; /* task, the longest first whoever asks */
} Dealing;

static void run_next(void *context, int64_t unused) {
  (void)unused;
  Dealing *dealing = context;
  const int *task = &dealing->bundle->tasks[atomic_fetch_add(&dealing->next, 1)];
  run_steps(dealing->bundle, task[0], task[1]);
}

int bundle_run(const Bundle *bundle) {
  const int threads = team_size();
  Dealing dealing = {bundle, 0};
  if (threads == 1 || threads > bundle->threads_most) {
    run_steps(bundle, 0, bundle->count);
    return bundle->count;
  }
  if (!bundle->strip) {
    team_beside(bundle->task_count, run_next, &dealing);
    return bundle->count;
  }
  strip_run_beside(bundle->strip, bundle->task_count, run_next, &dealing);
  return bundle->count + bundle->strip->count;
}
