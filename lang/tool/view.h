/* view.h — what an editor shows of a document: errors, colours, folds, hints, actions, lenses. */
#ifndef GD_LANG_VIEW_H
#define GD_LANG_VIEW_H

#include "lang/tool/document.h"

/* Each returns a new reference. */
json_t *view_diagnostics(Document *document, const Vm *vm); /* checks the text, if it must */
json_t *view_folds(Document *document);
json_t *view_layout(Document *document); /* the edits of `gd fmt`; none with a syntax error */
json_t *view_token_legend(void);
/* the same as text, in JSON */
void view_tokens(Document *document, const Vm *vm, Text *out);
void view_hints(Document *document, const Vm *vm, const json_t *range, Text *out);
json_t *view_actions(Document *document, const Vm *vm, const json_t *range);
json_t *view_lenses(Document *document);

#endif
