/* texts.c — fuzz targets whose input is a text of the language: read, checked, run whole, run line
 * by line.
 *
 * A script has 300 rounds and calls and 32 MB, so that it ends soon whatever it does.  One input in
 * eight is run with all that --dump prints, one in eight with messages in JSON, by what its bytes
 * sum to, so that a find is found again.
 */
#include "tests/tools/fuzz/fuzz.h"

#include "lang/syntax/lexer.h"
#include "lang/syntax/parse.h"
#include "lang/syntax/statements.h"
#include "lang/tool/complete.h"

#include <stdio.h>
#include <string.h>

enum { STEPS_MOST = 300, MEMORY_MOST = 32 << 20, LINES_MOST = 30 };
/* A folder of the kernel's: there is none that can be written in, and nothing in it that could be
 * read. */
#define NOWHERE "/proc/self/fdinfo"

/* ---- parse ---- */

static void judge_report(const Sources *sources, Report *report) {
  if (report->count > REPORT_LIMIT) wrong("%d messages", report->count);
  for (int i = 0; i < report->count; i++) {
    const Span *span = &report->items[i].span;
    const Source *source = source_at(sources, span->file);
    if (!source || span->start > span->end || span->end > source->length)
      wrong("a place that is none, %u to %u: %s", span->start, span->end, report->items[i].message);
    judge_diag(sources, &report->items[i]);
  }
}

typedef struct Pieces {
  const char *text; /* whose statements they are */
  uint32_t lines;   /* that the last one began at */
} Pieces;

static bool take_piece(void *context, const char *statement, size_t length, uint32_t before) {
  Pieces *pieces = context;
  (void)parse_complete(statement, length);
  if (before < pieces->lines)
    wrong("statements out of order: line %u after %u", before, pieces->lines);
  pieces->lines = before;
  return true;
}

void run_parse(const uint8_t *data, size_t size) {
  Sources *sources = sources_new();
  Names *names = names_new();
  Diag diag = {0};
  Report report = {0};
  Text text = {0};
  uint32_t file = source_load_text(sources, "fuzz.gd", (const char *)data, size, &diag);
  ParseState state = parse_complete((const char *)data, size);
  if (file) {
    lexer_dump(sources, file, &text);
    Ast *ast = parse_source(sources, file, names, &report);
    if (!ast != (report.errors > 0))
      wrong("%d mistakes, and %s tree", report.errors, ast ? "a" : "no");
    if (ast && state != PARSE_COMPLETE)
      wrong("the parser takes it, the prompt says %s", state == PARSE_MORE ? "more" : "wrong");
    if (ast) ast_print(ast, &text);
    judge_report(sources, &report);
  } else {
    judge_diag(sources, &diag);
  }
  parse_statements((const char *)data, size, take_piece, &(Pieces){(const char *)data, 0});
  text_free(&text);
  report_clear(&report);
  names_free(names);
  sources_free(sources);
}

/* ---- sessions ---- */

typedef struct Input {
  const char *text;
  size_t length;
  Session *session; /* of `lines` */
  int lines;        /* run */
} Input;

static void hear(void *context, const char *text, size_t length) {
  (void)context;
  if (length > REPORT_BYTES * (REPORT_LIMIT + 1)) wrong("messages of %zu bytes", length);
  judge_text("a message", text, length);
}

static unsigned sum(const Input *input) {
  unsigned sum = 0;
  for (size_t i = 0; i < input->length; i++) sum += (unsigned char)input->text[i];
  return sum;
}

static void run_session(const uint8_t *data, size_t size,
                        int (*body)(Session *session, void *context)) {
  Input input = {.text = (const char *)data, .length = size};
  SessionOptions options = {.say = hear,
                            .options = {.threads = 1,
                                        .max_steps = STEPS_MOST,
                                        .max_memory = MEMORY_MOST,
                                        .root = NOWHERE,
                                        .quiet_progress = true}};
  if (sum(&input) % 8 == 0)
    options.options.dump = DUMP_TOKENS | DUMP_AST | DUMP_GRAPH | DUMP_GRAD | DUMP_PLAN |
                           DUMP_MEMORY;
  if (sum(&input) % 8 == 1) options.options.json = true;
  int status = session_run(&options, body, &input);
  if (status == STATUS_BUG && !memmem(data, size, "exit", 4)) wrong("a status of %d", status);
}

static int check_body(Session *session, void *context) {
  Input *input = context;
  session->vm->checking = true;
  int status = session_text(session, "fuzz.gd", input->text, input->length);
  session->vm->checking = false;
  return status;
}

void run_check(const uint8_t *data, size_t size) { run_session(data, size, check_body); }

static int script_body(Session *session, void *context) {
  Input *input = context;
  return session_text(session, "fuzz.gd", input->text, input->length);
}

void run_script(const uint8_t *data, size_t size) { run_session(data, size, script_body); }

/* ---- the prompt ---- */

static void offered(void *context, const char *candidate, const char *detail) {
  (void)detail;
  size_t *count = context;
  judge_text("a candidate", candidate, strlen(candidate));
  ++*count;
}

/* What Tab at the end of the line would ask. */
static void complete(Session *session, const char *line, size_t length) {
  size_t word = length, count = 0;
  while (word > 0 && (line[word - 1] == '_' || (line[word - 1] >= 'a' && line[word - 1] <= 'z')))
    word--;
  char *text = mem_text(line, length);
  if (!memchr(line, 0, length)) complete_word(session, text, word, text + word, offered, &count);
  mem_free(text);
}

static bool take_line(void *context, const char *statement, size_t length, uint32_t before) {
  Input *input = context;
  Text shown = {0};
  (void)before;
  complete(input->session, statement, length);
  session_line(input->session, statement, length, &shown);
  judge_text("what is shown", shown.data, shown.length);
  text_free(&shown);
  return ++input->lines < LINES_MOST && !input->session->vm->exited;
}

static int lines_body(Session *session, void *context) {
  Input *input = context;
  input->session = session;
  parse_statements(input->text, input->length, take_line, input);
  return 0;
}

void run_lines(const uint8_t *data, size_t size) { run_session(data, size, lines_body); }
