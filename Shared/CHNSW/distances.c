#include "distances.h"

CHNSW_CLONES float chnsw_product_distance(const void *left, const void *right, const void *width) {
    return chnsw_negative_product((const float *)left, (const float *)right, *(const size_t *)width);
}

CHNSW_CLONES float chnsw_euclidean_distance(const void *left, const void *right, const void *width) {
    return chnsw_squared_distance((const float *)left, (const float *)right, *(const size_t *)width);
}
