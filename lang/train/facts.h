/* facts.h — how a run was set up, for its log and its report. */
#ifndef GD_LANG_FACTS_H
#define GD_LANG_FACTS_H

#include "lang/train/train.h"

/* the settings of a run as members of a JSON object */
void facts_settings(TrainRun *run, Text *text);
/* digests of the script (all of its files) and of the data */
uint64_t facts_script(const TrainRun *run);
/* a number; null if it is not finite */
void facts_number(Text *text, double number);

#endif
