/*
 * transpose.c - see rearrange.h: transposes.
 *
 * Blocks of rows and columns are transposed tile by tile in registers.  They go
 * straight to the result as a rule.  Where the result's stride is such that its rows
 * compete for few places of the first-level cache, they go through a buffer, whose rows
 * do not: 4096 x 4096 float64 took 24 ms instead of 15 without that, and with SSE2,
 * where a tile does not fill whole lines, 80 instead of 20.
 *
 * Where the result's rows are not aligned as vectors are, as NumPy's memory is not,
 * each store of 64 bytes would be to two lines; those of 16 bytes seldom are: 1000 x
 * 1000 float64 took 2.2 ms instead of 0.8.
 *
 * Neither prefetching nor larger blocks around these, for the TLB, gained anything.
 */
#include "rearrange.h"
#include "level.h"

#include <stdalign.h>
#include <string.h>

#include "loop.h"
#include "stacks.h"

/* The x and y of a tile are registers only when no loop is left. */
#ifdef __clang__
#  define UNROLL _Pragma("unroll")
#else
#  define UNROLL _Pragma("GCC unroll 16")
#endif

/* A tile is N = 16 / W columns and, for each layer, N rows.  A stage interleaves the
 * rows of the first half with those of the second one, which rotates the bits of an
 * element's place by one: after log N stages row and column have changed places. */
#define TILE(S, W)                                                                     \
  static inline void tile_##S##_##W(const char *from, intptr_t from_stride, char *to,  \
                                    intptr_t to_stride)                                \
  {                                                                                    \
    enum { N = 16 / (W) };                                                             \
    S x[N], y[N];                                                                      \
    UNROLL                                                                             \
    for (int i = 0; i < N; i++) {                                                      \
      x[i] = load_##S(from + i * from_stride, N * from_stride);                        \
    }                                                                                  \
    UNROLL                                                                             \
    for (int stage = 1; stage < N; stage *= 2) {                                       \
      UNROLL                                                                           \
      for (int i = 0; i < N / 2; i++) {                                                \
        y[2 * i] = zip_low_##S##_##W(x[i], x[i + N / 2]);                              \
        y[2 * i + 1] = zip_high_##S##_##W(x[i], x[i + N / 2]);                         \
      }                                                                                \
      UNROLL                                                                           \
      for (int i = 0; i < N; i++) {                                                    \
        x[i] = y[i];                                                                   \
      }                                                                                \
    }                                                                                  \
    UNROLL                                                                             \
    for (int i = 0; i < N; i++) {                                                      \
      store_##S(to + i * to_stride, x[i]);                                             \
    }                                                                                  \
  }

#define TILE_16(S)                                                                     \
  static inline void tile_##S##_16(const char *from, intptr_t from_stride, char *to,   \
                                   intptr_t to_stride)                                 \
  {                                                                                    \
    (void)to_stride;                                                                   \
    store_##S(to, load_##S(from, from_stride));                                        \
  }

/* Tiles at the ends overlap others, so that no elements are left over. */
#define TILES(S, W, LAYERS)                                                            \
  static void tiles_##S##_##W(const char *from, intptr_t from_stride, intptr_t rows,   \
                              intptr_t columns, char *to, intptr_t to_stride)          \
  {                                                                                    \
    enum { N = 16 / (W), HIGH = (LAYERS)*N };                                          \
    for (intptr_t y = 0; y < rows; y += HIGH) {                                        \
      const intptr_t i = lesser_of(y, rows - HIGH);                                    \
      for (intptr_t x = 0; x < columns; x += N) {                                      \
        const intptr_t j = lesser_of(x, columns - N);                                  \
        tile_##S##_##W(from + i * from_stride + j * (W), from_stride,                  \
                       to + j * to_stride + i * (W), to_stride);                       \
      }                                                                                \
    }                                                                                  \
  }

#define ALL_TILES(S, LAYERS)                                                           \
  TILE(S, 1)                                                                           \
  TILE(S, 2)                                                                           \
  TILE(S, 4)                                                                           \
  TILE(S, 8)                                                                           \
  TILE_16(S)                                                                           \
  TILES(S, 1, LAYERS)                                                                  \
  TILES(S, 2, LAYERS)                                                                  \
  TILES(S, 4, LAYERS)                                                                  \
  TILES(S, 8, LAYERS)                                                                  \
  TILES(S, 16, LAYERS)

ALL_TILES(layer, 1)
#ifdef NPP_STACKS
ALL_TILES(stack, LAYERS)
#else
#  define tiles_stack_1 tiles_layer_1
#  define tiles_stack_2 tiles_layer_2
#  define tiles_stack_4 tiles_layer_4
#  define tiles_stack_8 tiles_layer_8
#  define tiles_stack_16 tiles_layer_16
#endif

enum {
    /* Blocks that go straight: with twice as large ones, 384 x 384 float64 took 1.8
     * times as long. */
    SIDE_BYTES = 256,
    MOST_SIDE = 64,
    /* Blocks that go through the buffer, which takes at most 72 kB.  Half a kilobyte of
     * a row is worth the detour. */
    BUFFERED_BYTES = 512,
    MOST_HIGH = 256,
    MOST_WIDE = 128,
    /* The first-level cache chooses a line's place by the address modulo 4 kB, and has
     * room for 8 or 12 of the same place.  So 16 rows or more compete for each place if
     * their stride is a multiple of PLACES / rows. */
    PLACES = 65536,
    /* Matrices narrower than a tile go in so many rows or columns at a time. */
    LONG = 256,
};

#define BUFFERED(W)                                                                    \
  enum {                                                                               \
      BUFFER_ROWS_##W =                                                                \
          BUFFERED_BYTES / (W) < MOST_HIGH ? BUFFERED_BYTES / (W) : MOST_HIGH,         \
      BUFFER_COLUMNS_##W =                                                             \
          BUFFERED_BYTES / (W) < MOST_WIDE ? BUFFERED_BYTES / (W) : MOST_WIDE,         \
      PITCH_##W = BUFFER_ROWS_##W * (W) + 64                                           \
  };                                                                                   \
                                                                                       \
  static void buffered_##W(const char *from, intptr_t from_stride, intptr_t rows,      \
                           intptr_t columns, char *to, intptr_t to_stride)             \
  {                                                                                    \
    alignas(64) char buffer[BUFFER_COLUMNS_##W * PITCH_##W];                           \
    tiles_stack_##W(from, from_stride, rows, columns, buffer, PITCH_##W);              \
    for (intptr_t j = 0; j < columns; j++) {                                           \
      memcpy(to + j * to_stride, buffer + j * PITCH_##W, (size_t)rows * (W));          \
    }                                                                                  \
  }
EACH_WIDTH(BUFFERED)

/* Elements one by one, along the longer side. */
#define NARROW(W)                                                                      \
  static void narrow_block_##W(const char *from, intptr_t from_stride, intptr_t rows,  \
                               intptr_t columns, char *to, intptr_t to_stride)         \
  {                                                                                    \
    for (intptr_t i = 0; rows < columns && i < rows; i++) {                            \
      const element_##W *const x = (const element_##W *)(from + i * from_stride);      \
      for (intptr_t j = 0; j < columns; j++) {                                         \
        *(element_##W *)(to + j * to_stride + i * (W)) = x[j];                         \
      }                                                                                \
    }                                                                                  \
    for (intptr_t j = 0; rows >= columns && j < columns; j++) {                        \
      element_##W *const x = (element_##W *)(to + j * to_stride);                      \
      for (intptr_t i = 0; i < rows; i++) {                                            \
        x[i] = *(const element_##W *)(from + i * from_stride + j * (W));               \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static void narrow_##W(const char *from, intptr_t from_stride, intptr_t rows,        \
                         intptr_t columns, char *to, intptr_t to_stride)               \
  {                                                                                    \
    if (rows >= 2 && rows <= 4 && to_stride == rows * (W)) {                           \
      const char *const x[] = {from, from + from_stride,                               \
                               from + lesser_of(2, rows - 1) * from_stride,            \
                               from + (rows - 1) * from_stride};                       \
      KERNEL(interleave_##W)(x, rows, columns, to);                                    \
      return;                                                                          \
    }                                                                                  \
    for (intptr_t i = 0; i < rows; i += LONG) {                                        \
      for (intptr_t j = 0; j < columns; j += LONG) {                                   \
        narrow_block_##W(from + i * from_stride + j * (W), from_stride,                \
                         lesser_of(rows - i, LONG), lesser_of(columns - j, LONG),      \
                         to + j * to_stride + i * (W), to_stride);                     \
      }                                                                                \
    }                                                                                  \
  }
EACH_WIDTH(NARROW)

typedef void block_function(const char *from, intptr_t from_stride, intptr_t rows,
                            intptr_t columns, char *to, intptr_t to_stride);

/* Blocks of at most so many rows and columns, all at least as large as a tile: the last
 * ones overlap others. */
static inline void in_blocks(const char *from, intptr_t from_stride, intptr_t rows,
                             intptr_t columns, char *to, intptr_t to_stride,
                             intptr_t width, intptr_t high, intptr_t wide,
                             intptr_t tile_rows, intptr_t tile_columns,
                             block_function *block)
{
    for (intptr_t y = 0; y < rows; y += high) {
        const intptr_t i = lesser_of(y, rows - tile_rows);
        for (intptr_t x = 0; x < columns; x += wide) {
            const intptr_t j = lesser_of(x, columns - tile_columns);
            block(from + i * from_stride + j * width, from_stride,
                  lesser_of(rows - i, high), lesser_of(columns - j, wide),
                  to + j * to_stride + i * width, to_stride);
        }
    }
}

#define TRANSPOSE(W)                                                                   \
  void KERNEL(transpose_##W)(const char *from, intptr_t from_stride, intptr_t rows,    \
                             intptr_t columns, char *to, intptr_t to_stride)           \
  {                                                                                    \
    enum { SIDE = SIDE_BYTES / (W) < MOST_SIDE ? SIDE_BYTES / (W) : MOST_SIDE };       \
    enum { N = 16 / (W), HIGH = LAYERS * N };                                          \
    const bool trap = to_stride % (PLACES / SIDE) == 0;                                \
    const bool splits = ((uintptr_t)to | (uintptr_t)to_stride) % (LAYERS * 16) != 0;   \
    if (rows < N || columns < N) {                                                     \
      narrow_##W(from, from_stride, rows, columns, to, to_stride);                     \
    } else if (rows < HIGH || (splits && !trap)) {                                     \
      in_blocks(from, from_stride, rows, columns, to, to_stride, W, SIDE, SIDE, N, N,  \
                tiles_layer_##W);                                                      \
    } else if (trap) {                                                                 \
      in_blocks(from, from_stride, rows, columns, to, to_stride, W, BUFFER_ROWS_##W,   \
                BUFFER_COLUMNS_##W, HIGH, N, buffered_##W);                            \
    } else {                                                                           \
      in_blocks(from, from_stride, rows, columns, to, to_stride, W, SIDE, SIDE, HIGH,  \
                N, tiles_stack_##W);                                                   \
    }                                                                                  \
  }
EACH_WIDTH(TRANSPOSE)
