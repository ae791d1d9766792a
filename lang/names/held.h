/* held.h — checks of a variable whose value is known before anything runs. */
#ifndef GD_LANG_HELD_H
#define GD_LANG_HELD_H

#include "lang/names/resolve.h"

/* a LET whose value was resolved */
void held_let(const Resolver *resolver, const Ast *let);
/* a CALL or FIELD whose parts were resolved */
void held_use(Resolver *resolver, const Ast *node);
/* at the end of the file */
void held_check(Resolver *resolver);

#endif
