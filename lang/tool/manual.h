/* manual.h — every page of the manual, collected from the tables.
 *
 * A page is an operation, a function, a name of the library, a word or mark of the language, a
 * clause of `train`, an option, a command, a variable of the environment, a term, an exit status, a
 * kind of error, or a chapter of the guide.  `gd doc`, `?name` at the prompt, the site, gd(1), the
 * completions and the scripts that test the examples are all made of these.
 */
#ifndef GD_LANG_MANUAL_H
#define GD_LANG_MANUAL_H

#include "lang/machine/vm.h"
#include "lang/syntax/nearest.h"

/* The kinds of pages: rows of KINDS (manual.c). */
typedef enum ManualKind {
  MANUAL_CHAPTER,
  MANUAL_WORD,
  MANUAL_CLAUSE,
  MANUAL_OPERATION,
  MANUAL_FUNCTION,
  MANUAL_LIBRARY,
  MANUAL_COMMAND,
  MANUAL_PROMPT,
  MANUAL_OPTION,
  MANUAL_VARIABLE,
  MANUAL_TERM,
  MANUAL_STATUS,
  MANUAL_ERROR
} ManualKind;

/* All text is borrowed from the tables or from the manual's arena. */
typedef struct ManualPage {
  ManualKind kind;
  const char *what;      /* "optimizer" */
  const char *name;      /* "Adam", "batch:", "--seed", "65"; of a chapter its file's stem */
  const char *signature; /* its form; of a chapter the title */
  const char *text;      /* sentences; paragraphs apart by an empty line; of a chapter Markdown */
  const char *example;   /* an expression or a program, or "" */
  const char *prints;    /* what it prints; NULL: the example says so itself, by `# expect:` */
  int status;            /* exit status of the example */
  int section;           /* index in Manual.sections */
} ManualPage;

typedef struct ManualSection {
  const char *file;     /* "optimizers": the name of its page in the site */
  const char *title;    /* "Optimizers of the first order" */
  const char *sentence; /* or "" */
} ManualSection;

typedef struct Manual {
  Arena arena;
  ManualPage *pages; /* owned; section by section */
  int count, capacity;
  ManualSection sections[64];
  int section_count;
} Manual;

/* Collects every page; borrows from vm's registry. */
void manual_open(Manual *manual, const Vm *vm);
void manual_close(Manual *manual);
/* The index of the first page of `name`, from `from` on, or -1. */
int manual_find(const Manual *manual, const char *name, int from);

/* Adds what helps where no page has a name: the nearest one, to which names of the script may have
 * been offered, or what to write for another tool's word.  False when nothing does. */
bool manual_suggest(const Manual *manual, Nearest *nearest, Text *text);

/* A parameter in the signature of a page. */
typedef struct ManualParameter {
  const char *text;     /* "axis: none", as written; borrowed from the signature */
  int length, name;     /* bytes of text, and of the name at its beginning */
  const char *sentence; /* NULL when parameters.def has none */
} ManualParameter;
enum { MANUAL_PARAMETERS = 40 };
int manual_parameters(const ManualPage *page, ManualParameter *parameters);

enum { MANUAL_RELATED = 8 };
/* Pages that this page mentions, then its neighbours in the table; returns their number. */
int manual_related(const Manual *manual, const ManualPage *page, const ManualPage **related);

/* Adds the example as a program; an expression is wrapped in print. */
void manual_example(const ManualPage *page, Text *text);

/* for the tests: the key of a row of parameters.def; NULL past the last */
const char *manual_parameter_row(int index);

#endif
