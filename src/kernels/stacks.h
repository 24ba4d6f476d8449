/*
 * stacks.h - vectors for transposing in registers: a layer is 16 bytes, a stack as many
 * layers as the level has.  Layers are loaded from different places, and stored side by
 * side.
 *
 * zip_low_stack_W(a, b) interleaves, in each layer, the first halves of a and b by
 * elements of W bytes, and zip_high_stack_W(a, b) the second halves.  Nothing crosses
 * layers, so that each is one instruction everywhere.
 */
#ifndef NPP_KERNELS_STACKS_H
#define NPP_KERNELS_STACKS_H

#include <stdint.h>

#if defined(__SSE2__)
#  include <immintrin.h>

#  define ZIPS(S, mm, W, bits)                                                         \
    static inline S zip_low_##S##_##W(S a, S b)                                        \
    {                                                                                  \
      return mm##_unpacklo_epi##bits(a, b);                                            \
    }                                                                                  \
    static inline S zip_high_##S##_##W(S a, S b)                                       \
    {                                                                                  \
      return mm##_unpackhi_epi##bits(a, b);                                            \
    }
#  define ALL_ZIPS(S, mm)                                                              \
    ZIPS(S, mm, 1, 8) ZIPS(S, mm, 2, 16) ZIPS(S, mm, 4, 32) ZIPS(S, mm, 8, 64)

typedef __m128i layer;
ALL_ZIPS(layer, _mm)

static inline layer load_layer(const char *p, intptr_t apart)
{
    (void)apart;
    return _mm_loadu_si128((const __m128i *)p);
}

static inline void store_layer(char *p, layer v)
{
    _mm_storeu_si128((__m128i *)p, v);
}

#elif defined(__aarch64__)
#  include <arm_neon.h>

#  define vreinterpretq_u8_u8(a) (a)
#  define ZIPS(S, W, bits)                                                             \
    static inline S zip_low_##S##_##W(S a, S b)                                        \
    {                                                                                  \
      return vreinterpretq_u8_u##bits(vzip1q_u##bits(vreinterpretq_u##bits##_u8(a),    \
                                                     vreinterpretq_u##bits##_u8(b)));  \
    }                                                                                  \
    static inline S zip_high_##S##_##W(S a, S b)                                       \
    {                                                                                  \
      return vreinterpretq_u8_u##bits(vzip2q_u##bits(vreinterpretq_u##bits##_u8(a),    \
                                                     vreinterpretq_u##bits##_u8(b)));  \
    }

typedef uint8x16_t layer;
ZIPS(layer, 1, 8)
ZIPS(layer, 2, 16)
ZIPS(layer, 4, 32)
ZIPS(layer, 8, 64)

static inline layer load_layer(const char *p, intptr_t apart)
{
    (void)apart;
    return vld1q_u8((const uint8_t *)p);
}

static inline void store_layer(char *p, layer v)
{
    vst1q_u8((uint8_t *)p, v);
}

#else

/* Elsewhere the compiler makes of it what it can. */
typedef struct {
    uint8_t byte[16];
} layer;

#  define ZIPS(W)                                                                      \
    static inline layer zip_layer_##W(const uint8_t *a, const uint8_t *b)              \
    {                                                                                  \
      layer z;                                                                         \
      for (int i = 0; i < 16; i++) {                                                   \
        z.byte[i] = (i / (W) % 2 ? b : a)[i / (2 * (W)) * (W) + i % (W)];              \
      }                                                                                \
      return z;                                                                        \
    }                                                                                  \
    static inline layer zip_low_layer_##W(layer a, layer b)                            \
    {                                                                                  \
      return zip_layer_##W(a.byte, b.byte);                                            \
    }                                                                                  \
    static inline layer zip_high_layer_##W(layer a, layer b)                           \
    {                                                                                  \
      return zip_layer_##W(a.byte + 8, b.byte + 8);                                    \
    }
ZIPS(1)
ZIPS(2)
ZIPS(4)
ZIPS(8)

static inline layer load_layer(const char *p, intptr_t apart)
{
    (void)apart;
    return *(const layer *)p;
}

static inline void store_layer(char *p, layer v)
{
    *(layer *)p = v;
}

#endif

#if defined(__AVX2__)
static inline __m256i load_pair(const char *p, intptr_t apart)
{
    const __m128i next = load_layer(p + apart, 0);
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load_layer(p, 0)), next, 1);
}
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__)

#  define NPP_STACKS
typedef __m512i stack;
enum { LAYERS = 4 };
ALL_ZIPS(stack, _mm512)

static inline stack load_stack(const char *p, intptr_t apart)
{
    const __m512i low = _mm512_castsi256_si512(load_pair(p, apart));
    return _mm512_inserti64x4(low, load_pair(p + 2 * apart, apart), 1);
}

static inline void store_stack(char *p, stack v)
{
    _mm512_storeu_si512(p, v);
}

#elif defined(__AVX2__)

#  define NPP_STACKS
typedef __m256i stack;
enum { LAYERS = 2 };
ALL_ZIPS(stack, _mm256)

static inline stack load_stack(const char *p, intptr_t apart)
{
    return load_pair(p, apart);
}

static inline void store_stack(char *p, stack v)
{
    _mm256_storeu_si256((__m256i *)p, v);
}

#else

enum { LAYERS = 1 }; /* and a stack is a layer */

#endif

#endif
