/* csv_fault.h — inside this room: the mistakes of a table, reported together. */
#ifndef GD_RUNTIME_IO_CSV_FAULT_H
#define GD_RUNTIME_IO_CSV_FAULT_H

#include "runtime/io/csv_text.h"

enum { CSV_FAULTS_TOLD = 20 };

typedef struct CsvPlace {
  int32_t part; /* which of the files */
  size_t at;    /* offset in it */
} CsvPlace;

/* The first places of one kind of cell. */
typedef struct CsvSpots {
  CsvPlace first[CSV_FAULTS_TOLD];
  int64_t count; /* of all */
} CsvSpots;

typedef struct CsvFault {
  CsvPlace place;
  char text[400], brief[100], help[240];
} CsvFault;

/* The first mistakes by place, and how many there are. */
typedef struct CsvFaults {
  CsvFault *items; /* owned; sorted by place */
  int count;
  int64_t total;
} CsvFaults;

/* `spots` may point to NULL: it is made in the arena */
void csv_spot(Arena *arena, CsvSpots **spots, CsvPlace place);

/* Adds one: the whole sentence, and what stands in a list; help may be NULL. */
void csv_fault_add(CsvFaults *faults, CsvPlace place, const char *text, const char *brief,
                   const char *help);
/* so many more of which the place is not kept */
void csv_fault_more(CsvFaults *faults, int64_t count);
/* fills diag with all of them; false */
bool csv_fault_tell(const CsvFaults *faults, const CsvText *parts, Diag *diag);
void csv_fault_free(CsvFaults *faults);

#endif
