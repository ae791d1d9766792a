/* stop.h — how long-running work learns that it must stop (an interrupt or a limit).
 *
 * The signal handler sets `stop_asked`.  Long-running code (a kernel's block, a reader's loop, a
 * parser) calls stop_wanted at least once in 20 ms and returns early; its results are then invalid,
 * and errors it finds are not reported.  A function with a Diag calls stop_check once, at its end,
 * to fill it: inner loops only break off.  What must not be left half done (a plan's stores) is
 * done between stop_shield(1) and stop_shield(-1), and nothing stops meanwhile.
 */
#ifndef GD_RUNTIME_BASE_STOP_H
#define GD_RUNTIME_BASE_STOP_H

#include "runtime/base/diag.h"

extern volatile int stop_asked;
bool stop_wanted(void);
void stop_shield(int change);
/* Waits until a descriptor can be read (POLLIN) or written (POLLOUT) without waiting; false when a
 * stop is wanted first. */
bool stop_wait(int descriptor, short events);
/* is a stop wanted?  Then it fills the Diag (130, "interrupted"), overwriting what was there */
bool stop_check(Diag *diag);

#endif
