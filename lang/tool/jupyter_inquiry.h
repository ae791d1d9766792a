/* jupyter_inquiry.h — the requests that run no cell. */
#ifndef GD_LANG_JUPYTER_INQUIRY_H
#define GD_LANG_JUPYTER_INQUIRY_H

#include "lang/tool/jupyter_publish.h"

JupyterAnswer jupyter_complete, jupyter_inspect, jupyter_is_complete, jupyter_history;
JupyterAnswer jupyter_info, jupyter_comm_info, jupyter_shut_down;

#endif
