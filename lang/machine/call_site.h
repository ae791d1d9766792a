/* call_site.h — functions in C: the place of a call, the declaration, the layout as a value. */
#ifndef GD_LANG_CALL_SITE_H
#define GD_LANG_CALL_SITE_H

#include "lang/machine/object.h"

/* A call: the places of its parts for messages, and how arguments were written. */
struct CallSite {
  Span span;                 /* the whole call */
  Span callee;               /* the callee */
  const Span *args;          /* a span for each bound argument; NULL when not known */
  struct NativeObject *self; /* the native called, if it was made by another (grad(f)); else NULL */
  /* for a native whose signature is NULL: the names of the arguments, NULL for positional ones */
  const char *const *names;
  /* numbers among the arguments keep their exact value, in f64 (scope.h, EXACT) */
  bool exact;
};

/* The place of an argument, or of the call where that is not known. */
static inline Span site_at(const CallSite *site, int index) {
  return site->args && site->args[index].file ? site->args[index] : site->span;
}

struct Native {
  const char *name;
  /* NULL: takes any arguments, unbound, with site->names (grad(f)(x, w: 2)); so does one with `…`
   * in it (dict); else "csv(path, target: none, header: true, missing: \"error\")": after `:` by
   * name only, after `=` either way */
  const char *signature;
  NativeFunction *function;
  bool ends;            /* it ends the program: `gd check` runs it even with unknown arguments */
  const char *sentence; /* documentation */
  const char *example;  /* runnable, or "" */
  const char *prints;
};

struct Signature; /* signature.h: the parameters of a native or a row */
struct NativeObject {
  Object head;
  const struct Signature *signature; /* NULL until the first call */
  const Native *native;              /* or NULL */
  const OpRow *row;                  /* or NULL: a row of the table, called by operation.c */
  /* held: the state of a native made by another (grad(f) keeps f and its wrt) */
  Value extra[2];
};

#endif
