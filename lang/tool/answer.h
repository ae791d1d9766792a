/* answer.h — the language server's answers about one place of a document, and its symbols. */
#ifndef GD_LANG_ANSWER_H
#define GD_LANG_ANSWER_H

#include "lang/tool/workspace.h"

/* Each returns the `result` of a request, or json_null(); a new reference. */
json_t *answer_hover(Workspace *workspace, Document *document, const json_t *params);
json_t *answer_completion(const Vm *vm, Document *document, const json_t *params);
json_t *answer_signature(const Vm *vm, Document *document, const json_t *params);
void answer_symbols(Document *document, Text *out); /* as text, in JSON */
/* adds the symbols whose name has `query` in it, in the flat form of the workspace */
void answer_add_symbols(Document *document, const char *query, json_t *symbols);

#endif
