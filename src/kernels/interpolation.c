/* interpolation.c - see interpolation.h. */
#include "interpolation.h"
#include "level.h"

#include "loop.h"

/*
 * NumPy computes all slopes beforehand if there are fewer points than elements, and
 * else the one that an element needs; its bits are the same.  Here it is always the
 * latter: the division costs less than another cache miss.  Where the line from the
 * left point gives NaN (an infinite slope), NumPy tries that from the right.
 */
static void interpolate(const struct points *points, const double *at,
                        const intptr_t *ranks, intptr_t n, double *to)
{
    const double *const x = points->x, *const y = points->y;
    const intptr_t all = points->n, most = all - 2;
    const double last_x = x[all - 1], last_y = y[all - 1];
    const double left = points->left, right = points->right;
    INDEPENDENT
    for (intptr_t i = 0; i < n; i++) {
        const intptr_t before = ranks[i] > 1 ? ranks[i] - 1 : 0;
        const intptr_t j = before < most ? before : most;
        const double v = at[i], x0 = x[j], x1 = x[j + 1], y0 = y[j], y1 = y[j + 1];
        const double slope = (y1 - y0) / (x1 - x0);
        const double forwards = slope * (v - x0) + y0;
        const double backwards = slope * (v - x1) + y1;
        const double level = y0 == y1 ? y0 : backwards;
        const double other = backwards == backwards ? backwards : level;
        const double between = forwards == forwards ? forwards : other;
        const double inside = v == x0 ? y0 : between;
        const double behind = v > last_x ? right : last_y;
        const double ends = ranks[i] == all ? behind : inside;
        const double result = ranks[i] == 0 ? left : ends;
        to[i] = v == v ? result : v;
    }
}

static bool ascends(const double *x, intptr_t n)
{
    enum { AT_ONCE = 4096 };
    for (intptr_t first = 0; first < n - 1; first += AT_ONCE) {
        const intptr_t rest = n - 1 - first, some = rest < AT_ONCE ? rest : AT_ONCE;
        int good = 1;
        for (intptr_t i = first; i < first + some; i++) {
            good &= x[i] <= x[i + 1];
        }
        if (!good) {
            return false;
        }
    }
    return x[0] == x[0];
}

interpolation_table KERNEL(interpolation) = {.at = interpolate, .ascends = ascends};
