/* race.h — `race`: the same training once for each optimizer or setting. */
#ifndef GD_LANG_RACE_H
#define GD_LANG_RACE_H

#include "lang/train/entries.h"

/* RACE; returns the tuple of histories. */
Value race_run(Vm *vm, Frame *frame, const Ast *ast);

#endif
