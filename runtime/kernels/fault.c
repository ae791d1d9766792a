/* fault.c — how a kernel reports a wrong value.
 */
#include "runtime/kernels/fault.h"

#include <pthread.h>
#include <stdio.h>

void fault_report(Call *call, const char *format, ...) {
  static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&first);
  if (!call->fault->status) {
    va_list list;
    va_start(list, format);
    text_print_list(call->fault->message, sizeof call->fault->message, format, list);
    va_end(list);
    call->fault->status = STATUS_FAILED;
    call->fault->place = 0;
  }
  pthread_mutex_unlock(&first);
}

void fault_at(Call *call, int input, int64_t element) {
  call->fault->input = input;
  call->fault->place = element + 1;
}

bool fault_reserve(Call *call, const char *what, size_t bytes) {
  if (mem_reserve(bytes)) return true;
  fault_report(call, "%s needs %.1f MiB of work memory, more than is left", what,
               (double)bytes / (1 << 20));
  call->fault->status = STATUS_MEMORY;
  return false;
}
