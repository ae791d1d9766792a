/* version.h — the version of gd, for messages and the files that gd writes. */
#ifndef GD_LANG_VERSION_H
#define GD_LANG_VERSION_H

#define GD_VERSION "0.1.0"

#endif
