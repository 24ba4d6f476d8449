/* repeat_each.c - see rearrange.h: each element as often as its count says. */
#include "rearrange.h"
#include "level.h"

#include <string.h>

#include "loop.h"

/* Larger counts are left to NumPy: so a sum of 2^23 counts does not overflow. */
enum { LARGEST = 40 };

intptr_t KERNEL(sum_counts)(const intptr_t *counts, intptr_t n)
{
    uintptr_t all = 0, sum = 0;
    for (intptr_t i = 0; i < n; i++) {
        all |= (uintptr_t)counts[i];
        sum += (uintptr_t)counts[i];
    }
    return all >> LARGEST ? -1 : (intptr_t)sum;
}

/* A count that would go beyond the end, or a negative one, fills what is left: another
 * thread may have changed the counts since they were summed. */
static inline intptr_t clipped(intptr_t count, intptr_t room)
{
    return (uintptr_t)count < (uintptr_t)room ? count : room;
}

/* An element is stored this many bytes at a time, however often it is wanted, so that
 * most counts need no branch: what is too much is overwritten by the next element.  A
 * branch for each count took 5 ns an element of random counts from 0 to 3, this 1. */
enum { SPLASH = 32 };

#define REPEAT_EACH(W)                                                                 \
  char *KERNEL(repeat_each_##W)(const char *from, const intptr_t *counts, intptr_t n,  \
                                char *to, char *end)                                   \
  {                                                                                    \
    enum { AT_ONCE = SPLASH / (W) };                                                   \
    const element_##W *const x = (const element_##W *)from;                            \
    element_##W *t = (element_##W *)to, *const stop = (element_##W *)end;              \
    intptr_t i = 0;                                                                    \
    for (; i < n && stop - t >= AT_ONCE; i++) {                                        \
      const element_##W value = x[i];                                                  \
      intptr_t count = counts[i];                                                      \
      for (intptr_t k = 0; k < AT_ONCE; k++) {                                         \
        t[k] = value;                                                                  \
      }                                                                                \
      if ((uintptr_t)count > AT_ONCE) {                                                \
        count = clipped(count, stop - t);                                              \
        for (intptr_t at = AT_ONCE; at < count; at += AT_ONCE) {                       \
          element_##W *const more = t + lesser_of(at, count - AT_ONCE);                \
          for (intptr_t k = 0; k < AT_ONCE; k++) {                                     \
            more[k] = value;                                                           \
          }                                                                            \
        }                                                                              \
      }                                                                                \
      t += count;                                                                      \
    }                                                                                  \
    for (; i < n; i++) {                                                               \
      const element_##W value = x[i];                                                  \
      const intptr_t count = clipped(counts[i], stop - t);                             \
      for (intptr_t k = 0; k < count; k++) {                                           \
        *t++ = value;                                                                  \
      }                                                                                \
    }                                                                                  \
    return (char *)t;                                                                  \
  }
EACH_WIDTH(REPEAT_EACH)
