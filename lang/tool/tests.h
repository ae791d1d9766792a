/* tests.h — `gd test`: runs test blocks and reports the results. */
#ifndef GD_LANG_TESTS_H
#define GD_LANG_TESTS_H

#include "lang/lang.h"

typedef struct TestWish {
  char **files; /* files and folders; none: the scripts of the working directory */
  int file_count;
  const char *filter; /* only tests whose name or file contains it; NULL: all */
  const char *junit;  /* a file for the results as JUnit XML, or NULL */
} TestWish;

int tests_run(Session *session, const TestWish *wish);

#endif
