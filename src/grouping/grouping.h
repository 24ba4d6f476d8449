/*
 * grouping.h - rows with equal keys, found by tables and put together in parallel.
 *
 * Keys become 64-bit words in the order of the keys (keys.c), so all that follows knows
 * words alone.  A *unit* of rows, small enough for a core's second cache, has one table
 * (table.c), which gives each row the number of its group; then the values are
 * accumulated by these numbers (accumulate.c).  What is a unit depends on the keys, and
 * never on the threads, so results are the same at any number of threads:
 *
 *  - few groups: a span of consecutive rows; the groups of all spans are put together
 *    in the order of the spans;
 *  - many groups: a part, which has all rows with keys between two splitters, in the
 *    order of the rows (parts.c).  Parts have no group in common, and are in order.
 */
#ifndef NPP_GROUPING_GROUPING_H
#define NPP_GROUPING_GROUPING_H

#include "engine/hook_call.h"

/* Rows of a span: keys, numbers and values take 1.25 MiB. */
enum { GROUP_SPAN = 1 << 16 };

/* What is accumulated.  Of floats and of integers of 64 bits; unsigned ones are added
 * and multiplied as signed ones. */
enum group_op {
    GROUP_COUNT,
    GROUP_SUM_FLOAT,
    GROUP_SUM_INT,
    GROUP_PROD_FLOAT,
    GROUP_PROD_INT,
    GROUP_MIN_FLOAT,
    GROUP_MIN_INT,
    GROUP_MAX_FLOAT,
    GROUP_MAX_INT,
    GROUP_MOMENTS, /* the mean, and the sum of squares of deviations from it */
    GROUP_LAST,    /* the last row */
    GROUP_OPS
};

union group_number {
    double real;
    int64_t whole;
};

/* Some rows.  Row i is number `rows[i]` of all, or `base + i` if `rows` is NULL. */
struct group_rows {
    npy_intp n, base;
    const uint64_t *keys;
    const uint32_t *rows;
    const union group_number *values; /* NULL: not needed */
};

/* The groups of some rows, in the order in which they appear. */
struct groups {
    npy_intp n, room;
    uint64_t *keys;
    npy_intp *first; /* the first row */
    int32_t *order;  /* the groups in the order of their keys */
    npy_intp *counts;
    union group_number *a, *b; /* accumulated; b: GROUP_MOMENTS only */
};

/* keys.c: writes the words of `n` keys, which lie side by side. */
typedef void group_encode(const char *from, npy_intp n, uint64_t *to);

/* Returns the function for a dtype, or NULL; NaN and NaT are one key, the last, and so
 * are zeros of both signs. */
group_encode *group_encode_of(PyArray_Descr *descr);

/* table.c: finds the groups of rows, and the number of each row's group.  Returns -1
 * without memory.  The groups are to be cleared in any case. */
int groups_find(struct groups *groups, const struct group_rows *rows, int32_t *codes);
void groups_clear(struct groups *groups);

/* Sorts `n` words and the numbers that go with them, stably.  `words` and `numbers`
 * have room for twice as many. */
void group_sort(uint64_t *words, int32_t *numbers, npy_intp n);

/* accumulate.c: makes what is accumulated, from values or from the groups `parts`,
 * whose numbers in `groups` are `codes`.  Return -1 without memory. */
int groups_accumulate(struct groups *groups, enum group_op op,
                      const struct group_rows *rows, const int32_t *codes);
int groups_merge(struct groups *groups, enum group_op op, const struct groups *parts,
                 npy_intp n, const int32_t *codes);

/* parts.c: whether there are many groups, and if so, the splitters of `count` parts. */
enum { GROUP_PARTS = 256, GROUP_SAMPLE = 1 << 14 };
struct splitters {
    int levels;                 /* 2 ** levels parts */
    uint64_t tree[GROUP_PARTS]; /* a binary search tree; its root is number 1 */
};
bool splitters_choose(struct splitters *splitters, group_encode *encode,
                      const char *keys, npy_intp itemsize, npy_intp n, bool *many);
void splitters_find(const struct splitters *splitters, const uint64_t *keys, npy_intp n,
                    uint8_t *parts);

/* group.c: all of it.  The keys are contiguous, of a dtype that has words, and fewer
 * than 2**31. */
struct grouping {
    const char *keys;
    npy_intp n, itemsize;
    group_encode *encode;
    enum group_op op;
    const union group_number *values; /* NULL: not needed */
    npy_intp *codes; /* for the number of each row's group; NULL: not wanted */

    struct groups
        groups; /* the result: in the order of their keys, `order` is not set */
};

/* Runs it on the engine, or where `job` is NULL on the calling thread.  Returns false
 * as execute() does. */
bool grouping_run(struct grouping *grouping, struct hook_call *hook, struct job *job);

#endif
