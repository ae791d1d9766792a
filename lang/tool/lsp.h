/* lsp.h — `gd lsp`: a language server on standard input and output. */
#ifndef GD_LANG_LSP_H
#define GD_LANG_LSP_H

#include "lang/lang.h"

/* Returns the exit status of the protocol; STATUS_USAGE if there was no input. */
int lsp_run(Session *session);

#endif
