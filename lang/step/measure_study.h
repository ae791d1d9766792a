/* measure_study.h — which values of a minibatch must be collected for the metrics of an epoch. */
#ifndef GD_LANG_LEARN_MEASURE_STUDY_H
#define GD_LANG_LEARN_MEASURE_STUDY_H

#include "lang/step/measure.h"

/* Compares measure->whole with a step's recording of `rows` rows.  Returns *count values to
 * collect, with storage for all rows (a new array: measure_study_free).  Raises for a metric that
 * cannot be computed over an epoch. */
Taken *measure_study_run(Vm *vm, Measure *measure, const Trace *part, const Recorded *recorded,
                         int64_t rows, int *count);
/* Warns, at its place, of a metric that combines rows before it calls a model. */
void measure_study_tell(Vm *vm, Measure *measure, const Trace *part, const Recorded *recorded,
                        int64_t rows);
/* Metrics, outputs and columns in one array, for runtime/graph/rows.c.  Returns a new array. */
NodeId *measure_study_nodes(const Recorded *recorded, int metrics, int *count);
/* Raises: the metric needs this node of `trace` together with all rows. */
NORETURN void measure_study_refuse(Vm *vm, const Measure *measure, const Trace *trace, int metric,
                                   NodeId node);
void measure_study_free(Taken *taken, int count);
size_t measure_study_sums_bytes(const Taken *taken); /* of `sums` and `marked` */

#endif
