/* analysis.h — what `gd check` finds in a text: mistakes, and what each `let` and layer gives. */
#ifndef GD_LANG_ANALYSIS_H
#define GD_LANG_ANALYSIS_H

#include "lang/lang.h"

enum { ANALYSIS_DIAGS = 100 };

/* The type of a value that the check met. */
typedef struct Finding {
  uint32_t start, end; /* bytes: of a name that a `let` declares, or of the call of a layer */
  bool layer;
  bool shaped; /* it is a tensor, or has tensors in it */
  char text[120];
} Finding;

typedef struct Analysis {
  Vm *vm;               /* owned: its names hold what the check gave them */
  ModuleObject *module; /* of the Vm */
  uint32_t file;        /* the text's number in it */
  bool valued;          /* the names of its module have values: no mistake ended it before */
  Diag *diags;          /* owned; by place */
  int diag_count;
  Finding *findings; /* owned; by place, one for each */
  int finding_count, finding_capacity;
} Analysis;

/* Returns a new one, by a Vm of its own with the options of `like`: nothing is left from an earlier
 * text.  NULL when something came at the descriptor `input` (-1: none) before it was done. */
Analysis *analysis_make(const Vm *like, const char *name, const char *text, size_t length,
                        int input);
/* In the text the bytes from `start` to `end` have become `length` others: what lay behind them is
 * moved, a finding in them is dropped.  NULL is fine. */
void analysis_move(Analysis *analysis, uint32_t start, uint32_t end, uint32_t length);
void analysis_free(Analysis *analysis); /* takes; NULL is fine */
/* what was found for the name or call that ends at these bytes, or NULL */
const Finding *analysis_finding(const Analysis *analysis, uint32_t start, uint32_t end);
/* Adds the formulas of the gradient of a function of the text or the library, as `explain` prints
 * them; false where there are none, or when something came at the descriptor `input`.  The function
 * is called, with made-up arguments and so often at most; what it prints and writes goes nowhere.
 */
bool analysis_gradient(const Analysis *analysis, const char *name, int input, Text *out);
/* Compares that gradient with central differences, and says what came out. */
bool analysis_check_gradient(const Analysis *analysis, const char *name, int input, Text *out);
/* Adds "f32[5, 2]", "a model"; says whether a tensor is in it. */
bool analysis_type(Vm *vm, Value value, Text *out);

#endif
