/* predict.h — a saved net on the rows of a table: gd predict. */
#ifndef GD_LANG_PREDICT_H
#define GD_LANG_PREDICT_H

#include "lang/machine/vm.h"

typedef struct Prediction {
  const char *net, *table; /* paths */
  const char *out;         /* or NULL: standard output */
  bool keep;               /* writes the columns of the table before the predictions */
} Prediction;

/* Reads, predicts and writes the table piece by piece; raises. */
void predict_run(Vm *vm, const Prediction *prediction);

#endif
