/* dynamic.c — see dynamic.h.
 *
 * A library is opened for gd alone (RTLD_LOCAL) and stays open until the process ends.  POSIX gives
 * functions as void *; copying the bits is how it allows them to be stored.
 */
#include "runtime/base/dynamic.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

enum { SYMBOL_MOST = 80 };

void *dynamic_open(const char *const *files, int count) {
  void *handle = NULL;
  for (int i = 0; i < count && !handle; i++) handle = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
  return handle;
}

bool dynamic_find(void *handle, const char *prefix, const char *name, void *into) {
  char symbol[SYMBOL_MOST];
  if (!handle) return false;
  snprintf(symbol, sizeof symbol, "%s%s", prefix, name);
  void *address = dlsym(handle, symbol);
  memcpy(into, &address, sizeof address);
  return address != NULL;
}
