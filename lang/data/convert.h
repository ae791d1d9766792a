/* convert.h — converts a table to a file that can be mapped: gd data convert. */
#ifndef GD_LANG_CONVERT_H
#define GD_LANG_CONVERT_H

#include "lang/machine/vm.h"

enum { CONVERT_NAMES = 64 };

typedef struct Conversion {
  const char *from, *to; /* paths */
  const char *target;    /* the column that comes last; NULL: all in their order */
  char *drops;           /* names between commas, or NULL; written to */
  bool drops_rows;       /* with missing cells */
  bool no_header;        /* the first line is a row */
} Conversion;

/* Converts, and prints the columns to standard output; raises. */
void convert_run(Vm *vm, const Conversion *conversion);

#endif
