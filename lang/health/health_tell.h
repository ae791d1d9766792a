/* health_tell.h — verdicts about a training, and the data that `gd doctor` collects.
 *
 * A verdict has a basis: proved from the recorded step, measured on data or run, or likely; the
 * evidence in numbers; a line of the script; and a remedy.  A remedy that changes the rate has been
 * tried on a copy.
 */
#ifndef GD_LANG_HEALTH_TELL_H
#define GD_LANG_HEALTH_TELL_H

#include "lang/health/health.h"

typedef enum Basis { BASIS_PROVED, BASIS_MEASURED, BASIS_LIKELY } Basis;

/* What a verdict is about: it selects the changes of the script to try (lang/tool/fix.c). */
typedef enum FindingKind {
  FINDING_SQUEEZED, /* a function before the loss, `word`, that should not be there */
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
  FINDING_ALIKE, /* first values of units */
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
  FINDING_PENALTY, /* a weight decay that may dominate: reported if none does better */
  FINDING_SUSPECT  /* another rate may do better: reported if it does (lang/tool/doctor.c) */
} FindingKind;

typedef struct Verdict {
  Basis basis;
  Span span;
  const char *remedy;
  FindingKind kind;
  const char *word; /* as the script writes it, or NULL */
  double number;
} Verdict;

/* a verdict without word and number */
#define VERDICT(BASIS, SPAN, REMEDY, KIND) \
  (&(Verdict){.basis = (BASIS), .span = (SPAN), .remedy = (REMEDY), .kind = (KIND)})

/* A verdict that `gd doctor` keeps until the script has run. */
typedef struct Finding {
  FindingKind kind;
  Diag diag;
  int training;               /* its number in the program, from 1 */
  Span train, data, validate; /* the statement, its data, its validation data; file 0: none */
  char word[32];
  double number;
  bool told; /* an earlier finding leads to the same change */
} Finding;

/* The losses of a training's steps. */
typedef struct Course {
  double *losses; /* owned */
  int64_t count;
  bool blown; /* it ended with a value that is not finite */
} Course;

/* `gd doctor`: the data collected while a script runs.  In a changed script only one of its
 * trainings is watched, for `steps` steps, after which the program ends. */
typedef struct ClinicLoop ClinicLoop; /* health_loop.c */
typedef struct Clinic {
  Finding *findings; /* owned */
  int count, capacity;
  Course *courses; /* by training; owned */
  int course_count;
  int watched;        /* a changed script: number of the training; 0: the original script */
  int64_t steps;      /* … and its number of steps */
  bool met;           /* … it has run, and is in `courses[0]` */
  ClinicLoop **loops; /* around `update`; owned */
  int loop_count;
} Clinic;
void clinic_free(Clinic *clinic);

void health_tell(TrainRun *run, const Verdict *verdict, const char *format, ...) PRINTF_LIKE(3, 4);
/* Gives the losses of a run to the clinic, if there is one. */
void health_keep_course(TrainRun *run);
NORETURN void health_end_program(TrainRun *run);

#endif
