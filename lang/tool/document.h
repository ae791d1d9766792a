/* document.h — an open document of an editor: its text, and places in it. */
#ifndef GD_LANG_DOCUMENT_H
#define GD_LANG_DOCUMENT_H

#include "lang/tool/analysis.h"
#include "lang/tool/outline.h"

#include <jansson.h>

typedef struct Document {
  char *uri, *path; /* owned; path: of a file: URI, else the URI itself */
  Text text;
  uint32_t *lines; /* owned: where each line starts */
  uint32_t line_count;
  int64_t version;
  bool closed;        /* it is a file that no editor has open */
  Outline *outline;   /* owned; of the last text that had no syntax error, or NULL */
  bool outlined;      /* the outline is that of this text */
  Analysis *analysis; /* owned; of `text` if `checked`, else of an older text, moved; or NULL */
  bool checked;
  bool told;        /* the errors of this text were sent to the editor */
  int tries;        /* abandoned checks of this text */
  Analysis *values; /* owned: the last one with a tree, if it is of an older text */
  struct Document *next;
} Document;

Document *document_new(const char *uri, const char *text, size_t length); /* returns a new one */
void document_free(Document *document);                                   /* takes */
void document_set(Document *document, const char *text, size_t length);
/* One item of `contentChanges`; false when it is malformed. */
bool document_change(Document *document, const json_t *change);

/* Does a line end with this byte?  Of the protocol: with a newline, a carriage return, or both. */
bool document_line_ends(const Document *document, uint32_t at);
/* Bytes of the text from the lines and UTF-16 units of the protocol; a place past the end of a line
 * or of the text is that end, one inside a character its first byte. */
uint32_t document_offset(const Document *document, const json_t *position);
/* the line of a byte, from 0 */
uint32_t document_line(const Document *document, uint32_t offset);
json_t *document_position(const Document *document, uint32_t offset);
json_t *document_range(const Document *document, uint32_t start, uint32_t end);
/* The same as text, for answers of thousands of places; a number is written without printf, which
 * would be three quarters of their work. */
void document_write_number(uint32_t number, Text *out);
void document_write_position(const Document *document, uint32_t offset, Text *out);
void document_write_range(const Document *document, uint32_t start, uint32_t end, Text *out);

/* Names of this text, computed on demand; of an older text while there is a syntax error. */
const Outline *document_outline(Document *document);
/* The last result of `gd check`, its places moved by the changes since.  Checks the text only if
 * there is none. */
const Analysis *document_analysis(Document *document, const Vm *vm);
/* Checks this text, unless it is checked.  When the descriptor `input` becomes readable, the check
 * is abandoned and false returned; -1: never. */
bool document_check(Document *document, const Vm *vm, int input);
/* The last one whose names have values, its places moved; NULL when there never was one. */
const Analysis *document_values(const Document *document);

#endif
