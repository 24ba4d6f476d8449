/*
 * lanes_x86_template.h - vectors of one type: what AVX2 and AVX-512 do alike.  A
 * template: the file of each includes it once for each type.
 *
 * T: the type.  OF(name): the name that is this type's, as name_f64.  VECTOR, MASK: the
 * types of a vector and of a mask.  MM(name): the name of an intrinsic function, as
 * _mm256_name_pd.  ROUND(a, how) and COMPARE(a, b, how) are intrinsics whose names
 * differ.
 */
#define V OF(v)
#define M OF(m)

typedef VECTOR V;
typedef MASK M;
enum { OF(LANES) = sizeof(V) / sizeof(T) };

static inline V OF(load)(const T *p)
{
    return MM(loadu)(p);
}

static inline void OF(store)(T *p, V v)
{
    MM(storeu)(p, v);
}

static inline V OF(all)(T x)
{
    return MM(set1)(x);
}

static inline V OF(fma)(V a, V b, V c)
{
    return MM(fmadd)(a, b, c);
}

static inline V OF(trunc)(V a)
{
    return ROUND(a, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
}

static inline V OF(floor)(V a)
{
    return ROUND(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

static inline V OF(ceil)(V a)
{
    return ROUND(a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}

static inline V OF(rint)(V a)
{
    return ROUND(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline V OF(sqrt)(V a)
{
    return MM(sqrt)(a);
}

static inline V OF(copysign)(V a, V sign)
{
    const V zero = MM(set1)((T)-0.0);
    return MM(or)(MM(andnot)(zero, a), MM(and)(zero, sign));
}

static inline M OF(less)(V a, V b)
{
    return COMPARE(a, b, _CMP_LT_OQ);
}

static inline M OF(equal)(V a, V b)
{
    return COMPARE(a, b, _CMP_EQ_OQ);
}

static inline M OF(unordered)(V a, V b)
{
    return COMPARE(a, b, _CMP_UNORD_Q);
}

static inline V OF(greatest_of)(V a, V b)
{
    return MM(max)(a, b);
}

static inline V OF(least_of)(V a, V b)
{
    return MM(min)(a, b);
}

static inline M OF(at_least)(V a, V b)
{
    return COMPARE(a, b, _CMP_GE_OS);
}

#undef T
#undef OF
#undef VECTOR
#undef MASK
#undef MM
#undef ROUND
#undef COMPARE
#undef V
#undef M
