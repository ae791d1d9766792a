/* version.h — the version, where the files that gd writes can name it. */
#ifndef GD_LANG_VERSION_H
#define GD_LANG_VERSION_H

#define GD_VERSION "0.1.0"

#endif
