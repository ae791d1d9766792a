/* answer.h — what the language server answers about names: the meaning of a place in a document. */
#ifndef GD_LANG_ANSWER_H
#define GD_LANG_ANSWER_H

#include "lang/tool/document.h"

/* Each gives the `result` of a request, json_null() where there is none.  A new reference. */
json_t *answer_hover(const Vm *vm, Document *document, const json_t *params);
json_t *answer_completion(const Vm *vm, Document *document, const json_t *params);
json_t *answer_signature(const Vm *vm, Document *document, const json_t *params);
json_t *answer_definition(Document *document, const json_t *params);
json_t *answer_references(Document *document, const json_t *params);
json_t *answer_highlights(Document *document, const json_t *params);
/* NULL with what is wrong in *wrong */
json_t *answer_rename(Document *document, const json_t *params, const char **wrong);
json_t *answer_rename_place(Document *document, const json_t *params);
json_t *answer_symbols(Document *document);
/* adds the symbols whose name has `query` in it, in the flat form of the workspace */
void answer_add_symbols(Document *document, const char *query, json_t *symbols);

#endif
