/* permutations.h - tables of permutations of eight lanes, for x86-64: those whose bits
 * are set go to the front, or back from there. */
#ifndef NPP_KERNELS_PERMUTATIONS_H
#define NPP_KERNELS_PERMUTATIONS_H

#include <stdint.h>

/*
 * A permutation has a byte for each of eight lanes.  That of ORDER(b) for the bits of
 * the byte `b` begins with the numbers of the bits that are set; those of the others
 * follow.  RANKS(b) has for each bit how many below it are set.  Elements of 8 bytes
 * are pairs of lanes.
 */
#define BELOW(b, i) ((uint64_t)__builtin_popcount((b) & ((1U << (i)) - 1)))
#define BEHIND(b, i) ((i)-BELOW(b, i) + (uint64_t)__builtin_popcount((b)&0xff))
#define ORDER_OF(b, i)                                                                 \
  (((i) + UINT64_C(0)) << 8 * ((b) >> (i)&1 ? BELOW(b, i) : BEHIND(b, i)))
#define ORDER(b) EIGHT(ORDER_OF, b)
#define RANK_OF(b, i) (BELOW(b, i) << 8 * (i))
#define RANKS(b) EIGHT(RANK_OF, b)
#define EIGHT(OF, b)                                                                   \
  (OF(b, 0) | OF(b, 1) | OF(b, 2) | OF(b, 3) | OF(b, 4) | OF(b, 5) | OF(b, 6) |        \
   OF(b, 7))
#define TWICE(b) (3U * (((b)&1) | ((b)&2) << 1 | ((b)&4) << 2 | ((b)&8) << 3))
#define PAIR_ORDER(b) ORDER(TWICE(b))
#define PAIR_RANKS(b) RANKS(TWICE(b))
#define FOUR(ROW, b) ROW((b)), ROW((b) + 1), ROW((b) + 2), ROW((b) + 3)
#define SIXTEEN(ROW, b)                                                                \
  FOUR(ROW, b), FOUR(ROW, (b) + 4), FOUR(ROW, (b) + 8), FOUR(ROW, (b) + 12)
#define SIXTY_FOUR(ROW, b)                                                             \
  SIXTEEN(ROW, b), SIXTEEN(ROW, (b) + 16), SIXTEEN(ROW, (b) + 32),                     \
      SIXTEEN(ROW, (b) + 48)
#define ALL(ROW)                                                                       \
  SIXTY_FOUR(ROW, 0U), SIXTY_FOUR(ROW, 64U), SIXTY_FOUR(ROW, 128U),                    \
      SIXTY_FOUR(ROW, 192U)

static const uint64_t order[256] = {ALL(ORDER)}, ranks[256] = {ALL(RANKS)};
static const uint64_t pair_order[16] = {SIXTEEN(PAIR_ORDER, 0U)};
static const uint64_t pair_ranks[16] = {SIXTEEN(PAIR_RANKS, 0U)};

#endif
