/* project.h — `gd new NAME`: a folder with a small project. */
#ifndef GD_LANG_PROJECT_H
#define GD_LANG_PROJECT_H

#include "lang/lang.h"

int project_new(Session *session, const char *name);

#endif
