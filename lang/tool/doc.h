/* doc.h — `gd doc`: pages of the manual, found by name or by words, and the files made from them.
 */
#ifndef GD_LANG_DOC_H
#define GD_LANG_DOC_H

#include "lang/lang.h"

typedef struct DocWish {
  char **names; /* whose pages are shown; none: the contents */
  int name_count;
  const char *search;     /* -s */
  const char *html;       /* the folder of the site */
  const char *completion; /* a shell */
  const char *examples;   /* the folder of scripts that test the examples */
  bool man, list, json;
} DocWish;

/* Returns the exit status: STATUS_USAGE when a name has no page. */
int doc_run(Session *session, const DocWish *wish);

#endif
