/* level.h - what each instruction set of levels.def has: one struct of tables. */
#ifndef NPP_KERNELS_LEVEL_H
#define NPP_KERNELS_LEVEL_H

#include "assign.h"
#include "bins.h"
#include "blocks.h"
#include "bytes.h"
#include "casts.h"
#include "exact.h"
#include "extremes.h"
#include "finite.h"
#include "interpolation.h"
#include "kernel.h"
#include "masks.h"
#include "moments.h"
#include "places.h"
#include "prefixes.h"
#include "ranks.h"
#include "rearrange.h"
#include "scans.h"
#include "searches.h"
#include "select.h"
#include "sorts.h"
#include "sums.h"
#include "words.h"

enum {
#define LEVEL(level, name, simd, rows, cpu) LEVEL_##level,
#include "levels.def"
    LEVEL_COUNT
};

/* TABLE(type, name): each is KERNEL(name) in the file that defines it. */
#define LEVEL_TABLES                                                                   \
  TABLE(kernel_table, kernels)                                                         \
  TABLE(cast_table, casts)                                                             \
  TABLE(sum_table, sums)                                                               \
  TABLE(extreme_table, extremes)                                                       \
  TABLE(scan_table, scans)                                                             \
  TABLE(gather_table, gathers)                                                         \
  TABLE(prefix_table, prefixes)                                                        \
  TABLE(bin_table, bins)                                                               \
  TABLE(interpolation_table, interpolation)                                            \
  TABLE(rank_table, ranks)                                                             \
  TABLE(search_table, searches)                                                        \
  TABLE(select_table, select)                                                          \
  TABLE(finite_table, finite)                                                          \
  TABLE(mask_table, masks)                                                             \
  TABLE(assign_table, assign)                                                          \
  TABLE(place_table, places)                                                           \
  TABLE(rearrange_table, rearrange)                                                    \
  TABLE(byte_table, bytes)                                                             \
  TABLE(sort_table, sorts)                                                             \
  TABLE(word_table, words)                                                             \
  TABLE(exact_function, exact)                                                         \
  TABLE(moments_function, moments)

struct level_tables {
#define TABLE(type, name) type *name;
    LEVEL_TABLES
#undef TABLE
};

#ifdef NPP_LEVEL
#  define TABLE(type, name) extern type KERNEL(name);
LEVEL_TABLES
#  undef TABLE
#endif

#define LEVEL(level, name, simd, rows, cpu)                                            \
  extern const struct level_tables KERNEL_JOIN(tables, level);
#include "levels.def"

#endif
