/* keys.c - keys as words of 64 bits in the same order: see grouping.h. */
#include <string.h>

#include "grouping.h"

#define SIGN (UINT64_C(1) << 63)

#define INTEGERS(name, type, sign)                                                     \
  static void name(const char *from, npy_intp n, uint64_t *to)                         \
  {                                                                                    \
    const type *keys = (const type *)from;                                             \
    for (npy_intp i = 0; i < n; i++) {                                                 \
      to[i] = (uint64_t)(keys[i]) ^ (sign);                                            \
    }                                                                                  \
  }
INTEGERS(encode_int8, int8_t, SIGN)
INTEGERS(encode_int16, int16_t, SIGN)
INTEGERS(encode_int32, int32_t, SIGN)
INTEGERS(encode_int64, int64_t, SIGN)
INTEGERS(encode_uint8, uint8_t, 0)
INTEGERS(encode_uint16, uint16_t, 0)
INTEGERS(encode_uint32, uint32_t, 0)
INTEGERS(encode_uint64, uint64_t, 0)

/* NaT, the least integer, becomes the greatest word. */
static void encode_time(const char *from, npy_intp n, uint64_t *to)
{
    const int64_t *keys = (const int64_t *)from;
    for (npy_intp i = 0; i < n; i++) {
        to[i] = ((uint64_t)keys[i] ^ SIGN) - 1;
    }
}

/* The sign is flipped; of negative numbers all bits are.  This looks at bits alone:
 * it must not depend on the rounding mode, nor on subnormals that count as zeros. */
static inline uint64_t word_of(uint64_t bits)
{
    const bool nan = bits << 1 > UINT64_C(0x7ff) << 53;
    bits = bits << 1 == 0 ? 0 : bits;
    bits ^= (0 - (bits >> 63)) | SIGN;
    return nan ? UINT64_MAX : bits;
}

static void encode_float64(const char *from, npy_intp n, uint64_t *to)
{
    for (npy_intp i = 0; i < n; i++) {
        to[i] = word_of(((const uint64_t *)from)[i]);
    }
}

static void encode_float32(const char *from, npy_intp n, uint64_t *to)
{
    for (npy_intp i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, from + i * (npy_intp)sizeof bits, sizeof bits);
        const bool nan = (bits & UINT32_C(0x7fffffff)) > UINT32_C(0x7f800000);
        bits = bits << 1 == 0 ? 0 : bits;
        bits ^= (0 - (bits >> 31)) | UINT32_C(0x80000000);
        to[i] = nan ? UINT32_MAX : bits;
    }
}

group_encode *group_encode_of(PyArray_Descr *descr)
{
    const npy_intp size = PyDataType_ELSIZE(descr);
    const bool is_signed = PyTypeNum_ISSIGNED(descr->type_num);
    if (PyDataType_ISDATETIME(descr)) {
        return encode_time;
    }
    if (descr->type_num == NPY_FLOAT64) {
        return encode_float64;
    }
    if (descr->type_num == NPY_FLOAT32) {
        return encode_float32;
    }
    if (!PyTypeNum_ISINTEGER(descr->type_num) && descr->type_num != NPY_BOOL) {
        return NULL;
    }
    return size == 1   ? (is_signed ? encode_int8 : encode_uint8)
           : size == 2 ? (is_signed ? encode_int16 : encode_uint16)
           : size == 4 ? (is_signed ? encode_int32 : encode_uint32)
                       : (is_signed ? encode_int64 : encode_uint64);
}
