/* warn.h — warnings of `gd check` about valid scripts: unused names and values; with --strict
 * also hidden names, and a train without `validate:`. */
#ifndef GD_LANG_WARN_H
#define GD_LANG_WARN_H

#include "lang/names/resolve.h"

/* when a block closes */
void warn_unused(const Resolver *resolver, const Block *block);
/* when a name is declared; `before`: the variable that it hides, or NULL */
void warn_hidden(const Resolver *resolver, const Variable *variable, const Variable *before);
/* a statement whose value nothing takes: a comparison, a function that changes nothing */
void warn_value(const Resolver *resolver, const Ast *statement);
/* a draw of a shape without elements, `normal(0, 1)` */
void warn_draws_none(const Resolver *resolver, const Ast *call);
void warn_unvalidated(const Resolver *resolver, const Ast *train);

#endif
