/* kernel_tables.c - finds kernels by NumPy's type: see kernels.h. */
#include "kernels.h"

#include <string.h>

#include "level.h"

static int known_number(int type)
{
    return level_now() ? level_number(type) : NUMBER_COUNT;
}

kernel_loop *kernels_cast(int from, int to)
{
    const int a = known_number(from), b = known_number(to);
    return a < NUMBER_COUNT && b < NUMBER_COUNT ? (*level_now()->tables->casts)[a][b]
                                                : NULL;
}

sum_function *kernels_sum(int type, enum map map, enum sum_place place)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->sums->sum[place][map][number]
                                 : NULL;
}

runs_function *kernels_runs(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->sums->runs[number] : NULL;
}

columns_function *kernels_columns(int type, enum map map)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->sums->columns[map][number]
                                 : NULL;
}

kinds_function *kernels_kinds(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->extremes->kinds[number] : NULL;
}

signalling_function *kernels_signalling(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->extremes->signalling[number]
                                 : NULL;
}

enum extreme kernels_extreme_of(const char *ufunc)
{
    static const char *const names[EXTREME_COUNT] = {[EXTREME_MAXIMUM] = "maximum",
                                                     [EXTREME_MINIMUM] = "minimum",
                                                     [EXTREME_FMAX] = "fmax",
                                                     [EXTREME_FMIN] = "fmin"};
    int i = 0;
    while (i < EXTREME_COUNT && strcmp(names[i], ufunc) != 0) {
        i++;
    }
    return (enum extreme)i;
}

void kernels_extreme(const char *ufunc, int type, extreme_function **row,
                     extreme_columns_function **columns)
{
    const int number = known_number(type);
    const enum extreme extreme = kernels_extreme_of(ufunc);
    const bool has = number < NUMBER_COUNT && extreme < EXTREME_COUNT;
    *row = has ? level_now()->tables->extremes->row[extreme][number] : NULL;
    *columns = has ? level_now()->tables->extremes->columns[extreme][number] : NULL;
}

gather_function *kernels_gather(int type)
{
    return (*level_or_least()->tables->gathers)[level_number(type)];
}

exact_function *kernels_exact(void)
{
    return level_or_least()->tables->exact;
}

moments_function *kernels_moments(void)
{
    return level_or_least()->tables->moments;
}

const struct prefix_kernels *kernels_prefixes(int type)
{
    return &(*level_or_least()
                  ->tables->prefixes)[type == NPY_FLOAT ? PREFIX_FLOAT : PREFIX_DOUBLE];
}

kernel_loop *kernels_scan(const char *ufunc, int type)
{
    const int number = known_number(type);
    const int scan = strcmp(ufunc, "add") == 0        ? SCAN_ADD
                     : strcmp(ufunc, "multiply") == 0 ? SCAN_MULTIPLY
                                                      : SCAN_COUNT;
    return number < NUMBER_COUNT && scan < SCAN_COUNT
               ? (*level_now()->tables->scans)[scan][number]
               : NULL;
}

kernel_loop *kernels_close(int type)
{
    const int number = known_number(type);
    return number < NUMBER_COUNT ? level_now()->tables->searches->close[number] : NULL;
}

rank_function *kernels_rank(int type, bool right)
{
    const struct rank_kernels *ranks = level_or_least()->tables->ranks;
    const int number = level_number(type);
    return number == NUMBER_COUNT ? NULL
           : right                ? ranks->right[number]
                                  : ranks->left[number];
}

const struct interpolation_kernels *kernels_interpolation(void)
{
    return level_or_least()->tables->interpolation;
}

const struct bin_kernels *kernels_bins(void)
{
    return level_or_least()->tables->bins;
}

count_function *kernels_count(void)
{
    return level_now()->tables->searches->count;
}

const struct mask_kernels *kernels_masks(void)
{
    return level_or_least()->tables->masks;
}

const struct byte_kernels *kernels_bytes(void)
{
    return level_or_least()->tables->bytes;
}

const struct rearrange_kernels *kernels_rearrange(void)
{
    return level_or_least()->tables->rearrange;
}

const struct sort_kernels *kernels_sorts(void)
{
    return level_or_least()->tables->sorts;
}

const struct word_kernels *kernels_words(void)
{
    return level_or_least()->tables->words;
}

const struct place_kernels *kernels_places(int type)
{
    const int number = level_number(type);
    const struct place_kernels *kernels =
        number < NUMBER_COUNT ? &(*level_or_least()->tables->places)[number] : NULL;
    return kernels && kernels->place ? kernels : NULL;
}

const struct select_kernels *kernels_select(void)
{
    return level_or_least()->tables->select;
}

const struct assign_kernels *kernels_assign(void)
{
    return level_or_least()->tables->assign;
}
