/* health.h — `health: true` and `gd doctor`: what is wrong with a training, and what mends it.
 *
 * A verdict has a basis: proved from the recorded step, measured on data or run, or likely; the
 * evidence in numbers; a line; and a remedy.  A remedy that changes the rate was tried on a copy.
 */
#ifndef GD_LANG_HEALTH_H
#define GD_LANG_HEALTH_H

#include "lang/learn/train.h"

typedef enum Basis { BASIS_PROVED, BASIS_MEASURED, BASIS_LIKELY } Basis;

/* A row of two matrices of numbers: of a target of the training. */
typedef struct HealthTarget {
  double slope, size; /* the norms of its gradient and of itself */
} HealthTarget;

enum { HEALTH_TARGETS = 64, HEALTH_ACTIVATIONS = 24 };

typedef struct HealthActivation {
  Op op;
  Span span;
  double share; /* of its units that are 0 for every row, or of its elements at a limit */
} HealthActivation;

/* What one minibatch showed. */
typedef struct HealthLook {
  double loss;
  HealthTarget targets[HEALTH_TARGETS];
  int target_count;
  HealthActivation activations[HEALTH_ACTIVATIONS];
  int activation_count;
  bool raw[8];  /* by column of the data: it goes into a product as it is */
  bool classes; /* the loss is a cross entropy of class labels */
} HealthLook;

typedef struct Health {
  HealthLook first, last;
  Kept values;                /* before the first step */
  int64_t clipped, steps;     /* updates whose gradient was clipped, of so many */
  int told;                   /* verdicts */
  bool rate_told, cause_told; /* one about the rate; one that explains why nothing is learned */
} Health;

/* before the first update; nothing where it is not asked for */
void health_start(TrainRun *run);
void health_step(TrainRun *run); /* after an update */
/* after the last; update: makes one, false when the rows are used up */
void health_end(TrainRun *run, bool (*update)(TrainRun *run));
/* the run failed with this */
void health_failed(TrainRun *run, const Diag *diag, bool (*update)(TrainRun *run));
void health_free(TrainRun *run);

/* ---- for the files beside it ---- */
void health_tell(TrainRun *run, Basis basis, Span span, const char *remedy, const char *format, ...)
    PRINTF_LIKE(5, 6);

#endif
