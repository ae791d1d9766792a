/* back_off.c — see back_off.h.
 *
 * The number of halvings belongs to the whole run and is stored in its checkpoint, so that a
 * resumed run continues with the same rate.  An optimizer that several updates share is halved
 * once.
 */
#include "lang/train/back_off.h"

#include "lang/optimizers/hyper.h"

#include <math.h>

void back_off_set(TrainRun *run, int64_t halvings) {
  run->backed_off = halvings;
  for (int i = 0; i < run->objective_count; i++)
    hyper_scale(run->objectives[i].optimizer, ldexp(1, -(int)halvings));
}

bool back_off(TrainRun *run) {
  if (run->on_divergence != DIVERGENCE_BACK_OFF || run->backed_off == BACK_OFF_MOST) return false;
  back_off_set(run, run->backed_off + 1);
  return true;
}

void back_off_why(const Diag *diag, Text *why) {
  text_string(why, diag->message);
  for (int i = 0; i < diag->note_count; i++)
    if (!diag->notes[i].span.file) text_format(why, "; %s", diag->notes[i].text);
}
