/* file_domain.c — see file_domain.h. */
#include "lang/data/file_domain.h"

#include "lang/machine/raise.h"
#include "lang/tensors/domain.h"
#include "lang/tensors/trace_param.h"

#include <stdio.h>
#include <string.h>

void file_domain_key(const char *name, char key[FILE_DOMAIN_KEY]) {
  snprintf(key, FILE_DOMAIN_KEY, "gd.domain.%s", name);
}

const char *file_domain_of(const PairList *metadata, const char *name) {
  char key[FILE_DOMAIN_KEY];
  const char *format = pair_find(metadata, "format");
  if (!format || strcmp(format, "gd") != 0) return NULL;
  file_domain_key(name, key);
  const char *domain = pair_find(metadata, key);
  return domain ? domain : "no domain";
}

Tensor file_domain_seen(Vm *vm, Span span, const Tensor *saved, const char *name,
                        const char *domain) {
  Domain parsed;
  Diag diag = {.span = span};
  const Type type = {.dtype = saved->dtype, .shape = saved->shape};
  if (!domain_parse(domain, &parsed) || (parsed.kind && !dtype_floats(type.dtype)))
    raise_at(vm, span, "`%.64s` cannot have the domain %.80s that the file gives it", name, domain);
  if (!parsed.kind) return tensor_retain(saved);
  if (!domain_admits(parsed, &type, &diag)) raise_diag(vm, &diag);
  return trace_through(vm, saved, parsed, domain_inside);
}
