#ifndef C_TOP_ITEMS_H
#define C_TOP_ITEMS_H
#include <stddef.h>
#include <stdint.h>

// Exact top-k for batches of queries: the matrix product of a few queries with a panel of items stays in registers and
// is compared there with each query's k-th best score, so that the scores are never written to memory. OpenBLAS has to
// write them, and packs the items again for each call.

/// How many items a panel holds; a panel is `depth` rows of one component of each of its items.
enum { ckernels_panel_width = 16 };
/// How many queries are multiplied at once at most.
enum { ckernels_query_rows = 6 };

/// The best items of one query so far, unordered.
///
/// A key holds a score in its upper half, so that higher scores have larger keys, and the complement of the item's id in
/// its lower half, so that ties go to the smaller id.
typedef struct {
    uint64_t *keys;
    size_t count;
    /// The score that an item must reach.
    float threshold;
    /// A bit per id, one where the item must not be kept.
    const uint64_t *excluded;
    size_t excluded_words;
} ckernels_best;

/// Multiplies `rows` queries (`depth` rows of one component of each) with `panel_count` panels and keeps what may be
/// among the best `limit` of each query.
///
/// `ids` are the ids of the panels' items; of the last panel only so many as make up `item_count`. `capacity`, above
/// `limit`, is the room for keys in each of `best`.
void ckernels_top_items(const float *panels, size_t panel_count, size_t depth, const float *queries, size_t rows,
                        const int32_t *ids, size_t item_count, ckernels_best *best, size_t limit, size_t capacity);

/// Sorts the best `limit` keys to the front, best first, and forgets the others.
void ckernels_finish_best(ckernels_best *best, size_t limit);

/// The score of a key.
float ckernels_key_score(uint64_t key);
/// The id of a key.
int32_t ckernels_key_id(uint64_t key);
#endif
