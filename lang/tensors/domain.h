/* domain.h — a param: its trained storage, and the domain that the script sees. */
#ifndef GD_LANG_DOMAIN_H
#define GD_LANG_DOMAIN_H

#include "lang/machine/object.h"

typedef enum DomainKind {
  DOMAIN_REAL, /* no domain */
#define DOMAIN(KIND, name, wanted, axes) DOMAIN_##KIND,
#include "lang/syntax/domain.def"
#undef DOMAIN
  DOMAIN_KINDS
} DomainKind;

/* the set of allowed values of a param; all zero: no restriction */
typedef struct Domain {
  uint32_t kind;    /* a DomainKind */
  double low, high; /* of BETWEEN; of others 0 */
} Domain;

typedef struct ParamObject {
  Object head;
  /* the trained (unconstrained) storage; its buffer is written in place by training */
  Tensor value;
  const char *name; /* interned; the declared name, or NULL */
  Span span;        /* where it was made */
  Domain domain;
  bool frozen;
  bool buffer; /* kept and saved but not trained */
  bool lent;   /* its value is a node of a recording (trace_lend): no elements until that ends */
  NodeId node; /* its INPUT in trace number `trace` */
  uint32_t trace;
  uint32_t born;    /* number of the recording that it was made in, or 0 */
  bool copied;      /* from one that was made outside of that recording, where it is a constant */
  int staged;       /* index among those assigned in trace number `staging` … */
  uint32_t staging; /* … 0: none */
} ParamObject;

/* trained storage → value inside the domain */
NodeId domain_inside(Maker *maker, NodeId raw, Domain domain);
/* the inverse: the storage for which domain_inside gives `value` */
NodeId domain_outside(Maker *maker, NodeId value, Domain domain);

/* the domain of that name in a script, without its numbers; DOMAIN_KINDS: none */
DomainKind domain_named(const char *name);
/* as the script writes it: "between(0, 1)"; without a domain "no domain" */
void domain_show(Domain domain, Text *text);
/* The inverse of domain_show; false for any other text. */
bool domain_parse(const char *text, Domain *domain);
bool domain_equal(Domain a, Domain b);
/* Fails if no value of that shape and dtype can lie in it. */
bool domain_admits(Domain domain, const Type *type, Diag *diag);
/* The index of the first element that lies outside, or -1; `wanted` gets what it should be. */
int64_t domain_left(Domain domain, const Tensor *value, Text *wanted);

#endif
