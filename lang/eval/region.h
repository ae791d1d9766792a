/* region.h — `gd check`: changes that a stretch of the script may or may not have made. */
#ifndef GD_LANG_REGION_H
#define GD_LANG_REGION_H

#include "lang/machine/vm.h"

typedef struct Region {
  int start; /* its first note */
  int outer; /* first note of the enclosing region, or -1 */
  /* top of the value stack when it was opened: slots above it are dead when it closes */
  Value *top;
} Region;
typedef enum RegionEnd {
  REGION_RUN,       /* its changes stay */
  REGION_MAYBE_RUN, /* … if they equal the old value, else become unknown */
  REGION_UNKNOWN    /* its changes become unknown */
} RegionEnd;
typedef struct Changes Changes; /* those of a region that was undone */
Region region_open(Vm *vm);
void region_close(Vm *vm, const Region *region, RegionEnd end);
/* Closes it and undoes its changes.  They are the caller's, to free by `changes_free`; an error
 * raised before frees them too. */
Changes *region_take_back(Vm *vm, const Region *region);
/* either may have happened */
void changes_join(Vm *vm, const Changes *one, const Changes *other);
/* redoes them (or sets what they changed to unknown) */
void changes_make(Vm *vm, const Changes *changes, bool unknown);
void changes_free(Vm *vm, Changes *changes);
/* call it before a variable is assigned */
void check_writes(Vm *vm, Frame *frame, const Ast *name);
/* a new holder of what both values have in common */
Value check_join(Vm *vm, Value a, Value b);
/* State to restore after a longjmp out of a protected region. */
typedef struct Standing {
  int region, written, unsure, library_unsure;
  bool may_have_left, loop_unsure;
  Value returned;
} Standing;
Standing check_stand(Vm *vm);
void check_stand_back(Vm *vm, const Standing *standing);
void checker_free(Vm *vm);

#endif
