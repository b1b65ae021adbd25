#include "CKernelsQuantized.h"

#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#pragma clang diagnostic ignored "-Wpsabi"

typedef float lanes __attribute__((vector_size(32), aligned(4)));
typedef int8_t codes8 __attribute__((vector_size(8), aligned(1)));

#define WIDEN(from) __builtin_convertvector(*(const codes8 *)(from), lanes)

CLONES uint32_t ckernels_code_candidates(const int8_t *codes, size_t depth, const float *scales, const float *bounds,
                                         float length, const float *query, float threshold) {
    lanes sums[4] = {{0}, {0}, {0}, {0}};
    for (size_t component = 0; component < depth; component++) {
        const int8_t *row = codes + component * ckernels_code_panel;
        sums[0] += query[component] * WIDEN(row);
        sums[1] += query[component] * WIDEN(row + 8);
        sums[2] += query[component] * WIDEN(row + 16);
        sums[3] += query[component] * WIDEN(row + 24);
    }
    uint32_t candidates = 0;
    for (int part = 0; part < 4; part++) {
        lanes upper = *(const lanes *)(scales + 8 * part) * sums[part] + length * *(const lanes *)(bounds + 8 * part);
        for (int lane = 0; lane < 8; lane++) {
            // What is not a number is a candidate: the exact score decides.
            candidates |= (uint32_t)!(upper[lane] < threshold) << (8 * part + lane);
        }
    }
    return candidates;
}
