/* magnitude.c — how large the elements of an array are: is each finite, which is the least and the
 * greatest.
 *
 * Long arrays are cut into chunks that are tasks of the team.  A maximum does not depend on the
 * cut.  An interrupt does not end such a pass early (stop_shield): half a pass could miss a value
 * that is not finite.
 */
#include "runtime/kernels/magnitude.h"
#include "runtime/base/stop.h"
#include "runtime/kernels/dispatch.h"
#include "runtime/kernels/map.h"
#include "runtime/kernels/team.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

double magnitude_value(int most, Dtype dtype) {
  if (dtype == DTYPE_F32) {
    float single;
    memcpy(&single, &most, sizeof single);
    return (double)single;
  }
  uint64_t bits = (uint64_t)(uint32_t)most << 32 | 0xffffffffu;
  double full;
  memcpy(&full, &bits, sizeof full);
  return full;
}

void magnitude_grow(_Atomic int *most, int magnitude) {
  int before = atomic_load_explicit(most, memory_order_relaxed);
  while (magnitude > before &&
         !atomic_compare_exchange_weak_explicit(most, &before, magnitude, memory_order_relaxed,
                                                memory_order_relaxed))
    continue;
}

typedef struct Look {
  MapLoop *loop;
  const char *data;
  size_t element;
  int64_t count;
  _Atomic int most;
  _Atomic int64_t keys[2]; /* of the least and the greatest */
} Look;

enum { LOOK_CHUNK = MAP_BLOCK * MAP_CHUNK };

static const char *look_part(const Look *look, int64_t chunk, int64_t *n) {
  int64_t first = chunk * LOOK_CHUNK;
  *n = look->count - first < LOOK_CHUNK ? look->count - first : LOOK_CHUNK;
  return look->data + (size_t)first * look->element;
}

static void look_chunk(void *context, int64_t chunk) {
  Look *look = context;
  int64_t n;
  const char *data = look_part(look, chunk, &n);
  magnitude_grow(&look->most, look->loop(n, data, NULL, NULL, NULL));
}

int magnitude_of(const void *data, Dtype dtype, int64_t count) {
  MapLoop *loop = dispatch_most(dtype);
  if (!loop) return 0;
  if (count <= LOOK_CHUNK) return loop(count, data, NULL, NULL, NULL);
  Look look = {.loop = loop, .data = data, .element = dtype_bytes(dtype), .count = count};
  stop_shield(1); /* half a pass could miss a value that is not finite */
  team_run((count + LOOK_CHUNK - 1) / LOOK_CHUNK, look_chunk, &look);
  stop_shield(-1);
  return look.most;
}

bool magnitude_all_finite(const void *data, Dtype dtype, int64_t count) {
  return magnitude_finite(magnitude_of(data, dtype, count), dtype);
}

/* Keys: bits of floats as whole numbers in the order of the floats. */
static void limits_chunk(void *context, int64_t chunk) {
  Look *look = context;
  int64_t n, keys[2] = {INT64_MAX, INT64_MIN};
  const char *data = look_part(look, chunk, &n);
  look->loop(n, data, NULL, NULL, keys);
  int64_t before = look->keys[0];
  while (keys[0] < before && !atomic_compare_exchange_weak(&look->keys[0], &before, keys[0]))
    continue;
  before = look->keys[1];
  while (keys[1] > before && !atomic_compare_exchange_weak(&look->keys[1], &before, keys[1]))
    continue;
}

static double value_of_key(int64_t key, Dtype dtype) {
  if (dtype == DTYPE_F32) {
    int32_t bits = (int32_t)key ^ ((int32_t)key >> 31 & INT32_MAX);
    float single;
    memcpy(&single, &bits, sizeof single);
    return (double)single;
  }
  int64_t bits = key ^ (key >> 63 & INT64_MAX);
  double full;
  memcpy(&full, &bits, sizeof full);
  return full;
}

bool magnitude_limits(const void *data, Dtype dtype, int64_t count, double *low, double *high) {
  if (count == 0 || !dtype_computes(dtype)) return false;
  Look look = {.loop = dispatch_limits(dtype),
               .data = data,
               .element = dtype_bytes(dtype),
               .count = count,
               .keys = {INT64_MAX, INT64_MIN}};
  if (count <= LOOK_CHUNK) {
    limits_chunk(&look, 0);
  } else {
    stop_shield(1);
    team_run((count + LOOK_CHUNK - 1) / LOOK_CHUNK, limits_chunk, &look);
    stop_shield(-1);
  }
  *low = value_of_key(look.keys[0], dtype);
  *high = value_of_key(look.keys[1], dtype);
  return isfinite(*low) && isfinite(*high);
}
