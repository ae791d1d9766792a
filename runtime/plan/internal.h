/* internal.h — what the passes that make a plan share.  Only files of this folder include it.
 *
 * A plan is made in passes over a compact copy of what is needed of the graph, each a file:
 *
 *   need.c    the copy; what is needed and in which half, what is only another name for memory
 *             (aliases), and where each elementwise node reads from (operands, with broadcasts and
 *             expands seen through)
 *   turn.c    which permutations of heads are no step, since attention reads and writes them where
 *             they lie
 *   fuse.c    which elementwise nodes run together: levels, groups
 *   defer.c   which products of gradients wait for the second half, and are made in blocks there
 *   order.c   in which order the items (a group, or one node with a kernel) run
 *   strip.c (strip_run.c)   which items go together through groups of rows
 *   bundle.c  which products and sums run beside each other, each whole on one thread
 *   place.c   where each value lives: slab, a binding's memory, a result's memory
 *   build.c   the instructions: calls and copies, with all pointers set
 *   program.c (pair.c)   the steps that are programs of the elementwise machine
 *   range.c   the analysis that bounds the new values, in interval arithmetic; sure.c runs it
 *   alone.c   whether it runs faster without the team
 *   batch.c   which programs run as one job of the team
 *   follow.c  which programs run on a product's rows as they are finished
 *
 * Facts are what is found out of each node, by id; an Item is what becomes one Instruction.
 */
#ifndef GD_RUNTIME_PLAN_INTERNAL_H
#define GD_RUNTIME_PLAN_INTERNAL_H

#include "runtime/base/lookup.h"
#include "runtime/kernels/map.h"
#include "runtime/kernels/product.h"
#include "runtime/plan/plan.h"

/* MODE=unfused makes a gd in which every operation runs alone, so that whole programs can be held
 * against each other, byte for byte. */
#if defined(GD_UNFUSED)
enum { FUSES = 0 };
#else
enum { FUSES = 1 };
#endif

enum { SLAB_PAD = 64 }; /* bytes behind the slab, so that a vector load may run over its end */

/* Where a value is found when the plan runs. */
typedef enum StorageKind {
  STORAGE_NONE,
  STORAGE_SLAB,
  STORAGE_BINDING, /* an input's memory, read */
  /* the same memory, or what stands for it while new values are not sure to be finite: written, and
     read for the new value */
  STORAGE_STORED,
  STORAGE_RESULT
} StorageKind;

typedef struct Storage {
  StorageKind kind;
  int64_t index; /* of the binding, of the result */
  size_t offset; /* bytes */
} Storage;

/* An elementwise node's input as its program reads it. */
typedef struct Operand {
  NodeId source;  /* the node whose memory, or register, holds it; never an alias */
  int64_t offset; /* elements of the source to skip */
  bool aligned;   /* one for one with a fusable source: may stay in a register */
  bool part;      /* one for one with a part of the source */
  Pattern pattern;
} Operand;

typedef struct Facts {
  /* 0: not needed as a value of its own, 1, 2 (needed by stores alone, and cannot fail) */
  uint8_t half;
  bool leaf;      /* INPUT, CONST: there before the first step */
  bool fusable;   /* MAP, CAST, EXPAND */
  bool tail;      /* a SUM that ends the program of its operand */
  bool looked;    /* watched */
  bool turned;    /* a permutation that is another name for memory, for attention (turn.c) */
  bool kept;      /* a result, watched or stored: must be in memory at the end of its half */
  bool exported;  /* must be in memory: kept, or read by another item */
  bool direct;    /* written straight into a result or a binding */
  NodeId root;    /* of an alias: the node whose memory it names; else itself */
  int64_t offset; /* of an alias: elements to skip */
  int32_t level;  /* see fuse.c */
  int32_t item;   /* which makes it; -1 for leaves and aliases */
  int32_t last;   /* position of the last item that reads it */
  int32_t operand_count;
  Operand *operands; /* of a fusable node or a tail, one an input; a kernel's node has none */
  NodeId joined;     /* a concat of which it is a part that is made in place; 0: none */
  int32_t loose;     /* a strip in which it is read otherwise than row by row; 0: none */
  Storage place;
  size_t bytes; /* of its place: of a product in blocks (defer.c) those of one */
} Facts;

typedef struct Item {
  NodeId *nodes; /* ascending; one for a kernel */
  int count;
  bool program; /* of the elementwise machine, else a kernel's call */
  int half;
  int strip;         /* which one it is in, from 1 on; 0: none */
  int bundle;        /* likewise */
  int position;      /* when it runs */
  NodeId *reads;     /* roots that it reads from other items or leaves, each once … */
  NodeId *read_last; /* … and the last of its nodes that does … */
  bool *read_apart;  /* … and whether a program reads it otherwise than one for one */
  int read_count;
  int64_t block_rows; /* of a product that is made so many rows at a time; else 0 */
  bool at_once;       /* a program that runs on each such block: right after the product … */
  NodeId beside;      /* … with rows of a scatter that are made with it, or 0 */
} Item;

/* Memory is copied: a result that is a leaf or an alias, a store that could not be direct. */
typedef struct Move {
  NodeId node;  /* any node */
  Storage from; /* STORAGE_NONE: where the node is */
  Storage to;
  int half; /* at whose end */
} Move;

/* A pointer that follows a binding or a result. */
typedef struct Fixup {
  void *slot; /* address of a pointer */
  size_t offset;
} Fixup;

typedef struct FixupList {
  Fixup *fixups; /* owned */
  int count, capacity;
  void *bound; /* what the slots hold now */
} FixupList;

typedef enum InstructionKind {
  INSTRUCTION_KERNEL,
  INSTRUCTION_PROGRAM,
  INSTRUCTION_COPY
} InstructionKind;

/* Part of a program, or several small programs. */
typedef struct BatchTask {
  int first, programs; /* steps of the batch */
  int64_t from, elements;
  bool small;
} BatchTask;

/* Programs that run as one job of the team (batch.c). */
typedef struct Batch {
  struct Instruction *steps;
  int count;
  BatchTask *tasks;
  int64_t task_count;
} Batch;

/* Instructions that one thread runs one after the other for some of the rows (strip.c). */
typedef struct Strip {
  int first, count; /* positions, and so instructions: the first half has no copies between them */
  bool many;        /* rows */
  int64_t rows;     /* of its products */
  int64_t units;    /* rows, or sequences of them: of everything that is made in it */
  int64_t parts_most;        /* that are worth being dealt out */
  struct Instruction *steps; /* the first of them; NULL: they run each by itself */
} Strip;

/* Products and sums that wait for nothing of each other (bundle.c). */
typedef struct Bundle {
  int first, count; /* positions, and so instructions */
  int task_count;
  int *tasks;         /* where each begins among the steps; one more, the end */
  int threads_most;   /* on which it pays */
  const Strip *strip; /* comes next and runs in the same job; or NULL */
  struct Instruction *steps;
} Bundle;

typedef struct Instruction {
  InstructionKind kind;
  NodeId node; /* the first of what it computes; of a copy the node copied */
  Kernel *kernel;
  Call call;          /* of a kernel; its views are the plan's */
  MapProgram program; /* its tags are node ids */
  MapWork *works;     /* of a program: what each of its steps does */
  /* of a product: the next program, which runs on its rows as they are finished; or NULL */
  struct Instruction *then;
  ReadyProduct *ready; /* of a small product; or NULL */
  int64_t block_rows;  /* as in Item; `then` reads the block … */
  char ***block_reads; /* … by these pointers */
  int block_read_count;
  struct Instruction *beside; /* … and such rows of a scatter; or NULL … */
  char ***beside_reads;       /* … by these */
  int beside_read_count;
  _Atomic int *most;    /* of a watched product: Watched.most, which it updates; or NULL */
  bool taken;           /* it runs with a product: as its `then`, right after it, or `beside` it */
  Batch *batch;         /* of the first program of a batch; or NULL */
  Strip *strip;         /* it is in; or NULL */
  Bundle *bundle;       /* likewise */
  size_t register_base; /* of a program: where its registers begin among the plan's */
  void *from, *to;      /* of a copy */
  size_t bytes;         /* of a copy */
  const NodeId *nodes;  /* all it computes */
  int node_count;
  double seconds; /* counted while timing */
} Instruction;

/* A constant written out over a block, shared by all programs that want it. */
typedef struct Spread {
  uint64_t bits;
  size_t element;
  int64_t count;
  char *at; /* owned */
} Spread;

typedef struct Watched {
  NodeId node;
  const void *at;
  Dtype dtype;
  int64_t count;
  int next;         /* the next one of the same root, or -1 */
  bool steady;      /* as in PlanSpec … */
  const void *seen; /* … and its address when it was last found finite */
  bool within;      /* the instruction that makes it checks it */
  bool waits;       /* it is made in the second half: bounded before, by … */
  int32_t range;    /* … this range step */
  _Atomic int most; /* its greatest magnitude (magnitude.h), once it was checked */
} Watched;

/* One instruction of interval arithmetic (range.c): between which limits a value lies. */
typedef enum RangeKind {
  RANGE_CONST,
  RANGE_STORED,
  RANGE_SCALAR,
  RANGE_LOOK,
  RANGE_SEEN,
  RANGE_SAME,
  RANGE_OP
} RangeKind;
typedef struct RangeStep {
  RangeKind kind;
  Op op;
  Dtype dtype;
  int32_t in[3];  /* steps; -1: none */
  bool whole[3];  /* the input is read one for one, or is a scalar */
  int32_t index;  /* STORED: the binding; LOOK: the watched */
  const void *at; /* SCALAR, SEEN: where it is */
  int64_t count;  /* SEEN: elements */
  int64_t terms;  /* of each element's sum, of a product */
  double value;   /* CONST */
  int room;       /* LOOK: the greatest magnitude within the room that a lease gave it */
  bool loose;     /* SCALAR: has left the room that a lease gave it, towards 0 */
} RangeStep;

/* low <= every element <= high, or nothing is known.  And every element is a number of one sign
 * times that of `of`. */
typedef struct Range {
  double low, high;
  int32_t of;  /* a step; itself where nothing better is known */
  int8_t sign; /* 1 or -1 */
  bool wild;   /* may be NaN, infinite, anything */
} Range;

/* Whether a short plan runs faster without the team (alone.c). */
typedef struct Alone {
  int64_t run; /* since the trial began */
  bool chosen; /* it does */
  double start;
  double shortest[2][4]; /* seconds; with the team, without */
} Alone;

struct Plan {
  Graph graph;  /* a compact copy of what is needed; no table */
  Arena arena;  /* steps' parts, facts, items */
  Facts *facts; /* by node id */
  Item *items;
  int item_count;
  int *order;     /* items by position */
  int first_half; /* positions of the first half */
  Strip *strips;  /* number n is strips[n - 1] */
  int strip_count;
  Bundle *bundles; /* likewise */
  int bundle_count;
  NodeId *results;
  int result_count;
  int watch_count;
  Store *stores;
  int store_count;
  Move *moves;
  int move_count;
  Instruction *instructions;
  int instruction_count;
  int half_instruction; /* instructions of the first half */
  /* those that must be finite, then those whose magnitude the bounds analysis needs */
  Watched *watched;
  int look_count; /* of both */
  RangeStep *ranges;
  Range *range_values; /* by range step, of the last bounds analysis */
  int range_count;
  int32_t *range_old; /* by store: that of the value it replaces; -1: nothing reads it */
  /* by store: the range step of the new value; -1: nothing to bound (whole numbers, unchanged
   * values) */
  int32_t *range_of;
  FixupList *bindings;   /* by binding: what reads it */
  FixupList *written;    /* by binding: what writes its new value, or reads that */
  void *const *memory;   /* by binding: the caller's, of the run under way */
  Limits *const *limits; /* by binding, likewise; NULL: the caller keeps none */
  Limits *own_limits;    /* by binding: then these, of one run; owned */
  int32_t *givens;       /* range steps of kind STORED, … */
  int given_ends[3];     /* … till here, then of LOOK, then of SCALAR */
  bool leasable;         /* nothing else is given */
  Range *lease;          /* by range step: within which limits the givens may move … */
  int64_t lease_left;    /* … for so many more runs (lease.c) */
  uint32_t lease_number;
  /* runs until a lease is tried for again; how long the pause was */
  int64_t lease_pause, lease_wait;
  int64_t leases; /* taken, … */
  /* at stored memory, for its limits, since the plan was made; counted by tests … */
  int64_t looks;
  int64_t careful_runs; /* … and runs that took the careful way */
  size_t *shadow_bytes; /* of each; owned */
  /* by binding: space for new values that are not sure to be finite; NULL until it is needed; owned
   */
  char **shadows;
  int64_t binding_count;
  FixupList *result_at; /* by result */
  /* results in the order in which they are made, and by which instruction; NULL until needed */
  int *made_order, *made_by;
  PlanMade *made; /* is called for each of them; or NULL */
  void *made_context;
  int told;   /* results reported in the current run */
  char *slab; /* owned */
  size_t slab_bytes;
  char *registers; /* owned; of the program that runs */
  size_t register_bytes;
  struct Spread *spreads; /* constants over a block; owned */
  int spread_count, spread_capacity;
  Lookup spread_of; /* those of a value; while the plan is made */
  /* by node: the first watched value whose root it is, or -1; while the plan is made */
  int *watch_of;
  /* by node: scratch of program.c, -1 between programs; while the plan is made */
  int *reg_of;
  size_t reserved;   /* bytes counted against the budget */
  Fault fault;       /* of the kernel that runs */
  bool fault_given;  /* plan_blame: the value was not finite before the run */
  NodeId fault_node; /* the node of the fault */
  Alone alone;
  bool timing;
  /* since timing began; the first is not in the seconds once there is another */
  int64_t runs;
  double check_seconds; /* of looking whether the watched values are finite */
  double run_seconds;   /* of whole runs */
};

void plan_copy(Plan *plan, const PlanSpec *spec);
void plan_turn(Plan *plan); /* sets Facts.turned; called by plan_need */
void plan_need(Plan *plan);
/* may this kernel's node, which only the second half needs, be made there? */
bool plan_waits(const Plan *plan, NodeId id);
/* … and may it be watched all the same? (such a product, or the sum of it and something) */
bool plan_waits_watched(const Plan *plan, NodeId id);
void plan_fuse(Plan *plan);
void plan_block(Plan *plan); /* sets Item.block_rows, at_once */
void plan_order(Plan *plan);
void plan_strips(Plan *plan);  /* sets Item.strip and moves items of the order */
void plan_bundles(Plan *plan); /* sets Item.bundle and moves items of the order */
/* positions and ends of lives, after the order has changed */
void plan_note_positions(Plan *plan);
void plan_place(Plan *plan);
bool plan_build(Plan *plan, Diag *diag);
void plan_reset(Plan *plan); /* discards what it knows from earlier runs */
/* the program of item `number` */
void plan_program(Plan *plan, int32_t number, Instruction *instruction);
/* sets Instruction.then, most, taken, of the instructions from … to before … */
void plan_follow(Plan *plan, int from, int to);
void plan_strip_steps(Plan *plan); /* sets Instruction.strip, register_base */
/* some of a strip's steps, counted from its first */
void strip_run(const Strip *strip, int from, int count);
/* all of them, and behind the parts' work so many tasks, each as of a team of one */
void strip_run_beside(const Strip *strip, int64_t tasks, void (*task)(void *context, int64_t index),
                      void *context);
void plan_bundle_steps(Plan *plan);   /* sets Instruction.bundle; after plan_strip_steps */
int bundle_run(const Bundle *bundle); /* returns how many instructions it has run */
void plan_batch(Plan *plan);          /* sets Instruction.batch, register_base */
void batch_run(const Batch *batch);
/* what follows a product, on some rows of it */
void follow_rows(const Instruction *product, int64_t row, int64_t rows, MapFault *fault);
/* a product for which one of the first two is set */
void follow_run(Instruction *product, MapFault *fault);
/* around a run; what the first gave, the second is given */
bool alone_begin(Alone *alone);
void alone_end(Alone *alone, bool rested);
void plan_ranges(Plan *plan); /* prepares the bounds analysis (range.c); adds to the watched */
bool plan_sure(Plan *plan);   /* runs it between the halves: will all stored values be finite? */
void plan_stored(Plan *plan); /* after it: the limits of what it has stored */
bool plan_leased(Plan *plan); /* does a lease cover this run, so that it needs no analysis? */
/* after an analysis that succeeded: tries to extend it to many runs */
bool plan_lease(Plan *plan);
/* for tests: fills slab and registers with NaN, but for the constants */
void plan_poison(Plan *plan);

/* "map f32[64, 10] sub exp  (5 instructions)": what a step is, without where it reads and writes.
 */
void plan_print_instruction(const Plan *plan, const Instruction *instruction, Text *text);

#endif
