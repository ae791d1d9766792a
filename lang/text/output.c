/* output.c — when printed text leaves the program.
 *
 * Whoever reads a pipe wants a line when it is printed, not when the program ends; but a write for each line of a loop that prints a
 * million costs more than the loop.  So a pipe or a socket gets each line at once as long as lines are few: there are FLUSHES_MOST writes in hand,
 * and one more each millisecond.  A loop that prints faster uses them up, and then a thousand writes a second take what has gathered.  What such a
 * loop leaves behind goes out when the program comes to something that takes time (a training, a look at the limits every few thousand
 * steps), asks for input, says something on standard error, or ends.
 *
 * A terminal gets lines from the C library.  A regular file is written in blocks: nobody waits for it.
 */
#include "lang/text/output.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FLUSHES_MOST = 100 };
static const double FLUSHES_A_SECOND = 1000;

/* Of the process's one standard output. */
static struct {
  bool asked;       /* is it known what it is? */
  bool waited_for;  /* a pipe, a socket */
  bool held;        /* something is in the C library's buffer */
  double flushes;   /* that may be made now */
  double at;        /* the time when that was reckoned */
  unsigned passed;  /* lines that found none: the clock is asked at every sixteenth */
} output;

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void ask(void) {
  struct stat status;
  output.asked = true;
  output.waited_for = fstat(STDOUT_FILENO, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
  output.flushes = FLUSHES_MOST;
  output.at = seconds();
}

/* May one be made now? */
static bool take_flush(void) {
  if (output.flushes < 1 && ++output.passed % 16) return false;
  double now = seconds();
  output.flushes += (now - output.at) * FLUSHES_A_SECOND;
  output.at = now;
  if (output.flushes > FLUSHES_MOST) output.flushes = FLUSHES_MOST;
  if (output.flushes < 1) return false;
  output.flushes -= 1;
  return true;
}

bool output_add(const char *text, size_t length) {
  if (!output.asked) ask();
  if (fwrite(text, 1, length, stdout) != length) return false;
  output.held = true;
  if (!output.waited_for || !take_flush()) return true;
  output.held = false;
  return fflush(stdout) == 0;
}

/* A failure is seen at the next print, or at the end. */
void output_settle(void) {
  if (!output.held || !output.waited_for) return;
  output.held = false;
  fflush(stdout);
}
