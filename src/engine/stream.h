/*
 * stream.h - results that the last-level cache cannot hold go past it.
 *
 * An ordinary store first reads the line that it is going to overwrite: a quarter of
 * all that x + y moves.  So any loop writes blocks into the first-level cache
 * (stage.h), and from there they go to memory with stores that read nothing.  The part
 * of such a result that the caches hold at its end is not what the next call begins
 * with, so nothing is lost.
 *
 * x + y of 1e7 elements gains a factor of 1.2 to 1.3 where the pages of its result are
 * there already.  A loop that computes more than it moves loses a factor of 1.1, and so
 * do fresh pages, which the operating system has just put into the cache.  So streamed
 * and ordinary stores are both measured, call by call (cost_prefers_stream).
 */
#ifndef NPP_ENGINE_STREAM_H
#define NPP_ENGINE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of a line of a cache. */
enum { STREAM_LINE = 64 };

/* Results of at least this many bytes are streamed; -1: none.  Half of the last-level
 * cache: the operands are as large as the result, and together they are beyond it. */
void stream_set_threshold(int64_t bytes);
int64_t stream_threshold(void);

/* Returns whether `bytes` bytes are taken to be more than a cache holds of one
 * operand. */
static inline bool stream_is_far(int64_t bytes)
{
    const int64_t least = stream_threshold();
    return least >= 0 && bytes >= least;
}

/* Copies `n` bytes between places that have the same offset within a line; `from` is in
 * the cache. */
void stream_out(char *to, const char *from, size_t n);

/* Finishes streamed stores.  They are not in order with other stores, so they have to
 * be done before the team is told that a piece is done. */
void stream_finish(void);

#endif
