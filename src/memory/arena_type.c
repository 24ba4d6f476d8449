/* arena_type.c - see arena_type.h.  Conveniences are in numpy_par/_arena.py. */
#include "arena_type.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "handler.h"
#include "spread.h"

/* -- the handler ------------------------------------------------------------------ */

/* An array holds the capsule, and the capsule holds the arena.  So the arena's memory
 * outlives every array, whatever becomes of the Arena object. */
struct arena_handler {
    PyDataMem_Handler numpy;
    struct arena *arena;
};

static void *finish(const struct arena_block *block)
{
    if (block->to_clear) {
        handler_clear(block->start, block->to_clear);
    }
    if (block->to_touch >= SPREAD_LEAST) {
        handler_touch(block->untouched, block->to_touch);
    }
    return block->start;
}

static void *take(void *arena, size_t size)
{
    const struct arena_block block = arena_take(arena, size, false);
    return finish(&block);
}

static void *take_zeros(void *arena, size_t count, size_t each)
{
    size_t size;
    if (__builtin_mul_overflow(count, each, &size)) {
        return NULL;
    }
    const struct arena_block block = arena_take(arena, size, true);
    return finish(&block);
}

static void *resize(void *arena, void *start, size_t size)
{
    return start ? arena_resize(arena, start, size) : take(arena, size);
}

static void give(void *arena, void *start, size_t guess)
{
    if (start) {
        arena_give(arena, start);
    }
}

static void free_capsule(PyObject *capsule)
{
    struct arena_handler *handler = PyCapsule_GetPointer(capsule, "mem_handler");
    arena_free(handler->arena);
    PyMem_RawFree(handler);
}

/* Returns the capsule.  Takes the arena over, also when it fails. */
static PyObject *make_capsule(struct arena *arena)
{
    struct arena_handler *handler = PyMem_RawMalloc(sizeof *handler);
    if (handler == NULL) {
        arena_free(arena);
        return PyErr_NoMemory();
    }
    *handler = (struct arena_handler){
        {"numpy_par_arena", 1, {arena, take, take_zeros, resize, give}}, arena};
    PyObject *capsule = PyCapsule_New(&handler->numpy, "mem_handler", free_capsule);
    if (capsule == NULL) {
        arena_free(arena);
        PyMem_RawFree(handler);
    }
    return capsule;
}

/* -- the type --------------------------------------------------------------------- */

struct arena_object {
    PyObject_HEAD
    PyObject *capsule;
    struct arena *arena; /* the capsule's */
};

static struct arena *arena_of(PyObject *self)
{
    return ((struct arena_object *)self)->arena;
}

/* Arena(nbytes, alignment, huge, zero, grow, fd), checked by _arena.py. */
static PyObject *arena_object_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t nbytes, alignment;
    int huge, zero, grow, fd;
    if (!PyArg_ParseTuple(args, "nnpppi:Arena", &nbytes, &alignment, &huge, &zero,
                          &grow, &fd)) {
        return NULL;
    }
    const struct arena_options options = {
        .nbytes = (size_t)nbytes,
        .alignment = (size_t)alignment,
        .huge = huge,
        .zero = zero,
        .grow = grow,
        .fd = fd,
    };
    struct arena *arena;
    Py_BEGIN_ALLOW_THREADS
    arena = arena_new(&options);
    Py_END_ALLOW_THREADS
    if (arena == NULL) {
        const int error = errno;
        if (fd < 0 || error == ENOMEM) {
            return PyErr_Format(PyExc_MemoryError, "Arena: cannot map %zd bytes: %s",
                                nbytes, strerror(error));
        }
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *capsule = make_capsule(arena);
    PyObject *self = capsule ? type->tp_alloc(type, 0) : NULL;
    if (self == NULL) {
        Py_XDECREF(capsule);
        return NULL;
    }
    ((struct arena_object *)self)->capsule = capsule;
    ((struct arena_object *)self)->arena = arena;
    return self;
}

static void arena_object_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((struct arena_object *)self)->capsule);
    type->tp_free(self);
    Py_DECREF(type);
}

static int arena_object_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    size_t nbytes = 0;
    char *base = arena_export(arena_of(self), true, &nbytes);
    view->obj = NULL;
    if (base == NULL) {
        PyErr_SetString(PyExc_ValueError, "the arena is closed");
        return -1;
    }
    const int status =
        PyBuffer_FillInfo(view, self, base, (Py_ssize_t)nbytes, 0, flags);
    if (status < 0) {
        arena_unexport(arena_of(self));
    }
    return status;
}

static void arena_object_releasebuffer(PyObject *self, Py_buffer *view)
{
    arena_unexport(arena_of(self));
}

static PyObject *refuse(const char *function, struct arena_alive alive)
{
    return PyErr_Format(
        PyExc_BufferError,
        "%s: %zu array%s and %zu buffer%s (memoryview, np.frombuffer) still use this "
        "memory; let go of them first (del, .release())",
        function, alive.arrays, alive.arrays == 1 ? "" : "s", alive.buffers,
        alive.buffers == 1 ? "" : "s");
}

static PyObject *release(PyObject *self, PyObject *mark)
{
    const Py_ssize_t offset = PyNumber_AsSsize_t(mark, PyExc_OverflowError);
    if (offset == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (offset < 0) {
        return PyErr_Format(PyExc_ValueError,
                            "release: mark must be what mark() returned, not %zd",
                            offset);
    }
    const struct arena_alive alive = arena_alive(arena_of(self), (size_t)offset);
    if (alive.arrays || alive.buffers) {
        return refuse(offset ? "release" : "reset", alive);
    }
    Py_RETURN_NONE;
}

static PyObject *close_arena(PyObject *self, PyObject *unused)
{
    struct arena_alive alive;
    Py_BEGIN_ALLOW_THREADS
    alive = arena_close(arena_of(self));
    Py_END_ALLOW_THREADS
    if (alive.arrays || alive.buffers) {
        return refuse("close", alive);
    }
    Py_RETURN_NONE;
}

/* Returns {name: value}, for the properties in _arena.py. */
static PyObject *figures(PyObject *self, PyObject *unused)
{
    const struct arena_figures now = arena_figures(arena_of(self));
    return Py_BuildValue(
        "{s:n,s:n,s:n,s:n,s:n,s:n,s:N,s:N,s:N,s:s}", "nbytes", (Py_ssize_t)now.nbytes,
        "used", (Py_ssize_t)now.used, "peak", (Py_ssize_t)now.peak, "arrays",
        (Py_ssize_t)now.arrays, "buffers", (Py_ssize_t)now.buffers, "alignment",
        (Py_ssize_t)now.alignment, "closed", PyBool_FromLong(now.closed), "hugepages",
        PyBool_FromLong(now.huge), "file", PyBool_FromLong(now.file), "error",
        now.error ? strerror(now.error) : NULL);
}

static PyObject *finish_errno(int error)
{
    if (error) {
        errno = error;
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    Py_RETURN_NONE;
}

/* While these two functions run without the GIL, nobody closes the arena under them. */
static PyObject *flush(PyObject *self, PyObject *unused)
{
    size_t nbytes;
    int error;
    if (arena_export(arena_of(self), false, &nbytes) == NULL) {
        PyErr_SetString(PyExc_ValueError, "the arena is closed");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    error = arena_flush(arena_of(self));
    Py_END_ALLOW_THREADS
    arena_unexport(arena_of(self));
    return finish_errno(error);
}

static PyObject *advise(PyObject *self, PyObject *args)
{
    Py_ssize_t offset, nbytes;
    size_t all;
    int advice, error;
    if (!PyArg_ParseTuple(args, "nni:advise", &offset, &nbytes, &advice)) {
        return NULL;
    }
    if (arena_export(arena_of(self), false, &all) == NULL) {
        PyErr_SetString(PyExc_ValueError, "the arena is closed");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    error = arena_advise(arena_of(self), (size_t)offset, (size_t)nbytes, advice);
    Py_END_ALLOW_THREADS
    arena_unexport(arena_of(self));
    return finish_errno(error);
}

static PyObject *get_handler(PyObject *self, void *unused)
{
    return Py_NewRef(((struct arena_object *)self)->capsule);
}

static PyMethodDef arena_methods[] = {
    {"_release", release, METH_O, NULL},
    {"_close", close_arena, METH_NOARGS, NULL},
    {"_figures", figures, METH_NOARGS, NULL},
    {"_flush", flush, METH_NOARGS, NULL},
    {"_advise", advise, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef arena_properties[] = {
    {"_handler", get_handler, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot arena_slots[] = {
    {Py_tp_new, arena_object_new},
    {Py_tp_dealloc, arena_object_dealloc},
    {Py_tp_methods, arena_methods},
    {Py_tp_getset, arena_properties},
    {Py_bf_getbuffer, arena_object_getbuffer},
    {Py_bf_releasebuffer, arena_object_releasebuffer},
    {0, NULL},
};

static PyType_Spec arena_spec = {
    .name = "numpy_par._engine.Arena",
    .basicsize = sizeof(struct arena_object),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = arena_slots,
};

int arena_type_init(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &arena_spec, NULL);
    const int status = type ? PyModule_AddObjectRef(module, "Arena", type) : -1;
    Py_XDECREF(type);
    return status;
}
