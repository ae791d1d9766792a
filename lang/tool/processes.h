/* processes.h — the processes that run a script together: their start and end (see processes.c). */
#ifndef GD_LANG_PROCESSES_H
#define GD_LANG_PROCESSES_H

#include "lang/machine/vm.h"
#include "runtime/peers/sockets.h"

enum {
  PROCESSES_MOST = SOCKETS_MOST, /* of --workers */
  RANKS_MOST = PEERS_MOST        /* of a launcher */
};

/* Is a run asked for on several? */
bool processes_wanted(const Options *options);
/* Before there are threads: starts those of --workers, or joins those of a launcher, for a script
 * (its text, or NULL and its file).  0 or a status, the reason then being told. */
int processes_start(Options *options, const char *text, const char *file);
/* What another process than 0 has to say is kept for process 0, which tells it once; false in 0. */
bool processes_keep(const char *text, size_t length);
/* The status of the program, which is process 0's unless another one failed alone. */
int processes_agree(int status);
/* The last thing, when all is written: ends the program with its status; need not return. */
void processes_end(int status);

#endif
