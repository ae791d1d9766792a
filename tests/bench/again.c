/* again.c — runs a command again and again, and tells how long it took: `again COUNT COMMAND…`.
 *
 * Prints the median in microseconds and the greatest resident memory in kB, on its standard error's
 * last line, so that what the command prints passes through.  vfork and wait4, because a shell's
 * own forks take longer than what is measured here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COUNT_MOST = 1000 };

static double microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  static double taken[COUNT_MOST];
  const int count = argc > 2 ? atoi(argv[1]) : 0;
  long most = 0;
  if (count < 1 || count > COUNT_MOST) return 2;
  for (int i = 0; i < count; i++) {
    const double start = microseconds();
    int status;
    struct rusage usage;
    const pid_t child = vfork();
    if (child == 0) {
      execvp(argv[2], argv + 2);
      _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0 || status != 0) return 1;
    taken[i] = microseconds() - start;
    if (usage.ru_maxrss > most) most = usage.ru_maxrss;
  }
  qsort(taken, (size_t)count, sizeof *taken, by_size);
  fprintf(stderr, "%.3f %ld\n", taken[count / 2], most);
  return 0;
}
