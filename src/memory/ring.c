/* ring.c - memory that is mapped twice, one copy after the other: what runs over its
 * end goes on at its beginning, and is contiguous for the reader. */
#define _GNU_SOURCE
#include "arena_type.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pages.h"

struct ring_object {
    PyObject_HEAD
    char *base;
    size_t nbytes; /* of one copy */
};

/* Maps the same pages at `base` and behind.  Returns 0, or an errno. */
static int map_twice(struct ring_object *ring)
{
    const int fd = memfd_create("numpy_par ring", MFD_CLOEXEC);
    if (fd < 0) {
        return errno;
    }
    int error = ftruncate(fd, (off_t)ring->nbytes) < 0 ? errno : 0;
    char *base = error ? NULL : pages_reserve(2 * ring->nbytes, pages_size());
    for (int copy = 0; base && copy < 2 && !error; copy++) {
        const void *place = base + (size_t)copy * ring->nbytes;
        const void *there = mmap((void *)place, ring->nbytes, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_FIXED, fd, 0);
        if (there != place) {
            error = errno;
            pages_unmap(base, 2 * ring->nbytes);
        }
    }
    if (!error && base == NULL) {
        error = ENOMEM;
    }
    ring->base = error ? NULL : base;
    close(fd);
    return error;
}

/* Ring(nbytes): memory of at least `nbytes`, rounded up to whole pages. */
static PyObject *ring_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Py_ssize_t nbytes;
    if (!PyArg_ParseTuple(args, "n:Ring", &nbytes)) {
        return NULL;
    }
    if (nbytes < 1 || nbytes > PY_SSIZE_T_MAX / 4) {
        return PyErr_Format(PyExc_MemoryError, "Ring: cannot map %zd bytes", nbytes);
    }
    struct ring_object *ring = (struct ring_object *)type->tp_alloc(type, 0);
    if (ring == NULL) {
        return NULL;
    }
    ring->nbytes = pages_round_up((size_t)nbytes, pages_size());
    const int error = map_twice(ring);
    if (error) {
        Py_DECREF(ring);
        errno = error;
        return error == ENOMEM ? PyErr_NoMemory() : PyErr_SetFromErrno(PyExc_OSError);
    }
    return (PyObject *)ring;
}

static void ring_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    struct ring_object *ring = (struct ring_object *)self;
    if (ring->base) {
        pages_unmap(ring->base, 2 * ring->nbytes);
    }
    type->tp_free(self);
    Py_DECREF(type);
}

/* Exports both copies. */
static int ring_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    const struct ring_object *ring = (struct ring_object *)self;
    return PyBuffer_FillInfo(view, self, ring->base, (Py_ssize_t)(2 * ring->nbytes), 0,
                             flags);
}

static PyType_Slot ring_slots[] = {
    {Py_tp_new, ring_new},
    {Py_tp_dealloc, ring_dealloc},
    {Py_bf_getbuffer, ring_getbuffer},
    {0, NULL},
};

static PyType_Spec ring_spec = {
    .name = "numpy_par._engine.Ring",
    .basicsize = sizeof(struct ring_object),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = ring_slots,
};

int ring_type_init(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &ring_spec, NULL);
    const int status = type ? PyModule_AddObjectRef(module, "Ring", type) : -1;
    Py_XDECREF(type);
    return status;
}
