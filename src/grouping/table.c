/* table.c - the groups of a unit of rows: a table by the key where the keys are in a
 * small range, else one by its hash; and their order. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "threads/clock.h"

#include "grouping.h"

/* The table of a range has at most this many places for each row. */
enum { PLACES_A_ROW = 2 };

/* Collisions for each row, beyond which the hash is drawn anew: keys can be such that
 * a given multiplier sends them to a few places. */
enum { COLLISIONS_A_ROW = 16, FEWEST_SLOTS = 1 << 10 };

static int add_group(struct groups *groups, uint64_t key, npy_intp row)
{
    if (groups->n == groups->room) {
        const npy_intp room = groups->room ? 2 * groups->room : 256;
        uint64_t *keys = realloc(groups->keys, (size_t)room * sizeof *keys);
        if (keys == NULL) {
            return -1;
        }
        groups->keys = keys;
        npy_intp *first = realloc(groups->first, (size_t)room * sizeof *first);
        if (first == NULL) {
            return -1;
        }
        groups->first = first;
        groups->room = room;
    }
    groups->keys[groups->n] = key;
    groups->first[groups->n++] = row;
    return 0;
}

static npy_intp row_of(const struct group_rows *rows, npy_intp i)
{
    return rows->rows ? (npy_intp)rows->rows[i] : rows->base + i;
}

/* -- by key --------------------------------------------------------------------- */

static int find_by_key(struct groups *groups, const struct group_rows *rows,
                       uint64_t least, npy_intp places, int32_t *codes)
{
    int status = -1;
    int32_t *table = malloc((size_t)places * sizeof *table);
    if (!table) {
        return -1;
    }
    memset(table, 0xff, (size_t)places * sizeof *table);
    for (npy_intp i = 0; i < rows->n; i++) {
        int32_t *at = &table[rows->keys[i] - least];
        if (*at < 0) {
            *at = (int32_t)groups->n;
            if (add_group(groups, rows->keys[i], row_of(rows, i)) < 0) {
                goto finish;
            }
        }
        codes[i] = *at;
    }
    groups->order = malloc((size_t)groups->n * sizeof *groups->order);
    if (!groups->order) {
        goto finish;
    }
    for (npy_intp place = 0, k = 0; place < places; place++) {
        if (table[place] >= 0) {
            groups->order[k++] = table[place];
        }
    }
    status = 0;

finish:
    free(table);
    return status;
}

/* -- by hash -------------------------------------------------------------------- */

struct hash_slot {
    uint64_t key;
    int32_t code; /* -1: empty */
};

struct hash {
    struct hash_slot *slots;
    npy_intp size;
    int shift;
    uint64_t multiplier;
};

/* Nobody can know beforehand which keys collide.  No result depends on it. */
static uint64_t draw_multiplier(void)
{
    static _Atomic uint64_t state;
    uint64_t x = atomic_fetch_add(&state, UINT64_C(0x9e3779b97f4a7c15)) +
                 (uint64_t)monotonic_ns();
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (x ^ x >> 31) | 1;
}

static inline npy_intp slot_of(const struct hash *hash, uint64_t key)
{
    return (npy_intp)((key ^ key >> 32) * hash->multiplier >> hash->shift);
}

/* Makes the table anew, of `size` slots, with the groups that there are. */
static int hash_make(struct hash *hash, npy_intp size, const struct groups *groups)
{
    free(hash->slots);
    hash->slots = malloc((size_t)size * sizeof *hash->slots);
    if (!hash->slots) {
        return -1;
    }
    hash->size = size;
    hash->shift = 64;
    for (npy_intp rest = size; rest > 1; rest >>= 1) {
        hash->shift--;
    }
    memset(hash->slots, 0xff, (size_t)size * sizeof *hash->slots);
    for (npy_intp k = 0; k < groups->n; k++) {
        npy_intp at = slot_of(hash, groups->keys[k]);
        while (hash->slots[at].code >= 0) {
            at = (at + 1) & (size - 1);
        }
        hash->slots[at] = (struct hash_slot){groups->keys[k], (int32_t)k};
    }
    return 0;
}

static int find_by_hash(struct groups *groups, const struct group_rows *rows,
                        int32_t *codes)
{
    struct hash hash = {.multiplier = draw_multiplier()};
    int64_t collisions = 0, most = COLLISIONS_A_ROW * ((int64_t)rows->n + FEWEST_SLOTS);
    int status = hash_make(&hash, FEWEST_SLOTS, groups);
    for (npy_intp i = 0; i < rows->n && status == 0; i++) {
        const uint64_t key = rows->keys[i];
        npy_intp at = slot_of(&hash, key);
        while (hash.slots[at].code >= 0 && hash.slots[at].key != key) {
            at = (at + 1) & (hash.size - 1);
            collisions++;
        }
        if (hash.slots[at].code < 0) {
            hash.slots[at] = (struct hash_slot){key, (int32_t)groups->n};
            status = add_group(groups, key, row_of(rows, i));
            codes[i] = (int32_t)(groups->n - 1);
            if (status == 0 && 2 * groups->n > hash.size) {
                status = hash_make(&hash, 4 * hash.size, groups);
            }
        } else {
            codes[i] = hash.slots[at].code;
        }
        if (collisions > most && status == 0) {
            most = 2 * collisions;
            hash.multiplier = draw_multiplier();
            status = hash_make(&hash, hash.size, groups);
        }
    }
    free(hash.slots);
    return status;
}

/* -- order ---------------------------------------------------------------------- */

enum { DIGIT = 8, DIGITS = 64 / DIGIT, FEW_WORDS = 48 };

static void insert_in_order(uint64_t *words, int32_t *numbers, npy_intp n)
{
    for (npy_intp i = 1; i < n; i++) {
        const uint64_t word = words[i];
        const int32_t number = numbers[i];
        npy_intp at = i;
        for (; at > 0 && words[at - 1] > word; at--) {
            words[at] = words[at - 1];
            numbers[at] = numbers[at - 1];
        }
        words[at] = word;
        numbers[at] = number;
    }
}

void group_sort(uint64_t *words, int32_t *numbers, npy_intp n)
{
    if (n < FEW_WORDS) {
        insert_in_order(words, numbers, n);
        return;
    }
    uint64_t differ = 0, *from = words, *to = words + n;
    int32_t *numbers_from = numbers, *numbers_to = numbers + n;
    for (npy_intp i = 1; i < n; i++) {
        differ |= words[i] ^ words[0];
    }
    for (int digit = 0; digit < DIGITS; digit++) {
        const int shift = digit * DIGIT;
        npy_intp ends[(1 << DIGIT) + 1] = {0};
        if (!(differ >> shift & ((1 << DIGIT) - 1))) {
            continue;
        }
        for (npy_intp i = 0; i < n; i++) {
            ends[(from[i] >> shift & ((1 << DIGIT) - 1)) + 1]++;
        }
        for (int i = 0; i < 1 << DIGIT; i++) {
            ends[i + 1] += ends[i];
        }
        for (npy_intp i = 0; i < n; i++) {
            const npy_intp at = ends[from[i] >> shift & ((1 << DIGIT) - 1)]++;
            to[at] = from[i];
            numbers_to[at] = numbers_from[i];
        }
        uint64_t *const words_before = from;
        int32_t *const numbers_before = numbers_from;
        from = to;
        to = words_before;
        numbers_from = numbers_to;
        numbers_to = numbers_before;
    }
    if (from != words) {
        memcpy(words, from, (size_t)n * sizeof *words);
        memcpy(numbers, numbers_from, (size_t)n * sizeof *numbers);
    }
}

static int sort_groups(struct groups *groups)
{
    const size_t n = (size_t)groups->n;
    uint64_t *words = malloc(2 * n * sizeof *words);
    groups->order = malloc(2 * n * sizeof *groups->order);
    if (words && groups->order) {
        memcpy(words, groups->keys, n * sizeof *words);
        for (npy_intp i = 0; i < groups->n; i++) {
            groups->order[i] = (int32_t)i;
        }
        group_sort(words, groups->order, groups->n);
    }
    free(words);
    return words && groups->order ? 0 : -1;
}

int groups_find(struct groups *groups, const struct group_rows *rows, int32_t *codes)
{
    uint64_t least = UINT64_MAX, greatest = 0;
    for (npy_intp i = 0; i < rows->n; i++) {
        least = rows->keys[i] < least ? rows->keys[i] : least;
        greatest = rows->keys[i] > greatest ? rows->keys[i] : greatest;
    }
    if (rows->n == 0) {
        return 0;
    }
    if (greatest - least < (uint64_t)rows->n * PLACES_A_ROW) {
        return find_by_key(groups, rows, least, (npy_intp)(greatest - least) + 1,
                           codes);
    }
    return find_by_hash(groups, rows, codes) < 0 ? -1 : sort_groups(groups);
}

void groups_clear(struct groups *groups)
{
    free(groups->keys);
    free(groups->first);
    free(groups->order);
    free(groups->counts);
    free(groups->a);
    free(groups->b);
    *groups = (struct groups){0};
}
