/* team.h — the team: one set of threads for the process. */
#ifndef GD_RUNTIME_KERNELS_TEAM_H
#define GD_RUNTIME_KERNELS_TEAM_H

#include "runtime/base/base.h"

/* 1 to 64, 0: as many as there are processors (the default); if some cannot be made, the team has
 * fewer.  Called again, it changes the size */
void team_start(int threads);
int team_size(void);
/* From now on the calling thread runs its blocks itself, as a team of one; or no longer.  Was it so
 * before? */
bool team_rest(bool rests);
/* Runs task(context, block) for every block in 0..blocks-1, on the caller and the team, and returns
 * when all are done.  After an interrupt the blocks not yet begun are skipped. Within a task it
 * runs the blocks in order on the thread it is on; so does a caller while the team works for
 * another one. */
void team_run(int64_t blocks, void (*task)(void *context, int64_t block), void *context);
/* As team_run, with tasks that are programs of their own: each is a team of one, which runs its
 * kernels' blocks itself and has the scratch of a caller.  Not within a task. */
void team_beside(int64_t tasks, void (*task)(void *context, int64_t index), void *context);
/* Within a task: another one, as if by team_beside. */
void team_alone(void (*task)(void *context, int64_t index), void *context, int64_t index);
void *team_scratch(size_t bytes); /* the calling thread's own, 64-byte aligned, until its next
                                     team_scratch or the end of the kernel (of the task, inside one:
                                     a task's scratch is apart from its kernel's) */
/* frees it if it is large: it was counted against the budget only for this kernel */
void team_scratch_trim(void);
/* what the latest team_scratch gave is the caller's from now on, to be freed by mem_free */
void *team_scratch_leave(void);
void team_stop(void); /* ends the threads and frees all scratch */

#endif
