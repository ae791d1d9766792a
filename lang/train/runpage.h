/* runpage.h — `report:` of `train`: one page about the run. */
#ifndef GD_LANG_RUNPAGE_H
#define GD_LANG_RUNPAGE_H

#include "lang/train/train.h"

/* Reads the clause; raises where the file cannot be written.  Before the first step. */
void runpage_read(TrainRun *run);
/* Writes the page of a run that is over. */
void runpage_write(TrainRun *run);
struct Race;
struct RaceRun;
/* Writes the page of the winner of a race, with the standings. */
void runpage_write_race(const struct Race *race, const struct RaceRun *winner);

/* runpage.html as C strings, made by runpage.awk: the text before and after the data */
extern const char PAGE_BEFORE[], PAGE_AFTER[];

#endif
