/* meaning.h — what a name at a place of a document means. */
#ifndef GD_LANG_MEANING_H
#define GD_LANG_MEANING_H

#include "lang/tool/workspace.h"

/* A name of a text, perhaps of another one. */
typedef struct Meaning {
  Document *document; /* of the workspace; NULL: none is known */
  int symbol;         /* -1: the whole text */
} Meaning;

/* the byte offset that a request is about, and what is mentioned there; NULL: no name */
uint32_t meaning_place(const Document *document, const json_t *params);
const Mention *meaning_mention(Document *document, uint32_t at);
/* the caller returns the document to the workspace */
Meaning meaning_of(Workspace *workspace, Document *document, const Mention *mention);

/* where something is, as the protocol says it */
json_t *meaning_location(const Document *document, Span span);

#endif
