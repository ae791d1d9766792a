/* shown.h — the columns of a data set, shown to people: summary, head, CSV. */
#ifndef GD_LANG_SHOWN_H
#define GD_LANG_SHOWN_H

#include "lang/data/data.h"

/* summary(d): a line for each column. */
void shown_summary(Vm *vm, const CallSite *site, Value dataset);
/* save(d, "d.csv") */
void shown_save(Vm *vm, const CallSite *site, Value dataset, const char *path);
/* adds a cell of a CSV file, in quotes if needed */
void shown_cell(Text *text, const char *cell);
/* the shortest text that reads back as the same number of its dtype */
void shown_number(Text *text, double number, Dtype dtype);

NativeFunction native_head;

#endif
