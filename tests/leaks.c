/* leaks.c — where the unit tests look for leaks, under the address sanitizer.
 *
 * Criterion runs each test in a worker process of its own and keeps 144 bytes to the end of the
 * main one.  So leaks are looked for in the workers, which the runner marks by BXFI_MAP in their
 * environment, and not in the process that starts them.
 *
 * What libcairo's font library keeps for the life of the process is not gd's (png.c).
 */
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
int __lsan_is_turned_off(void); /* the sanitizer asks this when a process ends */
int __lsan_is_turned_off(void) { return getenv("BXFI_MAP") == NULL; }
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig"; }
#else
typedef int leaks_nothing_here;
#endif
