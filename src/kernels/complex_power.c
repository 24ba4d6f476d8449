/*
 * complex_power.c - powers of complex numbers with one whole exponent for all.  They do
 * NumPy's products in its order (and its quotient), and so have its bits and its flags.
 * All other calls are left to NumPy's loop.
 */
#include "lanes.h"
#include "loop.h"

#ifdef NPP_LANES
#  include <complex.h>
#  include <math.h>
#  include <stdlib.h>

#  include "complex_arithmetic.h"

/* From this exponent on NumPy calls libm. */
enum { EXPONENTS_END = 100 };

#  define T double
#  define OF(name) name##_f64
#  define NAME power_c128
#  include "complex_power_template.h"

#  define T float
#  define OF(name) name##_f32
#  define NAME power_c64
#  include "complex_power_template.h"
#endif
