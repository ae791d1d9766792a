/* clause.h — the values of the clauses of `train` and `update`. */
#ifndef GD_LANG_CLAUSE_H
#define GD_LANG_CLAUSE_H

#include "lang/train/train.h"

/* Reads the clauses of run->ast into the run; raises where one is missing or wrong. */
void clause_read_all(TrainRun *run);
/* Reads what one `loss:`, `residuals:` or `gradient:` of `owner` needs: the targets, the optimizer,
 * `clip:`.  given: of an entry of a race, or NULL. */
void clause_objective(Vm *vm, Frame *frame, const Ast *owner, Objective *objective,
                      const RaceGiven *given);
const Ast *clause_value(const Ast *ast, const char *key); /* its expression, or NULL */
int64_t clause_count(TrainRun *run, const char *key, int64_t absent, int64_t least);
bool clause_bool(TrainRun *run, const char *key, bool absent);
/* Raises if `checkpoint:` names this path too, which the clause `key` at `span` writes. */
void clause_want_own(TrainRun *run, Span span, const char *key, const char *path);

#endif
