/* signature.h — the parameters of declarations, natives and rows, and the matching of arguments. */
#ifndef GD_LANG_SIGNATURE_H
#define GD_LANG_SIGNATURE_H

#include "lang/machine/vm.h"
#include "lang/text/report.h"

enum { ARGUMENTS_MOST = 65535 };

/* help for one that is given to a layer */
#define ACTIVATION_APART \
  "an activation is a separate part: `chain(Dense(2, 16), relu, Dense(16, 1))`"

typedef enum FormalKind {
  FORMAL_REQUIRED, /* x */
  FORMAL_OPTIONAL, /* k = 0: by position or by name */
  FORMAL_NAMED,    /* axis: none: by name only */
  FORMAL_REST      /* xs... */
} FormalKind;

typedef struct Formal {
  const char *name; /* interned */
  FormalKind kind;
} Formal;

typedef struct Signature {
  const char *text; /* as in the table, for messages */
  const char *name; /* interned: the callee's name */
  int count;        /* of formals */
  Formal formals[];
} Signature;

/* Does it take arguments of any name (NULL, or a text with `…`)?  Then they are not bound. */
bool signature_open(const char *text);
/* Parses "sum(x, axis: none, keep: false)"; returns a new one, freed with mem_free. */
Signature *signature_parse(Names *names, const char *text);

/* The parameters of a callee: a declaration's or a signature's. */
typedef struct Formals {
  const AstFunction *function;
  const Signature *signature;
} Formals;

int formals_count(Formals formals);
const char *formals_name(Formals formals, int index);
FormalKind formals_kind(Formals formals, int index);

/* One call's arguments: positional ones first, then named ones. */
typedef struct Given {
  Span span; /* of the call */
  Span callee;
  int positional, named;    /* how many */
  const char *const *names; /* of the named ones, interned */
  const Span *spans;        /* of all, or NULL */
  bool exact;               /* CallSite.exact */
} Given;

/* help for a value that is given to a model's declaration; for its name and "…" or "" */
#define MADE_FIRST \
  "it is made first, then applied: `let net = %.64s(%s)`, then `net(x)` or `x |> net`"

/* Finds the parameter of each argument: target[i] for argument i; those in a rest parameter have
 * its index.  False after filling diag.  `open`: the number of positional arguments is unknown (a
 * spread), so none is reported missing. */
bool formals_match(Formals formals, const Given *given, bool open, int *target, Diag *diag);

/* The same for a call in the tree, before running. */
void call_check(Vm *vm, Report *report, const Ast *call, Formals formals);

#endif
