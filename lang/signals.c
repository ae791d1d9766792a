/* signals.c — what the process does with signals; the library's part of the program installs none.
 *
 * The first SIGINT asks (vm_signal 1), a second insists (2), a third ends the process; SIGTERM and SIGHUP end it after the
 * step in hand (3), a second one at once.  A kernel at work is told to stop too, unless a training is to finish its
 * step.  SIGPIPE and SIGXFSZ are ignored: writing then fails with an error that can be told.
 *
 * Handlers only set flags; files are written whole or not at all, so the process may be ended at any moment.
 */
#include "lang/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static Vm *volatile running; /* handlers have no context */

static void on_signal(int number) {
  int kept = errno;
  bool ends = number != SIGINT;
  if (ends ? vm_signal == 3 : vm_signal == 2) _exit(128 + number);
  vm_signal = ends ? 3 : vm_signal == 1 ? 2 : 1;
  Vm *vm = running;
  if (vm && (!vm->run || vm_signal == 2)) kernels_interrupted = 1;
  errno = kept;
}

void signals_tell(Vm *vm) { running = vm; }

void signals_forget(void) { vm_signal = kernels_interrupted = 0; }

void signals_catch(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART; /* so that no write is cut short; ppoll is interrupted all the same */
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, NULL);
  sigaction(SIGXFSZ, &action, NULL);
}
