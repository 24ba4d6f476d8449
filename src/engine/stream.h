/*
 * stream.h - results that the last-level cache cannot hold go past it.
 *
 * An ordinary store first reads the line that it is going to overwrite: a quarter of
 * all that x + y moves.  So a loop writes blocks into the first-level cache, whatever
 * loop it is (stage.h), and from there they go to memory with stores that read nothing.
 * What the caches hold of such a result at its end is not what the next call begins
 * with, so nothing is lost.
 *
 * x + y of 1e7 gains 1.2 to 1.3 where its result's pages are there already; a loop that
 * computes more than it moves loses 1.1, and so do fresh pages, which the kernel has
 * just put into the cache.  So both ways are measured, call by call
 * (cost_prefers_stream).
 */
#ifndef NPP_ENGINE_STREAM_H
#define NPP_ENGINE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a cache. */
enum { STREAM_LINE = 64 };

/* Results of so many bytes; -1: none.  Half of the last-level cache: the operands are
 * as large as the result, and together they are beyond it. */
void stream_set_threshold(int64_t bytes);
int64_t stream_threshold(void);

/* Whether so many bytes are taken to be more than a cache holds of one operand. */
static inline bool stream_is_far(int64_t bytes)
{
    const int64_t least = stream_threshold();
    return least >= 0 && bytes >= least;
}

/* n bytes between places that lie alike within a line; `from` is in the cache. */
void stream_out(char *to, const char *from, size_t n);

/* Such stores are not in order with others: they have to be done before the team is
 * told that a piece is. */
void stream_finish(void);

#endif
