#ifndef C_HNSW_DISTANCES_H
#define C_HNSW_DISTANCES_H
#include <stddef.h>

// Distances of vectors whose width is a multiple of eight, in the form that hnswlib calls them. Its own ones are chosen
// when it is compiled, which for a package that runs on every x86-64 processor means SSE; these are chosen when the
// library is loaded. An architecture level is named for its features (AVX2, FMA): the name of a processor would be
// true on that processor alone.
#if defined(__x86_64__) && defined(__linux__)
#define CHNSW_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CHNSW_CLONES
#endif

#ifdef __cplusplus
extern "C" {
#endif
float chnsw_product_distance(const void *left, const void *right, const void *width);
float chnsw_euclidean_distance(const void *left, const void *right, const void *width);
#ifdef __cplusplus
}
#endif

typedef float chnsw_lanes __attribute__((vector_size(32), aligned(4)));

static inline __attribute__((always_inline)) float chnsw_sum(const chnsw_lanes *sums) {
    chnsw_lanes sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

static inline __attribute__((always_inline)) float chnsw_negative_product(const float *left, const float *right,
                                                                          size_t width) {
    chnsw_lanes sums[4] = {{0}, {0}, {0}, {0}};
    size_t index = 0;
    for (; index + 32 <= width; index += 32) {
        sums[0] += *(const chnsw_lanes *)(left + index) * *(const chnsw_lanes *)(right + index);
        sums[1] += *(const chnsw_lanes *)(left + index + 8) * *(const chnsw_lanes *)(right + index + 8);
        sums[2] += *(const chnsw_lanes *)(left + index + 16) * *(const chnsw_lanes *)(right + index + 16);
        sums[3] += *(const chnsw_lanes *)(left + index + 24) * *(const chnsw_lanes *)(right + index + 24);
    }
    for (; index < width; index += 8) {
        sums[0] += *(const chnsw_lanes *)(left + index) * *(const chnsw_lanes *)(right + index);
    }
    return -chnsw_sum(sums);
}

static inline __attribute__((always_inline)) float chnsw_squared_distance(const float *left, const float *right,
                                                                          size_t width) {
    chnsw_lanes sums[4] = {{0}, {0}, {0}, {0}};
    size_t index = 0;
    for (; index + 16 <= width; index += 16) {
        chnsw_lanes first = *(const chnsw_lanes *)(left + index) - *(const chnsw_lanes *)(right + index);
        chnsw_lanes second = *(const chnsw_lanes *)(left + index + 8) - *(const chnsw_lanes *)(right + index + 8);
        sums[0] += first * first;
        sums[1] += second * second;
    }
    for (; index < width; index += 8) {
        chnsw_lanes difference = *(const chnsw_lanes *)(left + index) - *(const chnsw_lanes *)(right + index);
        sums[0] += difference * difference;
    }
    return chnsw_sum(sums);
}
#endif
