/* scan_line.c - see line.h. */
#include "line.h"

#include <string.h>

static int run_loop(const struct scan *scan, char *before, char *in, npy_intp from,
                    char *out, npy_intp to, npy_intp n)
{
    char *data[] = {before, in, out};
    const npy_intp strides[] = {to, from, to};
    if (scan->kernel && to != 0) { /* NumPy's loop has vectors for one result */
        scan->kernel(data, &n, strides, NULL);
        return 0;
    }
    return loop_run(&scan->plan.loop, data, n, strides);
}

int scan_on(const struct scan *scan, char *before, char *in, char *out, npy_intp to,
            npy_intp n)
{
    if (!scan->cast) {
        return run_loop(scan, before, in, scan->along.from, out, to, n);
    }
    _Alignas(16) char block[CAST_BYTES];
    const npy_intp size = scan->cast_size, most = CAST_BYTES / size;
    int status = 0;
    for (npy_intp i = 0; i < n && status == 0; i += most) {
        const npy_intp m = n - i < most ? n - i : most;
        char *args[] = {in + i * scan->along.from, block};
        const npy_intp steps[] = {scan->along.from, size};
        scan->cast(args, &m, steps, NULL);
        status = run_loop(scan, before, block, size, out + i * to, to, m);
        before = out + (i + m - 1) * to;
    }
    return status;
}

void scan_begin(const struct scan *scan, char *out, npy_intp to, char *in,
                npy_intp from, npy_intp n)
{
    if (scan->cast) {
        char *args[] = {in, out};
        const npy_intp steps[] = {from, to};
        scan->cast(args, &n, steps, NULL);
        return;
    }
    for (npy_intp i = 0; i < n; i++) {
        memcpy(out + i * to, in + i * from, (size_t)scan->itemsize);
    }
}

int scan_put_together(const struct scan *scan, char *to, char *more)
{
    char *data[] = {to, more, to};
    const npy_intp strides[] = {0, 0, 0};
    return loop_run(&scan->plan.loop, data, 1, strides);
}
