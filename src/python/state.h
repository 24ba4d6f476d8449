/*
 * state.h - the Python objects of one instance of the module.
 *
 * Each file fills in and names what it needs; module.c owns the whole.  (What belongs
 * to the process, the team and the cost settings, is not here.)
 */
#ifndef NPP_PYTHON_STATE_H
#define NPP_PYTHON_STATE_H

#include "numpy_api.h"

/* V(name): every object, so that traverse and clear forget none. */
/* clang-format off */
#define STATE_OBJECTS(V)                                                    \
    V(memmap)         /* call.c: numpy.memmap */                            \
    V(get_promotion_state) /*    numpy._get_promotion_state, or NULL */     \
    V(resolve_name)   /* plan.c: "_resolve_dtypes_and_context" */           \
    V(get_loop_name)  /*         "_get_strided_loop" */                     \
    V(casting_kw)     /*         ("casting",) */                            \
    V(casting_sig_kw) /*         ("casting", "signature") */                \
    V(reduction_kw)   /*         (both, and "reduction") */                 \
    V(same_kind)      /*         "same_kind" */                             \
    V(unsafe)         /*         "unsafe" */                                \
    V(numpy_module)   /* reduce.c: numpy */                                 \
    V(numpys)         /*           ufuncs that were found to be NumPy's */  \
    V(no_value)       /*           numpy._NoValue */                        \
    V(get_extobj)     /*           NumPy's settings of ufuncs, as a dict */ \
    V(power)          /* plan.c: numpy.power */                             \
    V(add)            /*         numpy.add, */                              \
    V(subtract)       /*         numpy.subtract, */                         \
    V(multiply)       /*         numpy.multiply */                          \
    V(equal)          /* reduce.c: numpy.equal, */                          \
    V(not_equal)      /*         numpy.not_equal, */                        \
    V(isnan)          /*         numpy.isnan */                             \
    V(matmul)         /* gufunc.c: numpy.matmul */                          \
    V(registry)       /* ufuncs.c: {NumPy's ufunc: ours} */                 \
    V(limit_variable) /*           the context variable of threads(n) */    \
    V(route_type)     /*           type of what a parallel ufunc carries */ \
    V(precision_variable) /* precision.c: that of precision(level) */       \
    V(enabled_variable) /* hooks.c: the context variable of enabled() */    \
    V(result_type)    /* where.c: numpy.result_type */
/* clang-format on */

struct state {
#define DECLARE(name) PyObject *name;
    STATE_OBJECTS(DECLARE)
#undef DECLARE
    /* Runs a classic loop, which cannot fail; learned from np.add. */
    PyArrayMethod_StridedLoop *legacy_loop;
};

#endif
