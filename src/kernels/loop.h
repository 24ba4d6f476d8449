/*
 * loop.h - makes a strided loop of a body that takes blocks of contiguous elements.
 *
 * So every element goes through the same instructions whatever its stride, its place or
 * its neighbours are: a body has its vector part, and handles what is left as a whole
 * vector too.
 */
#ifndef NPP_KERNELS_LOOP_H
#define NPP_KERNELS_LOOP_H

#include "kernel.h"

#include <stdbool.h>
#include <string.h>

/* Bytes of a block, for each argument: all of them stay in the first-level cache. */
enum { BLOCK = 4096, ARGUMENTS = 4 };

/* Nothing that one iteration writes is read by another: a block is never read and
 * written at once. */
#ifdef __clang__
#  define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#  define INDEPENDENT _Pragma("GCC ivdep")
#endif

struct shape {
    int nin, nargs;
    bool own_flags; /* the body says which: see struct work */
    intptr_t sizes[ARGUMENTS];
};

struct work {
    int flags;        /* those that belong to what was done so far */
    const void *with; /* what the kernel found out before the loop */
};

/* n contiguous elements of each argument; outputs are nowhere where inputs are. */
typedef void body_function(void *const *blocks, intptr_t n, struct work *work);

/* `data` is the kernel's, for calls that go in order (reductions); NULL: it has none,
 * or other arguments. */
void KERNEL(in_blocks)(char **args, intptr_t n, const intptr_t *steps,
                       const struct shape *shape, body_function *body, const void *with,
                       void *data);

#define LOOP_(name, CALL, own_flags, nin, ...)                                         \
  NAMED_LOOP_(, KERNEL(name), name, CALL, own_flags, nin, __VA_ARGS__)

#define NAMED_LOOP_(STATIC, NAME, name, CALL, own_flags, nin, ...)                     \
  static void name##_blocks(void *const *x, intptr_t n, struct work *work)             \
  {                                                                                    \
    name##_body CALL;                                                                  \
  }                                                                                    \
                                                                                       \
  STATIC void NAME(char **args, const intptr_t *n, const intptr_t *steps, void *data)  \
  {                                                                                    \
    enum { NARGS = sizeof((intptr_t[]){__VA_ARGS__}) / sizeof(intptr_t) };             \
    static const struct shape shape = {nin, NARGS, own_flags, {__VA_ARGS__}};          \
    KERNEL(in_blocks)(args, *n, steps, &shape, name##_blocks, NULL, data);             \
  }

/* One that is in a table of its own, not in ops.def. */
#define OWN_UNARY_LOOP(name, A, R)                                                     \
  NAMED_LOOP_(static, name, name, (x[0], x[1], n), false, 1, sizeof(A), sizeof(R))

/* The same for what raises no flag, whatever its instructions do (NumPy converts
 * float16 by integers, to which a signalling NaN is no other). */
#define OWN_QUIET_LOOP(name, A, R)                                                     \
  NAMED_LOOP_(static, name, name, (x[0], x[1], n), true, 1, sizeof(A), sizeof(R))

/* From the types of the inputs and outputs.  The body of one WITH_FLAGS takes a pointer
 * to those that belong to what was done so far (flags.h). */
#define UNARY_LOOP(name, A, R)                                                         \
  LOOP_(name, (x[0], x[1], n), false, 1, sizeof(A), sizeof(R))
#define UNARY_LOOP_WITH_FLAGS(name, A, R)                                              \
  LOOP_(name, (x[0], x[1], n, &work->flags), true, 1, sizeof(A), sizeof(R))
#define UNARY_PAIR_LOOP(name, A, R, Q)                                                 \
  LOOP_(name, (x[0], x[1], x[2], n), false, 1, sizeof(A), sizeof(R), sizeof(Q))
#define UNARY_PAIR_LOOP_WITH_FLAGS(name, A, R, Q)                                      \
  LOOP_(name, (x[0], x[1], x[2], n, &work->flags), true, 1, sizeof(A), sizeof(R),      \
        sizeof(Q))
#define BINARY_LOOP(name, A, B, R)                                                     \
  LOOP_(name, (x[0], x[1], x[2], n), false, 2, sizeof(A), sizeof(B), sizeof(R))
#define BINARY_LOOP_WITH_FLAGS(name, A, B, R)                                          \
  LOOP_(name, (x[0], x[1], x[2], n, &work->flags), true, 2, sizeof(A), sizeof(B),      \
        sizeof(R))
#define BINARY_PAIR_LOOP(name, A, B, R, Q)                                             \
  LOOP_(name, (x[0], x[1], x[2], x[3], n), false, 2, sizeof(A), sizeof(B), sizeof(R),  \
        sizeof(Q))
#define BINARY_PAIR_LOOP_WITH_FLAGS(name, A, B, R, Q)                                  \
  LOOP_(name, (x[0], x[1], x[2], x[3], n, &work->flags), true, 2, sizeof(A),           \
        sizeof(B), sizeof(R), sizeof(Q))

#define TERNARY_LOOP(name, A, B, C, R)                                                 \
  LOOP_(name, (x[0], x[1], x[2], x[3], n), false, 3, sizeof(A), sizeof(B), sizeof(C),  \
        sizeof(R))

#endif
