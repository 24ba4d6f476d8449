/*
 * complex_power_template.h - powers of complex numbers of one type.  A template:
 * complex_power.c includes it once for each type.
 *
 * T: the type of a part.  OF(name): the name that is this type's, as name_f64.
 * NAME: the kernel.
 */
#define V OF(v)
#define M OF(m)
#define PAIR struct OF(pair)

static inline PAIR OF(power_of)(PAIR x, int exponent)
{
    const PAIR one = {OF(all)(1), OF(all)(0)};
    if (exponent == 1) {
        return x;
    }
    if (exponent == 2 || exponent == 3) {
        const PAIR square = OF(product)(x, x);
        return exponent == 2 ? square : OF(product)(x, square);
    }
    PAIR result = one, factor = x;
    const int n = abs(exponent);
    for (int digit = 1; digit <= n; digit <<= 1) {
        if (digit > 1) {
            factor = OF(product)(factor, factor);
        }
        if (n & digit) {
            result = OF(product)(result, factor);
        }
    }
    return exponent < 0 ? OF(quotient)(one, result) : result;
}

static void OF(power_blocks)(void *const *blocks, intptr_t n, struct work *work)
{
    const T *x = blocks[0];
    T *z = blocks[2];
    const int exponent = *(const int *)work->with;
    const PAIR one = {OF(all)(1), OF(all)(0)};
    const PAIR zero = {OF(all)(0), OF(all)(0)};
    for (intptr_t i = 0; i < n; i += OF(LANES)) {
        const PAIR a = OF(take_pairs)(x + 2 * i, n - i);
        const M none = OF(is_zero)(a);
        PAIR result = one;
        if (!OF(bits)(none) && exponent != 0) {
            result = OF(power_of)(a, exponent);
        } else if (exponent != 0) {
            result = OF(power_of)(OF(select_pair)(none, one, a), exponent);
            const V huge = OF(all)(exponent < 0 ? (T)INFINITY : 0);
            /* A difference of infinities raises invalid.
             * NOLINTNEXTLINE(misc-redundant-expression) */
            const V nan = huge - huge;
            const PAIR nans = {nan, nan};
            result = OF(select_pair)(none, exponent < 0 ? nans : zero, result);
        }
        OF(give_pairs)(z + 2 * i, n - i, result);
    }
}

void KERNEL(NAME)(char **args, const intptr_t *n, const intptr_t *steps, void *data)
{
    const intptr_t size = sizeof(T complex);
    const struct shape shape = {2, 3, false, {size, size, size}};
    T y[2] = {(T)0.5, 0};
    if (steps[1] == 0 && steps[2] != 0) {
        memcpy(y, args[1], sizeof y);
    }
    const bool few = fabs((double)y[0]) < EXPONENTS_END && y[1] == 0;
    const int exponent = few ? (int)y[0] : 0;
    if (few && (T)exponent == y[0]) {
        KERNEL(in_blocks)(args, *n, steps, &shape, OF(power_blocks), &exponent, data);
    } else {
        leave_to_replaced(args, n, steps, data);
    }
}

#undef T
#undef OF
#undef NAME
#undef V
#undef M
#undef PAIR
