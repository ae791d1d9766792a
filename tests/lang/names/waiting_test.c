/* waiting_test.c — what is not there yet says so, and nothing that is there is said to wait. */
#include "lang/names/waiting.h"
#include "tests/lang/running.h"

static void says(const char *format, const char *name, unsigned column, const char *mark) {
  char text[200], words[120];
  snprintf(text, sizeof text, format, name);
  snprintf(words, sizeof words, "`%s%s` does not exist yet", name, mark);
  fails(text, 65, 1, column, words);
}

Test(waiting, each_row_says_so) {
  const Waiting *row;
  for (int i = 0; (row = waiting_at(i)) != NULL; i++) {
    cr_assert(*row->sentence, "%s", row->name);
    switch (row->kind) {
      case WAITING_NAME: says("print(%s)", row->name, 7, ""); break;
      case WAITING_CLAUSE: says("train pi { loss: 1; steps: 1; %s: 2 }", row->name, 31, ":"); break;
      case WAITING_UPDATE_CLAUSE: says("update pi { loss: 1; %s: 2 }", row->name, 22, ":"); break;
      case WAITING_STATEMENT: says("%s w on x in d { loss: x }", row->name, 1, ""); break;
      case WAITING_COMMAND: break; /* command_test.c */
    }
  }
}

/* Where it could be a slip of the pen for something that is there, it is not taken for one. */
Test(waiting, no_guessing) {
  fails("let w = param(1)\ntrain w { loss: w^2; optimizer: GD(lr: 1); step: 1 }", 65, 2, 44,
        "did you mean `steps:`");
  fails("print(medain([1]))", 65, 1, 7, "unknown name");
  prints("let median = 3\nprint(median)", "3\n");
}
