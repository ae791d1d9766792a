/* shards.c — an update computed in parts whose gradients are summed in one fixed tree.
 *
 * Row i of a minibatch of n rows is in part floor(i · shards / n).  A part is computed as if it
 * were alone: its own draws, its own batch statistics, its own assignments to buffers, through all
 * minibatches of `accumulate:`.  Its result is a leaf: the gradients and the loss, each times the
 * part's rows, and the buffers.  Leaves are added in one balanced binary tree, the lower part on
 * the left, so the sum depends only on the number of parts, and neither on the number of threads
 * nor on which process computed which part.  An empty part adds nothing.
 *
 * Parts are computed in turn, or side by side on the team (subtrees.c).
 *
 * The update itself is a step of its own (STEP_APPLY), made from the sums over the rows of all
 * parts.  A buffer of floats becomes the mean of its values in the parts, weighted by rows and in
 * f64 (so that parts which agree leave an f32 exactly as it is); any other buffer gets its value in
 * the first part.
 *
 * Each of several processes (runtime/peers) computes a consecutive range of parts.  While it
 * computes its last one, the gradients that are ready are already summed with those of the others
 * (exchange.c), in the order in which process 0 computes them.  Then all processes exchange their
 * status (process_message.c), and only if all succeeded, each makes the same update from the same
 * sum.  So an update happens everywhere or nowhere.  In the first update of an objective the order
 * of gradients is not known yet, so the status is exchanged first and the sum made afterwards.
 */
#include "lang/run/shards.h"

#include "lang/machine/vm.h"
#include "lang/models/param.h"
#include "lang/run/exchange.h"
#include "lang/run/feed.h"
#include "lang/run/history.h"
#include "lang/run/process_message.h"
#include "lang/run/reach.h"
#include "lang/run/steps.h"
#include "lang/run/subtrees.h"
#include "lang/step/nodes.h"
#include "lang/tensors/dump.h"
#include "runtime/peers/peers.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* A node that this process computed alone, from parts `low` to `high` - 1. */
typedef struct Own {
  int64_t low, high;
  Subtotal sum;
} Own;

struct Sharding {
  Undo undo; /* of the buffers that the part in hand assigned */
  Nodes nodes;
  ParamObject **assigned; /* by the part in hand; borrowed; owned array */
  int assigned_count;
  double *before; /* with peers: [shards + 1], rows of the parts before each; owned */
  Own own[ROOTS_MOST];
  int own_count;
  MessageBuffers messages;
  uint64_t data;      /* digest of the data and of the values before the first step */
  Exchange *exchange; /* owned */
  size_t piece;       /* bytes of a message */
  Subtrees *subtrees; /* owned, or NULL */
  struct Order {
    int *at; /* its accumulators as process 0 makes them; owned, or NULL */
    int room;
    bool known;
  } orders[UPDATES_MOST]; /* by objective */
  struct Reached {
    uint64_t layout; /* a hash of what `digests` are of; 0: there are none */
    ReachedDigests digests;
  } reached[UPDATES_MOST]; /* by objective */
};

/* The objective in hand. */
typedef struct Gathering {
  TrainRun *run;
  struct Sharding *all;
  Objective *objective;
  int number;   /* of the objective */
  int64_t end;  /* first row after the update */
  double total; /* its rows */
  double loss;  /* sum over the rows */
  StepOutcome *outcome;
  bool interrupted;
  bool dry;      /* only the layout is asked for */
  bool streams;  /* the last part is exchanged while it is made */
  int64_t last;  /* that part; -1: this process has none */
  Subtotal leaf; /* of it */
  bool notes;    /* the order in which accumulators are made, for the objective's next updates */
  int made_count;
} Gathering;

/* ---- what is in a node ---- */

/* The buffers that the part in hand assigned, each once, in that order. */
static void list_assigned(struct Sharding *all) {
  all->assigned = mem_grow(all->assigned, (size_t)(all->undo.count + 1) * sizeof *all->assigned);
  all->assigned_count = 0;
  for (int i = 0; i < all->undo.count; i++) {
    ParamObject *param = undo_param_at(&all->undo, i);
    bool before = false;
    for (int k = 0; k < all->assigned_count && !before; k++) before = all->assigned[k] == param;
    if (!before) all->assigned[all->assigned_count++] = param;
  }
}

/* The same of a part that was computed beside others. */
static void list_stored(struct Sharding *all, const Step *step) {
  all->assigned = mem_grow(all->assigned, (size_t)(step->store_count + 1) * sizeof *all->assigned);
  all->assigned_count = step->store_count;
  for (int k = 0; k < step->store_count; k++)
    all->assigned[k] = step->trace->bindings[step->stores[k].binding].param;
}

static const int *order_of(const Gathering *gathering) {
  const struct Order *order = &gathering->all->orders[gathering->number];
  return order->known ? order->at : NULL;
}

static void check_layout(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  const Layout *buffers = &all->nodes.buffers;
  bool same = buffers->count == all->assigned_count;
  for (int i = 0; i < buffers->count && same; i++)
    same = buffers->fields[i].param == all->assigned[i];
  if (same) return;
  raise_help(gathering->run->vm, gathering->objective->span,
             "a branch on the data that assigns a buffer must assign it on both sides",
             "the parts of `shards:` assign different buffers, which cannot be combined");
}

/* False: the objective was not recorded yet, or a param joined since. */
static bool lay_sums(Gathering *gathering) {
  const Objective *objective = gathering->objective;
  Nodes *nodes = &gathering->all->nodes;
  for (int i = 0; i <= objective->target_count; i++)
    if (!objective->accumulators || !objective->accumulators[i].buffer) return false;
  if (!nodes->summed) nodes_lay_sums(nodes, objective, order_of(gathering));
  return true;
}

static void lay_out(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  Nodes *nodes = &all->nodes;
  lay_sums(gathering);
  if (nodes->laid) check_layout(gathering);
  else nodes_lay_buffers(nodes, all->assigned, all->assigned_count);
}

/* What a part makes goes to a node from here on, and the update is made from what is in it. */
static void aim(const Gathering *gathering, const Subtotal *node) {
  Nodes *nodes = &gathering->all->nodes;
  const Tensor *views = nodes_views(nodes, node);
  for (int i = 0; i < nodes->sums.count; i++) {
    Tensor *sum = &gathering->objective->accumulators[nodes->sums.fields[i].number];
    views[i].buffer->limits = (Limits){0};
    if (sum->buffer == views[i].buffer) continue;
    tensor_release(sum);
    *sum = tensor_retain(&views[i]);
  }
}

/* The first part of an objective was made before it was known how large a leaf is. */
static void pack_sums(const Gathering *gathering, Subtotal *node) {
  const Layout *sums = &gathering->all->nodes.sums;
  for (int i = 0; i < sums->count; i++) {
    const Tensor *from = &gathering->objective->accumulators[sums->fields[i].number];
    memcpy(node->sums + sums->fields[i].at, tensor_data(from), tensor_bytes(from));
  }
}

/* The update was made: the buffers follow. */
static void unpack_buffers(const Gathering *gathering, const Subtotal *root) {
  Vm *vm = gathering->run->vm;
  const Layout *buffers = &gathering->all->nodes.buffers;
  for (int i = 0; i < buffers->count; i++) {
    const Field *field = &buffers->fields[i];
    const char *from = root->buffers + field->at;
    undo_param(vm, &gathering->run->undo, field->param);
    param_own(vm, field->param);
    Tensor *to = &field->param->value;
    if (field->kind == FIELD_KEPT) memcpy(tensor_data(to), from, tensor_bytes(to));
    for (int64_t k = 0; k < field->count && field->kind != FIELD_KEPT; k++)
      tensor_set(to, k, ((const double *)(const void *)from)[k] / root->rows);
    to->buffer->limits = (Limits){0};
  }
}

/* ---- parts ---- */

/* What a part has besides gradients: taken now, or told to all. */
static void note_part(Gathering *gathering, Step *step, const Tensor *results, int64_t rows) {
  bool metrics = gathering->number == 0;
  double loss = objective_term(gathering->objective, gathering->outcome->loss, rows,
                               gathering->total);
  if (peers_count() > 1) {
    process_message_record(gathering->run, &gathering->all->messages, step, results, loss, rows,
                           metrics, metrics);
    return;
  }
  if (metrics) steps_keep(gathering->run, step, results, rows);
  gathering->loss += loss * (double)rows;
}

/* Room for all accumulators; the first step of a `train on` says how many there are. */
static int *order_room(const Gathering *gathering) {
  struct Order *order = &gathering->all->orders[gathering->number];
  const int count = gathering->objective->target_count + 1;
  if (count > order->room) {
    order->at = mem_grow(order->at, (size_t)count * sizeof *order->at);
    order->room = count;
  }
  return order->at;
}

/* An accumulator of the part in hand is set: the first time the order is noted, then it is
 * exchanged. */
static void accumulator_made(void *context, int number) {
  Gathering *gathering = context;
  struct Sharding *all = gathering->all;
  if (gathering->notes && gathering->made_count <= gathering->objective->target_count)
    order_room(gathering)[gathering->made_count++] = number;
  for (int i = 0; i < all->nodes.sums.count && gathering->streams; i++)
    if (all->nodes.sums.fields[i].number == number) exchange_made(all->exchange, i);
}

/* One part through all minibatches of the update: its rows. */
static double work_out(Gathering *gathering, int64_t part) {
  TrainRun *run = gathering->run;
  int64_t batch = run->batch ? run->batch : run->rows, at = run->at_row;
  double done = 0;
  undo_begin(run->vm, &gathering->all->undo);
  for (int64_t i = 0; at < gathering->end; i++) {
    int64_t n = batch < gathering->end - at ? batch : gathering->end - at;
    int64_t first = part_begin(part, n, run->shards), end = part_begin(part + 1, n, run->shards);
    Tensor columns[8];
    bool whole = done <= 0 && at + n >= gathering->end; /* of one minibatch */
    bool notifies = whole && (gathering->notes || (gathering->streams && part == gathering->last));
    if (end > first) {
      feed_part(run, at + first, end - first, columns);
      Step *step = steps_make(run, gathering->number, columns,
                              &(StepAsked){.role = done > 0 ? STEP_GATHER : STEP_FIRST,
                                           .rows = end - first,
                                           .part = part_draws(i, part),
                                           .total = gathering->total,
                                           .made = notifies ? accumulator_made : NULL,
                                           .made_for = gathering,
                                           .undo = &gathering->all->undo},
                              gathering->outcome);
      gathering->interrupted = gathering->outcome->interrupted;
      if (gathering->interrupted) return 0;
      if (!gathering->dry) note_part(gathering, step, step->results, end - first);
      done += (double)(end - first);
    }
    at += n;
  }
  return done;
}

/* ---- leaves and their sum ---- */

/* The part in hand was the first that reached a param: it has a sum that no part before has. */
static void make_room_for_joined(Gathering *gathering, Subtotal *node) {
  Nodes *nodes = &gathering->all->nodes;
  if (nodes->sums.count == gathering->objective->target_count + 1) return;
  nodes_grow(nodes, gathering->objective);
  nodes_find(nodes, node);
  pack_sums(gathering, node);
}

static Subtotal leaf(Gathering *gathering, int64_t part) {
  struct Sharding *all = gathering->all;
  bool streams = gathering->streams && part == gathering->last, early = lay_sums(gathering);
  Subtotal node = streams ? gathering->leaf : early ? nodes_take(&all->nodes) : (Subtotal){0};
  if (early) aim(gathering, &node);
  if (streams) exchange_last(all->exchange);
  gathering->made_count = 0;
  double rows = work_out(gathering, part);
  if (rows <= 0) {
    if (!streams) nodes_return(&all->nodes, &node);
    return (Subtotal){0};
  }
  list_assigned(all);
  lay_out(gathering);
  if (early) {
    make_room_for_joined(gathering, &node);
  } else {
    node = nodes_take(&all->nodes);
    pack_sums(gathering, &node);
  }
  nodes_complete(&all->nodes, &node);
  node.rows = rows;
  nodes_pack(&all->nodes, &node, NULL);
  undo_back(gathering->run->vm, &all->undo);
  return node;
}

/* Parts in turn, or what is there of them. */
static Subtotal add_parts(Gathering *gathering, int64_t low, int64_t high, bool beside) {
  Subtotal sum;
  if (beside && subtrees_root(gathering->all->subtrees, low, high, &sum)) return sum;
  if (high - low == 1) return leaf(gathering, low);
  int64_t middle = low + (high - low) / 2;
  Subtotal left = add_parts(gathering, low, middle, beside);
  if (gathering->interrupted) return left;
  Subtotal right = add_parts(gathering, middle, high, beside);
  return gathering->interrupted ? left : nodes_join(&gathering->all->nodes, left, right);
}

/* Can parts of this update be computed side by side? */
static bool may_go_beside(const Gathering *gathering) {
  const TrainRun *run = gathering->run;
  const bool timed = run->report || (run->vm->options.dump & DUMP_TIME);
  return !timed && !gathering->dry && !gathering->notes && !run->vm->checking &&
         (run->batch ? run->batch : run->rows) >= gathering->end - run->at_row;
}

/* Computes parts side by side; false: it was not done. */
static bool go_beside(Gathering *gathering, int64_t low, int64_t high) {
  struct Sharding *all = gathering->all;
  TrainRun *run = gathering->run;
  const SubtreesAsked asked = {low, high, gathering->end - run->at_row, gathering->total,
                               gathering->number};
  if (!may_go_beside(gathering) || !lay_sums(gathering) ||
      !subtrees_plan(&all->subtrees, run, &asked))
    return false;
  for (int64_t part = low; part < high; part++) {
    const Step *step = subtrees_step(all->subtrees, part);
    if (part > low && step == subtrees_step(all->subtrees, part - 1)) continue;
    list_stored(all, step);
    lay_out(gathering);
  }
  bool interrupted = false, done = subtrees_run(all->subtrees, &all->nodes, &interrupted);
  gathering->interrupted = gathering->outcome->interrupted = interrupted;
  for (int64_t part = low; part < high && done; part++) {
    int64_t rows;
    Step *step = subtrees_step(all->subtrees, part);
    const Tensor *results = subtrees_results(all->subtrees, part, &rows);
    step_read(step, results, gathering->outcome);
    note_part(gathering, step, results, rows);
  }
  return done;
}

/* The sum of parts `low` to `high`, the latter not included. */
static Subtotal sum_of(Gathering *gathering, int64_t low, int64_t high) {
  const bool beside = go_beside(gathering, low, high);
  return gathering->interrupted ? (Subtotal){0} : add_parts(gathering, low, high, beside);
}

/* ---- several processes ---- */

static void count_rows(Gathering *gathering) {
  const TrainRun *run = gathering->run;
  int64_t batch = run->batch ? run->batch : run->rows, shards = run->shards;
  double *before = gathering->all->before;
  before = gathering->all->before = mem_grow(before, (size_t)(shards + 1) * sizeof *before);
  for (int64_t part = 0; part <= shards; part++) {
    before[part] = 0;
    for (int64_t at = run->at_row, n; at < gathering->end; at += n) {
      n = batch < gathering->end - at ? batch : gathering->end - at;
      before[part] += (double)part_begin(part, n, shards);
    }
  }
  gathering->last = -1;
  for (int64_t part = 0; part < shards; part++)
    if (before[part + 1] > before[part] && exchange_owner(part, shards) == peers_rank())
      gathering->last = part;
}

static void keep_own(Gathering *gathering, int64_t low, int64_t high, Subtotal sum) {
  struct Sharding *all = gathering->all;
  if (gathering->interrupted || sum.rows <= 0) return;
  assert(all->own_count < ROOTS_MOST);
  all->own[all->own_count++] = (Own){low, high, sum};
  if (gathering->streams && sum.sums != gathering->leaf.sums)
    exchange_root(all->exchange, low, high, sum.sums);
}

/* The largest nodes that are this process's alone; one with the part that is exchanged while it is
 * made in pieces, to the right of which there is nothing. */
static void local(Gathering *gathering, int64_t low, int64_t high) {
  const TrainRun *run = gathering->run;
  const double *before = gathering->all->before;
  int first = exchange_owner(low, run->shards), last = exchange_owner(high - 1, run->shards);
  int rank = peers_rank();
  if (rank < first || rank > last || gathering->interrupted || before[low] >= before[high]) return;
  bool streamed = gathering->streams && low <= gathering->last && gathering->last < high;
  if (high - low == 1 || (first == last && !streamed)) {
    keep_own(gathering, low, high, sum_of(gathering, low, high));
    return;
  }
  int64_t middle = low + (high - low) / 2;
  local(gathering, low, middle);
  local(gathering, middle, high);
}

/* Mixes the place of a param in the search into the digest of the targets or the buffers.  Both
 * begin at 1: there are none. */
typedef struct Finding {
  Gathering *gathering;
  Lookup buffers; /* of `assigned` */
  uint64_t place;
  ReachedDigests digests;
} Finding;

static void note_reached(void *context, ParamObject *param, const char *path) {
  (void)path;
  Finding *finding = context;
  const struct Sharding *all = finding->gathering->all;
  Objective *objective = finding->gathering->objective;
  finding->place++;
  int target = lookup_place(&objective->target_places, objective->targets, sizeof(ParamObject *),
                            objective->target_count, param);
  int buffer = lookup_place(&finding->buffers, all->assigned, sizeof(ParamObject *),
                            all->assigned_count, param);
  uint64_t *digest = target >= 0   ? &finding->digests.targets
                     : buffer >= 0 ? &finding->digests.buffers
                                   : NULL;
  if (digest) *digest = hash_mix(hash_mix(*digest, finding->place), (uint64_t)(target + buffer));
}

/* Which params and buffers the parts of this process have: others may stand at the same places in
 * those of another process, where a branch on the data reaches them, and have the same shapes. */
static ReachedDigests what_is_reached(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  const Objective *objective = gathering->objective;
  struct Reached *reached = &all->reached[gathering->number];
  if (objective->targets_given && all->assigned_count == 0) return (ReachedDigests){.buffers = 1};
  const size_t bytes = (size_t)all->assigned_count * sizeof *all->assigned;
  uint64_t layout = hash_memory(all->assigned, bytes, (uint64_t)objective->target_count) | 1;
  if (reached->layout == layout) return reached->digests;
  Finding finding = {.gathering = gathering, .digests = {.targets = 1, .buffers = 1}};
  reach_params(gathering->run, note_reached, &finding);
  lookup_free(&finding.buffers);
  *reached = (struct Reached){layout, finding.digests};
  return finding.digests;
}

/* A process without rows computes the first part, to know which sums there are. */
static void learn_layout(Gathering *gathering) {
  if (gathering->all->nodes.laid || gathering->interrupted) return;
  gathering->dry = true;
  gathering->streams = false;
  Subtotal first = leaf(gathering, 0);
  nodes_return(&gathering->all->nodes, &first);
  gathering->dry = false;
}

static void local_body(Vm *vm, void *context) {
  Gathering *gathering = context;
  (void)vm;
  local(gathering, 0, gathering->run->shards);
  bool streams = gathering->streams;
  if (streams && gathering->last < 0) exchange_all_made(gathering->all->exchange);
  learn_layout(gathering);
  gathering->streams = streams;
  if (!gathering->interrupted)
    gathering->all->messages.message.reached = what_is_reached(gathering);
}

/* What this process is about: the same everywhere. */
static uint64_t digest_of(const Gathering *gathering) {
  const TrainRun *run = gathering->run;
  const Nodes *nodes = &gathering->all->nodes;
  const Layout *layouts[] = {&nodes->sums, &nodes->buffers};
  uint64_t digest = hash_mix((uint64_t)run->total_steps, (uint64_t)gathering->number);
  digest = hash_mix(digest, run->base.key_seed);
  digest = hash_mix(digest, (uint64_t)gathering->end);
  digest = hash_mix(digest, (uint64_t)run->shards);
  digest = hash_mix(digest, (uint64_t)run->ast->span.start);
  for (int i = 0; i < gathering->objective->target_count; i++)
    digest = hash_mix(digest, gathering->objective->targets[i]->span.start);
  for (int l = 0; l < 2 && nodes->laid; l++)
    for (int i = 0; i < layouts[l]->count; i++)
      digest = hash_mix(digest,
                        (uint64_t)layouts[l]->fields[i].count * 4 + layouts[l]->fields[i].kind);
  return nodes->laid ? digest : 0;
}

/* The params and buffers of the training. */
static uint64_t values_of(const TrainRun *run) {
  uint64_t digest = process_message_hash(run->kept, run->kept_count, 1);
  for (int i = 0; i < run->objective_count; i++) {
    const Objective *objective = &run->objectives[i];
    digest = process_message_hash(objective->targets, objective->target_count, digest);
  }
  return digest;
}

static uint64_t first_digest(const TrainRun *run) {
  uint64_t digest = feed_digest(run->columns, run->column_count);
  digest = hash_mix(digest, feed_digest(run->validate, run->validate_count));
  return hash_mix(digest, values_of(run));
}

/* A process is lost: the update is taken back, and the run ends (ending_raise). */
static void lose(Gathering *gathering) {
  gathering->interrupted = true;
  gathering->outcome->interrupted = true;
}

static Exchanged exchanged(const Gathering *gathering, const Layout *layout, char *whole) {
  const struct Sharding *all = gathering->all;
  return (Exchanged){.layout = layout,
                     .shards = gathering->run->shards,
                     .before = all->before,
                     .piece = all->piece,
                     .whole = whole};
}

/* All parts of this process are made; false: a process is lost. */
static bool add_up(Gathering *gathering, const Layout *layout, char *whole, Diag *lost) {
  struct Sharding *all = gathering->all;
  Exchanged what = exchanged(gathering, layout, whole);
  bool none;
  if (layout->bytes == 0) return true;
  exchange_begin(all->exchange, &what);
  for (int i = 0; i < all->own_count; i++) {
    const Subtotal *sum = &all->own[i].sum;
    exchange_root(all->exchange, all->own[i].low, all->own[i].high,
                  layout == &all->nodes.sums ? sum->sums : sum->buffers);
  }
  return exchange_end(all->exchange, &none, lost);
}

/* The order in which process 0 makes the gradients, and how large a message should be. */
static bool agree_on_order(Gathering *gathering, Diag *lost) {
  struct Sharding *all = gathering->all;
  int count = gathering->objective->target_count + 1;
  int *order = order_room(gathering);
  for (int i = 0; i < count && gathering->made_count < count; i++) order[i] = count - 1 - i;
  gathering->notes = false;
  all->orders[gathering->number].known = true;
  return peers_spread(order, (size_t)count * sizeof *order, lost);
}

/* Each process's parts, and what it makes of the telling of all. */
static bool work_and_tell(Gathering *gathering, Diag *lost) {
  TrainRun *run = gathering->run;
  struct Sharding *all = gathering->all;
  Diag diag = {0};
  bool none = false, there = true;
  process_message_begin(&all->messages, all->data);
  bool fine = vm_protect(run->vm, local_body, gathering, &diag);
  run->vm->run = &run->base;
  if (!fine) shards_back(run);
  if (gathering->streams) {
    if (fine && !gathering->interrupted) exchange_all_made(all->exchange);
    else exchange_give_up(all->exchange);
    there = exchange_end(all->exchange, &none, lost);
  }
  all->messages.message.digest = digest_of(gathering);
  MessageExchange exchange = {.run = run,
                              .span = gathering->objective->span,
                              .messages = &all->messages,
                              .taken = gathering->number == 0 ? &run->measure : NULL,
                              .update = &run->update_measure,
                              .interrupted = gathering->interrupted};
  there = there && process_message_exchange(&exchange, fine ? NULL : &diag, lost);
  gathering->interrupted = exchange.interrupted;
  gathering->loss = exchange.loss;
  return there;
}

/* The sum of all parts, in every process. */
static Subtotal sum_with_peers(Gathering *gathering) {
  struct Sharding *all = gathering->all;
  Nodes *nodes = &all->nodes;
  const int *order = order_of(gathering);
  Diag lost = {0};
  Subtotal root = {0};
  count_rows(gathering);
  if (order) {
    nodes_lay_sums(nodes, gathering->objective, order);
    root = nodes_take(nodes);
    gathering->leaf = nodes_take(nodes);
    gathering->streams = true;
    Exchanged what = exchanged(gathering, &nodes->sums, root.sums);
    what.apart = true;
    exchange_begin(all->exchange, &what);
    int64_t last = gathering->last;
    if (last >= 0) exchange_root(all->exchange, last, last + 1, gathering->leaf.sums);
  } else {
    gathering->notes = true;
  }
  bool there = work_and_tell(gathering, &lost);
  if (there && !gathering->interrupted) {
    if (!order) root = nodes_take(nodes);
    nodes_complete(nodes, &root);
    root.rows = gathering->total;
    there = (order || add_up(gathering, &nodes->sums, root.sums, &lost)) &&
            add_up(gathering, &nodes->buffers, root.buffers, &lost) &&
            (order || agree_on_order(gathering, &lost));
  }
  if (!there) lose(gathering);
  return root;
}

/* ---- the update ---- */

/* The update of one objective; false: interrupted. */
static bool update_one(Gathering *gathering) {
  TrainRun *run = gathering->run;
  struct Sharding *all = gathering->all;
  nodes_begin(&all->nodes);
  all->own_count = 0;
  Subtotal root = peers_count() == 1 ? sum_of(gathering, 0, run->shards)
                                     : sum_with_peers(gathering);
  if (gathering->interrupted) return false;
  aim(gathering, &root);
  bool last = gathering->number + 1 == run->objective_count;
  steps_make(
      run, gathering->number, NULL,
      &(StepAsked){.role = STEP_APPLY, .total = gathering->total, .undo = last ? NULL : &run->undo},
      gathering->outcome);
  if (gathering->outcome->interrupted) return false;
  unpack_buffers(gathering, &root);
  return true;
}

/* False: a process is lost. */
static bool begin_together(TrainRun *run) {
  Diag lost = {0};
  run->sharding->data = first_digest(run);
  run->sharding->exchange = exchange_new();
  return peers_measure(&run->sharding->piece, &lost);
}

bool shards_update(TrainRun *run, double total, Sums *sums, StepOutcome *outcome) {
  double loss = 0, length = (double)NAN;
  if (total <= 0) return true;
  if (!run->sharding) {
    run->sharding = mem_zero(sizeof *run->sharding);
    if (peers_count() > 1 && !begin_together(run)) return outcome->interrupted = true, false;
  }
  steps_begin(run);
  for (int i = 0; i < run->objective_count; i++) {
    Gathering gathering = {.run = run,
                           .all = run->sharding,
                           .objective = &run->objectives[i],
                           .number = i,
                           .end = run->at_row + (int64_t)total,
                           .total = total,
                           .outcome = outcome};
    if (!update_one(&gathering)) return outcome->interrupted = true, false;
    loss += gathering.loss;
    length = i ? hypot(length, outcome->grad_norm) : outcome->grad_norm;
  }
  run->at_row += (int64_t)total;
  run->source.end = run->at_row;
  outcome->grad_norm = length;
  sums->rows += total;
  sums->loss += loss;
  return true;
}

void shards_back(TrainRun *run) {
  if (run->sharding) undo_back(run->vm, &run->sharding->undo);
}

struct MessageBuffers *shards_messages(TrainRun *run) {
  return run->sharding && run->sharding->exchange ? &run->sharding->messages : NULL;
}

void shards_close(TrainRun *run) {
  MessageBuffers *messages = shards_messages(run);
  Diag lost = {0};
  if (!messages || peers_lost()) return;
  process_message_begin(messages, 0);
  messages->message.digest = hash_mix((uint64_t)run->total_steps, run->ast->span.start + 2);
  messages->message.values = values_of(run);
  MessageExchange exchange = {.run = run, .span = run->ast->span, .messages = messages};
  process_message_exchange(&exchange, NULL, &lost);
}

static void tell_times(const TrainRun *run) {
  const struct Sharding *all = run->sharding;
  Text text = {0};
  if (all->exchange && run->objective_count == 1)
    exchange_print(all->exchange, &all->nodes.sums, &text);
  dump_text(run->vm, DUMP_TIME, &text);
}

void shards_free(TrainRun *run) {
  struct Sharding *all = run->sharding;
  if (!all) return;
  tell_times(run);
  exchange_free(all->exchange);
  undo_free(run->vm, &all->undo);
  nodes_free(&all->nodes);
  for (int i = 0; i < UPDATES_MOST; i++) mem_free(all->orders[i].at);
  mem_free(all->assigned);
  subtrees_free(all->subtrees);
  mem_free(all->before);
  process_message_free(&all->messages);
  mem_free(all);
  run->sharding = NULL;
}
