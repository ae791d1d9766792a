/* opcodes.c — the number of each operation, for files that get it when they are linked (op.h).
 */
#include "runtime/graph/op.h"

enum {
  NUMBER_NONE,
#define MAP(ID, ...) NUMBER_##ID,
#define OP(ID, ...) NUMBER_##ID,
#define FORM(ID, ...)
#include "runtime/ops.def"
#undef MAP
#undef OP
};

#define NUMBERED(ID)       \
  extern const Op OP_##ID; \
  const Op OP_##ID = NUMBER_##ID;
#define MAP(ID, ...) NUMBERED(ID)
#define OP(ID, ...) NUMBERED(ID)
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
