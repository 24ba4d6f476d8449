/*
 * keys.h - numbers as the kernels sort them (kernels/sorts.h): unsigned integers are
 * signed ones with another first bit; times have NaT, the least integer, as the
 * greatest; NaNs are put last beforehand.
 */
#ifndef NPP_ORDER_KEYS_H
#define NPP_ORDER_KEYS_H

#include "engine/kernels.h"
#include "engine/level.h"

enum key_kind {
    KIND_i32,
    KIND_u32,
    KIND_i64,
    KIND_u64,
    KIND_time,
    KIND_f32,
    KIND_f64,
    KEY_KINDS
};

/* Returns the kind of one of NumPy's types; KEY_KINDS: it has none. */
enum key_kind keys_kind(int type);

enum sort_key keys_key(enum key_kind kind);
npy_intp keys_size(enum key_kind kind); /* bytes */

/* Makes keys of `n` numbers; `to` may be `from`.  Returns how many are not NaN, which
 * come first.  keys_store() undoes it. */
npy_intp keys_load(enum key_kind kind, const char *from, char *to, npy_intp n);
void keys_store(enum key_kind kind, char *keys, npy_intp n);

/* Returns whether numbers may be equal, or both NaN, and have other bits. */
bool keys_have_twins(enum key_kind kind, const char *numbers, npy_intp n);

/* Sorts `n` numbers where they are, on this thread. */
void keys_sort(enum key_kind kind, char *numbers, npy_intp n);

/* Returns whether numbers ascend already; false where that is not worth asking. */
bool keys_ascend(enum key_kind kind, const char *numbers, npy_intp n);

#endif
