/* jobs.h — gd run for an editor: a script, its tests, a check, as processes beside the server.
 *
 * The editor hears of one by `window/logMessage` for what it prints, by progress that it can cancel
 * (where it shows such), and by one `window/showMessage` at its end, with the last lines.
 */
#ifndef GD_LANG_JOBS_H
#define GD_LANG_JOBS_H

#include "runtime/compute.h"

#include <jansson.h>
#include <sys/types.h>

enum { JOBS_MOST = 8 };

typedef struct Job {
  pid_t process; /* of a group of its own */
  int output;    /* what it prints and says: the reading end of a pipe */
  char *title;   /* owned: "gd test net.gd" */
  char *path;    /* owned: of the script */
  Text lines;    /* of the last lines: at most LINES_KEPT */
  Text part;     /* of a line that has not ended */
  int number;    /* names its progress */
  double began;
} Job;

typedef struct Jobs {
  Job items[JOBS_MOST];
  int count, started;
  bool progress; /* the editor shows it */
} Jobs;

/* Starts gd with these words (NULL behind the last) in the folder of `path`, a file.  False with
 * what is wrong. */
bool jobs_start(Jobs *jobs, const char *path, char *const *words, Text *wrong);
/* Waits until the descriptor can be read; tells meanwhile what the jobs print.  False when a stop
 * is wanted first.  NULL: there are none. */
bool jobs_wait(Jobs *jobs, int descriptor);
/* Interrupts those of a file (NULL: all), or the one of a progress; says how many. */
int jobs_stop(const Jobs *jobs, const char *path);
void jobs_cancel(const Jobs *jobs, const json_t *token);
void jobs_end(Jobs *jobs); /* kills what still runs */

#endif
