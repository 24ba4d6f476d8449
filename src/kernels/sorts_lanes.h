/*
 * sorts_lanes.h - vectors of numbers as sorting wants them: w_S of WIDE_S numbers of
 * the type S.  This is all that the sorts know about an instruction set.  There is one
 * file for each that has such vectors; the others have none, and SORTS_LANES is not
 * defined.
 *
 *     load_S, store_S            whole vectors, at any address
 *     load_first_S(p, k, v)      the first k lanes from p, the others from v
 *     store_first_S(p, k, v)     stores the first k lanes, and nothing else
 *     all_S(x)                   x in each lane
 *     least_S(a, b)              where a equals b (zeros of both signs) it gives b ...
 *     greatest_S(a, b)           ... and this a, so that together they lose none
 *     below_S, not_above_S       a bit for each lane of v < p, v <= p
 *     flip_S(v, x)               lane i gets lane i ^ x
 *     mix_S(v, w, x, bits)       v, and flip(w, x) in the lanes whose bits are set
 *     choose_S(bits, a, b)       a, and b in the lanes whose bits are set
 *     split_S(v, bits)           lanes whose bits are set, then the others
 */
#ifndef NPP_KERNELS_SORTS_LANES_H
#define NPP_KERNELS_SORTS_LANES_H

#include <stdint.h>

#include "numbers.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#if defined(__AVX512BW__) && defined(__AVX512VL__)
#  include "sorts_avx512.h"
#elif defined(__AVX2__)
#  include "sorts_avx2.h"
#endif

#endif
