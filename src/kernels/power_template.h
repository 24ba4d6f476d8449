/*
 * power_template.h - powers of one type of floats.  A template: power.c includes it
 * once for each type.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64.
 */
#define V OF(v)
#define M OF(m)

/* Computes the few powers that are not whole, where a block has them. */
static void OF(half_powers)(const T *x, const T *y, T *z, intptr_t n,
                            const struct formula *formula, struct work *work)
{
    T own[BLOCK / sizeof(T)], results[BLOCK / sizeof(T)];
    const V exponent = OF(all)((T)formula->exponent);
    unsigned found = 0;
    for (intptr_t i = 0; i < n; i += OF(LANES)) {
        const M here = OF(equal)(OF(take)(y + i, n - i), exponent);
        const V v = OF(take)(x + i, n - i);
        found |= OF(bits)(here);
        OF(give)(own + i, n - i, OF(select)(here, v, OF(all)(1)));
    }
    if (!found) {
        return;
    }
    formula->body((void *[]){own, NULL, results}, n, work);
    for (intptr_t i = 0; i < n; i += OF(LANES)) {
        const M here = OF(equal)(OF(take)(y + i, n - i), exponent);
        const V mine = OF(take)(results + i, n - i);
        OF(give)(z + i, n - i, OF(select)(here, mine, OF(take)(z + i, n - i)));
    }
}

static void OF(by_a_scalar)(void *const *blocks, intptr_t n, struct work *work)
{
    OF(any)(blocks, n, 0, work);
}

/* Where an exponent has no formula, the flags of any() are right for all. */
static void OF(general)(void *const *blocks, intptr_t n, struct work *work)
{
    const T *x = blocks[0], *y = blocks[1];
    const unsigned lanes = (1U << OF(LANES)) - 1;
    unsigned multiples = 0, whole = 0, halves = 0, others = 0;
    for (intptr_t i = 0; i < n; i += OF(LANES)) {
        const V v = OF(take)(y + i, n - i), twice = v + v;
        multiples |= OF(bits)(OF(equal)(twice, OF(trunc)(twice)));
    }
    others = !multiples;
    for (intptr_t i = 0; i < n && multiples; i += OF(LANES)) {
        const V v = OF(take)(y + i, n - i), twice = v + v, size = OF(abs)(v);
        const V base = OF(take)(x + i, n - i);
        const M some = OF(or)(OF(less)(OF(all)(0), size), OF(equal)(base, base));
        const M low = OF(and)(OF(less)(OF(all)(-3), v), some);
        const M near = OF(and)(low, OF(less)(v, OF(all)(7)));
        const M even = OF(and)(near, OF(equal)(v, OF(trunc)(v)));
        whole |= OF(bits)(even);
        others |= ~OF(bits)(even) & lanes;
        halves |= OF(bits)(OF(and)(near, OF(equal)(twice, OF(trunc)(twice))));
    }
    if (others) {
        OF(any)(blocks, n, sizeof(T), work);
    }
    if (!others) { /* what a result's memory held must not be read */
        memset(blocks[2], 0, (size_t)n * sizeof(T));
    }
    if (whole) {
        OF(whole)(x, y, blocks[2], n, &work->flags);
    }
    for (int f = 0; f < FORMULAS && others && halves; f++) {
        const double e = OF(formulas)[f].exponent;
        if (e != trunc(e)) {
            OF(half_powers)(x, y, blocks[2], n, &OF(formulas)[f], work);
        }
    }
}

/* Asks the loop that the kernel replaces for the root of -0.0; true if that is
 * -0.0. */
static bool OF(is_exact)(void *data)
{
    T x = (T)-0.0, y = (T)0.5, z = 0;
    leave_to_replaced((char *[]){(char *)&x, (char *)&y, (char *)&z}, (intptr_t[]){1},
                      (intptr_t[]){sizeof x, 0, sizeof z}, data);
    return (OF(bits_of)(z) & OF(SIGN)) != 0;
}

static const struct formula *OF(formula)(const struct formula *formulas, int count,
                                         T exponent)
{
    for (int f = 0; f < count; f++) {
        if (exponent == (T)formulas[f].exponent) {
            return &formulas[f];
        }
    }
    return NULL;
}

static void OF(power)(char **args, intptr_t n, const intptr_t *steps, void *data)
{
    const intptr_t size = sizeof(T);
    struct shape shape = {2, 3, true, {size, size, size}};
    body_function *body = OF(general);
    if (steps[1] == 0 && args[1] != args[2]) {
        T exponent;
        memcpy(&exponent, args[1], sizeof exponent);
        /* The flags differ between NumPy's levels: a pole at zero, or none. */
        if (!isfinite(exponent)) {
            leave_to_replaced(args, &n, steps, data);
            return;
        }
        const struct formula *found = OF(formula)(OF(exact), EXACT, exponent);
        if (found == NULL || !OF(is_exact)(data)) {
            found = OF(formula)(OF(formulas), FORMULAS, exponent);
        }
        shape.own_flags = found == NULL || found->own_flags;
        body = found ? found->body : OF(by_a_scalar);
    }
    KERNEL(in_blocks)(args, n, steps, &shape, body, data, data);
}

#undef T
#undef OF
#undef V
#undef M
