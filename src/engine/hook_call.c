/* hook_call.c - see hook_call.h. */
#include "hook_call.h"

#include "profit.h"

bool hook_call_pays(struct hook_call *hook, const struct call *call, struct job *job)
{
    struct profit profit;
    hook->report.reason = profit_check(&profit, call, hook->costs, hook->explain);
    *job = (struct job){.path = "reduction",
                        .weight = 1,
                        .costs = hook->costs,
                        .key = profit.key,
                        .asked = profit.asked ? profit.key : 0,
                        .limit = profit.limit};
    return !hook->report.reason && !PyErr_Occurred();
}

bool hook_pays(struct hook_call *hook, PyArrayObject *array, uint64_t more,
               bool pays_alone, struct job *job)
{
    const struct call call = {.state = hook->state,
                              .nin = 1,
                              .nop = 1,
                              .op = {array},
                              .size = PyArray_SIZE(array),
                              .more = more,
                              .pays_alone = pays_alone};
    return hook_call_pays(hook, &call, job);
}

bool hook_run(struct hook_call *hook, struct job *job, const char *path, job_run *run,
              void *context, npy_intp size, struct split split)
{
    const struct plan plan = {0};
    int fpe;
    job->plan = &plan;
    job->path = path;
    job->run = run;
    job->context = context;
    job->size = size;
    job->split = split;
    const bool done = execute(job, hook->explain, &fpe, &hook->report);
    job->plan = NULL;
    return done;
}
