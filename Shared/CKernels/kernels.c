#include "CKernels.h"

// One copy for any processor of the architecture, one for AVX2 and FMA, chosen when the library is loaded. The level asks
// for features; the name of a processor (haswell) would be true on that one alone.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef float lanes __attribute__((vector_size(32), aligned(4)));

CLONES float ckernels_dot(const float *left, const float *right, size_t count) {
    lanes even = {0}, odd = {0};
    size_t index = 0;
    for (; index + 16 <= count; index += 16) {
        even += *(const lanes *)(left + index) * *(const lanes *)(right + index);
        odd += *(const lanes *)(left + index + 8) * *(const lanes *)(right + index + 8);
    }
    lanes sums = even + odd;
    float sum = 0;
    for (int lane = 0; lane < 8; lane++) sum += sums[lane];
    for (; index < count; index++) sum += left[index] * right[index];
    return sum;
}

CLONES void ckernels_add(const float *vector, float factor, float *target, size_t count) {
    for (size_t index = 0; index < count; index++) target[index] += factor * vector[index];
}
