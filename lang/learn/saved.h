/* saved.h — the fields of a checkpoint: what each is, and what it may be, said once for writing and reading.
 *
 * saved.c walks them.  Writing, a field is added to the file; reading, it is looked up, its dtype, shape and elements are checked against
 * what they count or index, and it is put into the TrainRun.  A TrainRun is thrown away when the walk fails; what outlives it (params, buffers,
 * optimizers) is only noted, and changed by saved_install when everything has been checked.
 */
#ifndef GD_LANG_SAVED_H
#define GD_LANG_SAVED_H

#include "lang/learn/train.h"
#include "runtime/files.h"

/* Elements that wait until everything has been checked. */
typedef struct Install {
  ParamObject *param;   /* borrowed: its storage; or NULL, … */
  Tensor *storage;      /* … and this one's, borrowed */
  const Tensor *from;   /* of the file, borrowed */
} Install;

typedef struct Saved {
  TrainRun *run;
  Checkpoint *file;
  bool reading;
  bool *visited;        /* reading: by tensor of the file; owned */
  Install *installs;    /* reading; owned */
  int install_count;
  int64_t steps[UPDATES_MOST]; /* reading: of the objectives' optimizers */
} Saved;

void saved_place(Saved *saved);              /* where the run is: needs nothing but the clauses */
void saved_rest(Saved *saved);               /* everything else: needs the first step traced (train_prepare) */
void saved_install(Saved *saved);            /* reading, at the end: what outlives the run is changed */
void saved_free(Saved *saved);

/* Raises 65 about the file of the checkpoint, at its clause. */
NORETURN void saved_fail(const TrainRun *run, const char *help, const char *format, ...) PRINTF_LIKE(3, 4);
const Ast *saved_clause(const TrainRun *run); /* `checkpoint:`'s value */

/* settings.c: what the script says of the training, in lines: `same` (another is another training) and `told` ones. */
void settings_note(TrainRun *run);           /* before the first step: what is told when it differs, into run->settings */
void settings_describe(const TrainRun *run, Text *text); /* all lines; needs the first step traced */
void settings_compare(TrainRun *run, const Text *before); /* raises where it is another training; sets run->…_changed */
void settings_tell(TrainRun *run, const Text *before);    /* after that: tells what changed */

#endif
