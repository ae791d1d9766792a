/* jupyter_publish.h — the state of a Jupyter kernel, which its parts share, and what it sends. */
#ifndef GD_LANG_JUPYTER_PUBLISH_H
#define GD_LANG_JUPYTER_PUBLISH_H

#include "lang/lang.h"
#include "lang/tool/channel.h"

#include <pthread.h>

enum { JUPYTER_WAIT = 500 }; /* milliseconds between looks at what else may end a wait */

typedef struct Stream {
  const char *name; /* "stdout" */
  int number;       /* the descriptor that the program writes to */
  int kept;         /* what that was before */
  int from;         /* where it arrives */
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
  bool allow_input;       /* may it ask? */
  int status;             /* of the last statement */
  bool failed, ended;     /* the cell; the kernel */
  volatile bool shut;     /* it was told to end */
  bool aborting;          /* a cell has failed: what waits behind it is not run */
  Message *held;          /* owned: that */
  int held_count;
  uint64_t lines;          /* of progress, to name each */
  bool line_open;          /* the last one may still change */
  char **history;          /* owned: the cells that were to be kept */
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
/* Publishes what lies in the pipes; whole: also a sequence of UTF-8 whose end has not come. */
void jupyter_drain(Kernel *kernel, bool whole);
/* before something that must come after what was printed: empties the program's buffers first */
void jupyter_settle(Kernel *kernel);
/* a bool of a request, or what is usual */
bool jupyter_flag(const json_t *content, const char *name, bool usual);

/* A request: adds the fields of its reply. */
typedef void JupyterAnswer(Kernel *kernel, const json_t *content, Text *reply);

#endif
