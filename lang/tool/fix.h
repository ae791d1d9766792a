/* fix.h — changes of a script that may fix the problem of a verdict of gd doctor. */
#ifndef GD_LANG_TOOL_MEND_H
#define GD_LANG_TOOL_MEND_H

#include "lang/health/health_tell.h"
#include "lang/text/source.h"

enum { FIXES_MOST = 6 /* for a verdict */ };

/* Makes change number `which` (from 0) for a verdict: adds the whole changed text and a description
 * of the change.  The caller frees both.  False: this change does not fit the script. */
bool fix_make(const Sources *sources, const Finding *finding, int which, Text *fixed, Text *what);

#endif
