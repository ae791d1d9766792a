/* parsing.h — what the tests of the front of the language share: a text parsed, its tree and its
 * mistakes as text. */
#ifndef GD_TESTS_LANG_PARSING_H
#define GD_TESTS_LANG_PARSING_H

#include "lang/syntax/lexer.h"
#include "lang/syntax/parse.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct Parsed {
  Sources *sources;
  Names *names;
  Report report;
  Ast *ast;  /* NULL when there were errors */
  Text text; /* the tree, or the mistakes, as shown */
} Parsed;

static inline Parsed parsed_from(const char *bytes, size_t length) {
  Diag diag = {0};
  Parsed parsed = {.sources = sources_new(), .names = names_new()};
  uint32_t file = source_load_text(parsed.sources, "t.gd", bytes, length, &diag);
  cr_assert_eq(file, 1u);
  parsed.ast = parse_source(parsed.sources, file, parsed.names, &parsed.report);
  cr_assert_eq(parsed.ast == NULL, parsed.report.errors > 0,
               "a tree and errors exclude each other: %.60s", bytes);
  cr_assert_leq(parsed.report.count, REPORT_LIMIT);
  return parsed;
}

static inline Parsed parsed_of(const char *text) { return parsed_from(text, strlen(text)); }

static inline void parsed_free(Parsed *parsed) {
  report_clear(&parsed->report);
  names_free(parsed->names);
  sources_free(parsed->sources);
  text_free(&parsed->text);
}

static inline const char *tree_text(Parsed *parsed) {
  if (parsed->ast) ast_print(parsed->ast, &parsed->text);
  return parsed->text.data ? parsed->text.data : "";
}

static inline const char *mistakes_text(Parsed *parsed) {
  report_show(&parsed->text, parsed->sources, &parsed->report, false, false);
  return parsed->text.data ? parsed->text.data : "";
}

/* Every error has a place in the text and can be shown. */
static inline void check_sane(Parsed *parsed, size_t length) {
  for (int i = 0; i < parsed->report.count; i++) {
    const Diag *diag = &parsed->report.items[i];
    cr_assert_eq(diag->span.file, 1u);
    cr_assert_leq(diag->span.start, length);
    cr_assert_neq(diag->message[0], 0);
    cr_assert(diag->warning || diag->status == STATUS_MALFORMED);
  }
  mistakes_text(parsed);
}

/* The first error is at line:column and its message, label, notes or help hold `text`. */
static inline void check_error_in(const char *bytes, size_t length, unsigned line, unsigned column,
                                  const char *text) {
  Parsed parsed = parsed_from(bytes, length);
  const char *shown = mistakes_text(&parsed);
  cr_assert_gt(parsed.report.errors, 0, "no error in: %.80s", bytes);
  SourcePlace place = source_place(parsed.sources, parsed.report.items[0].span);
  cr_assert(place.line == line && place.column == column,
            "%.80s\nis wrong at %u:%u, not %u:%u\n%.1000s", bytes, place.line, place.column, line,
            column, shown);
  cr_assert(strstr(shown, text), "%.80s\ndoes not say `%s`:\n%.1000s", bytes, text, shown);
  parsed_free(&parsed);
}

static inline void check_error(const char *source, unsigned line, unsigned column,
                               const char *text) {
  check_error_in(source, strlen(source), line, column, text);
}

static inline void check_fine(const char *bytes, size_t length) {
  Parsed parsed = parsed_from(bytes, length);
  cr_assert(parsed.ast, "%.200s\n%.600s", bytes, mistakes_text(&parsed));
  parsed_free(&parsed);
}

/* Of this process alone: what else the machine does is not the test's business. */
static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* `piece` so many times, as a new string of Text. */
static inline Text repeated(const char *before, const char *piece, int times, const char *after) {
  Text text = {0};
  text_string(&text, before);
  for (int i = 0; i < times; i++) text_string(&text, piece);
  text_string(&text, after);
  return text;
}

#endif
