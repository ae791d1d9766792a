/* standings.h — the ranking of a race, as a table and as a line. */
#ifndef GD_LANG_STANDINGS_H
#define GD_LANG_STANDINGS_H

#include "lang/train/entries.h"

/* The table, or with --json an event for each entry, on standard error; nothing if the race is
 * quiet. */
void standings_print(Race *race);
/* The result of a race in a line, as print shows it. */
void standings_show(const TupleObject *tuple, Text *text);

#endif
