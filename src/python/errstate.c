/* errstate.c - see errstate.h. */
#include "errstate.h"

#include <fenv.h>

/* Returns those of the flags `fpe` (FE_*) for which np.errstate has the setting
 * `wanted`. */
static int flags_with(const struct state *state, int fpe, const char *wanted)
{
    static const struct {
        int flag;
        const char *name;
    } kinds[] = {{FE_DIVBYZERO, "divide"},
                 {FE_OVERFLOW, "over"},
                 {FE_UNDERFLOW, "under"},
                 {FE_INVALID, "invalid"}};
    PyObject *settings =
        state->get_extobj ? PyObject_CallNoArgs(state->get_extobj) : NULL;
    int found = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        PyObject *way = settings ? PyDict_GetItemString(settings, kinds[i].name) : NULL;
        if (way && PyUnicode_Check(way) &&
            PyUnicode_CompareWithASCIIString(way, wanted) == 0) {
            found |= fpe & kinds[i].flag;
        }
    }
    Py_XDECREF(settings);
    PyErr_Clear();
    return found;
}

bool errstate_reports(const struct state *state, int fpe)
{
    return fpe && flags_with(state, fpe, "ignore") != fpe;
}

bool errstate_raises(const struct state *state, int fpe)
{
    return !state->get_extobj || flags_with(state, fpe, "raise");
}
