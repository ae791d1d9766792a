/* standings.h — how the entries of a race stand, as a table and as a line. */
#ifndef GD_LANG_STANDINGS_H
#define GD_LANG_STANDINGS_H

#include "lang/learn/entries.h"

/* The table, or with --json an event for each entry, on standard error; nothing where the race is
 * quiet. */
void standings_tell(Race *race);
/* The result of a race as print shows it, in a line. */
void standings_show(const TupleObject *tuple, Text *text);

#endif
