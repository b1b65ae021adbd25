#ifndef C_HNSW_H
#define C_HNSW_H

// hnswlib (Malkov and Yashunin 2018) behind plain functions.

#ifdef __cplusplus
extern "C" {
#endif

/// The longest list of neighbours that the shim accepts.
int chnsw_largest_degree(void);

#ifdef __cplusplus
}
#endif
#endif
