/* answer.h — answers of the language server about names at a place in a document. */
#ifndef GD_LANG_ANSWER_H
#define GD_LANG_ANSWER_H

#include "lang/tool/workspace.h"

/* Each returns the `result` of a request, or json_null(); a new reference. */
json_t *answer_hover(Workspace *workspace, Document *document, const json_t *params);
json_t *answer_completion(const Vm *vm, Document *document, const json_t *params);
json_t *answer_signature(const Vm *vm, Document *document, const json_t *params);
json_t *answer_definition(Workspace *workspace, Document *document, const json_t *params);
json_t *answer_references(Workspace *workspace, Document *document, const json_t *params);
json_t *answer_highlights(Document *document, const json_t *params);
/* NULL, with the reason in *wrong, if it is refused */
json_t *answer_rename(Workspace *workspace, Document *document, const json_t *params,
                      const char **wrong);
json_t *answer_rename_place(Workspace *workspace, Document *document, const json_t *params);
void answer_symbols(Document *document, Text *out); /* as text, in JSON */
/* adds the symbols whose name has `query` in it, in the flat form of the workspace */
void answer_add_symbols(Document *document, const char *query, json_t *symbols);

#endif
