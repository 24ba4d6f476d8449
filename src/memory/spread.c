/* spread.c - see spread.h. */
#include "spread.h"

#include <string.h>

#include "threads/team.h"

#include "pages.h"

/* A piece is a whole huge page, so that no two threads work on one. */
#define PIECE PAGES_HUGE

struct stretch {
    char *start;
    size_t bytes;
};

static struct stretch piece_of(const struct stretch *whole, int64_t piece)
{
    /* Pieces end where pages do, wherever the first one begins. */
    const size_t before = PIECE - (size_t)((uintptr_t)whole->start % PIECE);
    const size_t begin = piece ? before + (size_t)(piece - 1) * PIECE : 0;
    const size_t end = before + (size_t)piece * PIECE;
    return (struct stretch){whole->start + begin,
                            (end < whole->bytes ? end : whole->bytes) - begin};
}

static int clear_piece(void *context, int member, int64_t piece)
{
    const struct stretch part = piece_of(context, piece);
    memset(part.start, 0, part.bytes);
    return 0;
}

static int touch_piece(void *context, int member, int64_t piece)
{
    const struct stretch part = piece_of(context, piece);
    for (size_t i = 0; i < part.bytes; i += pages_size()) {
        ((volatile char *)part.start)[i] = 0;
    }
    return 0;
}

static void spread(team_body *body, void *start, size_t bytes, int threads)
{
    struct stretch whole = {start, bytes};
    const size_t before = PIECE - (size_t)((uintptr_t)start % PIECE);
    const size_t after = bytes > before ? bytes - before : 0;
    const struct team_region region = {
        .body = body,
        .context = &whole,
        .npieces = (int64_t)(1 + (after + PIECE - 1) / PIECE),
        .threads = bytes >= SPREAD_LEAST ? threads : 1,
    };
    team_run(&region);
}

void spread_zeros(void *start, size_t bytes, int threads)
{
    spread(clear_piece, start, bytes, threads);
}

void spread_touch(void *start, size_t bytes, int threads)
{
    spread(touch_piece, start, bytes, threads);
}
