/* script_help.h — the options of a script, for `gd file.gd --help`. */
#ifndef GD_LANG_SCRIPT_HELP_H
#define GD_LANG_SCRIPT_HELP_H

#include "lang/machine/vm.h"

/* Adds a line for each option("name", default) of the text; false when the script should run
 * instead: it uses `args` itself, or has errors. */
bool script_help(Vm *vm, uint32_t file, Text *out);

#endif
