/* manual_test.c — every row of every table has its page, example and completion, by name; pages
 * show what they must; names that have none are answered. */
#include "lang/tool/answer.h"
#include "lang/tool/complete.h"
#include "lang/tool/completion.h"
#include "lang/tool/doc.h"
#include "lang/tool/page.h"

#include "lang/names/library_file.h"
#include "lang/names/resolve.h"
#include "lang/names/standard.h"
#include "lang/syntax/token.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Text heard;

static void hear(void *context, const char *text, size_t length) {
  (void)context;
  text_add(&heard, text, length);
}

static void in_session(int (*body)(Session *session, void *context)) {
  SessionOptions options = {.options = {.threads = 1}, .say = hear};
  cr_assert_eq(session_run(&options, body, NULL), 0);
  text_free(&heard);
}

/* ---- coverage ---- */

typedef struct Coverage {
  Session *session;
  Manual manual;
  int pages, completed, examples, hovers; /* found */
  Text missing;
} Coverage;

typedef struct Offered {
  const char *wanted;
  bool found;
} Offered;

static void take_offer(void *context, const char *candidate, const char *detail) {
  (void)detail;
  Offered *offered = context;
  size_t length = strlen(offered->wanted);
  offered->found = offered->found || (strncmp(candidate, offered->wanted, length) == 0 &&
                                      (!candidate[length] || strcmp(candidate + length, ":") == 0));
}

static bool completes(Session *session, const char *before, const char *name) {
  Offered offered = {name, false};
  complete_word(session, before, strlen(before), name, take_offer, &offered);
  return offered.found;
}

/* The page of a name among those of `what`: it has sentences; an example, where `example` says. */
static void check_page(Coverage *coverage, const char *name, const char *what, bool example) {
  int at = -1;
  const ManualPage *page = NULL;
  while (!page && (at = manual_find(&coverage->manual, name, at + 1)) >= 0)
    if (what ? strcmp(coverage->manual.pages[at].what, what) == 0
             : coverage->manual.pages[at].kind != MANUAL_CHAPTER)
      page = &coverage->manual.pages[at];
  if (!page || !*page->text || !*page->signature) {
    text_format(&coverage->missing, "%s has no page\n", name);
    return;
  }
  coverage->pages++;
  if (*page->example) coverage->examples++;
  else if (example) text_format(&coverage->missing, "%s has no example\n", name);
}

static void check_completion(Coverage *coverage, const char *before, const char *name) {
  bool completed = completes(coverage->session, before, name) ||
                   (strstr(before, "train") &&
                    (completes(coverage->session, "race w {\n  ", name) ||
                     completes(coverage->session, "update w {\n  ", name)));
  if (completed) coverage->completed++;
  else text_format(&coverage->missing, "%s is not completed\n", name);
}

static bool is_name(const char *text) { return isalpha((unsigned char)*text) != 0; }

static void cover_names(Coverage *coverage) {
  const char *name;
  for (int i = 0; (name = standard_name(coverage->session->vm, i)) != NULL; i++) {
    check_page(coverage, name, NULL, true);
    if (is_name(name)) check_completion(coverage, "", name);
  }
}

static void cover_words(Coverage *coverage) {
  for (int kind = 0; kind < TOKEN_COUNT; kind++) {
    const char *spelling = token_spelling(kind);
    if (!token_flags(kind) && !strchr(spelling, '.') && strlen(spelling) > 2) continue;
    if (strchr(spelling, ' ') || strcmp(spelling, "?") == 0 || !*spelling) continue;
    if (strchr(")]}", *spelling)) continue; /* of the page of what they close */
    check_page(coverage, spelling, NULL, true);
    if (token_flags(kind) & (WORD | SOFT)) check_completion(coverage, "", spelling);
  }
}

static void cover_clauses(Coverage *coverage) {
  const char *key;
  for (int i = 0; (key = train_key(i)) != NULL; i++) {
    check_page(coverage, key, "clause of train", true);
    check_completion(coverage, "train w {\n  ", key);
  }
}

/* The shells complete each option and command; fish writes `-l seed` for --seed. */
static void check_shells(Coverage *coverage, const char *name) {
  static const char *const shells[] = {"bash", "zsh", "fish"};
  const char *bare = name + strspn(name, "-");
  for (int i = 0; i < COUNT_OF(shells); i++) {
    Text text = {0};
    completion_write(coverage->session, shells[i], &text);
    bool found = strstr(text.data, i < 2 ? name : bare) != NULL;
    if (!found) text_format(&coverage->missing, "%s is not completed by %s\n", name, shells[i]);
    coverage->completed += found;
    text_free(&text);
  }
}

static void cover_command(Coverage *coverage) {
#define OPTION(name, value, read, commands, sentence) \
  check_page(coverage, name, "option", false);        \
  check_shells(coverage, name);
#include "lang/tool/options.def"
#undef OPTION
#define COMMAND(KIND, word, form, sentence, about)               \
  if (*word) check_page(coverage, "gd " word, "command", false); \
  if (*word) check_shells(coverage, word);
#include "lang/tool/commands.def"
#undef COMMAND
  static const int statuses[] = {0,
                                 STATUS_FAILED,
                                 STATUS_USAGE,
                                 STATUS_MALFORMED,
                                 STATUS_MISSING,
                                 STATUS_BUG,
                                 STATUS_MEMORY,
                                 STATUS_CREATE,
                                 STATUS_IO,
                                 STATUS_BUSY,
                                 STATUS_POLICY,
                                 STATUS_LIMIT,
                                 STATUS_INTERRUPTED,
                                 STATUS_TERMINATED};
  for (int i = 0; i < COUNT_OF(statuses); i++) {
    char name[20];
    snprintf(name, sizeof name, "%d", statuses[i]);
    check_page(coverage, name, "exit status", false);
  }
}

/* Parameters without a sentence, and sentences that no parameter has. */
static void cover_parameters(Coverage *coverage) {
  bool used[2000] = {false};
  for (int i = 0; i < coverage->manual.count; i++) {
    const ManualPage *page = &coverage->manual.pages[i];
    ManualParameter parameters[MANUAL_PARAMETERS];
    int count = manual_parameters(page, parameters);
    for (int k = 0; k < count; k++) {
      if (!parameters[k].sentence)
        text_format(&coverage->missing, "%s: its parameter %.*s has no row in parameters.def\n",
                    page->name, parameters[k].name, parameters[k].text);
      char keys[3][200];
      snprintf(keys[0], sizeof keys[0], "%s.%.*s", page->name, parameters[k].name,
               parameters[k].text);
      snprintf(keys[1], sizeof keys[1], "%s.%.*s", page->what, parameters[k].name,
               parameters[k].text);
      snprintf(keys[2], sizeof keys[2], "%.*s", parameters[k].name, parameters[k].text);
      const char *row;
      bool narrow = false;
      for (int key = 0; key < 3 && !narrow; key++)
        for (int r = 0; (row = manual_parameter_row(r)) != NULL; r++)
          if (strcmp(row, keys[key]) == 0) used[r] = narrow = true;
    }
  }
  const char *row;
  for (int r = 0; (row = manual_parameter_row(r)) != NULL && r < COUNT_OF(used); r++)
    if (!used[r]) text_format(&coverage->missing, "parameters.def: nothing has %s\n", row);
}

/* ---- hover ---- */

/* All of them stand in one text, a name on each line. */
static void cover_hover(Coverage *coverage, const Text *names) {
  Workspace workspace = {.vm = coverage->session->vm};
  Document *document = document_new("file:///names.gd", names->data, names->length);
  for (uint32_t line = 0; line + 1 < document->line_count; line++) {
    json_t *params = json_pack("{s:{s:i,s:i}}", "position", "line", (int)line, "character", 0),
           *told = answer_hover(&workspace, document, params);
    const char *name = names->data + document->lines[line];
    if (json_is_object(told)) coverage->hovers++;
    else
      text_format(&coverage->missing, "%.*s is not told of where it is pointed at\n",
                  (int)strcspn(name, "\n"), name);
    json_decref(told);
    json_decref(params);
  }
  document_free(document);
}

static void add_names(Coverage *coverage, Text *names) {
  const char *name;
  for (int i = 0; (name = standard_name(coverage->session->vm, i)) != NULL; i++)
    if (is_name(name)) text_format(names, "%s\n", name);
  for (int kind = 0; kind < TOKEN_COUNT; kind++)
    if (token_flags(kind) & (WORD | SOFT)) text_format(names, "%s\n", token_spelling(kind));
  for (int i = 0; (name = train_key(i)) != NULL; i++) text_format(names, "%s:\n", name);
}

static int cover(Session *session, void *context) {
  (void)context;
  Coverage coverage = {.session = session};
  manual_open(&coverage.manual, session->vm);
  cover_names(&coverage);
  cover_words(&coverage);
  cover_clauses(&coverage);
  cover_command(&coverage);
  cover_parameters(&coverage);
  Text names = {0};
  add_names(&coverage, &names);
  cover_hover(&coverage, &names);
  text_free(&names);
  printf("manual: %d pages of rows, %d examples, %d completions, %d told of in an editor\n",
         coverage.pages, coverage.examples, coverage.completed, coverage.hovers);
  cr_assert(!coverage.missing.length, "%s", coverage.missing.data);
  cr_assert_gt(coverage.pages, 400);
  manual_close(&coverage.manual);
  text_free(&coverage.missing);
  return 0;
}

Test(manual, every_row_has_its_page_example_and_completion, .timeout = 600) { in_session(cover); }

/* ---- pages ---- */

static void shows(Session *session, const char *name, const char *words) {
  Text text = {0};
  cr_assert(session_describe(session, name, &text), "%s", name);
  cr_assert(strstr(text.data, words), "%s: no `%s` in\n%s", name, words, text.data);
  text_free(&text);
}

static int show(Session *session, void *context) {
  (void)context;
  shows(session, "sum", "sum(x, axis: none, keep: false)\n");
  shows(session, "sum", "axis: none   the axis");
  shows(session, "sum", "  print(sum([[1, 2], [3, 4]], axis: 0))   # [4, 6]\n");
  shows(session, "sum", "operation; see also ");
  shows(session, "Adam", "optimizer Adam(lr = 1e-3, ");
  shows(session, "Adam", "# true\n");
  shows(session, "seed", "function; ");
  shows(session, "seed", "--seed N\n");
  shows(session, "batch", "batch: rows\n");
  shows(session, "65", "malformed");
  shows(session, "history", "`step_loss`");
  shows(session, "between", "domain of a param");
  shows(session, "GD_ISA", "avx512");
  shows(session, "+", "a + b\n");
  shows(session, "each_step", "# 1 1\n  # 2 0\n");
  Text text = {0};
  cr_assert(!session_describe(session, "no_such_name", &text));
  return 0;
}

Test(manual, pages, .timeout = 600) { in_session(show); }

static int show_variables(Session *session, void *context) {
  (void)context;
  Text none = {0};
  const char *text = "let w = param([1, 2])\nlet name = \"ada\"\n";
  cr_assert_eq(session_line(session, text, strlen(text), &none), 0);
  shows(session, "w", "w: param f32[2]\n[1, 2]\nmade at input 1, line 1: let w = param([1, 2])\n");
  shows(session, "name", "name: string\n");
  shows(session, "name", "line 2");
  return 0;
}

Test(manual, variables, .timeout = 600) { in_session(show_variables); }
