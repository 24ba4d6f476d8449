/* interleave.c - see rearrange.h: several arrays, or one several times, element by
 * element. */
#include "rearrange.h"
#include "level.h"

#include <string.h>

#include "loop.h"

#define TOGETHER(W, HINT)                                                              \
  static inline void two_##W(const element_##W *a, const element_##W *b, intptr_t n,   \
                             element_##W *to)                                          \
  {                                                                                    \
    HINT for (intptr_t i = 0; i < n; i++)                                              \
    {                                                                                  \
      to[2 * i] = a[i];                                                                \
      to[2 * i + 1] = b[i];                                                            \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static inline void three_##W(const element_##W *a, const element_##W *b,             \
                               const element_##W *c, intptr_t n, element_##W *to)      \
  {                                                                                    \
    HINT for (intptr_t i = 0; i < n; i++)                                              \
    {                                                                                  \
      to[3 * i] = a[i];                                                                \
      to[3 * i + 1] = b[i];                                                            \
      to[3 * i + 2] = c[i];                                                            \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  static inline void four_##W(const element_##W *a, const element_##W *b,              \
                              const element_##W *c, const element_##W *d, intptr_t n,  \
                              element_##W *to)                                         \
  {                                                                                    \
    HINT for (intptr_t i = 0; i < n; i++)                                              \
    {                                                                                  \
      to[4 * i] = a[i];                                                                \
      to[4 * i + 1] = b[i];                                                            \
      to[4 * i + 2] = c[i];                                                            \
      to[4 * i + 3] = d[i];                                                            \
    }                                                                                  \
  }
TOGETHER(1, INDEPENDENT)
TOGETHER(2, INDEPENDENT)
TOGETHER(4, INDEPENDENT)
TOGETHER(8, INDEPENDENT)
TOGETHER(16, ) /* it is a vector already */

/* Parts of so many arrays are put side by side, PART bytes of each, which takes a third
 * of the first-level cache, and transposed.  Of 64 arrays 256 bytes each took twice as
 * long: too short for the CPU to fetch ahead. */
enum { ARRAYS = 16, PART = 1024 };

#define INTERLEAVE(W)                                                                  \
  static void interleave_parts_##W(const char *const *from, intptr_t count,            \
                                   intptr_t first, intptr_t n, char *to,               \
                                   intptr_t to_stride)                                 \
  {                                                                                    \
    char parts[ARRAYS * PART];                                                         \
    for (intptr_t k = 0; k < count; k++) {                                             \
      memcpy(parts + k * PART, from[k] + first * (W), (size_t)n * (W));                \
    }                                                                                  \
    KERNEL(transpose_##W)(parts, PART, count, n, to, to_stride);                       \
  }                                                                                    \
                                                                                       \
  static void interleave_many_##W(const char *const *from, intptr_t count, intptr_t n, \
                                  char *to)                                            \
  {                                                                                    \
    enum { MOST = PART / (W) };                                                        \
    for (intptr_t i = 0; i < n; i += MOST) {                                           \
      const intptr_t some = lesser_of(n - i, MOST);                                    \
      for (intptr_t k = 0; k < count; k += ARRAYS) {                                   \
        const intptr_t arrays = lesser_of(count - k, ARRAYS);                          \
        interleave_parts_##W(from + k, arrays, i, some, to + (i * count + k) * (W),    \
                             count * (W));                                             \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  void KERNEL(interleave_##W)(const char *const *from, intptr_t count, intptr_t n,     \
                              char *to)                                                \
  {                                                                                    \
    const element_##W *const *const x = (const element_##W *const *)from;              \
    switch (count) {                                                                   \
    case 1:                                                                            \
      memcpy(to, from[0], (size_t)n *(W));                                             \
      break;                                                                           \
    case 2:                                                                            \
      two_##W(x[0], x[1], n, (element_##W *)to);                                       \
      break;                                                                           \
    case 3:                                                                            \
      three_##W(x[0], x[1], x[2], n, (element_##W *)to);                               \
      break;                                                                           \
    case 4:                                                                            \
      four_##W(x[0], x[1], x[2], x[3], n, (element_##W *)to);                          \
      break;                                                                           \
    default:                                                                           \
      interleave_many_##W(from, count, n, to);                                         \
    }                                                                                  \
  }
EACH_WIDTH(INTERLEAVE)

/* An element is stored this many bytes at a time.  What is too much is overwritten by
 * the next element, but not at the end, where each goes alone. */
enum { SPLASH = 64 };

#define REPEAT(W)                                                                      \
  static void repeat_many_##W(const element_##W *from, intptr_t n, intptr_t count,     \
                              element_##W *to)                                         \
  {                                                                                    \
    enum { AT_ONCE = SPLASH / (W) };                                                   \
    intptr_t i = 0;                                                                    \
    for (; (n - i) * count >= count + AT_ONCE; i++, to += count) {                     \
      const element_##W x = from[i];                                                   \
      for (intptr_t k = 0; k < count; k += AT_ONCE) {                                  \
        for (intptr_t j = 0; j < AT_ONCE; j++) {                                       \
          to[k + j] = x;                                                               \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    for (; i < n; i++, to += count) {                                                  \
      const element_##W x = from[i];                                                   \
      for (intptr_t k = 0; k < count; k++) {                                           \
        to[k] = x;                                                                     \
      }                                                                                \
    }                                                                                  \
  }                                                                                    \
                                                                                       \
  void KERNEL(repeat_##W)(const char *from, intptr_t n, intptr_t count, char *to)      \
  {                                                                                    \
    const element_##W *const x = (const element_##W *)from;                            \
    switch (count) {                                                                   \
    case 1:                                                                            \
      memcpy(to, from, (size_t)n *(W));                                                \
      break;                                                                           \
    case 2:                                                                            \
      two_##W(x, x, n, (element_##W *)to);                                             \
      break;                                                                           \
    case 3:                                                                            \
      three_##W(x, x, x, n, (element_##W *)to);                                        \
      break;                                                                           \
    case 4:                                                                            \
      four_##W(x, x, x, x, n, (element_##W *)to);                                      \
      break;                                                                           \
    default:                                                                           \
      repeat_many_##W(x, n, count, (element_##W *)to);                                 \
    }                                                                                  \
  }
EACH_WIDTH(REPEAT)
