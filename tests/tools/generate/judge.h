/* judge.h — what gd makes of generated programs. */
#pragma once

#include "tests/tools/generate/tree.h"

enum { FAULT_MOST = 160, DETAIL_MOST = 400 };

typedef struct Judge {
  const char *gd, *unfused; /* binaries; unfused NULL: not compared */
  /* a binary whose blocks are small, for 1 against 2 threads; NULL: gd itself */
  const char *harsh;
  char folder[64];    /* of its own, for scripts and outputs */
  const char *checks; /* the text of checks.gd */
} Judge;

/* What is wrong with a program; kind "" when nothing is. */
typedef struct Fault {
  /* by which two failures are the same: "first", "threads", "error: shapes do not fit …" */
  char kind[FAULT_MOST];
  char detail[DETAIL_MOST]; /* with numbers */
  long number;              /* of the program, as far as it can be told; -1 when it cannot */
} Fault;

/* What was compared: the checks of checks.gd by name (sloping, curved: first and second gradients
 * that are not 0), then what two runs and `gd check` were asked. */
enum { CHECKS_MOST = 16 };
extern const char *const judge_checks[]; /* names, NULL at the end */
extern const int judge_least[];          /* how often each must occur in 100 programs */

typedef struct Tally {
  long programs;
  long near, rough;           /* quotients of very small steps alone; not compared at all */
  long compared[CHECKS_MOST]; /* by judge_checks */
} Tally;

Fault judge_programs(const Judge *judge, Program *const *programs, int count, bool narrow,
                     Tally *tally);
/* Is this still wrong in the same way?  Runs only what shows it. */
bool judge_again(const Judge *judge, Program *program, const Fault *fault, bool narrow,
                 Fault *found);
