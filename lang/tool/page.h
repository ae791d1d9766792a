/* page.h — a page of the manual as text, for the terminal. */
#ifndef GD_LANG_PAGE_H
#define GD_LANG_PAGE_H

#include "lang/syntax/ast.h"
#include "lang/text/source.h"
#include "lang/tool/manual.h"

enum { PAGE_COLUMNS = 92 };

void page_write(const Manual *manual, const ManualPage *page, Text *text);
/* of a declaration of the script: its head and its `##` comment */
void page_write_declaration(const Source *source, const AstFunction *function, Text *text);
/* an example as people read it: `# expect: 3` is `# 3`, what it prints stands behind or below */
void page_example(const ManualPage *page, Text *text);
/* the first clause of its text, for lists */
void page_first(const ManualPage *page, int columns, Text *text);

#endif
