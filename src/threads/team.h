/*
 * team.h - which threads run a region: the one place with threads.
 *
 * A region is one parallel loop over numbered pieces.  The calling thread works in it
 * from the first to the last piece; the members of the team only help.  There is one
 * team in the process, so the threads beside the callers are never more than cap - 1,
 * however many threads call at once; fewer where the system has no more.  None of them
 * exists before the first region.
 *
 * A caller never waits for a helper to arrive.  It offers the region, starts on it, and
 * takes the offer back when the pieces are gone: a helper that was asleep, or that the
 * operating system did not schedule in time, costs nothing but its absence.
 *
 * Nothing here sees Python.
 */
#ifndef NPP_THREADS_TEAM_H
#define NPP_THREADS_TEAM_H

#include <stdbool.h>
#include <stdint.h>

/* The most threads a region can have: the width of a field of the gate in team.c. */
enum { TEAM_MAX_THREADS = 1024 };

/* Runs one piece as one of the members 0 (the caller) ... threads - 1.  Returns 0; -1:
 * failed; 1: pieces that nobody has begun need not run any more. */
typedef int team_body(void *context, int member, int64_t piece);

/* The caller calls it between its pieces, now and then.  Returns true to stop
 * everybody. */
typedef bool team_poll(void *context);

/* Called before and after all that a helper does in a region.  team_leave() returns -1
 * if the helper failed. */
typedef void *team_enter(void);
typedef int team_leave(void *entered);

enum team_status {
    TEAM_DONE,
    TEAM_ENDED,   /* a body returned 1, the others finished the piece they were at */
    TEAM_FAILED,  /* a body returned -1; pieces after it may or may not have run */
    TEAM_STOPPED, /* the poll asked to stop */
};

struct team_region {
    team_body *body;
    team_poll *poll;   /* may be NULL */
    team_enter *enter; /* both or neither */
    team_leave *leave;
    void *context;
    int64_t npieces;
    int threads; /* at most, the caller included */
};

struct team_result {
    enum team_status status;
    int threads;                      /* members that came, the caller included */
    int fpe;                          /* FE_* status flags raised by any member */
    int64_t caller_pieces, caller_ns; /* what the caller did itself, and in what time */
    int64_t ns;                       /* of the whole region */
};

/*
 * Runs all pieces of a region and returns when they are done.  The members run with the
 * caller's floating-point environment (rounding, FTZ, DAZ).  The caller clears the
 * status flags before, and finds the flags of all members in `fpe`.  The caller runs
 * alone, at once, where the team is taken by another caller, where it could not be
 * started, or where the caller is itself inside a parallel region, ours or anybody
 * else's.
 */
struct team_result team_run(const struct team_region *region);

/* Returns why a region would run on the caller alone now, or NULL if helpers may
 * come. */
const char *team_unavailable(void);

/* Process-wide cap on the threads of a region, the caller included. */
void team_set_cap(int threads);
int team_cap(void);

/* Returns the number of threads that have a CPU each now, the caller included, at most
 * the cap. */
int team_width(void);

/* For tests: callers wait this long for helpers before the first piece, so that regions
 * that would be over before helpers come are shared out too. 0, the default: no
 * wait. */
void team_set_rendezvous(int64_t ns);

/* For tests: the next piece that a helper takes keeps it for `ns`. */
void team_stall(int64_t ns);

/* Returns the limit that another party (threadpoolctl, omp_set_num_threads) sets for
 * the caller. */
int team_openmp_limit(void);

/* What a region costs beyond its pieces, in ns, as measured on this machine: with a
 * helper still awake from the last region, or with all asleep. */
struct team_costs {
    double arrival; /* of the first helper; the caller works meanwhile */
    double wait;    /* of the caller, for the last helper to finish its piece */
};
struct team_costs team_costs(bool asleep);
bool team_asleep(void);

/* Call it when a region was refused for its cost: it lowers the cost a little, so that
 * an estimate made while the machine was busy does not last for ever. */
void team_forget(void);

struct team_counters {
    uint64_t regions; /* regions in which a helper was invited */
    uint64_t helped;  /* ... and came in time for at least one piece */
    uint64_t serial;  /* regions run on the caller alone */
    uint64_t pieces;
    uint64_t ns; /* that callers spent in regions, alone or not */
    uint64_t cpus_lost, cpus_tried, cpus_found; /* to other processes, see spare.h */
};
struct team_counters team_counters(void);

/* Call it once a process, before the first region.  Starts no thread.  Returns 0, or an
 * errno. */
int team_init(int cap);

#endif
