/* uses.h — the language server's answers about every place that means a name. */
#ifndef GD_LANG_USES_H
#define GD_LANG_USES_H

#include "lang/tool/workspace.h"

/* Each returns the `result` of a request, or json_null(); a new reference. */
json_t *uses_definition(Workspace *workspace, Document *document, const json_t *params);
json_t *uses_references(Workspace *workspace, Document *document, const json_t *params);
json_t *uses_highlights(Document *document, const json_t *params);
/* NULL, with the reason in *wrong, if it is refused */
json_t *uses_rename(Workspace *workspace, Document *document, const json_t *params,
                    const char **wrong);
json_t *uses_rename_place(Workspace *workspace, Document *document, const json_t *params);

#endif
