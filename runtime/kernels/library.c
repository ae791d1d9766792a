/* library.c — finds OpenBLAS at run time and configures it.
 *
 * It serves LAPACK's factorizations alone; matrix products are our own (product.c), because they
 * were measured to be as fast as the best library and cost nothing to load (tests/bench/SPEED.md).
 *
 * Two settings must be made before its first instruction runs, and only the environment can make
 * them:
 *   one thread   its results change in the last bits with the number of threads, ours never; the
 *                user's own settings are restored once it is loaded
 *   core type    0.3.21 does not know AMD's newer processors and falls back to slower kernels; set
 *                to SkylakeX (where there is AVX-512) or Zen it is fast on them.  A core type that
 *                the user set stays, unless this processor lacks its instructions: the library
 *                would run them all the same, and the process would end at the first
 * Nothing here is unloaded: the pointers live as long as the process.
 */
#include "runtime/kernels/library.h"
#include "runtime/base/dynamic.h"
#include "runtime/base/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct {
  pthread_once_t once;
  bool ready; /* all of lapack was found */
  Lapack lapack;
  char name[120]; /* for library_linear */
  /* of an OpenMP build: it applies to the calling thread only, so it is called before each use */
  void (*omp_threads)(int count);
} library = {.once = PTHREAD_ONCE_INIT};

static const char *const FILES[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.0.dylib"};

/* ---- the environment while loading ---- */

typedef struct Setting {
  const char *name;
  const char *value; /* NULL: leave it alone */
  char *before;      /* a copy of what it was, or NULL; owned */
} Setting;

/* Whether the user's core type may be left as it is. */
static bool core_type_runs(const char *name) {
  static const struct {
    const char *name;
    Isa needs;
  } cores[] = {{"SkylakeX", ISA_AVX512},
               {"Cooperlake", ISA_AVX512},
               {"SapphireRapids", ISA_AVX512},
               {"Haswell", ISA_AVX2},
               {"Zen", ISA_AVX2}};
  for (int i = 0; i < COUNT_OF(cores); i++)
    if (strcasecmp(name, cores[i].name) == 0) return cores[i].needs <= isa_best();
  return true;
}

/* The core type to set; NULL where the library detects it correctly or the user has set it. */
static const char *core_type(void) {
#if defined(__x86_64__)
  const char *wish = getenv("OPENBLAS_CORETYPE");
  if (wish != NULL && core_type_runs(wish)) return NULL;
  unsigned highest, b, c, d;
  if (!__get_cpuid(0, &highest, &b, &c, &d) || b != signature_AMD_ebx)
    return wish == NULL ? NULL : "";
  Isa best = isa_best();
  return best == ISA_AVX512 ? "SkylakeX" : best == ISA_AVX2 ? "Zen" : wish == NULL ? NULL : "";
#else
  return NULL;
#endif
}

static void settings_make(Setting *settings, int count) {
  for (int i = 0; i < count; i++) {
    if (settings[i].value == NULL) continue;
    const char *before = getenv(settings[i].name);
    if (before != NULL) settings[i].before = mem_text(before, strlen(before));
    setenv(settings[i].name, settings[i].value, 1);
  }
}

static void settings_undo(Setting *settings, int count) {
  for (int i = 0; i < count; i++) {
    if (settings[i].value == NULL) continue;
    if (settings[i].before != NULL) setenv(settings[i].name, settings[i].before, 1);
    else unsetenv(settings[i].name);
    mem_free(settings[i].before);
  }
}

static void *open_first(void) {
  Setting settings[] = {{"OPENBLAS_NUM_THREADS", "1", NULL},
                        {"OMP_NUM_THREADS", "1", NULL},
                        {"OPENBLAS_CORETYPE", core_type(), NULL}};
  settings_make(settings, COUNT_OF(settings));
  void *handle = dynamic_open(FILES, COUNT_OF(FILES));
  settings_undo(settings, COUNT_OF(settings));
  return handle;
}

/* ---- what is in it ---- */

static bool find(void *handle, const char *symbol, void *into) {
  return dynamic_find(handle, "", symbol, into);
}

static bool find_lapack(void *handle, Lapack *lapack) {
  return find(handle, "dgetrf_", &lapack->dgetrf) && find(handle, "dgetrs_", &lapack->dgetrs) &&
         find(handle, "dpotrf_", &lapack->dpotrf) && find(handle, "dtrtrs_", &lapack->dtrtrs) &&
         find(handle, "dgeqrf_", &lapack->dgeqrf) && find(handle, "dorgqr_", &lapack->dorgqr) &&
         find(handle, "dgesdd_", &lapack->dgesdd) && find(handle, "dsyevd_", &lapack->dsyevd);
}

/* "OpenBLAS 0.3.21 (SkylakeX)" from its own words, "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...".
 */
static void name_it(void *handle) {
  char *(*config)(void) = NULL, *(*core)(void) = NULL;
  if (!find(handle, "openblas_get_config", &config) ||
      !find(handle, "openblas_get_corename", &core)) {
    snprintf(library.name, sizeof library.name, "OpenBLAS");
    return;
  }
  const char *words = config();
  const char *first = strchr(words, ' ');
  const size_t length = first == NULL ? strlen(words)
                                      : strcspn(first + 1, " ") + (size_t)(first + 1 - words);
  snprintf(library.name, sizeof library.name, "%.*s (%s)", (int)(length < 60 ? length : 60), words,
           core());
}

static void load(void) {
  const char *wish = getenv("GD_LIBRARIES");
  if (wish != NULL && strcmp(wish, "off") == 0) return;
  void *handle = open_first();
  if (handle == NULL || !find_lapack(handle, &library.lapack)) return;
  void (*set_threads)(int) = NULL;
  if (find(handle, "openblas_set_num_threads", &set_threads)) set_threads(1);
  find(handle, "omp_set_num_threads", &library.omp_threads);
  name_it(handle);
  library.ready = true;
}

const Lapack *library_lapack(void) {
  pthread_once(&library.once, load);
  if (!library.ready) return NULL;
  if (library.omp_threads != NULL) library.omp_threads(1);
  return &library.lapack;
}

const char *library_linear(void) { return library_lapack() == NULL ? "" : library.name; }
