/* jupyter.h — `gd kernel`: the session of a Jupyter notebook. */
#ifndef GD_LANG_JUPYTER_H
#define GD_LANG_JUPYTER_H

#include "lang/lang.h"

/* Serves until a shutdown request.  Returns the exit status. */
int jupyter_run(Session *session, const char *connection_file);

#endif
