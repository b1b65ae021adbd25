#include "CTopItems.h"

#include <stdlib.h>
#include <string.h>

// One copy for any processor of the architecture, one for AVX2 and FMA, chosen when the library is loaded. The name of an
// architecture level asks for its features; that of a processor (haswell) would be true on that processor alone.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(32), aligned(4)));

static uint64_t key_of(float score, int32_t id) {
    uint32_t bits;
    score += 0.0f;  // no negative zero: it would stand below zero
    memcpy(&bits, &score, sizeof bits);
    bits = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (uint64_t)bits << 32 | ~(uint32_t)id;
}

float ckernels_key_score(uint64_t key) {
    uint32_t bits = (uint32_t)(key >> 32);
    float score;
    bits = bits & 0x80000000u ? bits & 0x7FFFFFFFu : ~bits;
    memcpy(&score, &bits, sizeof score);
    return score;
}

int32_t ckernels_key_id(uint64_t key) { return (int32_t) ~(uint32_t)key; }

static void swap(uint64_t *keys, size_t left, size_t right) {
    uint64_t key = keys[left];
    keys[left] = keys[right];
    keys[right] = key;
}

/// Partial selection (Hoare 1961): the `limit` largest to the front, the smallest of them last of these.
static void select_largest(uint64_t *keys, size_t count, size_t limit) {
    size_t first = 0, end = count, target = limit - 1;
    while (end - first > 1) {
        size_t middle = first + (end - first) / 2, last = end - 1;
        // Median of three to the front, so that sorted data stays quick.
        if (keys[middle] < keys[last]) swap(keys, middle, last);
        if (keys[first] < keys[last]) swap(keys, first, last);
        if (keys[first] > keys[middle]) swap(keys, first, middle);
        uint64_t pivot = keys[first];
        size_t smaller = first + 1;
        for (size_t index = first + 1; index < end; index++) {
            // Always swapped, without a branch that the processor would guess wrong half of the time.
            uint64_t key = keys[index];
            keys[index] = keys[smaller];
            keys[smaller] = key;
            smaller += key > pivot;
        }
        size_t place = smaller - 1;
        swap(keys, first, place);
        if (place == target) return;
        if (place > target) end = place;
        else first = place + 1;
    }
}

static void keep(ckernels_best *best, float score, int32_t id, size_t limit, size_t capacity) {
    size_t word = (size_t)id / 64;
    if (word < best->excluded_words && best->excluded[word] >> (id % 64) & 1) return;
    best->keys[best->count++] = key_of(score, id);
    if (best->count < capacity) return;
    select_largest(best->keys, best->count, limit);
    best->count = limit;
    best->threshold = ckernels_key_score(best->keys[limit - 1]);
}

/// Keeps what reaches the threshold; outside of the loop so that its accumulators stay in registers.
static __attribute__((noinline)) void keep_all(ckernels_best *best, const float *scores, const int32_t *ids,
                                               size_t width, size_t limit, size_t capacity) {
    for (size_t item = 0; item < width; item++) {
        if (scores[item] >= best->threshold) keep(best, scores[item], ids[item], limit, capacity);
    }
}

/// One panel for a number of queries that the compiler knows.
INLINE void multiply(const float *panel, size_t depth, const float *queries, const size_t rows, const int32_t *ids,
                     size_t width, ckernels_best *best, size_t limit, size_t capacity) {
    lanes left[ckernels_query_rows] = {0}, right[ckernels_query_rows] = {0};
    for (size_t component = 0; component < depth; component++) {
        lanes first = *(const lanes *)panel, second = *(const lanes *)(panel + 8);
#pragma clang loop unroll(full)
        for (size_t row = 0; row < rows; row++) {
            left[row] += first * queries[row];
            right[row] += second * queries[row];
        }
        panel += ckernels_panel_width;
        queries += rows;
    }
#pragma clang loop unroll(full)
    for (size_t row = 0; row < rows; row++) {
        float threshold = best[row].threshold;
        if (__builtin_reduce_or((left[row] >= threshold) | (right[row] >= threshold)) == 0) continue;
        float scores[ckernels_panel_width];
        memcpy(scores, &left[row], 32);
        memcpy(scores + 8, &right[row], 32);
        keep_all(&best[row], scores, ids, width, limit, capacity);
    }
}

CLONES void ckernels_top_items(const float *panels, size_t panel_count, size_t depth, const float *queries,
                               size_t rows, const int32_t *ids, size_t item_count, ckernels_best *best, size_t limit,
                               size_t capacity) {
    for (size_t panel = 0; panel < panel_count; panel++) {
        const float *items = panels + panel * depth * ckernels_panel_width;
        size_t first = panel * ckernels_panel_width, width = item_count - first;
        if (width > ckernels_panel_width) width = ckernels_panel_width;
#define ROWS(count) \
    case count: multiply(items, depth, queries, count, ids + first, width, best, limit, capacity); break;
        switch (rows) {
            ROWS(1)
            ROWS(2)
            ROWS(3)
            ROWS(4)
            ROWS(5)
            ROWS(6)
        }
#undef ROWS
    }
}

static int larger_first(const void *left, const void *right) {
    uint64_t first = *(const uint64_t *)left, second = *(const uint64_t *)right;
    return (first < second) - (first > second);
}

void ckernels_finish_best(ckernels_best *best, size_t limit) {
    if (best->count > limit) {
        select_largest(best->keys, best->count, limit);
        best->count = limit;
    }
    qsort(best->keys, best->count, sizeof(uint64_t), larger_first);
}
