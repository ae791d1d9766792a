/* pair.h — inside this room: two instructions of a program in one. */
#ifndef GD_RUNTIME_PLAN_PAIR_H
#define GD_RUNTIME_PLAN_PAIR_H

#include "runtime/plan/program.h"

/* Joins two instructions into one where the machine has a loop for both. */
void pair_program(Program *program);

#endif
