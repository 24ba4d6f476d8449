/* move.c - see move.h. */
#include "move.h"

#include <stddef.h>
#include <string.h>

#include "widths.h"

/* memcpy with a constant size is one load or store, aligned or not. */
#define COPY_LOOP(bytes)                                                               \
  static void copy_##bytes(char *const *data, intptr_t n, const intptr_t *strides,     \
                           intptr_t itemsize)                                          \
  {                                                                                    \
    (void)itemsize;                                                                    \
    const char *from = data[0];                                                        \
    char *to = data[1];                                                                \
    if (strides[0] == (bytes) && strides[1] == (bytes)) {                              \
      memcpy(to, from, (size_t)n *(bytes));                                            \
      return;                                                                          \
    }                                                                                  \
    if (strides[0] == 0) {                                                             \
      char element[bytes];                                                             \
      memcpy(element, from, bytes);                                                    \
      if (strides[1] == (bytes)) {                                                     \
        for (intptr_t i = 0; i < n; i++) {                                             \
          memcpy(to + i * (bytes), element, bytes);                                    \
        }                                                                              \
        return;                                                                        \
      }                                                                                \
    }                                                                                  \
    for (intptr_t i = 0; i < n; i++) {                                                 \
      memcpy(to, from, bytes);                                                         \
      from += strides[0];                                                              \
      to += strides[1];                                                                \
    }                                                                                  \
  }

/* Both values are read, because a choice between two values needs no branch and has a
 * vector form.  The strides are constants where the compiler may see them. */
#define SELECT(type, at_c, at_x, at_y, at_to)                                          \
  for (intptr_t i = 0; i < n; i++) {                                                   \
    type a, b;                                                                         \
    memcpy(&a, x + i * (at_x), sizeof a);                                              \
    memcpy(&b, y + i * (at_y), sizeof b);                                              \
    a = condition[i * (at_c)] ? a : b;                                                 \
    memcpy(to + i * (at_to), &a, sizeof a);                                            \
  }
#define SELECT_LOOP(bytes)                                                             \
  static void select_##bytes(char *const *data, intptr_t n, const intptr_t *strides,   \
                             intptr_t itemsize)                                        \
  {                                                                                    \
    (void)itemsize;                                                                    \
    typedef element_##bytes type;                                                      \
    const char *condition = data[0], *x = data[1], *y = data[2];                       \
    char *to = data[3];                                                                \
    if (strides[0] == 1 && strides[1] == (bytes) && strides[3] == (bytes)) {           \
      if (strides[2] == (bytes)) {                                                     \
        SELECT(type, 1, bytes, bytes, bytes)                                           \
        return;                                                                        \
      }                                                                                \
      if (strides[2] == 0) {                                                           \
        SELECT(type, 1, bytes, 0, bytes)                                               \
        return;                                                                        \
      }                                                                                \
    }                                                                                  \
    SELECT(type, strides[0], strides[1], strides[2], strides[3])                       \
  }

EACH_WIDTH(COPY_LOOP)
EACH_WIDTH(SELECT_LOOP)

static void copy_any(char *const *data, intptr_t n, const intptr_t *strides,
                     intptr_t itemsize)
{
    const char *from = data[0];
    char *to = data[1];
    if (strides[0] == itemsize && strides[1] == itemsize) {
        memcpy(to, from, (size_t)n * (size_t)itemsize);
        return;
    }
    for (intptr_t i = 0; i < n; i++) {
        memcpy(to, from, (size_t)itemsize);
        from += strides[0];
        to += strides[1];
    }
}

move_loop *move_copy(intptr_t itemsize)
{
    switch (itemsize) {
#define CASE(bytes)                                                                    \
  case bytes:                                                                          \
    return copy_##bytes;
        EACH_WIDTH(CASE)
#undef CASE
    default:
        return copy_any;
    }
}

move_loop *move_strided_select(intptr_t itemsize)
{
    switch (itemsize) {
#define CASE(bytes)                                                                    \
  case bytes:                                                                          \
    return select_##bytes;
        EACH_WIDTH(CASE)
#undef CASE
    default:
        return NULL;
    }
}
