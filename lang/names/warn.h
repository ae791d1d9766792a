/* warn.h — warnings of `gd check` about valid scripts: unused names and comparisons; with --strict
 * also hidden names, and a train without `validate:`. */
#ifndef GD_LANG_WARN_H
#define GD_LANG_WARN_H

#include "lang/names/resolve.h"

/* when a block closes */
void warn_unused(const Resolver *resolver, const Block *block);
/* when a name is declared; `before`: the variable that it hides, or NULL */
void warn_hidden(const Resolver *resolver, const Variable *variable, const Variable *before);
/* a statement whose value nothing takes */
void warn_compares(const Resolver *resolver, const Ast *statement);
void warn_unvalidated(const Resolver *resolver, const Ast *train);

#endif
