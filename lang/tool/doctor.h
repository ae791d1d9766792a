/* doctor.h — gd doctor: the verdicts on a script's trainings, and remedies that were tried. */
#ifndef GD_LANG_TOOL_DOCTOR_H
#define GD_LANG_TOOL_DOCTOR_H

#include "lang/lang.h"

/* Runs the script with every training watched, tries changes on copies, and prints the verdicts.
 * out: path for the script with the first change that did better, or NULL.  Returns the exit
 * status: 1 when something was found. */
int doctor_run(Session *session, const char *path, const char *out);

#endif
