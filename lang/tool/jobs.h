/* jobs.h — runs gd for an editor (a script, its tests, a check) in processes beside the server.
 *
 * The editor receives `window/logMessage` for the output, progress that it can cancel (if it
 * supports that), and one `window/showMessage` at the end, with the last lines.
 */
#ifndef GD_LANG_JOBS_H
#define GD_LANG_JOBS_H

#include "runtime/compute.h"

#include <jansson.h>
#include <sys/types.h>

enum { JOBS_MOST = 8 };

typedef struct Job {
  pid_t process; /* of a group of its own */
  int output;    /* its output and errors: the reading end of a pipe */
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
  bool progress; /* the editor supports progress */
} Jobs;

/* Starts gd with these words (ended by NULL) in the folder of the file `path`.  False with the
 * reason in *wrong. */
bool jobs_start(Jobs *jobs, const char *path, char *const *words, Text *wrong);
/* Waits until the descriptor is readable; forwards the output of the jobs meanwhile.  False when a
 * stop is requested first.  jobs NULL: there are none. */
bool jobs_wait(Jobs *jobs, int descriptor);
/* Interrupts the jobs of a file (NULL: all) and returns how many; the job of a progress token. */
int jobs_stop(const Jobs *jobs, const char *path);
void jobs_cancel(const Jobs *jobs, const json_t *token);
void jobs_end(Jobs *jobs); /* kills those that still run */

#endif
