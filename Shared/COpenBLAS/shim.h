#ifndef C_OPENBLAS_SHIM_H
#define C_OPENBLAS_SHIM_H
#include <cblas.h>

// Debian's OpenBLAS has LAPACK in its library but brings no header for it: what is used is declared here, by the Fortran
// calling convention (everything by pointer, columns first).

/// Cholesky factor of a symmetric positive definite matrix.
void spotrf_(const char *uplo, const int *n, float *a, const int *lda, int *info);
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/// Inverse from the Cholesky factor.
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
/// Eigenvalues (ascending) and eigenvectors of a symmetric matrix, divide and conquer.
void dsyevd_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
             const int *lwork, int *iwork, const int *liwork, int *info);
/// The chosen eigenvalues (by number, from `il` to `iu`) and eigenvectors of a symmetric matrix.
void dsyevr_(const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda,
             const double *vl, const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w,
             double *z, const int *ldz, int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork,
             int *info);
/// QR factorisation and the orthogonal matrix it stands for.
void sgeqrf_(const int *m, const int *n, float *a, const int *lda, float *tau, float *work, const int *lwork, int *info);
void sorgqr_(const int *m, const int *n, const int *k, float *a, const int *lda, const float *tau, float *work,
             const int *lwork, int *info);
#endif
