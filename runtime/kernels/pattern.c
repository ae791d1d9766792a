/* pattern.c — how an operand's elements repeat over the index space of an output, and blocks filled
 * accordingly. */
#include "runtime/kernels/pattern.h"
#include "runtime/base/isa.h"

#include <string.h>

Pattern pattern_of(const Shape *from, const Shape *to) {
  Pattern pattern = {.kind = PATTERN_GENERAL};
  int64_t strides[RANK_MOST];
  shape_strides(from, strides);
  for (int axis = 0; axis < to->rank; axis++) {
    int64_t dim = to->dim[axis];
    if (dim == 1) continue;
    int mine = axis - (to->rank - from->rank);
    int64_t stride = mine < 0 || from->dim[mine] == 1 ? 0 : strides[mine];
    int last = pattern.rank - 1;
    if (last >= 0 && pattern.stride[last] == stride * dim) {
      pattern.dim[last] *= dim; /* goes on where the axis outside of it left off */
      pattern.stride[last] = stride;
    } else {
      pattern.dim[pattern.rank] = dim;
      pattern.stride[pattern.rank++] = stride;
    }
  }
  if (pattern.rank == 0) pattern.kind = PATTERN_FULL;
  else if (pattern.rank == 1 && pattern.stride[0] <= 1)
    pattern.kind = pattern.stride[0] ? PATTERN_FULL : PATTERN_SCALAR;
  else if (pattern.rank == 2 && pattern.stride[0] + pattern.stride[1] == 1)
    pattern.kind = pattern.stride[1] ? PATTERN_TILE : PATTERN_REPEAT,
    pattern.period = pattern.dim[1];
  return pattern;
}

/* Goes on with what the first `done` bytes of a block are, doubling. */
static void repeat(char *block, size_t done, size_t bytes) {
  for (size_t part; done < bytes; done += part) {
    part = done < bytes - done ? done : bytes - done;
    memcpy(block + done, block, part);
  }
}

typedef uint16_t Bits16 __attribute__((may_alias));
typedef uint32_t Bits32 __attribute__((may_alias));
typedef uint64_t Bits64 __attribute__((may_alias));

#define SPREAD(NAME, BITS)                                                             \
  FOR_EACH_ISA(void, NAME, (BITS value, int64_t n, BITS * block), (value, n, block)) { \
    for (int64_t i = 0; i < n; i++) block[i] = value;                                  \
  }
SPREAD(spread_16, Bits16)
SPREAD(spread_32, Bits32)
SPREAD(spread_64, Bits64)

/* n times the element at `source`, to `block`. */
static void spread(size_t element, const void *source, int64_t n, void *block) {
  switch (element) {
    case 2: spread_16(*(const Bits16 *)source, n, block); break;
    case 4: spread_32(*(const Bits32 *)source, n, block); break;
    case 8: spread_64(*(const Bits64 *)source, n, block); break;
    default: memset(block, *(const unsigned char *)source, (size_t)n);
  }
}

enum { SHORT = 16 };

/* The first period, turned to begin at `first`, and then what is there already, doubling. */
static void fill_tile(int64_t period, size_t element, const char *source, int64_t first, int64_t n,
                      char *block) {
  size_t start = (size_t)(first % period) * element, whole = (size_t)period * element,
         bytes = (size_t)n * element;
  size_t head = whole - start < bytes ? whole - start : bytes;
  memcpy(block, source + start, head);
  size_t done = whole < bytes ? whole : bytes;
  memcpy(block + head, source, done - head);
  repeat(block, done, bytes);
}

/* Runs so short that a call for each would cost more than they. */
#define REPEAT_SHORT(NAME, BITS)                                                                  \
  INLINE void NAME##_of(int64_t period, const BITS *from, int64_t skip, int64_t n, BITS *block) { \
    int64_t i = 0;                                                                                \
    for (; skip > 0 && skip < period && i < n; i++, skip++) block[i] = *from;                     \
    from += i > 0;                                                                                \
    for (; i + period <= n; i += period, from++)                                                  \
      for (int64_t k = 0; k < period; k++) block[i + k] = *from;                                  \
    for (; i < n; i++) block[i] = *from;                                                          \
  }                                                                                               \
  static void NAME(int64_t period, const BITS *from, int64_t skip, int64_t n, BITS *block) {      \
    if (period == 2) NAME##_of(2, from, skip, n, block);                                          \
    else if (period == 3) NAME##_of(3, from, skip, n, block);                                     \
    else if (period == 4) NAME##_of(4, from, skip, n, block);                                     \
    else NAME##_of(period, from, skip, n, block);                                                 \
  }
REPEAT_SHORT(repeat_short_32, Bits32)
REPEAT_SHORT(repeat_short_64, Bits64)

static void fill_repeat(int64_t period, size_t element, const char *source, int64_t first,
                        int64_t n, char *block) {
  const char *from = source + (size_t)(first / period) * element;
  int64_t run = period - first % period;
  if (period < SHORT && element == 4) {
    repeat_short_32(period, (const Bits32 *)from, first % period, n, (Bits32 *)block);
    return;
  }
  if (period < SHORT && element == 8) {
    repeat_short_64(period, (const Bits64 *)from, first % period, n, (Bits64 *)block);
    return;
  }
  for (int64_t done = 0; done < n; done += run, run = period, from += element) {
    if (run > n - done) run = n - done;
    spread(element, from, run, block + (size_t)done * element);
  }
}

/* Runs along the innermost axis, or along the innermost two where each element of one is repeated
 * along the other; an odometer over the others. */
static void fill_general(const Pattern *pattern, size_t element, const char *source, int64_t first,
                         int64_t n, char *block) {
  int64_t at[RANK_MOST], offset = 0;
  int inner = pattern->rank - 1;
  const int64_t period = pattern->dim[inner], stride = pattern->stride[inner];
  const bool repeats = stride == 0 && inner > 0 && pattern->stride[inner - 1] == 1;
  if (repeats) inner--;
  const int64_t row = repeats ? pattern->dim[inner] * period : period;
  int64_t start = first % row, rest = first / row; /* in the row; of rows */
  for (int axis = inner - 1; axis >= 0; axis--) {
    at[axis] = rest % pattern->dim[axis];
    rest /= pattern->dim[axis];
    offset += at[axis] * pattern->stride[axis];
  }
  for (int64_t done = 0, run; done < n; done += run, start = 0) {
    run = row - start < n - done ? row - start : n - done;
    const char *from = source + offset * (int64_t)element;
    char *to = block + (size_t)done * element;
    if (repeats) fill_repeat(period, element, from, start, run, to);
    else if (stride == 1) memcpy(to, from + (size_t)start * element, (size_t)run * element);
    else if (stride == 0) spread(element, from, run, to);
    else
      for (int64_t i = 0; i < run; i++)
        memcpy(to + (size_t)i * element, from + (start + i) * stride * (int64_t)element, element);
    for (int axis = inner - 1; axis >= 0; axis--) {
      offset += pattern->stride[axis];
      if (++at[axis] < pattern->dim[axis]) break;
      offset -= at[axis] * pattern->stride[axis];
      at[axis] = 0;
    }
  }
}

void pattern_fill(const Pattern *pattern, size_t element, const void *source, int64_t first,
                  int64_t n, void *block) {
  switch (pattern->kind) {
    case PATTERN_FULL:
      memcpy(block, (const char *)source + (size_t)first * element, (size_t)n * element);
      return;
    case PATTERN_SCALAR: spread(element, source, n, block); return;
    case PATTERN_TILE: fill_tile(pattern->period, element, source, first, n, block); return;
    case PATTERN_REPEAT: fill_repeat(pattern->period, element, source, first, n, block); return;
    case PATTERN_GENERAL: fill_general(pattern, element, source, first, n, block); return;
  }
}
