/* man.h — the manual page gd(1), for man: `gd doc --man`. */
#ifndef GD_LANG_MAN_H
#define GD_LANG_MAN_H

#include "lang/tool/manual.h"

int man_write(const Manual *manual, Text *out); /* returns the exit status, 0 */

#endif
