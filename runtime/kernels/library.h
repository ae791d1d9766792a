/* library.h — OpenBLAS, found and loaded when first needed.
 *
 * gd is not linked with it: a script that factors no large matrix never loads it, and a machine
 * without it runs the plain twins of factor.c instead.
 */
#ifndef GD_RUNTIME_KERNELS_LIBRARY_H
#define GD_RUNTIME_KERNELS_LIBRARY_H

#include "runtime/base/base.h"

/* Fortran's faces of the LAPACK routines we call: every argument by address, matrices by columns;
 * *info is 0 when it went well. */
typedef struct Lapack {
  void (*dgetrf)(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info);
  void (*dgetrs)(const char *trans, const int *n, const int *columns, const double *a,
                 const int *lda, const int *pivots, double *b, const int *ldb, int *info);
  void (*dpotrf)(const char *uplo, const int *n, double *a, const int *lda, int *info);
  void (*dtrtrs)(const char *uplo, const char *trans, const char *diag, const int *n,
                 const int *columns, const double *a, const int *lda, double *b, const int *ldb,
                 int *info);
  void (*dgeqrf)(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
                 const int *work_size, int *info);
  void (*dorgqr)(const int *m, const int *n, const int *k, double *a, const int *lda,
                 const double *tau, double *work, const int *work_size, int *info);
  void (*dgesdd)(const char *job, const int *m, const int *n, double *a, const int *lda, double *s,
                 double *u, const int *ldu, double *vt, const int *ldvt, double *work,
                 const int *work_size, int *iwork, int *info);
  void (*dsyevd)(const char *job, const char *uplo, const int *n, double *a, const int *lda,
                 double *w, double *work, const int *work_size, int *iwork, const int *iwork_size,
                 int *info);
} Lapack;

/* Borrows; NULL when the library is not available or GD_LIBRARIES=off.  Loads it the first time,
 * some milliseconds.  Safe from any thread. */
const Lapack *library_lapack(void);

/* Which library serves the factorizations: "OpenBLAS 0.3.21 (SkylakeX)", or "" when there is none.
 * Loads it.  Matrix products are our own. */
const char *library_linear(void);

#endif
