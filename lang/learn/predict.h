/* predict.h — a saved net on the rows of a table: gd predict. */
#ifndef GD_LANG_PREDICT_H
#define GD_LANG_PREDICT_H

#include "lang/machine/vm.h"

typedef struct Prediction {
  const char *net, *table; /* paths */
  const char *out;         /* or NULL: standard output */
  bool keep;               /* the columns of the table stand before the predictions */
} Prediction;

/* Reads, predicts and writes a piece of the table after the other; raises. */
void predict_run(Vm *vm, const Prediction *prediction);

#endif
