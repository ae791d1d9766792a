/* meaning.c — from a place in a document to the symbol that the name there means.
 *
 * A place is a byte offset.  A name may be declared in the text itself, in one that it imports, or
 * in the library, whose files are texts like any other.
 */
#include "lang/tool/meaning.h"

uint32_t meaning_place(const Document *document, const json_t *params) {
  return document_offset(document, json_object_get(params, "position"));
}

const Mention *meaning_mention(Document *document, uint32_t at) {
  const Outline *outline = document_outline(document);
  return document->outlined ? outline_at(outline, at) : NULL;
}

static Meaning meaning_in(Document *document, const Mention *mention) {
  const Outline *outline = document ? document_outline(document) : NULL;
  int symbol = outline ? outline_top(outline, mention->of ? mention->of : mention->name) : -1;
  if (mention->of && symbol >= 0) symbol = outline_parameter(outline, symbol, mention->name);
  return (Meaning){symbol >= 0 ? document : NULL, symbol};
}

/* What `blocks.f` or the `k` of `blocks.f(k: 1)` means. */
static Meaning meaning_of_import(Workspace *workspace, Document *document, const Mention *mention) {
  const Symbol *import = &document->outline->symbols[mention->module];
  Document *other = workspace_import(workspace, document, import);
  Meaning meaning = meaning_in(other, mention);
  if (!meaning.document) workspace_return(workspace, other);
  return meaning;
}

/* What the library declares, or the argument of a function of it. */
static Meaning meaning_of_library(Workspace *workspace, const Mention *mention) {
  Document *library = workspace_library(workspace, mention->of ? mention->of : mention->name);
  Meaning meaning = meaning_in(library, mention);
  if (!meaning.document) workspace_return(workspace, library);
  return meaning;
}

Meaning meaning_of(Workspace *workspace, Document *document, const Mention *mention) {
  const Symbol *symbol = mention->symbol >= 0 ? &document->outline->symbols[mention->symbol] : NULL;
  if (symbol && symbol->kind == SYMBOL_IMPORT)
    return (Meaning){workspace_import(workspace, document, symbol), -1};
  if (symbol) return (Meaning){document, mention->symbol};
  if (mention->module >= 0) return meaning_of_import(workspace, document, mention);
  return mention->field ? (Meaning){NULL, -1} : meaning_of_library(workspace, mention);
}

json_t *meaning_location(const Document *document, Span span) {
  return json_pack("{s:s,s:o}", "uri", document->uri, "range",
                   document_range(document, span.start, span.end));
}
