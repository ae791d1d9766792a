/* command.h — the whole command `gd`: its arguments in, its exit status out (LANGUAGE.md section
 * 13). */
#ifndef GD_LANG_COMMAND_H
#define GD_LANG_COMMAND_H

int command_run(int count, char **words); /* once in a process: it closes standard output */

#endif
