/* jupyter_publish.h — the state of a Jupyter kernel, shared by its parts, and its messages. */
#ifndef GD_LANG_JUPYTER_PUBLISH_H
#define GD_LANG_JUPYTER_PUBLISH_H

#include "lang/lang.h"
#include "lang/tool/channel.h"

#include <pthread.h>

enum { JUPYTER_WAIT = 500 }; /* milliseconds between checks of other reasons to end a wait */

typedef struct Stream {
  const char *name; /* "stdout" */
  int number;       /* the descriptor that the program writes to */
  int kept;         /* a copy of the original descriptor */
  int from;         /* the reading end of the pipe */
  Text tail;        /* an incomplete UTF-8 sequence at the end of what was read */
} Stream;

typedef struct Kernel {
  Session *session;
  Channels channels;
  pthread_t main, beat;
  int end[2];           /* a pipe: closed at one end, it ends the second thread */
  pthread_mutex_t lock; /* of the streams and the parent */
  Stream streams[2];
  Text parent;            /* the header of the request under way */
  const Message *request; /* the same, or NULL */
  int count;              /* of cells */
  Text said;              /* errors of the cell */
  Text shown;             /* the value of its last statement */
  const char *code;       /* the cell */
  bool allow_input;       /* may the cell ask the user? */
  int status;             /* of the last statement */
  bool failed, ended;     /* the cell; the kernel */
  volatile bool shut;     /* shutdown was requested */
  bool aborting;          /* a cell has failed: requests in the queue are not run */
  Message *held;          /* owned: that queue */
  int held_count;
  uint64_t lines;          /* number of progress lines, to identify each */
  bool line_open;          /* the last one may still change */
  char **history;          /* owned: the cells to keep in the history */
  int history_count, room; /* of it */
  pid_t parent_process;
} Kernel;

/* Adds a field to an object, or to the fields of a reply. */
void jupyter_field(Text *text, const char *name, const char *value, size_t length);
/* Ends the object and sends it; frees it.  The caller holds the lock. */
void jupyter_publish(Kernel *kernel, const char *type, Text *content);
void jupyter_publish_status(Kernel *kernel, const char *state);
/* of a pipe's name, "stdout"; the caller holds the lock */
void jupyter_publish_stream(Kernel *kernel, const char *name, const char *bytes, size_t length);
/* Publishes the contents of the pipes; whole: also an incomplete UTF-8 sequence. */
void jupyter_drain(Kernel *kernel, bool whole);
/* flushes the program's buffers and publishes the pipes, before something that must come later */
void jupyter_settle(Kernel *kernel);
/* a bool of a request, or `usual` if absent */
bool jupyter_flag(const json_t *content, const char *name, bool usual);

/* Handles a request: adds the fields of its reply. */
typedef void JupyterAnswer(Kernel *kernel, const json_t *content, Text *reply);

#endif
