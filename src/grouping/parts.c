/* parts.c - which part a row belongs to: splitters from a sample of the keys. */
#include <stdlib.h>

#include "grouping.h"

/* Rows of a part, if there are enough rows. */
enum { ROWS_A_PART = 1 << 13, SAMPLED_OF = 4 };

/* Puts sorted splitters, those of [begin, end), into a tree in the order of a search.
 */
static void plant(struct splitters *splitters, const uint64_t *sample, npy_intp begin,
                  npy_intp end, int node)
{
    if (node >= 1 << splitters->levels) {
        return;
    }
    const npy_intp middle = begin + (end - begin) / 2;
    splitters->tree[node] = sample[middle];
    plant(splitters, sample, begin, middle, 2 * node);
    plant(splitters, sample, middle, end, 2 * node + 1);
}

bool splitters_choose(struct splitters *splitters, group_encode *encode,
                      const char *keys, npy_intp itemsize, npy_intp n, bool *many)
{
    *many = false;
    splitters->levels = 1;
    while (1 << (splitters->levels + 1) <= GROUP_PARTS &&
           n >> (splitters->levels + 1) >= ROWS_A_PART) {
        splitters->levels++;
    }
    if (n < 2 * ROWS_A_PART) {
        return true;
    }
    const npy_intp size = n / SAMPLED_OF < GROUP_SAMPLE ? n / SAMPLED_OF : GROUP_SAMPLE;
    uint64_t *sample = malloc(2 * (size_t)size * sizeof *sample);
    int32_t *numbers = calloc(2 * (size_t)size, sizeof *numbers);
    if (sample && numbers) {
        const npy_intp step = n / size;
        uint64_t random = 1;
        npy_intp different = 1;
        /* One of each `step` rows: keys may have a period. */
        for (npy_intp i = 0; i < size; i++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            encode(keys + (i * step + (npy_intp)((random >> 33) % (uint64_t)step)) *
                              itemsize,
                   1, &sample[i]);
        }
        group_sort(sample, numbers, size);
        for (npy_intp i = 1; i < size; i++) {
            different += sample[i] != sample[i - 1];
        }
        *many = 2 * different > size;
        plant(splitters, sample, 0, size, 1);
    }
    free(sample);
    free(numbers);
    return sample && numbers;
}

void splitters_find(const struct splitters *splitters, const uint64_t *keys, npy_intp n,
                    uint8_t *parts)
{
    enum { SIDE_BY_SIDE = 8 };
    const int levels = splitters->levels;
    const unsigned count = 1U << levels;
    npy_intp i = 0;
    for (; i + SIDE_BY_SIDE <= n; i += SIDE_BY_SIDE) {
        unsigned node[SIDE_BY_SIDE];
        for (int k = 0; k < SIDE_BY_SIDE; k++) {
            node[k] = 1;
        }
        for (int level = 0; level < levels; level++) {
            for (int k = 0; k < SIDE_BY_SIDE; k++) {
                node[k] = 2 * node[k] + (keys[i + k] > splitters->tree[node[k]]);
            }
        }
        for (int k = 0; k < SIDE_BY_SIDE; k++) {
            parts[i + k] = (uint8_t)(node[k] - count);
        }
    }
    for (; i < n; i++) {
        unsigned node = 1;
        for (int level = 0; level < levels; level++) {
            node = 2 * node + (keys[i] > splitters->tree[node]);
        }
        parts[i] = (uint8_t)(node - count);
    }
}
