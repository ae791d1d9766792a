/* markdown.h — the chapters of the guide: as text, as HTML, as the program in their blocks.
 *
 * Of Markdown they use headings, paragraphs, lists, tables, `code`, **bold**, *italics*, [links]()
 * and fenced blocks.  A block of another language straight before one of gd is shown beside it.
 */
#ifndef GD_LANG_MARKDOWN_H
#define GD_LANG_MARKDOWN_H

#include "lang/tool/manual.h"

void markdown_text(const ManualPage *chapter, Text *out);
/* `link` gives the address of a name's page, or NULL */
typedef struct MarkdownLinks {
  const char *(*link)(void *context, const char *name, size_t length);
  void *context;
} MarkdownLinks;
void markdown_html(const char *text, const MarkdownLinks *links, Text *out);
/* a sentence: escaped, with its code and emphasis */
void markdown_inline(const char *text, size_t length, const MarkdownLinks *links, Text *out);
/* code of gd, coloured */
void markdown_code(const char *code, Text *out);
void markdown_escape(const char *text, size_t length, Text *out);
/* every block of gd, one after the other */
void markdown_program(const ManualPage *chapter, Text *out);

#endif
