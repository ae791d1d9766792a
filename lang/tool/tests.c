/* tests.c — `gd test`: names, times, a filter, JUnit XML.
 *
 * It prints a line for each test: `ok` or `FAIL`, its time, its file and its name; the last line
 * has the counts.  Errors go to standard error as usual.  A file that cannot be run counts as no
 * test, but its status is that of the command.
 */
#include "lang/tool/tests.h"
#include "runtime/files.h"

#include "lang/tool/scripts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tests {
  const TestWish *wish;
  const char *path; /* of the file that runs */
  int64_t passed, failed;
  Text xml; /* test cases so far */
  double seconds;
  int file_failed; /* of the file that runs */
} Tests;

static bool wanted(void *context, const char *name, size_t length) {
  const Tests *tests = context;
  const char *filter = tests->wish->filter;
  return !filter || strstr(tests->path, filter) || memmem(name, length, filter, strlen(filter));
}

/* As XML has it: control bytes, which it cannot hold, as ?. */
static void add_xml(const char *text, size_t length, Text *out) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte == '<') text_string(out, "&lt;");
    else if (byte == '>') text_string(out, "&gt;");
    else if (byte == '&') text_string(out, "&amp;");
    else if (byte == '"') text_string(out, "&quot;");
    else if (byte == '\n') text_string(out, "&#10;");
    else text_char(out, byte < ' ' && byte != '\t' ? '?' : (char)byte);
  }
}

static void add_case(Tests *tests, const char *name, size_t length, double seconds,
                     const Diag *diag) {
  char time[40];
  snprintf(time, sizeof time, "%lld.%03d", (long long)seconds,
           (int)((seconds - (double)(long long)seconds) * 1000));
  text_string(&tests->xml, "  <testcase classname=\"");
  add_xml(tests->path, strlen(tests->path), &tests->xml);
  text_string(&tests->xml, "\" name=\"");
  add_xml(name, length, &tests->xml);
  text_format(&tests->xml, "\" time=\"%s\"", time);
  if (diag) {
    text_string(&tests->xml, "><failure message=\"");
    add_xml(diag->message, strlen(diag->message), &tests->xml);
    text_string(&tests->xml, "\"/></testcase>\n");
  } else {
    text_string(&tests->xml, "/>\n");
  }
}

static void done(void *context, const char *name, size_t length, double seconds, const Diag *diag) {
  Tests *tests = context;
  Text line = {0};
  text_format(&line, "%s %5lld ms  %s: ", diag ? "FAIL" : "ok  ", (long long)(seconds * 1e3 + 0.5),
              tests->path);
  text_escaped(&line, name, length);
  text_char(&line, '\n');
  fwrite(line.data, 1, line.length, stdout);
  text_free(&line);
  tests->seconds += seconds;
  tests->file_failed += diag != NULL;
  add_case(tests, name, length, seconds, diag);
}

static int run_file(Session *session, const char *path, void *context) {
  Tests *tests = context;
  tests->path = path;
  tests->file_failed = 0;
  int64_t before = tests->failed;
  int status = session_test(session, path, &tests->passed, &tests->failed);
  if (tests->failed - before > tests->file_failed) {
    Diag diag = {0};
    diag_fail(&diag, status, (Span){0}, "the file ended with status %d", status);
    add_case(tests, "the file itself", 15, 0, &diag);
  }
  return status;
}

static int is_script(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 3, ".gd") == 0;
}

static int run_here(Session *session, Tests *tests) {
  struct dirent **found = NULL;
  int count = scandir(".", &found, is_script, alphasort), first = 0;
  for (int i = 0; i < count; i++) {
    int status = vm_signal ? 0 : run_file(session, found[i]->d_name, tests);
    if (status && !first) first = status;
    free(found[i]);
  }
  free(found);
  return first;
}

static int write_junit(Session *session, const Tests *tests) {
  Text text = {0};
  text_format(&text,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"gd\" tests=\"%lld\" "
              "failures=\"%lld\" time=\"%lld.%03d\">\n",
              (long long)(tests->passed + tests->failed), (long long)tests->failed,
              (long long)tests->seconds,
              (int)((tests->seconds - (double)(long long)tests->seconds) * 1000));
  text_add(&text, tests->xml.data ? tests->xml.data : "", tests->xml.length);
  text_string(&text, "</testsuite>\n");
  Diag diag = {0};
  if (!file_write(&session->vm->files, tests->wish->junit, text.data, text.length, &diag))
    session_say(session, &diag);
  text_free(&text);
  return diag.status;
}

/* A misspelt filter must not look like success. */
static int refuse_filter(Session *session, const char *filter) {
  Diag diag = {0};
  diag_fail(&diag, STATUS_USAGE, (Span){0}, "no test has `%.200s` in its name or file", filter);
  session_say(session, &diag);
  return diag.status;
}

static void print_untrained(int64_t count) {
  if (count == 1) printf("1 training was not needed by the tests\n");
  if (count > 1) printf("%lld trainings were not needed by the tests\n", (long long)count);
}

int tests_run(Session *session, const TestWish *wish) {
  Tests tests = {.wish = wish};
  TestWatch watch = {wanted, done, &tests};
  module_watch_tests(session->vm, &watch);
  int status = wish->file_count
                   ? scripts_each(session, wish->files, wish->file_count, run_file, &tests)
                   : run_here(session, &tests);
  module_watch_tests(session->vm, NULL);
  if (!status && wish->filter && tests.passed + tests.failed == 0)
    status = refuse_filter(session, wish->filter);
  if (wish->junit) {
    int written = write_junit(session, &tests);
    if (!status) status = written;
  }
  print_untrained(session->vm->tests_untrained);
  printf("%lld passed, %lld failed\n", (long long)tests.passed, (long long)tests.failed);
  text_free(&tests.xml);
  return status;
}
