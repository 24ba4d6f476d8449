/*
 * loop.h - makes a strided loop of a body that takes blocks of contiguous elements.
 *
 * So every element goes through the same instructions, whatever its stride, its place
 * and its neighbours are: a body works in vectors, and handles the elements that are
 * left over as a whole vector too.
 */
#ifndef NPP_KERNELS_LOOP_H
#define NPP_KERNELS_LOOP_H

#include "kernel.h"

#include <stdbool.h>
#include <string.h>

/* BLOCK is the size in bytes of a block, for each argument.  The blocks of all
 * arguments stay in the first-level cache. */
enum { BLOCK = 4096, ARGUMENTS = 4 };

/* INDEPENDENT tells the compiler that no iteration reads what another one writes: a
 * block is never read and written at once. */
#ifdef __clang__
#  define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#  define INDEPENDENT _Pragma("GCC ivdep")
#endif

struct shape {
    int nin, nargs;
    bool own_flags; /* the body tells its flags: see struct work */
    intptr_t sizes[ARGUMENTS];
};

struct work {
    int flags;        /* the flags that belong to the work done so far */
    const void *with; /* what the kernel found out before the loop */
};

/* Computes `n` contiguous elements of each argument.  No output overlaps an input. */
typedef void body_function(void *const *blocks, intptr_t n, struct work *work);

/* Runs `body` in blocks.  `data` is the kernel's `data`, for calls that go in order
 * (reductions).  NULL: the kernel has none, or its arguments are other ones. */
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

/* Defines a static loop, for a table other than that of ops.def. */
#define OWN_UNARY_LOOP(name, A, R)                                                     \
  NAMED_LOOP_(static, name, name, (x[0], x[1], n), false, 1, sizeof(A), sizeof(R))

/* The same for a loop that raises no flag, whatever its instructions do.  (NumPy
 * converts float16 with integers, for which a signalling NaN is like any other
 * number.) */
#define OWN_QUIET_LOOP(name, A, R)                                                     \
  NAMED_LOOP_(static, name, name, (x[0], x[1], n), true, 1, sizeof(A), sizeof(R))

/* These define a loop from the types of its inputs and outputs.  The body of a loop
 * WITH_FLAGS takes a pointer to the flags that belong to the work done so far
 * (flags.h). */
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
