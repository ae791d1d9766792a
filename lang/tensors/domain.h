/* domain.h — a param: its trained storage, and the domain that the script sees. */
#ifndef GD_LANG_DOMAIN_H
#define GD_LANG_DOMAIN_H

#include "lang/machine/object.h"

typedef enum Domain { DOMAIN_REAL, DOMAIN_POSITIVE, DOMAIN_UNIT, DOMAIN_SIMPLEX } Domain;

typedef struct ParamObject {
  Object head;
  /* the trained (unconstrained) storage; its buffer is written in place by training */
  Tensor value;
  const char *name; /* interned; the declared name, or NULL */
  Span span;        /* where it was made */
  uint8_t domain;   /* a Domain */
  bool frozen;
  bool buffer; /* kept and saved but not trained */
  bool lent;   /* made of a node of a recording (trace_lend): no elements until that ends */
  NodeId node; /* its INPUT in trace number `trace` */
  uint32_t trace;
  int staged;       /* index among the buffers assigned in trace number `staging` … */
  uint32_t staging; /* … 0: none */
} ParamObject;

/* trained storage → value inside the domain */
NodeId domain_inside(Maker *maker, NodeId raw, Domain domain);
/* the inverse: the storage for which domain_inside gives `value` */
NodeId domain_outside(Maker *maker, NodeId value, Domain domain);

#endif
