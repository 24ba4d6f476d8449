/*
 * aarch64.c - each row of ops.def and each cast on aarch64 (under qemu: make
 * test-aarch64), against what expected.py has written on another machine: NumPy's bits
 * or the true values, flags, and every place an element may have.
 *
 *     aarch64 FILE
 */
#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/kernels/level.h"
#include "record.h"

enum { PLACES = 1200, LARGEST = 16, SHOWN = 5 /* of a record */ };

static long failures, shown, numbers;
static bool left; /* to the loop of NumPy's, which is not here */

static void leave(char **args, const intptr_t *n, const intptr_t *steps, void *data)
{
    left = true;
}

/* NumPy's own for powers: some elements of a call go there, not all. */
#define POWERS(S, T, POW)                                                              \
  static void powers_##S(char **args, const intptr_t *n, const intptr_t *steps,        \
                         void *data)                                                   \
  {                                                                                    \
    for (intptr_t i = 0; i < *n; i++) {                                                \
      T x, y;                                                                          \
      memcpy(&x, args[0] + i * steps[0], sizeof x);                                    \
      memcpy(&y, args[1] + i * steps[1], sizeof y);                                    \
      const T z = POW(x, y);                                                           \
      memcpy(args[2] + i * steps[2], &z, sizeof z);                                    \
    }                                                                                  \
  }

POWERS(f64, double, pow)
POWERS(f32, float, powf)

static kernel_function *numpys_loop(const struct record *r)
{
    const bool is_power = strstr(r->h.name, "power_f") != NULL;
    return !is_power ? leave : r->h.types[0] == 'd' ? powers_f64 : powers_f32;
}

static void fail(const struct record *r, const char *what, intptr_t i)
{
    failures++;
    if (shown++ >= SHOWN) {
        return;
    }
    printf("%s, %s, element %ld:", r->h.name, what, (long)i);
    for (int k = 0; k < r->nargs; k++) {
        printf(k == r->h.nin ? " -> " : " ");
        for (intptr_t byte = r->sizes[k]; byte-- > 0;) {
            printf("%02x", (unsigned char)r->args[k][i * r->sizes[k] + byte]);
        }
    }
    for (int k = r->h.nin; k < r->nargs; k++) {
        printf(k == r->h.nin ? ", got " : " ");
        for (intptr_t byte = r->sizes[k]; byte-- > 0;) {
            printf("%02x", (unsigned char)r->got[k][i * r->sizes[k] + byte]);
        }
    }
    printf("\n");
}

/* -- calls --------------------------------------------------------------------------
 */

/* False: it was left to NumPy's loop. */
static bool call(const struct record *r, char *const *args, intptr_t n,
                 const intptr_t *steps)
{
    char *passed[NARGS];
    struct replaced replaced = {.loop = numpys_loop(r)};
    memcpy(passed, args, sizeof passed);
    left = false;
    r->kernel(passed, &n, steps, &replaced);
    return !left;
}

/* As NumPy has them. */
static int flags_raised(const struct record *r)
{
    const int flags = fetestexcept(FE_ALL_EXCEPT);
    const int underflow = r->h.bits == SAME && flags & FE_UNDERFLOW ? 4 : 0;
    return (flags & FE_DIVBYZERO ? 1 : 0) | (flags & FE_OVERFLOW ? 2 : 0) | underflow |
           (flags & FE_INVALID ? 8 : 0);
}

static void steps_of(const struct record *r, intptr_t *steps)
{
    for (int k = 0; k < r->nargs; k++) {
        steps[k] = k == r->h.scalar ? 0 : r->sizes[k];
    }
}

/* What NumPy says.  False: nothing to compare. */
static bool check_values(struct record *r)
{
    intptr_t steps[NARGS] = {0};
    steps_of(r, steps);
    if (!call(r, r->got, r->h.n, steps)) {
        return false;
    }
    for (intptr_t i = 0; i < r->h.n; i++) {
        bool right = true;
        for (int k = r->h.nin; k < r->nargs; k++) {
            const intptr_t at = i * r->sizes[k];
            const char *want = r->args[k] + at, *got = r->got[k] + at;
            right &= r->h.bits == SAME ? is_same(r->h.types[k], want, got)
                                       : is_close(r, want, got, i);
        }
        if (!right) {
            fail(r, "value", i);
        }
    }
    numbers += r->h.n;
    return true;
}

static void check_flags(struct record *r)
{
    intptr_t steps[NARGS] = {0};
    steps_of(r, steps);
    for (intptr_t i = 0; i < r->h.alone; i++) {
        _Alignas(16) char three[NARGS][3 * LARGEST];
        char *args[NARGS];
        for (int k = 0; k < r->nargs; k++) {
            for (int copy = 0; copy < 3; copy++) {
                memcpy(three[k] + copy * r->sizes[k], r->args[k] + i * r->sizes[k],
                       (size_t)r->sizes[k]);
            }
            args[k] = three[k];
        }
        feclearexcept(FE_ALL_EXCEPT);
        if (call(r, args, 3, steps) && flags_raised(r) != r->flags[i]) {
            char text[64];
            snprintf(text, sizeof text, "flags %x not %x", (unsigned)flags_raised(r),
                     r->flags[i]);
            fail(r, text, i);
        }
    }
    char *args[NARGS];
    const intptr_t begin = r->h.n - r->h.calm;
    for (int k = 0; k < r->nargs; k++) {
        args[k] = r->got[k] + begin * r->sizes[k];
    }
    /* What was raised before stays. */
    for (int before = 0; before <= 1 && r->h.calm; before++) {
        feclearexcept(FE_ALL_EXCEPT);
        if (before) {
            feraiseexcept(FE_DIVBYZERO);
        }
        if (call(r, args, r->h.calm, steps) &&
            flags_raised(r) != (r->h.calm_flags | before)) {
            fail(r, "flags of ordinary numbers", begin);
        }
    }
}

/* -- places -------------------------------------------------------------------------
 */

/* Elements from all over a record, and what comes of them. */
struct sample {
    intptr_t n;
    char *args[NARGS];
};

static void copy_elements(char *to, intptr_t to_step, const char *from,
                          intptr_t from_step, intptr_t n, intptr_t size)
{
    for (intptr_t i = 0; i < n; i++) {
        memcpy(to + i * to_step, from + i * from_step, (size_t)size);
    }
}

static void compare(const struct record *r, const struct sample *s, char *const *args,
                    const intptr_t *steps, intptr_t n, const char *what)
{
    for (int k = r->h.nin; k < r->nargs; k++) {
        for (intptr_t i = 0; i < n; i++) {
            if (!is_same(r->h.types[k], s->args[k] + i * r->sizes[k],
                         args[k] + i * steps[k])) {
                fail(r, what, i * (r->h.n / s->n));
                return;
            }
        }
    }
}

static void check_strides(const struct record *r, const struct sample *s)
{
    static const intptr_t counts[] = {1, 2, 3, 5, 17, 300, PLACES};
    static const intptr_t multiples[] = {1, 2, -1, 7, -3};
    for (int c = 0; c < 7 * 5; c++) {
        const intptr_t n = counts[c % 7] < s->n ? counts[c % 7] : s->n;
        const intptr_t multiple = multiples[c / 7];
        char *memory[NARGS], *args[NARGS] = {0};
        intptr_t steps[NARGS];
        for (int k = 0; k < r->nargs; k++) {
            steps[k] = multiple * r->sizes[k];
            const intptr_t whole = n * (steps[k] < 0 ? -steps[k] : steps[k]);
            memory[k] = allocate((size_t)(whole + r->sizes[k]));
            args[k] = memory[k] + (steps[k] < 0 ? whole : r->sizes[k]);
            if (k < r->h.nin) {
                copy_elements(args[k], steps[k], s->args[k], r->sizes[k], n,
                              r->sizes[k]);
            }
        }
        if (call(r, args, n, steps)) {
            compare(r, s, args, steps, n, "strides");
        }
        for (int k = 0; k < r->nargs; k++) {
            free(memory[k]);
        }
    }
}

static void check_in_place(const struct record *r, const struct sample *s)
{
    for (int k = 0; k < r->h.nin; k++) {
        if (r->h.types[k] != r->h.types[r->h.nin]) {
            continue;
        }
        char *args[NARGS];
        for (int a = 0; a < r->nargs; a++) {
            args[a] = allocate((size_t)(s->n * r->sizes[a]));
            copy_elements(args[a], r->sizes[a], s->args[a], r->sizes[a], s->n,
                          r->sizes[a]);
        }
        char *const unused = args[r->h.nin];
        args[r->h.nin] = args[k];
        if (call(r, args, s->n, r->sizes)) {
            compare(r, s, args, r->sizes, s->n, "in place");
        }
        args[r->h.nin] = unused;
        for (int a = 0; a < r->nargs; a++) {
            free(args[a]);
        }
    }
}

/* An operand that is the same for all, as a stride of 0 and as that many. */
static void check_scalars(const struct record *r, const struct sample *s)
{
    for (int k = 0; k < r->h.nin && r->h.nin > 1; k++) {
        for (intptr_t i = 7; i < s->n; i += s->n / 7) {
            struct sample filled = *s;
            char *args[NARGS];
            intptr_t steps[NARGS];
            for (int a = 0; a < r->nargs; a++) {
                steps[a] = a == k ? 0 : r->sizes[a];
                filled.args[a] = allocate((size_t)(s->n * r->sizes[a]));
                copy_elements(filled.args[a], r->sizes[a],
                              s->args[a] + (a == k ? i * r->sizes[a] : 0), steps[a],
                              s->n, r->sizes[a]);
                args[a] = a < r->h.nin ? filled.args[a]
                                       : allocate((size_t)(s->n * r->sizes[a]));
            }
            if (call(r, filled.args, s->n, r->sizes) && call(r, args, s->n, steps)) {
                compare(r, &filled, args, steps, s->n, "a scalar");
            }
            for (int a = 0; a < r->nargs; a++) {
                free(filled.args[a]);
                if (a >= r->h.nin) {
                    free(args[a]);
                }
            }
        }
    }
}

/* Each element is made of the one before: where a reduction keeps it, and in a row. */
static void check_chains(const struct record *r, const struct sample *s)
{
    enum { CHAIN = 12 };
    const intptr_t size = r->sizes[0];
    if (r->h.nin != 2 || r->nargs != 3 || r->h.types[0] != r->h.types[1] ||
        r->h.types[0] != r->h.types[2]) {
        return;
    }
    for (intptr_t i = 0; i + CHAIN <= s->n; i += CHAIN) {
        char *const from = s->args[1] + i * size;
        _Alignas(16) char one[CHAIN * LARGEST], row[CHAIN * LARGEST], kept[LARGEST];
        bool ours = true;
        memcpy(one, from, (size_t)size);
        memcpy(row, from, (size_t)size);
        memcpy(kept, from, (size_t)size);
        for (intptr_t j = 1; j < CHAIN; j++) {
            char *args[NARGS] = {one + (j - 1) * size, from + j * size, one + j * size};
            ours &= call(r, args, 1, r->sizes);
        }
        char *in_row[NARGS] = {row, from + size, row + size};
        ours &= call(r, in_row, CHAIN - 1, r->sizes);
        char *to_one[NARGS] = {kept, from + size, kept};
        ours &= call(r, to_one, CHAIN - 1, (intptr_t[NARGS]){0, size, 0});
        for (intptr_t j = 0; j < CHAIN && ours; j++) {
            if (!is_same(r->h.types[0], one + j * size, row + j * size)) {
                fail(r, "accumulation", i);
                break;
            }
        }
        if (ours && !is_same(r->h.types[0], one + (CHAIN - 1) * size, kept)) {
            fail(r, "reduction", i);
        }
    }
}

static void check_places(const struct record *r)
{
    struct sample s = {r->h.n < PLACES ? r->h.n : PLACES, {0}};
    const intptr_t step = r->h.n / s.n;
    for (int k = 0; k < r->nargs; k++) {
        s.args[k] = allocate((size_t)(s.n * r->sizes[k]));
        copy_elements(s.args[k], r->sizes[k], r->got[k], step * r->sizes[k], s.n,
                      r->sizes[k]);
    }
    check_strides(r, &s);
    check_in_place(r, &s);
    check_scalars(r, &s);
    check_chains(r, &s);
    for (int k = 0; k < r->nargs; k++) {
        free(s.args[k]);
    }
}

/* -- the file -----------------------------------------------------------------------
 */

/* All that there is, in the order of the file. */
enum { CASTS = NUMBER_COUNT * NUMBER_COUNT, KERNELS = ROW_COUNT + CASTS };

static void name_of(int i, char *name)
{
    static const char *const rows[] = {
#define OP(ufunc, types, kernel, bits, levels) #kernel,
#include "../../src/kernels/ops.def"
    };
    static const char codes[] = "?bBhHiIlLefdFD";
    const int cast = i - ROW_COUNT;
    if (i < ROW_COUNT) {
        strcpy(name, rows[i]);
    } else {
        sprintf(name, "cast_%c%c", codes[cast / NUMBER_COUNT],
                codes[cast % NUMBER_COUNT]);
    }
}

static kernel_function *kernel_of(int i)
{
    const int cast = i - ROW_COUNT;
    return i < ROW_COUNT ? (*npp_tables_base.kernels)[i]
                         : (*npp_tables_base.casts)[cast / NUMBER_COUNT][cast % NUMBER_COUNT];
}

int main(int argc, char **argv)
{
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    struct record r;
    if (!file || !record_next(file, &r)) {
        printf("usage: aarch64 FILE, as expected.py writes it\n");
        return 2;
    }
    int casts = 0;
    bool more = true;
    for (int i = 0; i < KERNELS; i++) {
        char name[sizeof r.h.name];
        name_of(i, name);
        bool ours = false;
        int records = 0;
        while (more && strcmp(r.h.name, name) == 0) {
            const long before = failures;
            shown = 0;
            r.kernel = kernel_of(i);
            if (r.kernel && check_values(&r)) {
                ours = true;
                check_flags(&r);
                if (r.h.scalar < 0 && failures == before) {
                    check_places(&r);
                }
            }
            record_finish(&r);
            more = record_next(file, &r);
            records++;
        }
        if (records == 0) {
            printf("%s is not what the file has next\n", name);
            return 2;
        }
        if (i < ROW_COUNT && !ours) {
            printf("%s: %s\n", name, kernel_of(i) ? "all is left to NumPy" : "missing");
            failures++;
        }
        casts += i >= ROW_COUNT && ours;
    }
    printf("%d kernels and %d casts of %ld numbers, %ld failures\n", (int)ROW_COUNT,
           casts, numbers, failures);
    return more || failures ? 1 : 0;
}
