/* signals.h — SIGINT, SIGTERM, SIGHUP, SIGALRM and SIGBUS set flags for the interpreter. */
#ifndef GD_LANG_SIGNALS_H
#define GD_LANG_SIGNALS_H

#include "lang/machine/object.h"

void signals_catch(void);           /* installs the handlers; once a process */
void signals_attach(Vm *vm);        /* signals go to this Vm from now on; NULL: to none */
void signals_reset(void);           /* resets what SIGINT set, and a file that was lost */
void signals_reset_interrupt(void); /* resets what SIGINT set */
void signals_alarm(double seconds); /* seconds until the time of --max-time is up */

/* From now on work is stopped, as by an interrupt, as soon as the descriptor is readable; it is
 * polled every few milliseconds. */
void signals_watch(int descriptor);
bool signals_unwatch(void); /* ends that; was work stopped? */

#endif
