/*
 * sorts.c - see sorts.h.
 *
 * Quicksort in place, in vectors.  A vector's keys are put in order of the pivot by one
 * permutation, and the vector is stored twice, at the end of what is below the pivot
 * and at the begin of what is not.  (The idea is M. Blacher and others', "Vectorized
 * and performance-portable quicksort", 2022; x86-simd-sort and Highway do so too.)
 * What is short is sorted in registers, by networks.
 *
 * Equal keys: what is not below a pivot knows it as its least key.  If the next pivot
 * there is equal to it, all keys that are not above it are in place.
 */
#include "sorts.h"
#include "level.h"

#include <math.h>
#include <string.h>

#include "sorts_lanes.h"
#include "sorts_networks.h"

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define OF(name) JOIN(name, S)

#define S i32
#define COUNT int32_t
#define NEXT(x) ((x) == INT32_MAX ? (x) : (x) + 1)
#define MOST INT32_MAX
#include "sorts_template.h"
#define S i64
#define COUNT int64_t
#define NEXT(x) ((x) == INT64_MAX ? (x) : (x) + 1)
#define MOST INT64_MAX
#include "sorts_template.h"
#define S f32
#define COUNT int32_t
#define NEXT(x) nextafterf(x, INFINITY)
#define MOST INFINITY
#define HAS_NANS
#include "sorts_template.h"
#define S f64
#define COUNT int64_t
#define NEXT(x) nextafter(x, (double)INFINITY)
#define MOST ((double)INFINITY)
#define HAS_NANS
#include "sorts_template.h"

#define OF_EACH(name)                                                                  \
  {                                                                                    \
    name##_i32, name##_i64, name##_f32, name##_f64                                     \
  }

sort_table KERNEL(sorts) = {
    .sort = OF_EACH(sort),
    .divide = OF_EACH(divide),
    .splitters = OF_EACH(splitters),
    .ascends = OF_EACH(ascends),
    .has_twins = {[KEY_f32] = has_twins_f32, [KEY_f64] = has_twins_f64},
    .part_nans = {[KEY_f32] = part_nans_f32, [KEY_f64] = part_nans_f64},
};
