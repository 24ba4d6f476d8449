/*
 * bytes.h - kernels on the bits and bytes of elements: truth values packed to bits and
 * back, bytes in the other order.
 *
 * Those with a table are for elements of 1, 2, 4, 8 and 16 bytes, whatever they are, by
 * the logarithm of the size.  Pointers to elements need no alignment, and nothing is
 * written but what the contract names.
 *
 * A byte has the bits of eight elements: the first is the lowest bit, or with `big` the
 * highest.
 */
#ifndef NPP_KERNELS_BYTES_H
#define NPP_KERNELS_BYTES_H

#include <stdbool.h>

#include "kernel.h"
#include "widths.h"

/* Packs which of n elements are not zero.  Bits of the last byte for which there is no
 * element are 0. */
typedef void pack_bits_function(const char *from, intptr_t n, char *to, bool big);

/* The same for `columns` columns of at most eight rows: to[j] has the bits of column j.
 */
typedef void pack_columns_function(const char *from, intptr_t stride, intptr_t rows,
                                   intptr_t columns, char *to, bool big);

/* The reverse: n bytes, 1 or 0, from as many bits. */
typedef void unpack_bits_function(const char *from, intptr_t n, char *to, bool big);
typedef void unpack_columns_function(const char *from, intptr_t columns, char *to,
                                     intptr_t stride, intptr_t rows, bool big);

/* Copies n elements, which are `units` parts each, with the bytes of each part in the
 * other order.  Steps are in bytes; `to` may be `from`. */
typedef void swap_function(const char *from, intptr_t from_step, char *to,
                           intptr_t to_step, intptr_t n, intptr_t units);

/* Numbers of up to 8 bytes are packed, parts of 2 bytes and more swapped. */
enum { PACKED_WIDTHS = 4 };

typedef const struct byte_kernels {
    pack_bits_function *pack[PACKED_WIDTHS];
    pack_columns_function *pack_columns[PACKED_WIDTHS];
    unpack_bits_function *unpack;
    unpack_columns_function *unpack_columns;
    swap_function *swap[WIDTHS];
    bool quick_lines; /* bytes of a line take less than NumPy's vectors on one thread */
} byte_table;

#endif
