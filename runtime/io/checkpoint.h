/* checkpoint.h — the state of a training, written so that damage is detected.
 *
 * A checkpoint is a text (what the training notes about itself, in a form of its own
 * choosing) and a list of named tensors, bit for bit.  The file carries a CRC-32C for each
 * block of 64 KiB and a digest over the whole, so any flipped bit, cut or torn page is
 * refused with status 65.  It names no folder, no host and no time.
 *
 * Writing replaces the file in one step and keeps the one before as PATH.previous.  Reading falls
 * back to that when PATH is damaged, and says so in `warning`.  A PATH that is not there is
 * missing, whatever lies beside it: deleting a checkpoint means a fresh start.
 *
 * A training holds the lock PATH.lock (file.h, `file_lock`), so two runs cannot share a path.
 */
#ifndef GD_RUNTIME_IO_CHECKPOINT_H
#define GD_RUNTIME_IO_CHECKPOINT_H

#include "runtime/io/file.h"
#include "runtime/io/named.h"

enum { CHECKPOINT_VERSION = 1, CHECKPOINT_BLOCK = 65536 };
#define CHECKPOINT_PREVIOUS ".previous"

typedef struct Checkpoint {
  Text note; /* the training's own words */
  NamedList tensors;
} Checkpoint;

bool checkpoint_write(const Files *files, const char *path, const Checkpoint *checkpoint,
                      Diag *diag);
/* Returns a new one.  `warning` (may be NULL) has status 0 unless the file before had to be taken:
 * then it says why. 65 damaged, or written by a newer gd; 66 not there. */
bool checkpoint_read(const Files *files, const char *path, Checkpoint *checkpoint, Diag *warning,
                     Diag *diag);
bool checkpoint_exists(const Files *files, const char *path);
/* May a checkpoint be written there without destroying something else?  73 unless PATH and
 * PATH.previous are checkpoints, damaged ones beside a whole one, empty or not there. */
bool checkpoint_replaceable(const Files *files, const char *path, Diag *diag);
void checkpoint_free(Checkpoint *checkpoint);

/* CRC-32C (Castagnoli) of bytes, going on from `crc`, which starts at 0. */
uint32_t checkpoint_crc(uint32_t crc, const void *bytes, size_t length);

#endif
