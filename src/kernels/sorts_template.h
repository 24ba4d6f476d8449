/*
 * sorts_template.h - the sorts of one type of keys: S, whose greatest value is MOST,
 * and NEXT(x) the next one after x; COUNT, an integer of as many bits.  HAS_NANS: it is
 * a float.
 */

/* -- without vectors ------------------------------------------------------------ */

static void OF(insert)(S *x, intptr_t n)
{
    for (intptr_t i = 1; i < n; i++) {
        const S key = x[i];
        intptr_t j = i;
        for (; j > 0 && key < x[j - 1]; j--) {
            x[j] = x[j - 1];
        }
        x[j] = key;
    }
}

static void OF(sift)(S *x, intptr_t at, intptr_t n)
{
    const S key = x[at];
    for (intptr_t child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && x[child] < x[child + 1];
        if (!(key < x[child])) {
            break;
        }
        x[at] = x[child];
    }
    x[at] = key;
}

/* For pivots that were bad too often. */
static void OF(heap_sort)(S *x, intptr_t n)
{
    for (intptr_t i = n / 2; i-- > 0;) {
        OF(sift)(x, i, n);
    }
    for (intptr_t i = n; i-- > 1;) {
        const S key = x[i];
        x[i] = x[0];
        x[0] = key;
        OF(sift)(x, 0, i);
    }
}

enum { OF(ASCENDS_AT_ONCE) = 64 };

static bool OF(ascends)(const void *keys, intptr_t n)
{
    const S *x = keys;
    intptr_t i = 0;
    for (; i + OF(ASCENDS_AT_ONCE) < n; i += OF(ASCENDS_AT_ONCE)) {
        COUNT descends = 0;
        for (int j = 0; j < OF(ASCENDS_AT_ONCE); j++) {
            descends += !(x[i + j] <= x[i + j + 1]);
        }
        if (descends != 0) {
            return false;
        }
    }
    for (; i + 1 < n; i++) {
        if (!(x[i] <= x[i + 1])) {
            return false;
        }
    }
    return true;
}

static bool OF(descends)(const S *x, intptr_t n)
{
    intptr_t i = 0;
    for (; i + OF(ASCENDS_AT_ONCE) < n; i += OF(ASCENDS_AT_ONCE)) {
        COUNT ascends = 0;
        for (int j = 0; j < OF(ASCENDS_AT_ONCE); j++) {
            ascends += x[i + j] < x[i + j + 1];
        }
        if (ascends != 0) {
            return false;
        }
    }
    for (; i + 1 < n; i++) {
        if (x[i] < x[i + 1]) {
            return false;
        }
    }
    return true;
}

static void OF(reverse)(S *x, intptr_t n)
{
    for (intptr_t i = 0, j = n - 1; i < j; i++, j--) {
        const S key = x[i];
        x[i] = x[j];
        x[j] = key;
    }
}

/* Part what is left: `n` keys from `x` on, of which the gap between *low and *high has
 * room for just as many. */
ALWAYS_INLINE void OF(part_few)(const S *x, intptr_t n, S pivot, bool inclusive,
                                S **low, S **high)
{
    for (intptr_t i = 0; i < n; i++) {
        const S key = x[i];
        const bool is_low = inclusive ? key <= pivot : key < pivot;
        **low = key;
        (*high)[-1] = key;
        *low += is_low;
        *high -= !is_low;
    }
}

#ifdef SORTS_LANES

enum {
    OF(W) = OF(WIDE),
    OF(UNROLL) = 8,
    OF(BLOCK) = OF(WIDE) * OF(UNROLL),
    OF(SHORT) = OF(WIDE) * 16,
};
typedef OF(w) OF(vector);

/* -- networks ------------------------------------------------------------------- */

ALWAYS_INLINE void OF(exchange)(OF(w) * a, OF(w) * b)
{
    const OF(w) low = OF(least)(*a, *b);
    *b = OF(greatest)(*a, *b);
    *a = low;
}

ALWAYS_INLINE void OF(sort_columns)(OF(w) * v, int rows)
{
#  define EXCHANGE(i, j) OF(exchange)(&v[i], &v[j]);
    if (rows == 4) {
        NETWORK_4(EXCHANGE)
    } else if (rows == 8) {
        NETWORK_8(EXCHANGE)
    } else {
        NETWORK_16(EXCHANGE)
    }
#  undef EXCHANGE
}

/* The lanes whose numbers have this bit. */
ALWAYS_INLINE uint32_t OF(lanes_with)(int bit)
{
    const uint32_t all = bit == 1   ? 0xaaaa
                         : bit == 2 ? 0xcccc
                         : bit == 4 ? 0xf0f0
                                    : 0xff00;
    return all & ((1U << OF(WIDE)) - 1);
}

/* Exchanges lanes i and i ^ x, so that those with `bit` have the greater ones. */
ALWAYS_INLINE OF(w) OF(exchange_lanes)(OF(w) v, int x, int bit)
{
    const OF(w) other = OF(flip)(v, x);
    return OF(choose)(OF(lanes_with)(bit), OF(least)(v, other), OF(greatest)(other, v));
}

ALWAYS_INLINE OF(w) OF(sort_lanes)(OF(w) v)
{
#  pragma GCC unroll 4
    for (int lanes = 1; lanes < OF(WIDE); lanes *= 2) {
        v = OF(exchange_lanes)(v, 2 * lanes - 1, lanes);
#  pragma GCC unroll 4
        for (int apart = lanes / 2; apart > 0; apart /= 2) {
            v = OF(exchange_lanes)(v, apart, apart);
        }
    }
    return v;
}

/* Merges each pair of `columns` neighbours, which are sorted, down one column after the
 * other.  The second is turned round, which makes a bitonic sequence of both. */
ALWAYS_INLINE void OF(merge_columns)(OF(w) * v, int rows, int columns)
{
    const int turned = 2 * columns - 1;
    const uint32_t high_lanes = OF(lanes_with)(columns);
#  pragma GCC unroll 16
    for (int i = 0; i < rows / 2; i++) {
        const OF(w) other = OF(flip)(v[rows - 1 - i], turned);
        const OF(w) low = OF(least)(v[i], other), high = OF(greatest)(v[i], other);
        v[i] = OF(choose)(high_lanes, low, high);
        v[rows - 1 - i] = OF(flip)(OF(choose)(high_lanes, high, low), turned);
    }
#  pragma GCC unroll 4
    for (int apart = columns / 2; apart > 0; apart /= 2) {
#  pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
            v[i] = OF(exchange_lanes)(v[i], apart, apart);
        }
    }
#  pragma GCC unroll 4
    for (int apart = rows / 2; apart > 0; apart /= 2) {
#  pragma GCC unroll 16
        for (int i = 0; i < rows; i++) {
            if (!(i & apart)) {
                OF(exchange)(&v[i], &v[i + apart]);
            }
        }
    }
}

/* Exchanges the lanes of v[i] with a bit for those of v[i + apart] without it. */
ALWAYS_INLINE void OF(exchange_halves)(OF(w) * v, int rows, int apart, int bit)
{
    const uint32_t all = (1U << OF(WIDE)) - 1, with = OF(lanes_with)(bit);
#  pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
        if (!(i & apart)) {
            const OF(w) a = v[i], b = v[i + apart];
            v[i] = OF(mix)(a, b, bit, with);
            v[i + apart] = OF(mix)(b, a, bit, all & ~with);
        }
    }
}

/* Makes rows of columns. */
ALWAYS_INLINE void OF(transpose)(OF(w) * v, int rows)
{
    const int size = rows < OF(WIDE) ? rows : OF(WIDE);
#  pragma GCC unroll 4
    for (int apart = size / 2; apart > 0; apart /= 2) {
        OF(exchange_halves)(v, rows, apart, apart);
    }
    if (rows < OF(WIDE)) { /* half as many: two columns in each row */
        OF(exchange_halves)(v, rows, 1, rows);
    }
}

/* Returns where a row begins that transpose() made. */
ALWAYS_INLINE intptr_t OF(begin_of)(int row, int rows)
{
    return rows < OF(WIDE) ? (row / 2 + row % 2 * rows / 2) * OF(WIDE)
                           : row % OF(WIDE) * rows + row / OF(WIDE) * OF(WIDE);
}

/* Sorts at most rows * WIDE keys: the columns of rows, then merges these. */
ALWAYS_INLINE void OF(sort_rows)(S *x, intptr_t n, int rows)
{
    OF(w) v[16];
    const OF(w) most = OF(all)(MOST);
#  pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
        const intptr_t left = n - i * OF(WIDE);
        v[i] = left >= OF(WIDE) ? OF(load)(x + i * OF(WIDE))
               : left > 0       ? OF(load_first)(x + i * OF(WIDE), left, most)
                                : most;
    }
    OF(sort_columns)(v, rows);
#  pragma GCC unroll 4
    for (int columns = 1; columns < OF(WIDE); columns *= 2) {
        OF(merge_columns)(v, rows, columns);
    }
    OF(transpose)(v, rows);
#  pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
        const intptr_t at = OF(begin_of)(i, rows);
        if (n - at >= OF(WIDE)) {
            OF(store)(x + at, v[i]);
        } else if (n - at > 0) {
            OF(store_first)(x + at, n - at, v[i]);
        }
    }
}

#  define SORT_ROWS(rows)                                                              \
    __attribute__((noinline)) static void OF(sort_rows_##rows)(S * x, intptr_t n)      \
    {                                                                                  \
      OF(sort_rows)(x, n, rows);                                                       \
    }
SORT_ROWS(8)
SORT_ROWS(16)

static void OF(sort_short)(S *x, intptr_t n)
{
    if (n <= 4) {
        OF(insert)(x, n);
    } else if (n <= 8 * OF(WIDE)) {
        OF(sort_rows_8)(x, n);
    } else {
        OF(sort_rows_16)(x, n);
    }
}

/* -- partition ------------------------------------------------------------------ */

ALWAYS_INLINE void OF(part_vector)(OF(w) v, OF(w) pivot, bool inclusive, S **low,
                                   S **high)
{
    const uint32_t bits = inclusive ? OF(not_above)(v, pivot) : OF(below)(v, pivot);
    const OF(w) both = OF(split)(v, bits);
    const intptr_t count = __builtin_popcount(bits);
    OF(store)(*low, both);
    OF(store)(*high - OF(WIDE), both);
    *low += count;
    *high -= OF(WIDE) - count;
}

ALWAYS_INLINE void OF(copy)(S *to, const S *x, intptr_t n)
{
    intptr_t i = 0;
    for (; i + OF(WIDE) <= n; i += OF(WIDE)) {
        OF(store)(to + i, OF(load)(x + i));
    }
    if (i < n) {
        OF(store_first)(to + i, n - i, OF(load_first)(x + i, n - i, OF(all)(0)));
    }
}

ALWAYS_INLINE void OF(load_block)(OF(w) * v, const S *from)
{
#  pragma GCC unroll 8
    for (int i = 0; i < OF(UNROLL); i++) {
        v[i] = OF(load)(from + i * OF(WIDE));
    }
}

/*
 * A block at either end is set aside, and what is left after the last whole block.  So
 * there is always room for a block between what is stored and what is not read yet, if
 * the next block is read from the side with less room.
 */
ALWAYS_INLINE intptr_t OF(part_by)(S *x, intptr_t n, S pivot, bool inclusive)
{
    S aside[3 * OF(BLOCK)];
    S *low = x, *high = x + n;
    const OF(w) pivots = OF(all)(pivot);
    const intptr_t whole = n - n % OF(BLOCK);
    intptr_t count = n;
    if (n < 2 * OF(BLOCK)) {
        OF(copy)(aside, x, n);
    } else {
        const S *from = x + OF(BLOCK), *end = x + whole - OF(BLOCK);
        OF(copy)(aside, x, OF(BLOCK));
        OF(copy)(aside + OF(BLOCK), end, OF(BLOCK));
        OF(copy)(aside + 2 * OF(BLOCK), x + whole, n - whole);
        count = 2 * OF(BLOCK) + n - whole;
        while (from < end) {
            const S *block = from;
            if (high - end < from - low) {
                end -= OF(BLOCK);
                block = end;
            } else {
                from += OF(BLOCK);
            }
            OF(w) v[OF(UNROLL)];
            OF(load_block)(v, block);
#  pragma GCC unroll 8
            for (int i = 0; i < OF(UNROLL); i++) {
                OF(part_vector)(v[i], pivots, inclusive, &low, &high);
            }
        }
    }
    /* First what fills no vector: a gap of one vector may be stored to from both ends,
     * and so may one of two or more, but none between. */
    const intptr_t few = count % OF(WIDE);
    OF(part_few)(aside, few, pivot, inclusive, &low, &high);
    for (intptr_t i = few; i < count; i += OF(WIDE)) {
        OF(part_vector)(OF(load)(aside + i), pivots, inclusive, &low, &high);
    }
    return low - x;
}

/* The medians of the columns of some vectors from all over, in order. */
enum { OF(PIVOTS) = OF(WIDE) };
static void OF(sample)(const S *x, intptr_t n, S *medians)
{
    OF(w) v[8];
    const intptr_t step = (n - OF(WIDE)) / 7;
#  pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        v[i] = OF(load)(x + i * step);
    }
    OF(sort_columns)(v, 8);
    OF(store)(medians, OF(sort_lanes)(v[4]));
}

#else

enum { OF(SHORT) = 24 };

static void OF(sort_short)(S *x, intptr_t n)
{
    OF(insert)(x, n);
}

/* Without a branch that nobody can foretell: each key is exchanged with the first one
 * that is not low, and stays there if it is low itself. */
ALWAYS_INLINE intptr_t OF(part_by)(S *x, intptr_t n, S pivot, bool inclusive)
{
    S *low = x;
    for (intptr_t i = 0; i < n; i++) {
        const S key = x[i];
        x[i] = *low;
        *low = key;
        low += inclusive ? key <= pivot : key < pivot;
    }
    return low - x;
}

enum { OF(PIVOTS) = 9 };
static void OF(sample)(const S *x, intptr_t n, S *medians)
{
    for (int i = 0; i < OF(PIVOTS); i++) {
        medians[i] = x[(n - 1) / (OF(PIVOTS) - 1) * i];
    }
    OF(insert)(medians, OF(PIVOTS));
}

#endif

__attribute__((noinline)) static intptr_t OF(part_below)(S *x, intptr_t n, S pivot)
{
    return OF(part_by)(x, n, pivot, false);
}

__attribute__((noinline)) static intptr_t OF(part_not_above)(S *x, intptr_t n, S pivot)
{
    return OF(part_by)(x, n, pivot, true);
}

/* -- quicksort ------------------------------------------------------------------ */

static bool OF(are_all)(const S *x, intptr_t n, S key)
{
    intptr_t i = 0;
    for (; i + OF(ASCENDS_AT_ONCE) < n; i += OF(ASCENDS_AT_ONCE)) {
        COUNT others = 0;
        for (int j = 0; j < OF(ASCENDS_AT_ONCE); j++) {
            others += x[i + j] != key;
        }
        if (others != 0) {
            return false;
        }
    }
    for (; i < n && x[i] == key; i++) {
    }
    return i == n;
}

static void OF(quicksort)(S *x, intptr_t n, int depth, const S *least)
{
    S bound;
    while (n > OF(SHORT)) {
        S medians[OF(PIVOTS)];
        if (depth-- == 0) {
            OF(heap_sort)(x, n);
            return;
        }
        OF(sample)(x, n, medians);
        int at = OF(PIVOTS) / 2;
        if (medians[0] == medians[at]) {
            /* If a key fills half of the sample, it is better below the pivot. */
            while (at < OF(PIVOTS) - 1 && medians[at] == medians[0]) {
                at++;
            }
            if (medians[at] == medians[0] && OF(are_all)(x, n, medians[0])) {
                return;
            }
        }
        const S pivot = medians[at];
        if (least && pivot == *least) {
            const intptr_t done = OF(part_not_above)(x, n, pivot);
            x += done;
            n -= done;
            least = NULL;
            continue;
        }
        const intptr_t below = OF(part_below)(x, n, pivot);
        OF(quicksort)(x, below, depth, least);
        x += below;
        n -= below;
        bound = pivot;
        least = &bound;
    }
    OF(sort_short)(x, n);
}

static void OF(sort)(void *keys, intptr_t n)
{
    S *x = keys;
    if (n > OF(SHORT)) {
        if (OF(ascends)(x, n)) {
            return;
        }
        if (OF(descends)(x, n)) {
            OF(reverse)(x, n);
            return;
        }
    }
    int depth = 4;
    for (intptr_t i = n; i > 0; i /= 2) {
        depth += 2;
    }
    OF(quicksort)(x, n, depth, NULL);
}

/* -- parts ---------------------------------------------------------------------- */

static void OF(divide)(void *keys, intptr_t n, const void *splitters, intptr_t count,
                       intptr_t *sizes)
{
    S *x = keys;
    const S *splitter = splitters;
    if (count == 0) {
        *sizes = n;
        return;
    }
    const intptr_t middle = count / 2;
    const intptr_t below = OF(part_below)(x, n, splitter[middle]);
    OF(divide)(x, below, splitter, middle, sizes);
    OF(divide)
    (x + below, n - below, splitter + middle + 1, count - middle - 1,
     sizes + middle + 1);
}

static intptr_t OF(splitters)(const void *sample, intptr_t n, intptr_t most,
                              void *splitters)
{
    const S *x = sample;
    S *to = splitters;
    intptr_t count = 0;
    for (intptr_t i = 1; i <= most; i++) {
        S splitter = x[(intptr_t)((double)n * (double)i / (double)(most + 1))];
        if (count > 0 && !(to[count - 1] < splitter)) {
            splitter = NEXT(splitter); /* a part of this key alone ends there */
        }
        if (count == 0 || to[count - 1] < splitter) {
            to[count++] = splitter;
        }
    }
    return count;
}

#ifdef HAS_NANS
static bool OF(has_twins)(const void *keys, intptr_t n)
{
    const S *x = keys, minus_zero = -(S)0;
    COUNT sign;
    memcpy(&sign, &minus_zero, sizeof sign);
    for (intptr_t i = 0; i < n; i += OF(ASCENDS_AT_ONCE)) {
        const intptr_t end = i + OF(ASCENDS_AT_ONCE) < n ? i + OF(ASCENDS_AT_ONCE) : n;
        COUNT twins = 0;
        for (intptr_t j = i; j < end; j++) {
            COUNT bits;
            memcpy(&bits, x + j, sizeof bits);
            twins += (x[j] != x[j]) | (bits == sign);
        }
        if (twins != 0) {
            return true;
        }
    }
    return false;
}

static intptr_t OF(part_nans)(void *keys, intptr_t n)
{
    S *x = keys;
    intptr_t count = 0, i = 0;
    for (intptr_t k = 0; k < n; k++) {
        count += x[k] != x[k];
    }
    const intptr_t numbers = n - count;
    for (intptr_t j = numbers; count > 0 && i < numbers; i++) {
        if (x[i] != x[i]) {
            while (j < n - 1 && x[j] != x[j]) {
                j++;
            }
            const S nan = x[i];
            x[i] = x[j];
            x[j] = nan;
        }
    }
    return numbers;
}
#endif

#undef S
#undef COUNT
#undef NEXT
#undef MOST
#undef HAS_NANS
