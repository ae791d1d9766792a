/* health_tell.h — verdicts about a training, and what `gd doctor` gathers.
 *
 * A verdict has a basis: proved from the recorded step, measured on data or run, or likely; the
 * evidence in numbers; a line; and a remedy.  A remedy that changes the rate was tried on a copy.
 */
#ifndef GD_LANG_HEALTH_TELL_H
#define GD_LANG_HEALTH_TELL_H

#include "lang/learn/health.h"

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

void health_tell(TrainRun *run, const Verdict *verdict, const char *format, ...) PRINTF_LIKE(3, 4);
/* The losses of a run for the clinic, if there is one. */
void health_keep_course(TrainRun *run);
NORETURN void health_end_program(TrainRun *run);

#endif
