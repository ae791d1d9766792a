/* settings.h — the training in the script, described in lines, to compare a checkpoint with. */
#ifndef GD_LANG_SETTINGS_H
#define GD_LANG_SETTINGS_H

#include "lang/train/train.h"

/* There are two kinds of lines: `same` lines (a difference means another training) and `told` lines
 * (a difference is reported). */
/* before the first step: the `told` lines, into run->settings */
void settings_note(TrainRun *run);
/* all lines; needs the first step traced */
void settings_describe(const TrainRun *run, Text *text);
/* raises if it is another training; sets run->…_changed */
void settings_compare(TrainRun *run, const Text *before);
void settings_report_changes(TrainRun *run,
                             const Text *before); /* after that: reports what changed */
/* A digest of a block's text and of what it names without assigning it; 0 without a block. */
uint64_t settings_block(TrainRun *run, const Ast *block);

#endif
