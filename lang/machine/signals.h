/* signals.h — SIGINT, SIGTERM, SIGHUP, SIGALRM and SIGBUS set flags for the interpreter. */
#ifndef GD_LANG_SIGNALS_H
#define GD_LANG_SIGNALS_H

#include "lang/machine/object.h"

void signals_catch(void);           /* installs the handlers; once a process */
void signals_tell(Vm *vm);          /* signals go to this Vm from now on; NULL: to none */
void signals_reset(void);           /* resets the flags, except that the time is up */
void signals_alarm(double seconds); /* seconds until the time of --max-time is up */

/* While it is on a signal breaks a read off: it must be off where something is written. */
void signals_interrupt(bool on);

/* From now on work is told to stop, as by an interrupt, as soon as something can be read from the
 * descriptor: it is looked at after every few milliseconds of work. */
void signals_watch(int descriptor);
bool signals_unwatch(void); /* no more; was it told? */

#endif
