/* stop.h — how long work hears that it is to stop.
 *
 * Whoever handles signals sets `stop_asked`.  What runs long (a kernel's block, a reader's loop, a
 * parser) asks stop_wanted at least once in 20 ms and returns early; what it leaves is then worth
 * nothing, and what it finds wrong is not told.  Where a function has a Diag, stop_told fills it,
 * once, at the end of the whole: loops within need only break off.  What must not be left half done
 * (a plan's stores) is done between stop_shield(1) and stop_shield(-1), and nothing stops
 * meanwhile.
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
/* is it wanted?  Then the Diag says so, whatever it said before: 130, "interrupted" */
bool stop_told(Diag *diag);

#endif
