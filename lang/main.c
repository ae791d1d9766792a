/* main.c — where the process begins.  All of the command is in command.c, so that tests can run it
 * in a process of their own. */
#include "lang/tool/command.h"

int main(int count, char **words) { return command_run(count, words); }
