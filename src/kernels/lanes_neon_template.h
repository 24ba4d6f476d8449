/*
 * lanes_neon_template.h - vectors of one type.  A template: lanes_neon.h includes it
 * once for each type.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64; intrinsic
 * functions have such names too.  WORDS(name): that of the unsigned integers of as many
 * bits.  TO_WORDS, OF_WORDS: intrinsics that take a vector of one for the other.
 * VECTOR, MASK: the types of a vector and of a mask.  POWERS: of two, one for each
 * lane.
 */
#define V OF(v)
#define M OF(m)

typedef VECTOR V;
typedef MASK M;
enum { OF(LANES) = sizeof(V) / sizeof(T) };

static inline V OF(load)(const T *p)
{
    return OF(vld1q)(p);
}

static inline void OF(store)(T *p, V v)
{
    OF(vst1q)(p, v);
}

static inline V OF(all)(T x)
{
    return OF(vdupq_n)(x);
}

static inline V OF(fma)(V a, V b, V c)
{
    return OF(vfmaq)(c, a, b);
}

static inline V OF(trunc)(V a)
{
    return OF(vrndq)(a);
}

static inline V OF(floor)(V a)
{
    return OF(vrndmq)(a);
}

static inline V OF(ceil)(V a)
{
    return OF(vrndpq)(a);
}

static inline V OF(rint)(V a)
{
    return OF(vrndnq)(a);
}

static inline V OF(sqrt)(V a)
{
    return OF(vsqrtq)(a);
}

static inline V OF(abs)(V a)
{
    return OF(vabsq)(a);
}

/* clang-format takes these names for operators of C++. */
/* clang-format off */
static inline M OF(and)(M a, M b)
{
    return WORDS(vandq)(a, b);
}

static inline M OF(or)(M a, M b)
{
    return WORDS(vorrq)(a, b);
}

static inline M OF(differ)(M a, M b)
{
    return WORDS(veorq)(a, b);
}

static inline M OF(not)(M m)
{
    return WORDS(vceqq)(m, WORDS(vdupq_n)(0));
}

static inline M OF(unordered)(V a, V b)
{
    return OF(not)(WORDS(vandq)(OF(vceqq)(a, a), OF(vceqq)(b, b)));
}
/* clang-format on */

static inline unsigned OF(bits)(M m)
{
    const M powers = {POWERS};
    return (unsigned)WORDS(vaddvq)(WORDS(vandq)(m, powers));
}

static inline V OF(select)(M m, V a, V b)
{
    return OF(vbslq)(m, a, b);
}

static inline V OF(copysign)(V a, V sign)
{
    const V zero = OF(vdupq_n)((T)-0.0);
    return OF(vbslq)(TO_WORDS(zero), sign, a);
}

static inline M OF(equal)(V a, V b)
{
    return OF(vceqq)(a, b);
}

static inline V OF(greatest_of)(V a, V b)
{
    return OF(vbslq)(OF(vcgtq)(a, b), a, b);
}

static inline V OF(least_of)(V a, V b)
{
    return OF(vbslq)(OF(vcltq)(a, b), a, b);
}

static inline M OF(at_least)(V a, V b)
{
    return OF(vcgeq)(a, b);
}

/* Compares two zeros where one operand is a NaN. */
static inline M OF(less)(V a, V b)
{
    const M numbers = WORDS(vandq)(OF(vceqq)(a, a), OF(vceqq)(b, b));
    const M x = WORDS(vandq)(numbers, TO_WORDS(a));
    const M y = WORDS(vandq)(numbers, TO_WORDS(b));
    return OF(vcltq)(OF_WORDS(x), OF_WORDS(y));
}

#undef T
#undef OF
#undef WORDS
#undef TO_WORDS
#undef OF_WORDS
#undef VECTOR
#undef MASK
#undef POWERS
#undef V
#undef M
