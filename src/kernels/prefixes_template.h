/*
 * prefixes_template.h - running sums of one type.  A template: prefixes.c includes it
 * once for each type.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64.
 */

static const T OF(nothing) = -(T)0;

static void OF(chain)(void *values, void *sum, intptr_t n)
{
    T all = *(T *)sum;
    for (intptr_t i = 0; i < n; i++) {
        const T value = ((T *)values)[i];
        ((T *)values)[i] = all;
        all += value;
    }
    *(T *)sum = all;
}

INLINE void OF(totals_of)(void *totals, const char *x, struct prefix_steps from,
                          intptr_t n, intptr_t lines)
{
    T sums[PREFIX_LINES];
    for (intptr_t j = 0; j < lines; j++) {
        sums[j] = OF(nothing);
    }
    for (intptr_t i = 0; i < n; i++, x += from.along) {
        for (intptr_t j = 0; j < lines; j++) {
            sums[j] += *(const T *)(x + j * from.apart);
        }
    }
    for (intptr_t j = 0; j < lines; j++) {
        ((T *)totals)[j] = sums[j];
    }
}

static void OF(totals)(void *totals, const char *x, struct prefix_steps from,
                       intptr_t n, intptr_t lines)
{
    if (lines == PREFIX_CHAINS) {
        OF(totals_of)(totals, x, from, n, PREFIX_CHAINS);
    } else {
        OF(totals_of)(totals, x, from, n, lines);
    }
}

INLINE void OF(prefixes_of)(char *out, struct prefix_steps to, const char *x,
                            struct prefix_steps from, intptr_t n, intptr_t lines,
                            const void *before)
{
    T sums[PREFIX_LINES], first[PREFIX_LINES];
    for (intptr_t j = 0; j < lines; j++) {
        sums[j] = OF(nothing);
        first[j] = ((const T *)before)[j];
    }
    for (intptr_t i = 0; i < n; i++, x += from.along, out += to.along) {
        for (intptr_t j = 0; j < lines; j++) {
            sums[j] += *(const T *)(x + j * from.apart);
            *(T *)(out + j * to.apart) = first[j] + sums[j];
        }
    }
}

/* The same for lines that are side by side in memory, too. */
INLINE void OF(rows_of)(T *restrict out, intptr_t to, const T *restrict x,
                        intptr_t from, intptr_t n, intptr_t lines, const void *before)
{
    T sums[PREFIX_LINES], first[PREFIX_LINES];
    for (intptr_t j = 0; j < lines; j++) {
        sums[j] = OF(nothing);
        first[j] = ((const T *)before)[j];
    }
    for (intptr_t i = 0; i < n; i++) {
        for (intptr_t j = 0; j < lines; j++) {
            sums[j] += x[j];
            out[j] = first[j] + sums[j];
        }
        x = (const T *)((const char *)x + from);
        out = (T *)((char *)out + to);
    }
}

static void OF(prefixes)(char *out, struct prefix_steps to, const char *x,
                         struct prefix_steps from, intptr_t n, intptr_t lines,
                         const void *before)
{
    const intptr_t size = sizeof(T);
    if (lines == 1) {
        OF(prefixes_of)(out, to, x, from, n, 1, before);
    } else if (from.apart == size && to.apart == size) {
        OF(rows_of)((T *)out, to.along, (const T *)x, from.along, n, lines, before);
    } else if (lines == PREFIX_CHAINS && from.along == size && to.along == size) {
        to.along = from.along = size;
        OF(prefixes_of)(out, to, x, from, n, PREFIX_CHAINS, before);
    } else {
        OF(prefixes_of)(out, to, x, from, n, lines, before);
    }
}

#undef T
#undef OF
