/* stored.c — elements of a file, byte by byte, to elements of a tensor.
 *
 * The common case, a type gd has in this machine's byte order, is one memcpy.  Everything
 * else goes through a 64-bit word assembled from the bytes, so alignment and the
 * machine's own byte order never matter.
 *
 * Half floats (IEEE 754 binary16) are widened by arithmetic: fraction and exponent apart, which
 * is exact, subnormals and infinities included.
 */
#include "runtime/io/stored.h"
#include "runtime/base/stop.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert(
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the writers of NPY, safetensors and checkpoints put elements as they stand in memory");

static const struct {
  uint8_t bytes;
  Dtype dtype;
  bool same;
} kinds[STORED_COUNT] = {
    [STORED_BOOL] = {1, DTYPE_BOOL, false}, [STORED_U8] = {1, DTYPE_U8, true},
    [STORED_I8] = {1, DTYPE_I32, false},    [STORED_U16] = {2, DTYPE_I32, false},
    [STORED_I16] = {2, DTYPE_I32, false},   [STORED_U32] = {4, DTYPE_I32, false},
    [STORED_I32] = {4, DTYPE_I32, true},    [STORED_U64] = {8, DTYPE_I32, false},
    [STORED_I64] = {8, DTYPE_I32, false},   [STORED_F16] = {2, DTYPE_F32, false},
    [STORED_BF16] = {2, DTYPE_BF16, true},  [STORED_F32] = {4, DTYPE_F32, true},
    [STORED_F64] = {8, DTYPE_F64, true},
};

size_t stored_bytes(Stored stored) { return kinds[stored].bytes; }

Dtype stored_dtype(Stored stored) { return kinds[stored].dtype; }

bool stored_same(Stored stored, bool big_endian) {
  return kinds[stored].same && (!big_endian || kinds[stored].bytes == 1);
}

static uint64_t read_word(const uint8_t *bytes, size_t size, bool big) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word = word << 8 | bytes[big ? i : size - 1 - i];
  return word;
}

static float half_value(uint16_t half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float size = exponent == 31 ? (fraction ? NAN : INFINITY)
               : exponent     ? ldexpf((float)(fraction + 1024), exponent - 25)
                              : ldexpf((float)fraction, -24);
  return half >> 15 ? -size : size;
}

/* Sign-extends a word of `size` bytes. */
static int64_t extend(uint64_t word, size_t size) {
  int shift = (int)(64 - 8 * size);
  return (int64_t)(word << shift) >> shift;
}

/* A whole number as i32; false when it does not fit. */
static bool whole_value(Stored stored, uint64_t word, int32_t *value) {
  bool sign = stored == STORED_I8 || stored == STORED_I16 || stored == STORED_I32 ||
              stored == STORED_I64;
  int64_t whole = sign ? extend(word, kinds[stored].bytes) : (int64_t)word;
  if ((!sign && word > INT32_MAX) || whole < INT32_MIN || whole > INT32_MAX) return false;
  *value = (int32_t)whole;
  return true;
}

/* Writes element i; false when its value has no place in the tensor's type. */
static bool convert_one(Stored stored, uint64_t word, void *data, int64_t i) {
  switch (stored) {
    case STORED_BOOL: ((uint8_t *)data)[i] = (uint8_t)word; return word <= 1;
    case STORED_U8: ((uint8_t *)data)[i] = (uint8_t)word; return true;
    case STORED_F16: ((float *)data)[i] = half_value((uint16_t)word); return true;
    case STORED_BF16: ((uint16_t *)data)[i] = (uint16_t)word; return true;
    case STORED_F32: {
      uint32_t bits = (uint32_t)word;
      memcpy((float *)data + i, &bits, sizeof bits);
      return true;
    }
    case STORED_F64: memcpy((double *)data + i, &word, sizeof word); return true;
    default: return whole_value(stored, word, (int32_t *)data + i);
  }
}

bool stored_convert(Stored stored, bool big_endian, const uint8_t *source, int64_t place,
                    const char *path, Tensor *tensor, Diag *diag) {
  size_t size = kinds[stored].bytes;
  int64_t count = tensor_count(tensor);
  void *data = tensor_data(tensor);
  if (stored_same(stored, big_endian)) {
    if (count) memcpy(data, source, (size_t)count * size);
    return true;
  }
  for (int64_t i = 0; i < count; i++) {
    if (UNLIKELY(stop_check(diag))) return false;
    uint64_t word = read_word(source + (size_t)i * size, size, big_endian);
    if (convert_one(stored, word, data, i)) continue;
    int64_t at = place + i * (int64_t)size;
    if (stored == STORED_BOOL)
      return file_fail_byte(diag, path, at, "a bool is 0 or 1, not %u", (unsigned)word);
    char value[32];
    if (stored == STORED_I64) snprintf(value, sizeof value, "%lld", (long long)word);
    else snprintf(value, sizeof value, "%llu", (unsigned long long)word);
    return file_fail_byte(diag, path, at, "element %lld is %s, which does not fit i32",
                          (long long)i, value);
  }
  return true;
}
