#ifndef C_KERNELS_QUANTIZED_H
#define C_KERNELS_QUANTIZED_H
#include <stddef.h>
#include <stdint.h>

/// How many items a panel of codes holds.
enum { ckernels_code_panel = 32 };

/// Which items of a panel may reach `threshold`: bit i is one unless scales[i]·(codes of item i · query) + length·bounds[i] is
/// surely below it. `codes` are `depth` rows of one component of each item.
uint32_t ckernels_code_candidates(const int8_t *codes, size_t depth, const float *scales, const float *bounds,
                                  float length, const float *query, float threshold);
#endif
