/* execute.c - see execute.h. */
#include "execute.h"

#include <fenv.h>

#include "reasons/reasons.h"
#include "threads/clock.h"
#include "threads/fpu.h"
#include "threads/team.h"

#include "profit.h"

/* Size of the first pieces, which tell what an element costs: long enough for the
 * clock. */
#define PROBE_ELEMENTS 2048
#define PROBE_SHARE 16

/* A piece lasts long enough to hide what claiming it costs (50 ns), and not so long
 * that the others have to wait for the last one, or a signal or a fork for any. */
#define PIECE_LEAST_NS 1000.0
#define PIECE_MOST_NS 1e5
#define PIECE_MOST_UNKNOWN 65536

/* A call that is expected to take less needs no poll, even if it takes thirty times as
 * long. */
#define POLL_FROM_NS 1e6

/* The state that members share while the GIL is released. */
struct task {
    const struct job *job;
    struct pieces pieces;
    NpyIter **iters; /* one a member; NULL for a nest */
    int niters;
    PyThreadState *saved;
    int64_t without_gil_ns;
    double least; /* ns an element in the fastest piece of a probe; negative: none */
};

/* -- one piece ------------------------------------------------------------------ */

static int run_inner(const struct job *job, char *const *data, npy_intp n,
                     const npy_intp *strides)
{
    const struct loop *loop = &job->plan->loop;
    return job->stage         ? stage_run(job->stage, loop, data, n, strides)
           : job->kind.masked ? masked_run(&job->masked, loop, data, n, strides)
                              : loop_run(loop, data, n, strides);
}

static int run_segment(void *context, char **data, npy_intp n)
{
    const struct job *job = context;
    return run_inner(job, data, n, job->strides);
}

static int run_iterator(const struct job *job, NpyIter *iter, npy_intp begin,
                        npy_intp end)
{
    char *error = NULL; /* passed, so that NumPy does not set an exception */
    if (NpyIter_ResetToIterIndexRange(iter, begin, end, &error) != NPY_SUCCEED) {
        return -1;
    }
    NpyIter_IterNextFunc *next = NpyIter_GetIterNext(iter, &error);
    if (next == NULL) {
        return -1;
    }
    char **data = NpyIter_GetDataPtrArray(iter);
    const npy_intp *strides = NpyIter_GetInnerStrideArray(iter);
    const npy_intp *n = NpyIter_GetInnerLoopSizePtr(iter);
    do {
        const int status = run_inner(job, data, *n, strides);
        if (status != 0) {
            return status;
        }
    } while (next(iter));
    return 0;
}

static int run_piece(void *context, int member, int64_t piece)
{
    const struct task *task = context;
    npy_intp begin, end;
    pieces_bounds(&task->pieces, piece, &begin, &end);
    if (begin == end) {
        return 0;
    }
    if (task->job->run) {
        return task->job->run(task->job, begin, end);
    }
    const int status =
        task->iters
            ? run_iterator(task->job, task->iters[member], begin, end)
            : nest_run(task->job->nest, begin, end, run_segment, (void *)task->job);
    return status < 0 ? -1 : 0;
}

/*
 * Runs a piece and times it.  The piece that costs least counts: another may be the
 * first to touch a huge page of a result, which the system clears for hundreds of
 * microseconds.  Only the time in which the thread had a CPU counts; a wait for a CPU,
 * of milliseconds, is not the loop's cost.
 */
static int run_probe(void *context, int member, int64_t piece)
{
    struct task *task = context;
    npy_intp begin, end;
    pieces_bounds(&task->pieces, piece, &begin, &end);
    const int64_t cpu_since = thread_cpu_ns(), since = monotonic_ns();
    const int status = run_piece(context, member, piece);
    const int64_t wall = monotonic_ns() - since, cpu = thread_cpu_ns() - cpu_since;
    const double ns = (double)((cpu < wall ? cpu : wall) + 1) / (double)(end - begin);
    if (begin < end && (task->least < 0 || ns < task->least)) {
        task->least = ns;
    }
    return status;
}

/* -- the team's view ------------------------------------------------------------ */

/* A Python signal handler must not see, nor change, the flags of the loops. */
static bool poll_signals(void *context)
{
    struct task *task = context;
    fenv_t environment;
    fegetenv(&environment);
    PyEval_RestoreThread(task->saved);
    const bool stop = PyErr_Occurred() || PyErr_CheckSignals() < 0;
    task->saved = PyEval_SaveThread();
    fesetenv(&environment);
    return stop;
}

/*
 * A loop that raises takes the GIL to do so.  In a thread without a thread state its
 * exception would be lost with the state made for the moment.  So a helper has a state
 * from when it enters, and the exception is still there when it leaves.  NumPy will
 * raise it again.
 */
struct raising {
    PyGILState_STATE gil;
    PyThreadState *thread;
};

static void *enter_raising(void)
{
    static _Thread_local struct raising raising;
    raising.gil = PyGILState_Ensure();
    raising.thread = PyEval_SaveThread();
    return &raising;
}

static int leave_raising(void *entered)
{
    const struct raising *raising = entered;
    PyEval_RestoreThread(raising->thread);
    const int status = PyErr_Occurred() ? -1 : 0;
    PyErr_Clear();
    PyGILState_Release(raising->gil);
    return status;
}

static struct team_result run_task(struct task *task, team_body *body, int threads,
                                   double ns)
{
    const bool brief = ns > 0 && ns * (double)task->job->size < POLL_FROM_NS;
    const struct team_region region = {
        .body = body,
        .poll = brief ? NULL : poll_signals,
        .enter = task->job->plan->may_raise ? enter_raising : NULL,
        .leave = task->job->plan->may_raise ? leave_raising : NULL,
        .context = task,
        .npieces = task->pieces.count,
        .threads = threads,
    };
    task->saved = PyEval_SaveThread();
    const struct team_result result = team_run(&region);
    PyEval_RestoreThread(task->saved);
    task->without_gil_ns += result.ns;
    return result;
}

static struct pieces make_pieces(const struct job *job, npy_intp begin, int threads,
                                 double ns)
{
    npy_intp least = 1, most = PIECE_MOST_UNKNOWN / job->weight + 1;
    if (ns > 0) {
        most = (npy_intp)(PIECE_MOST_NS / ns) + 1;
        least = cost_min_elements() >= 0 ? 1 : (npy_intp)(PIECE_LEAST_NS / ns) + 1;
    }
    return pieces_make(begin, job->size, threads, least, most, job->split);
}

/* -- iterators ------------------------------------------------------------------ */

/* Makes an iterator for each of the first `count` members.  -1: an exception is set. */
static int provide_iterators(struct task *task, int count)
{
    const struct job *job = task->job;
    if (job->iter == NULL) {
        return 0;
    }
    if (task->iters == NULL) {
        /* An array of pointers: NOLINTNEXTLINE(bugprone-sizeof-expression) */
        task->iters = PyMem_Calloc((size_t)job->limit, sizeof *task->iters);
        if (task->iters == NULL) {
            PyErr_NoMemory();
            return -1;
        }
    }
    for (; task->niters < count; task->niters++) {
        NpyIter *iter = iterator_copy(&job->kind, job->iter);
        if (iter == NULL) {
            return -1;
        }
        task->iters[task->niters] = iter;
    }
    return 0;
}

/* Frees the iterators, at the end of a call only: the first one freed writes back what
 * overlapped, unless it is not wanted. */
static void free_iterators(struct task *task, bool wanted)
{
    for (int i = 0; i < task->niters; i++) {
        if (wanted) {
            NpyIter_Deallocate(task->iters[i]);
        } else {
            iterator_discard(task->iters[i]);
        }
    }
    PyMem_Free(task->iters);
}

/* -- driving -------------------------------------------------------------------- */

/* Runs and times the first pieces, on one thread.  Returns the number of elements done,
 * and their cost in `ns`. */
static npy_intp probe(struct task *task, struct team_result *result, double *ns)
{
    const struct job *job = task->job;
    npy_intp n = job->size / PROBE_SHARE;
    n = n > PROBE_ELEMENTS ? PROBE_ELEMENTS : n;
    n -= n % job->split.step;
    const npy_intp count = n > 0 && 2 * n < job->size ? 2 : 1;
    n = n > 0 ? n : job->split.step < job->size ? job->split.step : job->size;
    task->pieces = (struct pieces){0, count * n, n, job->split, count};
    task->least = -1;
    *result = run_task(task, run_probe, 1, -1);
    *ns = task->least;
    return count * n;
}

/* Called after a region.  Returns true if all went well, else false, as execute()
 * does. */
static bool went_well(enum team_status status, struct report *report)
{
    if ((status == TEAM_DONE || status == TEAM_ENDED) && PyErr_Occurred()) {
        status = TEAM_FAILED; /* the loop left its exception unreported */
    }
    if (status == TEAM_FAILED) {
        /* The loop's exception, if it set one, went with the thread that ran it. */
        PyErr_Clear();
        report->reason = reason_loop_failed;
    }
    return status == TEAM_DONE || status == TEAM_ENDED;
}

static void describe(const struct job *job, int threads, npy_intp pieces, double ns,
                     int64_t without_gil_ns, struct report *report)
{
    *report = (struct report){
        .path = job->path,
        .elements = job->size,
        .pieces = pieces,
        .threads = threads,
        .ns = ns,
        .without_gil_ns = without_gil_ns,
    };
}

/* Runs what a probe has left, from element `done` on. */
static bool run(struct task *task, npy_intp done, double ns, int *fpe,
                struct report *report)
{
    const struct job *job = task->job;
    const bool core = job->plan->loop.ncore > 0; /* may be BLAS, with a lock */
    const char *alone = team_unavailable();
    if (!alone && core && cost_contended(job->costs, job->key, job->limit)) {
        alone = reason_core_loop_contended;
    }
    const bool asked = job->asked == job->key;
    int threads = alone   ? 1
                  : asked ? cost_threads_awake(job->size, ns, job->limit)
                          : cost_threads(job->size - done, ns, job->limit);
    task->pieces = make_pieces(job, done, threads, ns);
    threads = threads < task->pieces.count ? threads : (int)task->pieces.count;
    if (provide_iterators(task, threads) < 0) {
        return false;
    }
    const struct team_result result = run_task(task, run_piece, threads, ns);
    describe(job, result.threads, task->pieces.count, ns, task->without_gil_ns, report);
    if (!went_well(result.status, report)) {
        return false;
    }
    if (result.caller_pieces > 0 && result.status == TEAM_DONE) {
        const double share = (double)result.caller_pieces / (double)task->pieces.count;
        const double own =
            (double)result.caller_ns / (share * (double)(job->size - done));
        if (core && result.threads > 1) {
            cost_learn_shared(job->costs, job->key, own);
        } else {
            cost_learn(job->costs, job->key, own);
        }
    }
    report->reason = alone;
    *fpe = result.fpe;
    return true;
}

static void explain_run(const struct job *job, double ns, struct report *report)
{
    const char *reason = team_unavailable();
    if (!reason && job->plan->loop.ncore > 0 &&
        cost_contended(job->costs, job->key, job->limit)) {
        reason = reason_core_loop_contended;
    }
    int threads = reason   ? 1
                  : ns < 0 ? job->limit
                           : cost_threads_awake(job->size, ns, job->limit);
    const struct pieces pieces = make_pieces(job, 0, threads, ns);
    threads = threads < pieces.count ? threads : (int)pieces.count;
    describe(job, threads, threads > 1 ? pieces.count : 1, ns, 0, report);
    if (threads < 2) {
        report->reason = reason           ? reason
                         : job->limit < 2 ? reason_one_thread
                                          : reason_small;
    }
}

bool execute(const struct job *job, bool explain, int *fpe, struct report *report)
{
    struct task task = {.job = job};
    double ns = cost_known(job->costs, job->key);
    npy_intp done = 0;
    bool success = false, probed = false;

    if (job->size < 2) {
        report->reason = reason_too_few_problems;
        goto finish;
    }
    if (provide_iterators(&task, 1) < 0) {
        goto finish;
    }
    fpu_clear_flags();
    if (ns < 0 && cost_min_elements() < 0 && !(explain && job->given)) {
        struct team_result result;
        done = probe(&task, &result, &ns);
        if (!went_well(result.status, report)) {
            goto finish;
        }
        if (result.status == TEAM_ENDED) {
            done = job->size;
        } else {
            cost_learn(job->costs, job->key, ns);
        }
        *fpe = result.fpe;
        probed = true;
    }
    if (explain) {
        explain_run(job, ns, report);
    } else if (done == job->size) { /* the probe was all that is needed */
        describe(job, 1, 1, ns, task.without_gil_ns, report);
        success = true;
    } else {
        success = run(&task, done, ns, fpe, report);
    }

    report->probed = probed;

finish:
    free_iterators(&task, success);
    return success;
}

int execute_give_fpe(const char *name, int fpe)
{
    int flags = 0;
    flags |= fpe & FE_DIVBYZERO ? NPY_FPE_DIVIDEBYZERO : 0;
    flags |= fpe & FE_OVERFLOW ? NPY_FPE_OVERFLOW : 0;
    flags |= fpe & FE_UNDERFLOW ? NPY_FPE_UNDERFLOW : 0;
    flags |= fpe & FE_INVALID ? NPY_FPE_INVALID : 0;
    return flags ? PyUFunc_GiveFloatingpointErrors(name, flags) : 0;
}
