/* dynamic.c — see dynamic.h.
 *
 * A library is opened for gd alone (RTLD_LOCAL) and stays open until the process ends.  dlsym
 * returns functions as void *; POSIX allows the bits to be copied into a function pointer.
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
