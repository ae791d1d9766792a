/* analysis.h — the result of `gd check` for a text: errors, and the types of `let`s and layers. */
#ifndef GD_LANG_ANALYSIS_H
#define GD_LANG_ANALYSIS_H

#include "lang/lang.h"

enum { ANALYSIS_DIAGS = 100 };

/* The type of a value in the check. */
typedef struct Finding {
  uint32_t start, end; /* bytes: of a name that a `let` declares, or of the call of a layer */
  bool layer;
  bool shaped; /* it is a tensor, or has tensors in it */
  char text[120];
} Finding;

typedef struct Analysis {
  Vm *vm;               /* owned: its names have the values of the check */
  ModuleObject *module; /* of the Vm */
  uint32_t file;        /* the text's number in it */
  bool partial;         /* it had errors: only what does not depend on them was checked */
  bool valued;          /* the names of its module have values: no error ended the check before */
  Diag *diags;          /* owned; by place */
  int diag_count;
  Finding *findings; /* owned; by place, one for each */
  int finding_count, finding_capacity;
} Analysis;

/* Returns a new one, made by a new Vm with the options of `like`, so that nothing depends on an
 * earlier text.  NULL if the descriptor `input` (-1: none) became readable before it was done. */
Analysis *analysis_make(const Vm *like, const char *name, const char *text, size_t length,
                        int input);
/* The bytes of the text from `start` to `end` were replaced by `length` others: moves findings
 * behind them and drops findings in them.  NULL is fine. */
void analysis_move(Analysis *analysis, uint32_t start, uint32_t end, uint32_t length);
void analysis_free(Analysis *analysis); /* takes; NULL is fine */
/* the finding for the name or call at these bytes, or NULL */
const Finding *analysis_finding(const Analysis *analysis, uint32_t start, uint32_t end);
/* Adds the formulas of the gradient of a function of the text or the library, as `explain` prints
 * them; false if there are none, or when the descriptor `input` became readable.  The function is
 * called a limited number of times with invented arguments; its output is discarded. */
bool analysis_gradient(const Analysis *analysis, const char *name, int input, Text *out);
/* Compares that gradient with central differences, and adds the result. */
bool analysis_check_gradient(const Analysis *analysis, const char *name, int input, Text *out);
/* Adds "f32[5, 2]", "a model"; returns whether it contains a tensor. */
bool analysis_type(Vm *vm, Value value, Text *out);

#endif
