/* site.h — the manual as a site: `gd doc --html DIR`. */
#ifndef GD_LANG_SITE_H
#define GD_LANG_SITE_H

#include "lang/lang.h"
#include "lang/tool/manual.h"

/* Makes the folder if need be, and replaces its files; returns the exit status. */
int site_write(Session *session, const Manual *manual, const char *folder);

#endif
