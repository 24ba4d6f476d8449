/*
 * sums_columns_template.h - sums of columns of one type.  A template: sums.c includes
 * it once for each type.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64.
 */

static inline __attribute__((always_inline)) void
OF(group)(T *sums, const char *x, intptr_t n, intptr_t rows, intptr_t stride)
{
    T r[GROUP];
    for (intptr_t j = 0; j < n; j++) {
        r[j] = sums[j];
    }
    for (intptr_t i = 0; i < rows; i++, x += stride) {
        for (intptr_t j = 0; j < n; j++) {
            r[j] += ((const T *)x)[j];
        }
    }
    for (intptr_t j = 0; j < n; j++) {
        sums[j] = r[j];
    }
}

static void OF(block)(T *restrict sums, const char *x, intptr_t n, intptr_t rows,
                      intptr_t stride)
{
    for (; rows >= GROUP; rows -= GROUP, x += GROUP * stride) {
        const T *a = (const T *)x, *b = (const T *)(x + stride);
        const T *c = (const T *)(x + 2 * stride), *d = (const T *)(x + 3 * stride);
        for (intptr_t j = 0; j < n; j++) {
            sums[j] = (((sums[j] + a[j]) + b[j]) + c[j]) + d[j];
        }
    }
    for (; rows > 0; rows--, x += stride) {
        for (intptr_t j = 0; j < n; j++) {
            sums[j] += ((const T *)x)[j];
        }
    }
}

static void OF(parts_in_columns)(T *sums, const char *x, intptr_t n, intptr_t rows,
                                 intptr_t stride)
{
    switch (n) {
    case 1:
        OF(group)(sums, x, 1, rows, stride);
        return;
    case 2:
        OF(group)(sums, x, 2, rows, stride);
        return;
    case 3:
        OF(group)(sums, x, 3, rows, stride);
        return;
    case 4:
        OF(group)(sums, x, 4, rows, stride);
        return;
    default:
        for (intptr_t j = 0; j < n; j += COLUMNS) {
            const intptr_t width = n - j < COLUMNS ? n - j : COLUMNS;
            OF(block)(sums + j, x + j * (intptr_t)sizeof(T), width, rows, stride);
        }
    }
}

static void OF(columns)(char *sums, const char *x, intptr_t n, intptr_t rows,
                        intptr_t stride, const char *m)
{
    OF(parts_in_columns)((T *)sums, x, n, rows, stride);
}

static void OF(columns_of_pairs)(char *sums, const char *x, intptr_t n, intptr_t rows,
                                 intptr_t stride, const char *m)
{
    OF(parts_in_columns)((T *)sums, x, 2 * n, rows, stride);
}

#undef T
#undef OF
