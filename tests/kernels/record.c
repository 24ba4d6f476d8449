/* record.c - see record.h. */
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static intptr_t size_of(char type)
{
    switch (type) {
    case '?':
    case 'b':
    case 'B':
        return 1;
    case 'h':
    case 'H':
    case 'e':
        return 2;
    case 'i':
    case 'I':
    case 'f':
        return 4;
    case 'D':
        return 16;
    default:
        return 8;
    }
}

static bool is_floating(char type)
{
    return strchr("efdFD", type) != NULL;
}

static int parts_of(char type)
{
    return type == 'F' || type == 'D' ? 2 : 1;
}

static double part(char type, const char *x, int k)
{
    __fp16 half;
    float single;
    double value;
    switch (type) {
    case 'e':
        memcpy(&half, x, sizeof half);
        return (double)half;
    case 'f':
    case 'F':
        memcpy(&single, x + (size_t)k * sizeof single, sizeof single);
        return (double)single;
    default:
        memcpy(&value, x + (size_t)k * sizeof value, sizeof value);
        return value;
    }
}

bool is_same(char type, const char *x, const char *y)
{
    const int parts = parts_of(type);
    const size_t size = (size_t)(size_of(type) / parts);
    for (int k = 0; k < parts; k++) {
        const bool nan = is_floating(type) && isnan(part(type, x, k));
        if (nan ? !isnan(part(type, y, k))
                : memcmp(x + (size_t)k * size, y + (size_t)k * size, size) != 0) {
            return false;
        }
    }
    return true;
}

/* Infinite and NaN where NumPy's is, zeros of special values too, and not too far off.
 */
bool is_close(const struct record *r, const char *want, const char *got, intptr_t i)
{
    const char type = r->h.types[r->h.nin];
    const int parts = parts_of(type);
    for (int k = 0; k < parts; k++) {
        const double x = part(type, want, k), y = part(type, got, k);
        const intptr_t at = i * parts + k;
        const bool exact = !isfinite(x) || (x == 0 && i < r->h.alone);
        const bool as_numpy =
            exact ? isnan(x) ? isnan(y) : x == y && !signbit(x) == !signbit(y)
                  : isfinite(y);
        if (!as_numpy || (isfinite(r->room[at]) &&
                          !(fabs((y - r->high[at]) - r->low[at]) <= r->room[at]))) {
            return false;
        }
    }
    return true;
}

char *allocate(size_t size)
{
    char *memory = aligned_alloc(64, (size + 127) / 64 * 64);
    if (!memory) {
        exit(2);
    }
    memset(memory, 0xa5, size);
    return memory;
}

static void *take(FILE *file, size_t bytes)
{
    char *memory = allocate(bytes);
    if (bytes && fread(memory, bytes, 1, file) != 1) {
        printf("the file ends too early\n");
        exit(2);
    }
    return memory;
}

bool record_next(FILE *file, struct record *r)
{
    memset(r, 0, sizeof *r);
    if (fread(&r->h, sizeof r->h, 1, file) != 1) {
        return false;
    }
    r->nargs = (int)strlen(r->h.types);
    const size_t n = (size_t)r->h.n;
    for (int k = 0; k < r->nargs; k++) {
        r->sizes[k] = size_of(r->h.types[k]);
        const size_t bytes = n * (size_t)r->sizes[k];
        r->args[k] = take(file, bytes);
        r->got[k] = k < r->h.nin ? r->args[k] : allocate(bytes);
    }
    if (r->h.bits != SAME) {
        const size_t parts = (size_t)parts_of(r->h.types[r->h.nin]);
        r->high = take(file, n * parts * sizeof(double));
        r->low = take(file, n * parts * sizeof(double));
        r->room = take(file, n * parts * sizeof(double));
    }
    r->flags = take(file, (size_t)r->h.alone);
    return true;
}

void record_finish(struct record *r)
{
    for (int k = 0; k < r->nargs; k++) {
        free(r->args[k]);
        if (k >= r->h.nin) {
            free(r->got[k]);
        }
    }
    free(r->high);
    free(r->low);
    free(r->room);
    free(r->flags);
}
