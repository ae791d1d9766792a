/* signals.h — SIGINT, SIGTERM, SIGHUP, SIGALRM become words to the interpreter. */
#ifndef GD_LANG_SIGNALS_H
#define GD_LANG_SIGNALS_H

#include "lang/machine/value.h"

void signals_catch(void);             /* for the process, once */
void signals_tell(Vm *vm);            /* this one is running from now on; NULL: none */
void signals_forget(void);            /* what came is dealt with; that the time is up stays */
void signals_alarm(double seconds);   /* from now: then the time given is up */

#endif
