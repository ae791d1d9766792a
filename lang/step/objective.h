/* objective.h — what one update minimises: the loss (or residuals), the targets, the optimizer, the
 * clipping.
 *
 * A `train` has one, or one for each `update` in it; the expression `update` has one of its own,
 * used once.
 */
#ifndef GD_LANG_OBJECTIVE_H
#define GD_LANG_OBJECTIVE_H

#include "lang/machine/frame.h"
#include "lang/optimizers/optimizer.h"

/* A target or buffer that a recording found, with its value then, before a step changed it. */
typedef struct Joined {
  ParamObject *param; /* held by the objective */
  Tensor value;       /* shared with the param until a step writes there (param_own); owned */
} Joined;

typedef struct Objective {
  Span span;       /* of the train or update */
  const Ast *loss; /* of these three, all but one are NULL */
  const Ast *residuals;
  const Ast *gradient;        /* a tree computed by the script */
  Value tree;                 /* with a gradient: the targets as a tree; held */
  OptimizerObject *optimizer; /* held */
  ParamObject **targets;      /* held; owned array */
  char **target_names;        /* owned; the paths, for messages and checkpoints */
  int target_count;
  ParamObject **frozen; /* params left out of the targets for that; held; owned array */
  int frozen_count;
  Lookup frozen_places;
  Lookup target_places, buffer_places; /* indexes of targets, of buffers */
  /* buffers of models among the targets: kept and saved with them; held; owned array */
  ParamObject **buffers;
  char **buffer_names; /* owned; their paths */
  int buffer_count;
  /* false: every unfrozen param that the loss reaches, known after the first trace */
  bool targets_given;
  double clip_norm, clip_value; /* 0: none */
  bool wants_norm;              /* grad_norm is used */
  int number;                   /* of the update in its train, from 0 */
  int64_t steps_before;         /* steps of the optimizer before the train */
  /* notes what joins: of an entry of a race from its beginning, else after the first update */
  bool remembers;
  Joined *joined; /* until kept.c takes them; owned */
  int joined_count;
  /* while a resumed run records its first step: nothing joins that may come later */
  bool closed;
  int looked_for; /* that many targets were looked for in the loss of an earlier recording */
  /* may the loss take another way in another step, by what the script changes between them? */
  bool (*varies)(Vm *vm, const Frame *frame, const struct Objective *objective);
  bool *reached;        /* by given target: some recorded loss did; NULL: none yet; owned */
  Tensor *accumulators; /* by target, or NULL; owned */
  uint8_t *roles; /* by target, as a part of `shards:` was recorded (role.h); or NULL; owned */
} Objective;

void objective_free(Vm *vm, Objective *objective);
/* adds the params and buffers of a value */
void objective_targets(Vm *vm, Objective *objective, Value value, const char *name);
bool objective_trains(Objective *objective, const ParamObject *param);
/* Without targets: one of those that the loss reaches. */
void objective_join(Objective *objective, ParamObject *param);
/* Without targets: every unfrozen param that the loss reaches, in the order of the trace. */
void objective_reached(Objective *objective, Trace *trace, NodeId loss);
/* The loss of `rows` rows as a term of the mean by rows over `total` rows, of an update or of a
 * validation: a sum of squares counts as it is. */
double objective_term(const Objective *objective, double loss, int64_t rows, double total);
/* "the loss does not reach", as a diag */
void objective_unreached(const Objective *objective, int target, const char *help, Diag *diag);
/* The name of a target that was frozen since; NULL: none. */
const char *objective_froze(const Objective *objective);
/* Was a param unfrozen that was left out for that? */
bool objective_thawed(const Objective *objective);
/* adds a buffer to be kept and saved; repeated calls add it once */
void objective_buffer(Objective *objective, ParamObject *param, const char *name);

#endif
