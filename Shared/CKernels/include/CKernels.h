#ifndef C_KERNELS_H
#define C_KERNELS_H
#include <stddef.h>
#include "CKernelsALS.h"
#include "CKernelsQuantized.h"
#include "CTopItems.h"

// The dense loops that a benchmark proved worth writing in C: compiled once for every x86-64 processor and once for
// those with AVX2 and FMA; the loader chooses.

/// The scalar product of two vectors.
float ckernels_dot(const float *left, const float *right, size_t count);

/// target += factor · vector.
void ckernels_add(const float *vector, float factor, float *target, size_t count);
#endif
