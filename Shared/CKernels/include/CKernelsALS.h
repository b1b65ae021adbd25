#ifndef C_KERNELS_ALS_H
#define C_KERNELS_ALS_H
#include <stddef.h>
#include <stdint.h>

// Alternating least squares: the loops over the vectors of one row's entries. Rows of `vectors` are `width` apart and
// `width` is a multiple of eight (padding is zero).

/// Adds to the result each vector times what its target leaves after its weighted product with the point:
/// result += Σⱼ (targets[j] − weights[j]·(vⱼ·point))·vⱼ; `targets` may be null (zero).
void ckernels_als_residual(const float *vectors, size_t width, const int32_t *columns, const float *weights,
                           const float *targets, size_t count, const float *point, float *result);

/// result += Σⱼ targets[j]·vⱼ.
void ckernels_als_weighted_sum(const float *vectors, size_t width, const int32_t *columns, const float *targets,
                               size_t count, float *result);

/// Conjugate gradient for (D + Σⱼ weights[j]·vⱼvⱼᵀ) x = Σⱼ targets[j]·vⱼ, D diagonal and the preconditioner.
///
/// Starts from `solution` when `isWarm`, else from zero; at most `steps` steps. `scratch` holds 4·width numbers.
void ckernels_als_conjugate_gradient(const float *vectors, size_t width, const int32_t *columns, const float *weights,
                                     const float *targets, size_t count, const float *diagonal,
                                     const float *inverse_diagonal, size_t steps, int isWarm, float *solution,
                                     float *scratch);
#endif
