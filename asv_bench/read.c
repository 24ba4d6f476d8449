/*
 * read.c - how fast this machine reads memory: 64-bit words, exclusive-ored by several
 * threads into so many sums side by side that none waits for the one before.
 * bandwidth.py compiles it for the CPU at hand, and looks at the result.
 */
#include <stddef.h>
#include <stdint.h>

/*
 * Sums: with 32 of them gcc 12's loop is a third slower, with 64 at a third of the
 * rate. A piece is of 2 MB: a core that something else keeps busy for a while is not
 * waited for.
 */
enum { SUMS = 16, PIECE = 16384 };

uint64_t read_words(const uint64_t *words, size_t blocks, int threads)
{
    uint64_t all = 0;
#pragma omp parallel num_threads(threads) reduction(^ : all)
    {
        uint64_t sums[SUMS] = {0};
#pragma omp for schedule(dynamic, PIECE) nowait
        for (size_t block = 0; block < blocks; block++) {
            for (int i = 0; i < SUMS; i++) {
                sums[i] ^= words[block * SUMS + i];
            }
        }
        for (int i = 0; i < SUMS; i++) {
            all ^= sums[i];
        }
    }
    return all;
}
