/*
 * integers_power_template.h - powers of one unsigned type.  A template:
 * integers_power.c includes it once for each type.
 *
 * U: the type.  BITS: how many it has.  OF(name): the name that is this type's, as
 * name_8.
 */

static void OF(raise)(const U *x, U *z, intptr_t n, U exponent)
{
    for (intptr_t i = 0; i < n; i += LANES) {
        const int m = n - i < LANES ? (int)(n - i) : LANES;
        U squares[LANES] = {0}, result[LANES];
        memcpy(squares, x + i, (size_t)m * sizeof(U));
        for (int j = 0; j < LANES; j++) {
            result[j] = 1;
        }
        for (U left = exponent; left; left >>= 1) {
            for (int j = 0; j < LANES && left & 1; j++) {
                result[j] = TIMES(U, result[j], squares[j]);
            }
            for (int j = 0; j < LANES; j++) {
                squares[j] = TIMES(U, squares[j], squares[j]);
            }
        }
        memcpy(z + i, result, (size_t)m * sizeof(U));
    }
}

/* Small exponents are the common ones. */
static void OF(power_by)(void *const *blocks, intptr_t n, struct work *work)
{
    const U *const x = blocks[0], exponent = *(const U *)work->with;
    U *const z = blocks[1];
    switch (exponent) {
    case 2:
        RAISE(U, square)
        break;
    case 3:
        RAISE(U, TIMES(U, square, a))
        break;
    case 4:
        RAISE(U, TIMES(U, square, square))
        break;
    default:
        OF(raise)(x, z, n, exponent);
    }
}

static void OF(power)(void *const *blocks, intptr_t n, struct work *work)
{
    const U *const x = blocks[0], *const y = blocks[1];
    U *const z = blocks[2];
    for (intptr_t i = 0; i < n; i += LANES) {
        const int m = n - i < LANES ? (int)(n - i) : LANES;
        U squares[LANES] = {0}, left[LANES] = {0}, result[LANES], longest = 0;
        memcpy(squares, x + i, (size_t)m * sizeof(U));
        memcpy(left, y + i, (size_t)m * sizeof(U));
        for (int j = 0; j < LANES; j++) {
            longest |= left[j];
            result[j] = 1;
        }
        for (; longest; longest >>= 1) {
            for (int j = 0; j < LANES; j++) {
                const U factor = left[j] & 1 ? squares[j] : 1;
                result[j] = TIMES(U, result[j], factor);
                squares[j] = TIMES(U, squares[j], squares[j]);
                left[j] >>= 1;
            }
        }
        memcpy(z + i, result, (size_t)m * sizeof(U));
    }
}

static bool OF(any_negative)(const char *y, intptr_t n, intptr_t step)
{
    U signs = 0;
    if (step == sizeof(U)) {
        for (intptr_t i = 0; i < n; i++) {
            signs |= ((const U *)(const void *)y)[i];
        }
    } else {
        for (intptr_t i = 0; i < (step == 0 ? 1 : n); i++) {
            signs |= *(const U *)(const void *)(y + i * step);
        }
    }
    return signs >> (BITS - 1) != 0;
}

#undef U
#undef BITS
#undef OF
