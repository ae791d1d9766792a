/* processes.h — the processes that run a script together: their start and end (see processes.c). */
#ifndef GD_LANG_PROCESSES_H
#define GD_LANG_PROCESSES_H

#include "lang/machine/vm.h"
#include "runtime/peers/sockets.h"

enum {
  PROCESSES_MOST = SOCKETS_MOST, /* of --workers */
  RANKS_MOST = PEERS_MOST        /* of a launcher */
};

/* Do the options request several processes? */
bool processes_wanted(const Options *options);
/* Starts the processes of --workers, or joins those of a launcher, for a script (its text, or NULL
 * and its file).  Call it before there are threads.  Returns 0, or a status after reporting why. */
int processes_start(Options *options, const char *text, const char *file);
/* Keeps a message of a process other than 0 for process 0, which prints it once; false in 0. */
bool processes_keep(const char *text, size_t length);
/* The status of the program, which is process 0's unless another one failed alone. */
int processes_agree(int status);
/* The last thing, when all is written: ends the program with its status; need not return. */
void processes_end(int status);

#endif
