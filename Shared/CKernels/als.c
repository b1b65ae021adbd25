#include "CKernelsALS.h"

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
// Vectors as arguments have no settled calling convention without AVX; here every such function is inlined.
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(32), aligned(4)));
typedef float quarter __attribute__((vector_size(16), aligned(4)));

INLINE lanes load(const float *from) { return *(const lanes *)from; }
INLINE void store(lanes value, float *to) { *(lanes *)to = value; }

INLINE float sum(lanes value) {
    quarter half = __builtin_shufflevector(value, value, 0, 1, 2, 3) + __builtin_shufflevector(value, value, 4, 5, 6, 7);
    return (half[0] + half[2]) + (half[1] + half[3]);
}

// Four sums at once: the horizontal additions of four scalar products share their shuffles.
INLINE quarter sums(lanes a, lanes b, lanes c, lanes d) {
    lanes ab = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes cd = __builtin_shufflevector(c, d, 0, 8, 2, 10, 4, 12, 6, 14) +
               __builtin_shufflevector(c, d, 1, 9, 3, 11, 5, 13, 7, 15);
    lanes abcd = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                 __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(abcd, abcd, 0, 1, 2, 3) + __builtin_shufflevector(abcd, abcd, 4, 5, 6, 7);
}

INLINE void add_four(const float *a, const float *b, const float *c, const float *d, quarter factors, size_t width,
                     float *result) {
    for (size_t at = 0; at < width; at += 8) {
        lanes total = load(result + at);
        total += factors[0] * load(a + at);
        total += factors[1] * load(b + at);
        total += factors[2] * load(c + at);
        total += factors[3] * load(d + at);
        store(total, result + at);
    }
}

INLINE void residual(const float *vectors, size_t width, const int32_t *columns, const float *weights,
                     const float *targets, size_t count, const float *point, float *result) {
    size_t entry = 0;
    for (; entry + 4 <= count; entry += 4) {
        const float *a = vectors + (size_t)columns[entry] * width;
        const float *b = vectors + (size_t)columns[entry + 1] * width;
        const float *c = vectors + (size_t)columns[entry + 2] * width;
        const float *d = vectors + (size_t)columns[entry + 3] * width;
        if (entry + 8 <= count) {
            for (size_t next = 4; next < 8; next++) {
                const float *coming = vectors + (size_t)columns[entry + next] * width;
                for (size_t at = 0; at < width; at += 16) __builtin_prefetch(coming + at);
            }
        }
        lanes pa = {0}, pb = {0}, pc = {0}, pd = {0};
        for (size_t at = 0; at < width; at += 8) {
            lanes p = load(point + at);
            pa += p * load(a + at);
            pb += p * load(b + at);
            pc += p * load(c + at);
            pd += p * load(d + at);
        }
        quarter factors = -*(const quarter *)(weights + entry) * sums(pa, pb, pc, pd);
        if (targets) factors += *(const quarter *)(targets + entry);
        add_four(a, b, c, d, factors, width, result);
    }
    for (; entry < count; entry++) {
        const float *a = vectors + (size_t)columns[entry] * width;
        lanes product = {0};
        for (size_t at = 0; at < width; at += 8) product += load(point + at) * load(a + at);
        float factor = (targets ? targets[entry] : 0) - weights[entry] * sum(product);
        for (size_t at = 0; at < width; at += 8) store(load(result + at) + factor * load(a + at), result + at);
    }
}

INLINE void weighted_sum(const float *vectors, size_t width, const int32_t *columns, const float *targets,
                         size_t count, float *result) {
    size_t entry = 0;
    for (; entry + 4 <= count; entry += 4) {
        add_four(vectors + (size_t)columns[entry] * width, vectors + (size_t)columns[entry + 1] * width,
                 vectors + (size_t)columns[entry + 2] * width, vectors + (size_t)columns[entry + 3] * width,
                 *(const quarter *)(targets + entry), width, result);
    }
    for (; entry < count; entry++) {
        const float *a = vectors + (size_t)columns[entry] * width;
        for (size_t at = 0; at < width; at += 8) store(load(result + at) + targets[entry] * load(a + at), result + at);
    }
}

INLINE void conjugate_gradient(const float *vectors, size_t width, const int32_t *columns, const float *weights,
                               const float *targets, size_t count, const float *diagonal,
                               const float *inverse_diagonal, size_t steps, int isWarm, float *solution,
                               float *scratch) {
    float *rest = scratch, *direction = scratch + width, *image = scratch + 2 * width;
    if (isWarm) {
        for (size_t at = 0; at < width; at += 8) store(-load(diagonal + at) * load(solution + at), rest + at);
        residual(vectors, width, columns, weights, targets, count, solution, rest);
    } else {
        for (size_t at = 0; at < width; at += 8) {
            store((lanes){0}, rest + at);
            store((lanes){0}, solution + at);
        }
        weighted_sum(vectors, width, columns, targets, count, rest);
    }
    lanes energy = {0};
    for (size_t at = 0; at < width; at += 8) {
        lanes preconditioned = load(inverse_diagonal + at) * load(rest + at);
        store(preconditioned, direction + at);
        energy += preconditioned * load(rest + at);
    }
    float current = sum(energy);
    const float enough = current * 1e-13f;
    for (size_t step = 0; step < steps && current > enough && current > 1e-30f; step++) {
        // The image is kept negated: that is what the residual function makes of a null target.
        for (size_t at = 0; at < width; at += 8) store(-load(diagonal + at) * load(direction + at), image + at);
        residual(vectors, width, columns, weights, 0, count, direction, image);
        lanes curvature = {0};
        for (size_t at = 0; at < width; at += 8) curvature -= load(direction + at) * load(image + at);
        float curved = sum(curvature);
        if (!(curved > 1e-36f)) return;
        float length = current / curved;
        lanes next = {0};
        for (size_t at = 0; at < width; at += 8) {
            store(load(solution + at) + length * load(direction + at), solution + at);
            lanes left = load(rest + at) + length * load(image + at);
            store(left, rest + at);
            next += left * left * load(inverse_diagonal + at);
        }
        float following = sum(next);
        float share = following / current;
        for (size_t at = 0; at < width; at += 8) {
            store(load(inverse_diagonal + at) * load(rest + at) + share * load(direction + at), direction + at);
        }
        current = following;
    }
}

CLONES void ckernels_als_residual(const float *vectors, size_t width, const int32_t *columns, const float *weights,
                                  const float *targets, size_t count, const float *point, float *result) {
    residual(vectors, width, columns, weights, targets, count, point, result);
}

CLONES void ckernels_als_weighted_sum(const float *vectors, size_t width, const int32_t *columns,
                                      const float *targets, size_t count, float *result) {
    weighted_sum(vectors, width, columns, targets, count, result);
}

// The usual widths are compiled with a constant, so that the inner loops stay in registers.
#define FOR_WIDTH(number)                                                                                            \
    case number:                                                                                                     \
        conjugate_gradient(vectors, number, columns, weights, targets, count, diagonal, inverse_diagonal, steps,     \
                           isWarm, solution, scratch);                                                               \
        break

CLONES void ckernels_als_conjugate_gradient(const float *vectors, size_t width, const int32_t *columns,
                                            const float *weights, const float *targets, size_t count,
                                            const float *diagonal, const float *inverse_diagonal, size_t steps,
                                            int isWarm, float *solution, float *scratch) {
    switch (width) {
        FOR_WIDTH(32);
        FOR_WIDTH(64);
        FOR_WIDTH(128);
    default:
        conjugate_gradient(vectors, width, columns, weights, targets, count, diagonal, inverse_diagonal, steps, isWarm,
                           solution, scratch);
    }
}
