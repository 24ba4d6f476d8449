/*
 * neighbours.c - nextafter and spacing.  The bits of a number are an integer, and the
 * bits of its neighbours are the next integers.  The flags are libm's: overflow where a
 * finite number has an infinite neighbour, underflow where the neighbour is less than
 * normal, invalid for signalling NaNs.
 */
#include "loop.h"

#include "bits.h"
#include "flags.h"

#define T double
#define U uint64_t
#define OF(name) name##_f64
#define BODY(name) name##_f64_body
#include "neighbours_template.h"

#define T float
#define U uint32_t
#define OF(name) name##_f32
#define BODY(name) name##_f32_body
#include "neighbours_template.h"
