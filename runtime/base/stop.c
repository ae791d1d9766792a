/* stop.c — the flag and the shields of stop.h: one set for the process, as signals are. */
#include "runtime/base/stop.h"

#include <errno.h>
#include <poll.h>

#include <stdatomic.h>

volatile int stop_asked;
static _Atomic int shields; /* threads inside a section that must be finished */

bool stop_wanted(void) { return UNLIKELY(stop_asked) && shields == 0; }

void stop_shield(int change) { shields += change; }

bool stop_check(Diag *diag) {
  if (LIKELY(!stop_wanted())) return false;
  if (diag) {
    diag_clear(diag);
    diag_fail(diag, STATUS_INTERRUPTED, (Span){0, 0, 0}, "interrupted");
  }
  return true;
}

/* poll is interrupted by every signal, also where read and write are started again. */
bool stop_wait(int descriptor, short events) {
  struct pollfd wanted = {.fd = descriptor, .events = events};
  for (;;) {
    if (stop_wanted()) return false;
    if (poll(&wanted, 1, -1) >= 0 || errno != EINTR) return true;
  }
}
