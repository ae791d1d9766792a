/* mend.h — changes of a script that may mend what a verdict of gd doctor is about. */
#ifndef GD_LANG_TOOL_MEND_H
#define GD_LANG_TOOL_MEND_H

#include "lang/learn/health_tell.h"
#include "lang/text/source.h"

enum { MENDS_MOST = 6 /* for a verdict */ };

/* Makes the which-th change for a verdict, from 0: the whole text, changed, and what was done.  The
 * texts are added to; the caller frees them.  False: that one does not fit the script. */
bool mend_make(const Sources *sources, const Finding *finding, int which, Text *mended, Text *what);

#endif
