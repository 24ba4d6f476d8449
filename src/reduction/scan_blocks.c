/*
 * scan_blocks.c - a single line of integers on several threads, read from memory once.
 *
 * Members take the blocks in order, from one counter.  Each makes known what its block
 * adds up to, and then what all to its end add up to, before it scans the block, which
 * by then is in its cache.  Who needs what is not known yet, as its member has just
 * begun or was interrupted, does not wait but adds that block up itself: one never
 * waits for another.  (The idea, with waiting: D. Merrill and M. Garland, "Single-pass
 * parallel prefix scan with decoupled look-back", 2016.)
 */
#include "scan.h"

#include <string.h>

enum known { NOTHING, TOTAL, SUM };

static npy_intp block_at(const struct scan *scan, npy_intp i, char **out, char **in)
{
    const npy_intp rest = scan->along.n - i * SCAN_BLOCK;
    *out = scan->along.out + i * SCAN_BLOCK * scan->along.to;
    *in = scan->along.in + i * SCAN_BLOCK * scan->along.from;
    return rest < SCAN_BLOCK ? rest : SCAN_BLOCK;
}

/* What a block adds up to. */
static int add_up(const struct scan *scan, npy_intp i, char *total)
{
    char *out, *in;
    const npy_intp n = block_at(scan, i, &out, &in);
    scan_begin(scan, total, scan->along.to, in, scan->along.from, 1);
    return scan_on(scan, total, in + scan->along.from, total, 0, n - 1);
}

/* What all blocks before number i > 0 add up to. */
static int add_up_before(const struct scan *scan, npy_intp i, char *sum)
{
    int status = 0;
    enum known known = NOTHING;
    for (npy_intp j = i - 1; j >= 0 && known != SUM && status == 0; j--) {
        union partial own;
        char *more = own.bytes;
        known = atomic_load_explicit(&scan->known[j], memory_order_acquire);
        if (known == NOTHING) {
            status = add_up(scan, j, own.bytes);
        } else {
            more = known == SUM ? scan->sums[j].bytes : scan->totals[j].bytes;
        }
        if (j == i - 1) {
            memcpy(sum, more, (size_t)scan->itemsize);
        } else if (status == 0) {
            status = scan_put_together(scan, sum, more);
        }
    }
    return status;
}

static void make_known(const struct scan *scan, npy_intp i, enum known known)
{
    atomic_store_explicit(&scan->known[i], (unsigned char)known, memory_order_release);
}

static int scan_block(const struct scan *scan, npy_intp i)
{
    char *out, *in;
    const npy_intp n = block_at(scan, i, &out, &in);
    char *total = scan->totals[i].bytes, *sum = scan->sums[i].bytes;
    union partial before;
    if (add_up(scan, i, total) != 0) {
        return -1;
    }
    scan->sums[i] = scan->totals[i];
    scan_begin(scan, out, scan->along.to, in, scan->along.from, 1);
    if (i > 0) {
        make_known(scan, i, TOTAL);
        if (add_up_before(scan, i, before.bytes) != 0 ||
            scan_put_together(scan, sum, before.bytes) != 0 ||
            scan_put_together(scan, out, before.bytes) != 0) {
            return -1;
        }
    }
    make_known(scan, i, SUM);
    return scan_on(scan, out, in + scan->along.from, out + scan->along.to,
                   scan->along.to, n - 1);
}

/* As many blocks as the range has, but the next ones. */
static int run(const struct drive *drive, npy_intp begin, npy_intp end)
{
    struct scan *scan = drive->context;
    int status = 0;
    for (npy_intp n = (end - begin) / SCAN_BLOCK; n > 0 && status == 0; n--) {
        status = scan_block(
            scan, atomic_fetch_add_explicit(&scan->next, 1, memory_order_relaxed));
    }
    return status;
}

int scan_cut(struct scan *scan, struct drive *job)
{
    const npy_intp blocks = (scan->along.n + SCAN_BLOCK - 1) / SCAN_BLOCK;
    scan->known = PyMem_Calloc((size_t)blocks, sizeof *scan->known);
    scan->totals = PyMem_Malloc((size_t)blocks * sizeof *scan->totals);
    scan->sums = PyMem_Malloc((size_t)blocks * sizeof *scan->sums);
    job->run = run;
    job->size = blocks * SCAN_BLOCK;
    job->cut = (struct cut){job->size, SCAN_BLOCK};
    return scan->known && scan->totals && scan->sums ? 0 : -1;
}

void scan_clear(struct scan *scan)
{
    PyMem_Free((void *)scan->known);
    PyMem_Free(scan->totals);
    PyMem_Free(scan->sums);
    plan_clear(&scan->plan);
}
