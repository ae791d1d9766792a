/* health.h — `health: true` and `gd doctor`: what is wrong with a training, and what mends it.
 *
 * A verdict has a basis: proved from the recorded step, measured on data or run, or likely; the
 * evidence in numbers; a line; and a remedy.  A remedy that changes the rate was tried on a copy.
 */
#ifndef GD_LANG_HEALTH_H
#define GD_LANG_HEALTH_H

#include "lang/learn/train.h"

typedef enum Basis { BASIS_PROVED, BASIS_MEASURED, BASIS_LIKELY } Basis;

/* What a verdict is about: which changes of the script may mend it (lang/tool/mend.c). */
typedef enum FindingKind {
  FINDING_SQUEEZED, /* a function before the loss, `word`, that has no business there */
  FINDING_DROPOUT,
  FINDING_LINEAR,
  FINDING_WIDTH, /* number: of classes */
  FINDING_RATE,  /* number: the rate that did better, already tried */
  FINDING_BLOWN,
  FINDING_UNSCALED,
  FINDING_CONSTANT,
  FINDING_TARGETS,
  FINDING_COPIES,
  FINDING_SHIFT,
  FINDING_VANISHING,
  FINDING_EXPLODING,
  FINDING_DEAD,      /* word: which activation */
  FINDING_SATURATED, /* the same */
  FINDING_ZEROS,
  FINDING_FLAT,
  FINDING_CLIPPED,
  FINDING_DECAY,
  FINDING_OVERFIT,
  FINDING_NOISE,
  FINDING_SADDLE,
  FINDING_MINIMUM,
  FINDING_UNIDENTIFIED,
  FINDING_ORDER,
  FINDING_LARGE,   /* first values */
  FINDING_TOO_FAR, /* targets that are not scaled */
  FINDING_PENALTY, /* a weight decay that may win: told if none does better */
  FINDING_SUSPECT  /* a rate that another one may better: told if it does (lang/tool/doctor.c) */
} FindingKind;

typedef struct Verdict {
  Basis basis;
  Span span;
  const char *remedy;
  FindingKind kind;
  const char *word; /* as the script writes it, or NULL */
  double number;
} Verdict;

/* one that needs no word and no number */
#define VERDICT(BASIS, SPAN, REMEDY, KIND) \
  (&(Verdict){.basis = (BASIS), .span = (SPAN), .remedy = (REMEDY), .kind = (KIND)})

/* A verdict that `gd doctor` keeps until the script has run. */
typedef struct Finding {
  FindingKind kind;
  Diag diag;
  int training;               /* of the program, from 1 */
  Span train, data, validate; /* the statement, its data, its validation data; file 0: none */
  char word[32];
  double number;
  bool told; /* another one of the same change comes before it */
} Finding;

/* The losses of a training's steps. */
typedef struct Course {
  double *losses; /* owned */
  int64_t count;
  bool blown; /* it ended with what is not finite */
} Course;

/* `gd doctor`: what it gathers while a script runs; or, of a mended script, what is watched there:
 * one of its trainings, for so many steps.  The program ends with it. */
typedef struct ClinicLoop ClinicLoop; /* health_loop.c */
typedef struct Clinic {
  Finding *findings; /* owned */
  int count, capacity;
  Course *courses; /* by training; owned */
  int course_count;
  int watched;        /* a mended script: which training; 0: the script as it is */
  int64_t steps;      /* … and of how many steps */
  bool met;           /* … it is in `courses[0]` */
  ClinicLoop **loops; /* around `update`; owned */
  int loop_count;
} Clinic;
void clinic_free(Clinic *clinic);

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
  /* the matrix [n, n] that is used most often in one step, as a recurrent one is */
  int recurrent; /* which target, from 1; 0: none */
  int uses;
  Span recurrent_span;
  bool raw[8];  /* by column of the data: it goes into a product as it is */
  Tensor alone; /* of a loop around `update`: what goes into a product so; borrowed for the look */
  bool classes; /* the loss is a cross entropy of class labels */
  double work;  /* of the look, in weighed operations (plan_work) */
  double nodes; /* of its recording */
} HealthLook;

typedef struct Health {
  HealthLook first, last;
  Kept values;                /* before the first step */
  double run_work;            /* planned, then made: the unit is plan_work's */
  double spent;               /* of it, on health */
  int64_t tried;              /* steps of trials */
  double elements;            /* of the data that may still be read */
  Span rate_span;             /* of the optimizer */
  double decay;               /* its weight_decay */
  double root;                /* of how many numbers are trained */
  int64_t clipped, steps;     /* updates whose gradient was clipped, of so many */
  Text verdicts;              /* a JSON text each, commas between: for the report; owned */
  int told;                   /* of them */
  bool rate_told, cause_told; /* one about the rate; one that explains why nothing is learned */
  bool held_told;             /* one about the held-out rows */
} Health;

/* before the first update; nothing where it is not asked for */
void health_start(TrainRun *run);
void health_step(TrainRun *run); /* after an update */
/* after the last; update: makes one, false when the rows are used up */
void health_end(TrainRun *run, Update update);
/* the run failed with this */
void health_failed(TrainRun *run, const Diag *diag, Update update);
void health_free(TrainRun *run);

/* ---- for the files beside it ---- */
/* The loss after some steps with the rate times a factor, from the first values, or from those of
 * now: the mean of the last quarter; infinite where it blew up. */
double health_trial(TrainRun *run, Update update, double factor, int64_t steps, bool from_now);
double health_own_loss(const TrainRun *run, int64_t steps,
                       double *spread); /* the run's own, there */
bool health_can_try(const TrainRun *run);
/* what the first look shows; of a loop around `update`, what all of it does */
void health_judge_first(TrainRun *run);
void health_judge_loop(TrainRun *run, bool takes_turns);
/* Runs what looks; what goes wrong there goes wrong in the training too, and is told there. */
void health_look_apart(TrainRun *run, void (*body)(Vm *vm, void *context), void *context);
void health_keep_course(TrainRun *run); /* its losses, for the clinic */
NORETURN void health_end_program(TrainRun *run);
/* Spends so much, if the run's work allows it; `gd doctor` may always. */
bool health_spend(TrainRun *run, double work);
double health_left(const TrainRun *run); /* what may still be spent */
double health_step_work(const TrainRun *run);
double health_record_work(const TrainRun *run); /* of recording a step anew */
void health_tell(TrainRun *run, const Verdict *verdict, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
