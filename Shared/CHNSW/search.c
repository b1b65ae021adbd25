#include "CHNSW.h"

#include <stdlib.h>
#include <string.h>

#include "distances.h"

#define INLINE static inline __attribute__((always_inline))

// A key holds a distance in its upper half, so that smaller distances have smaller keys, then the index, and in its
// lowest bit whether the vector's neighbours were looked at.

INLINE uint64_t key_of(float distance, uint32_t index) {
    uint32_t bits;
    distance += 0.0f;  // no negative zero: it would stand below zero
    memcpy(&bits, &distance, sizeof bits);
    bits = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (uint64_t)bits << 32 | (uint64_t)index << 1;
}

INLINE uint32_t index_of(uint64_t key) { return (uint32_t)key >> 1; }

INLINE float distance_of(uint64_t key) {
    uint32_t bits = (uint32_t)(key >> 32);
    float distance;
    bits = bits & 0x80000000u ? bits & 0x7FFFFFFFu : ~bits;
    memcpy(&distance, &bits, sizeof distance);
    return distance;
}

INLINE float distance(const chnsw_graph *graph, const float *query, uint32_t index, chnsw_metric metric) {
    const float *vector = graph->vectors + (size_t)index * graph->width;
    return metric == chnsw_product ? chnsw_negative_product(query, vector, graph->width)
                                   : chnsw_squared_distance(query, vector, graph->width);
}

INLINE void prefetch(const chnsw_graph *graph, uint32_t index) {
    const float *vector = graph->vectors + (size_t)index * graph->width;
    // More lines than this the processor fetches ahead by itself.
    size_t lines = graph->width / 16 + 1;
    if (lines > 5) lines = 5;
    for (size_t line = 0; line < lines; line++) __builtin_prefetch(vector + 16 * line);
}

/// The nearest vectors so far in order, at most `capacity`; behind them there is room for a vector's neighbours.
typedef struct {
    uint64_t *keys;
    size_t count, capacity;
} beam_list;

/// How many of the first `count` keys are smaller.
INLINE size_t smaller(const uint64_t *keys, size_t count, uint64_t key) {
    size_t first = 0;
    while (first < count) {
        size_t middle = (first + count) / 2;
        if (keys[middle] < key) first = middle + 1;
        else count = middle;
    }
    return first;
}

/// Puts keys that are in order into their places, each key behind them moved once, and returns the first one's place.
INLINE size_t merge(beam_list *list, const uint64_t *keys, size_t count) {
    size_t end = list->count;
    for (size_t index = count; index-- > 0;) {
        size_t place = smaller(list->keys, end, keys[index]);
        memmove(list->keys + place + index + 1, list->keys + place, (end - place) * sizeof(uint64_t));
        list->keys[place + index] = keys[index];
        end = place;
    }
    list->count += count;
    if (list->count > list->capacity) list->count = list->capacity;
    return end;
}

/// Puts a key in its place, if there is one for it.
INLINE void insert(beam_list *list, uint64_t key) {
    if (list->count == list->capacity && key >= list->keys[list->count - 1]) return;
    merge(list, &key, 1);
}

/// Steps to a nearer neighbour as long as there is one, level by level.
INLINE uint64_t descend(const chnsw_graph *graph, const float *query, chnsw_metric metric) {
    uint64_t nearest = key_of(distance(graph, query, graph->entry, metric), graph->entry);
    for (int level = graph->entry_level; level > 0; level--) {
        for (;;) {
            uint32_t here = index_of(nearest);
            const uint32_t *links =
                graph->upper_links + graph->upper_offsets[here] + (size_t)(level - 1) * (graph->degree + 1);
            for (uint32_t place = 1; place <= links[0]; place++) prefetch(graph, links[place]);
            for (uint32_t place = 1; place <= links[0]; place++) {
                uint64_t key = key_of(distance(graph, query, links[place], metric), links[place]);
                if (key < nearest) nearest = key;
            }
            if (index_of(nearest) == here) break;
        }
    }
    return nearest;
}

/// The neighbours of a vector that were not visited yet, which they now are.
INLINE size_t unvisited(const chnsw_graph *graph, uint32_t index, uint64_t *visited, uint32_t *fresh) {
    const uint32_t *links = graph->links + (size_t)index * (2 * graph->degree + 1);
    size_t count = 0;
    for (uint32_t place = 1; place <= links[0]; place++) {
        uint32_t neighbour = links[place];
        uint64_t bit = 1ull << neighbour % 64;
        fresh[count] = neighbour;
        count += (visited[neighbour / 64] & bit) == 0;
        visited[neighbour / 64] |= bit;
    }
    return count;
}

INLINE void walk(const chnsw_graph *graph, const float *query, chnsw_metric metric, beam_list *list,
                 uint64_t *visited, uint32_t *fresh, uint64_t *nearer) {
    uint64_t start = descend(graph, query, metric);
    visited[index_of(start) / 64] |= 1ull << index_of(start) % 64;
    list->keys[0] = start;
    list->count = 1;
    for (size_t next = 0; next < list->count;) {
        uint64_t key = list->keys[next];
        if (key & 1) {
            next++;
            continue;
        }
        list->keys[next] = key | 1;
        size_t count = unvisited(graph, index_of(key), visited, fresh), found = 0;
        uint64_t worst = list->count == list->capacity ? list->keys[list->count - 1] : UINT64_MAX;
        for (size_t place = 0; place < count && place < 4; place++) prefetch(graph, fresh[place]);
        for (size_t place = 0; place < count; place++) {
            if (place + 4 < count) prefetch(graph, fresh[place + 4]);
            uint64_t candidate = key_of(distance(graph, query, fresh[place], metric), fresh[place]);
            if (candidate >= worst) continue;
            size_t position = found++;
            for (; position > 0 && nearer[position - 1] > candidate; position--) nearer[position] = nearer[position - 1];
            nearer[position] = candidate;
        }
        next++;
        if (found > 0) {
            size_t nearest = merge(list, nearer, found);
            if (nearest < next) next = nearest;
        }
    }
}

CHNSW_CLONES static void walk_product(const chnsw_graph *graph, const float *query, beam_list *list,
                                      uint64_t *visited, uint32_t *fresh, uint64_t *nearer) {
    walk(graph, query, chnsw_product, list, visited, fresh, nearer);
}

CHNSW_CLONES static void walk_euclidean(const chnsw_graph *graph, const float *query, beam_list *list,
                                        uint64_t *visited, uint32_t *fresh, uint64_t *nearer) {
    walk(graph, query, chnsw_euclidean, list, visited, fresh, nearer);
}

/// Vectors to go on from, nearest on top.
typedef struct {
    uint64_t *keys;
    size_t count, room;
} frontier_heap;

static int push(frontier_heap *heap, uint64_t key) {
    if (heap->count == heap->room) {
        size_t room = heap->room * 2 + 256;
        uint64_t *keys = realloc(heap->keys, room * sizeof(uint64_t));
        if (keys == NULL) return 0;
        heap->keys = keys;
        heap->room = room;
    }
    size_t place = heap->count++;
    for (; place > 0 && heap->keys[(place - 1) / 2] > key; place = (place - 1) / 2) {
        heap->keys[place] = heap->keys[(place - 1) / 2];
    }
    heap->keys[place] = key;
    return 1;
}

static uint64_t pop(frontier_heap *heap) {
    uint64_t top = heap->keys[0], key = heap->keys[--heap->count];
    size_t place = 0;
    for (size_t child = 1; child < heap->count; place = child, child = 2 * place + 1) {
        if (child + 1 < heap->count && heap->keys[child + 1] < heap->keys[child]) child++;
        if (heap->keys[child] >= key) break;
        heap->keys[place] = heap->keys[child];
    }
    heap->keys[place] = key;
    return top;
}

INLINE int is_excluded(uint32_t index, const uint64_t *excluded, size_t words) {
    return index / 64 < words && (excluded[index / 64] >> index % 64 & 1);
}

/// As `walk`, but what is excluded does not take a place in the list: the way leads on through it.
static chnsw_status walk_around(const chnsw_graph *graph, const float *query, const uint64_t *excluded,
                                size_t excluded_words, beam_list *list, uint64_t *visited, uint32_t *fresh) {
    float (*measure)(const void *, const void *, const void *) =
        graph->metric == chnsw_product ? chnsw_product_distance : chnsw_euclidean_distance;
    frontier_heap frontier = {NULL, 0, 0};
    uint64_t start = graph->metric == chnsw_product ? descend(graph, query, chnsw_product)
                                                    : descend(graph, query, chnsw_euclidean);
    visited[index_of(start) / 64] |= 1ull << index_of(start) % 64;
    if (!push(&frontier, start)) return chnsw_out_of_memory;
    if (!is_excluded(index_of(start), excluded, excluded_words)) insert(list, start);
    while (frontier.count > 0) {
        uint64_t key = pop(&frontier);
        if (list->count == list->capacity && key > list->keys[list->count - 1]) break;
        size_t count = unvisited(graph, index_of(key), visited, fresh);
        for (size_t place = 0; place < count && place < 4; place++) prefetch(graph, fresh[place]);
        for (size_t place = 0; place < count; place++) {
            if (place + 4 < count) prefetch(graph, fresh[place + 4]);
            uint32_t neighbour = fresh[place];
            const float *vector = graph->vectors + (size_t)neighbour * graph->width;
            uint64_t next = key_of(measure(query, vector, &graph->width), neighbour);
            if (list->count == list->capacity && next > list->keys[list->count - 1]) continue;
            if (!push(&frontier, next)) {
                free(frontier.keys);
                return chnsw_out_of_memory;
            }
            if (!is_excluded(neighbour, excluded, excluded_words)) insert(list, next);
        }
    }
    free(frontier.keys);
    return chnsw_ok;
}

chnsw_status chnsw_search(const chnsw_graph *graph, const float *query, size_t beam, size_t limit,
                          const uint64_t *excluded, size_t excluded_words, chnsw_neighbour *found, size_t *count) {
    *count = 0;
    // One bit for each vector: clearing a megabyte for eight million of them is nothing beside the search.
    uint64_t *visited = calloc(graph->count / 64 + 1, sizeof(uint64_t));
    uint64_t *keys = malloc((beam + 2 * graph->degree + 1) * sizeof(uint64_t));
    uint64_t *nearer = malloc((2 * graph->degree + 1) * sizeof(uint64_t));
    uint32_t *fresh = malloc((2 * graph->degree + 1) * sizeof(uint32_t));
    chnsw_status status = chnsw_out_of_memory;
    if (visited != NULL && keys != NULL && nearer != NULL && fresh != NULL) {
        beam_list list = {keys, 0, beam};
        status = chnsw_ok;
        if (excluded_words > 0) {
            status = walk_around(graph, query, excluded, excluded_words, &list, visited, fresh);
        } else if (graph->metric == chnsw_product) {
            walk_product(graph, query, &list, visited, fresh, nearer);
        } else {
            walk_euclidean(graph, query, &list, visited, fresh, nearer);
        }
        *count = list.count < limit ? list.count : limit;
        for (size_t place = 0; place < *count; place++) {
            found[place] = (chnsw_neighbour){distance_of(keys[place]), index_of(keys[place])};
        }
    }
    free(visited);
    free(keys);
    free(nearer);
    free(fresh);
    return status;
}
