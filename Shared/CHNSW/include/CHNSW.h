#ifndef C_HNSW_H
#define C_HNSW_H
#include <stddef.h>
#include <stdint.h>

// Hierarchical navigable small world graphs (Malkov and Yashunin 2018): built by hnswlib, read out as plain arrays, and
// searched there. Nothing here throws; failures are codes.

#ifdef __cplusplus
extern "C" {
#endif

/// What came of a call.
typedef enum {
    chnsw_ok = 0,
    chnsw_out_of_memory = 1,
    /// hnswlib refused; never expected.
    chnsw_failed = 2,
} chnsw_status;

/// How far apart two vectors are: the negative scalar product, or the squared Euclidean distance.
typedef enum { chnsw_product = 0, chnsw_euclidean = 1 } chnsw_metric;

/// A graph that grows.
typedef struct chnsw_builder chnsw_builder;

/// Makes an empty graph for `count` vectors of `width` numbers, a multiple of eight.
chnsw_status chnsw_builder_create(size_t count, size_t width, chnsw_metric metric, size_t degree,
                                  size_t ef_construction, chnsw_builder **builder);
/// Adds a vector on `level` and all below. The first call must return before others start; those may run at once.
chnsw_status chnsw_builder_add(chnsw_builder *builder, const float *vector, uint32_t index, int level);
/// Where searches start.
void chnsw_builder_entry(const chnsw_builder *builder, uint32_t *index, int *level);
/// Copies the neighbours of the `position`-th added vector on a level to `neighbours`, which has room for twice the
/// degree, and its index to `index`; returns their number.
size_t chnsw_builder_links(const chnsw_builder *builder, size_t position, int level, uint32_t *index,
                           uint32_t *neighbours);
void chnsw_builder_free(chnsw_builder *builder);

/// A finished graph; the pointers belong to the caller.
typedef struct {
    size_t count;
    /// How far apart vectors begin, a multiple of eight; what pads them is zero.
    size_t width;
    size_t degree;
    chnsw_metric metric;
    const float *vectors;
    /// For each vector the number of its neighbours and room for twice the degree.
    const uint32_t *links;
    /// For each vector where its links of the levels above the lowest begin in `upper_links`.
    const uint32_t *upper_offsets;
    /// For each level above the lowest of a vector the number of its neighbours and room for the degree.
    const uint32_t *upper_links;
    uint32_t entry;
    int entry_level;
} chnsw_graph;

/// A vector that was found.
typedef struct {
    float distance;
    uint32_t index;
} chnsw_neighbour;

/// Finds at most `limit` vectors near to `query` (padded), nearest first, ties by index; `beam` is efSearch, at least
/// `limit`. A vector whose bit is set in `excluded` is passed through, but not found.
chnsw_status chnsw_search(const chnsw_graph *graph, const float *query, size_t beam, size_t limit,
                          const uint64_t *excluded, size_t excluded_words, chnsw_neighbour *found, size_t *count);

#ifdef __cplusplus
}
#endif
#endif
