/* output.c — when printed text is flushed.
 *
 * The reader of a pipe wants a line when it is printed, not when the program ends; but one write
 * per line costs more than the loop that prints a million lines.  So flushes to a pipe or a socket
 * are rate-limited by a token bucket: FLUSHES_MOST tokens, refilled at one a millisecond.  As long
 * as there are tokens each line is flushed at once; a loop that prints faster flushes a thousand
 * times a second.  What is still buffered is flushed before anything slow (a training, the check of
 * limits every few thousand steps), before input is read or standard error is written, and at the
 * end.
 *
 * In a notebook (`gd kernel`) pictures, progress and questions do not go to standard output
 * (output.h).
 *
 * On a terminal the C library flushes by line.  A regular file is written in blocks.
 */
#include "lang/text/output.h"

#include "runtime/compute.h"
#include "runtime/peers/peers.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSHES_MOST = 100, PART_MOST = PIPE_BUF, WAIT_MILLISECONDS = 5 };
static const double FLUSHES_A_SECOND = 1000;

/* State of the process's one standard output. */
static struct {
  bool asked;      /* the other fields are set */
  bool waited_for; /* it is a pipe or a socket */
  bool mute;       /* what is printed goes nowhere */
  size_t written;  /* bytes in the C library's buffer */
  int why;         /* errno of the last flush that failed */
  double flushes;  /* tokens in the bucket */
  double at;       /* when the bucket was last refilled */
  unsigned passed; /* lines that found it empty: the clock is read at every sixteenth */
} output;

static void ask(void) {
  struct stat status;
  output.asked = true;
  output.waited_for = fstat(STDOUT_FILENO, &status) == 0 &&
                      (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
  output.flushes = FLUSHES_MOST;
  output.at = clock_seconds();
}

/* Takes a token; false when there is none. */
static bool take_flush(void) {
  if (output.flushes < 1 && ++output.passed % 16) return false;
  double now = clock_seconds();
  output.flushes += (now - output.at) * FLUSHES_A_SECOND;
  output.at = now;
  if (output.flushes > FLUSHES_MOST) output.flushes = FLUSHES_MOST;
  if (output.flushes < 1) return false;
  output.flushes -= 1;
  return true;
}

static bool writable_soon(void) {
  struct pollfd now = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&now, 1, WAIT_MILLISECONDS) != 0;
}

/* The buffer is no larger than PIPE_BUF, so a pipe that poll calls writable takes all of it at
 * once: only the poll can block, and a signal ends that. */
static bool flush(void) {
  if (!stop_wait(STDOUT_FILENO, POLLOUT) && !writable_soon()) return false;
  output.written = 0;
  if (fflush(stdout) == 0) return true;
  output.why = errno;
  return false;
}

static const Notebook *shown_in;

void output_notebook(const Notebook *notebook) { shown_in = notebook; }

bool output_redraws(int descriptor) {
  const char *terminal = getenv("TERM");
  return terminal && *terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

const Notebook *output_in_notebook(void) { return output.mute ? NULL : shown_in; }

void output_mute(bool mute) { output.mute = mute; }

bool output_add(const char *text, size_t length, size_t *done) {
  if (output.mute || peers_rank() > 0) return *done = length, true; /* process 0 prints */
  if (!output.asked) ask();
  if (!output.waited_for) return fwrite(text, 1, length, stdout) == length;
  for (size_t part; *done < length; *done += part) {
    part = length - *done < PART_MOST ? length - *done : PART_MOST;
    if (output.written + part > PART_MOST && !flush()) return false;
    if (fwrite(text + *done, 1, part, stdout) != part) return false;
    output.written += part;
  }
  if (take_flush()) flush();
  if (!ferror(stdout)) return true;
  errno = output.why; /* of this flush, or of one in output_settle */
  return false;
}

/* A failure is seen at the next print, or at the end. */
void output_settle(void) {
  if (output.written) flush();
}

void output_abandon(void) {
  if (output.waited_for && !writable_soon()) __fpurge(stdout);
}
