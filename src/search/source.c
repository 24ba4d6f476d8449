/* source.c - see source.h. */
#include "source.h"

#include "reasons/reasons.h"

const char *source_make(struct source *source, PyArrayObject *array, int type)
{
    PyArray_Descr *own = PyArray_DESCR(array), *descr = PyArray_DescrFromType(type);
    const bool is_cast = !PyArray_EquivTypenums(PyArray_TYPE(array), type);
    source->step = PyDataType_ELSIZE(descr);
    source->cast.run = NULL;
    const bool can = !is_cast || cast_find(&source->cast, own, descr);
    Py_DECREF(descr);
    if (!can) {
        return reason_operands_need_cast;
    }
    source->copy = move_copy(source->step);
    const char *reason = nest_of_arrays(&source->nest, &array, 1, NPY_CORDER);
    source->is_direct =
        !is_cast && source->nest.ndim <= 1 && source->nest.stride[0][0] == source->step;
    return reason;
}

struct filling {
    const struct source *source;
    char *to;
};

static int fill(void *context, char **data, npy_intp n)
{
    struct filling *filling = context;
    const struct source *source = filling->source;
    char *args[] = {data[0], filling->to};
    const npy_intp steps[] = {source->nest.stride[0][0], source->step};
    if (source->cast.run) {
        source->cast.run(args, &n, steps, NULL);
    } else {
        source->copy(args, n, steps, source->step);
    }
    filling->to += n * source->step;
    return 0;
}

const void *source_block(const struct source *source, npy_intp begin, npy_intp n,
                         void *room)
{
    if (source->is_direct) {
        return source->nest.base[0] + begin * source->step;
    }
    struct filling filling = {source, room};
    nest_run(&source->nest, begin, begin + n, fill, &filling);
    return room;
}
