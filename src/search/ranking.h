/*
 * ranking.h - the ranks of the elements of one array in another one, which is sorted:
 * what searchsorted, interp and histograms with edges are made of.  NumPy's order: a
 * NaN, or NaT, is greater than all other elements.
 */
#ifndef NPP_SEARCH_RANKING_H
#define NPP_SEARCH_RANKING_H

#include "source.h"

struct ranking {
    PyArrayObject *sorted; /* owned; of the type of the kernel, contiguous */
    struct rank_tree tree;
    void *memory; /* of the samples */
    rank_function *rank;
    struct source keys;
};

/* Returns the type in which NumPy compares elements of two arrays, widened to one that
 * has a kernel; NPY_NOTYPE: there is none. */
int ranking_type(PyArrayObject *sorted, PyArrayObject *keys);

/*
 * Makes the tree for keys of `type`, as ranking_type() gave it, or NPY_DATETIME for
 * both kinds of times; `right` as in ranks.h.  Returns NULL, or the reason why NumPy
 * runs the call; or NULL with an exception set.  Clear it either way.
 */
const char *ranking_make(struct ranking *ranking, PyArrayObject *sorted,
                         PyArrayObject *keys, int type, bool right);
void ranking_clear(struct ranking *ranking);

/* Stores the ranks of the keys from `begin` on, `n` of them, at most a block. */
static inline void ranking_block(const struct ranking *ranking, npy_intp begin,
                                 npy_intp n, npy_intp *ranks)
{
    _Alignas(8) char room[SOURCE_ROOM];
    ranking->rank(&ranking->tree, source_block(&ranking->keys, begin, n, room), n,
                  ranks);
}

#endif
