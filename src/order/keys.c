/* keys.c - see keys.h. */
#include "keys.h"

#include <string.h>

enum key_kind keys_kind(int type)
{
    if (type == NPY_DATETIME || type == NPY_TIMEDELTA) {
        return KIND_time;
    }
    switch (level_number(type)) {
    case NUMBER_i32:
        return KIND_i32;
    case NUMBER_u32:
        return KIND_u32;
    case NUMBER_i64:
        return KIND_i64;
    case NUMBER_u64:
        return KIND_u64;
    case NUMBER_f32:
        return KIND_f32;
    case NUMBER_f64:
        return KIND_f64;
    default:
        return KEY_KINDS;
    }
}

enum sort_key keys_key(enum key_kind kind)
{
    static const enum sort_key keys[KEY_KINDS] = {
        [KIND_i32] = KEY_i32, [KIND_u32] = KEY_i32,  [KIND_i64] = KEY_i64,
        [KIND_u64] = KEY_i64, [KIND_time] = KEY_i64, [KIND_f32] = KEY_f32,
        [KIND_f64] = KEY_f64,
    };
    return keys[kind];
}

npy_intp keys_size(enum key_kind kind)
{
    return kind == KIND_i32 || kind == KIND_u32 || kind == KIND_f32 ? 4 : 8;
}

/* to[i] = x as an unsigned integer of the type T. */
#define EACH(T, expression)                                                            \
  for (npy_intp i = 0; i < n; i++) {                                                   \
    const T x = ((const T *)from)[i];                                                  \
    ((T *)to)[i] = (expression);                                                       \
  }
#define SIGN_32 (UINT32_C(1) << 31)
#define SIGN_64 (UINT64_C(1) << 63)

npy_intp keys_load(enum key_kind kind, const char *from, char *to, npy_intp n)
{
    switch (kind) {
    case KIND_u32:
        EACH(uint32_t, x ^ SIGN_32)
        return n;
    case KIND_u64:
        EACH(uint64_t, x ^ SIGN_64)
        return n;
    case KIND_time:
        EACH(uint64_t, x - 1)
        return n;
    default:
        if (from != to) {
            memcpy(to, from, (size_t)(n * keys_size(kind)));
        }
    }
    part_nans_function *part_nans = kernels_sorts()->part_nans[keys_key(kind)];
    return part_nans ? part_nans(to, n) : n;
}

void keys_store(enum key_kind kind, char *keys, npy_intp n)
{
    char *const to = keys, *const from = keys;
    if (kind == KIND_time) {
        EACH(uint64_t, x + 1)
    } else if (kind == KIND_u32) {
        EACH(uint32_t, x ^ SIGN_32)
    } else if (kind == KIND_u64) {
        EACH(uint64_t, x ^ SIGN_64)
    }
}

void keys_sort(enum key_kind kind, char *numbers, npy_intp n)
{
    const npy_intp count = keys_load(kind, numbers, numbers, n);
    kernels_sorts()->sort[keys_key(kind)](numbers, count);
    keys_store(kind, numbers, count);
}

/* Numbers whose keys are others ascend with these, if the first one is not among those
 * that come last. */
bool keys_ascend(enum key_kind kind, const char *numbers, npy_intp n)
{
    if (kind == KIND_u32                        ? *(const int32_t *)numbers < 0
        : kind == KIND_u64 || kind == KIND_time ? *(const int64_t *)numbers < 0
                                                : false) {
        return false;
    }
    return kernels_sorts()->ascends[keys_key(kind)](numbers, n);
}

bool keys_have_twins(enum key_kind kind, const char *numbers, npy_intp n)
{
    const sort_table *kernels = kernels_sorts();
    const enum sort_key key = keys_key(kind);
    return kernels->has_twins[key] != NULL && kernels->has_twins[key](numbers, n);
}
