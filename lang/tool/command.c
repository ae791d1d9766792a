/* command.c — the command line: arguments, streams, the exit status (LANGUAGE.md section 13).  No
 * logic of the language.
 *
 * An invalid argument ends the command with status 2, one line and a hint.  Options may come before
 * or after the word `check` or `test`; everything after a script's name is passed to the script.
 *
 * Streams.  If any of descriptors 0 to 2 is closed, it is opened on /dev/null first, so that no
 * file opened by a script can become standard output (FAULTS.md, F20).  Standard output is flushed
 * before every message and at the end, where a failure becomes status 74; a pipe whose reader has
 * closed it is not reported.
 *
 * To add an option: a row of OPTIONS, and a case in its reader.
 */
#include "lang/tool/command.h"

#include "lang/learn/predict.h"
#include "lang/library/natives.h"
#include "lang/machine/signals.h"
#include "lang/names/waiting.h"
#include "lang/syntax/nearest.h"
#include "lang/text/output.h"
#include "lang/tool/editor.h"
#include "lang/tool/fmt.h"
#include "lang/tool/lsp.h"
#include "lang/tool/repl.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum Command {
  COMMAND_NONE,
  COMMAND_RUN,
  COMMAND_CHECK,
  COMMAND_TEST,
  COMMAND_PREDICT,
  COMMAND_FMT,
  COMMAND_LSP,
  COMMAND_HELP,
  COMMAND_VERSION
} Command;

typedef struct Line { /* the parsed command line */
  Command command;
  const char *text; /* of -e */
  char **files;     /* of check and test, or the script and its arguments */
  int file_count;
  const char *out; /* of predict */
  bool keep;
  bool check, diff; /* of fmt */
  Options options;
  unsigned seen; /* bits by row of OPTIONS */
} Line;

/* ---- wrong use ---- */

static PRINTF_LIKE(2, 3) int wrong(const char *hint, const char *format, ...) {
  char message[400];
  va_list values;
  va_start(values, format);
  vsnprintf(message, sizeof message, format, values);
  va_end(values);
  Text text = {0};
  text_string(&text, "gd: ");
  text_escaped(&text, message, strlen(message));
  text_format(&text, "\nhelp: %s\n", hint ? hint : "`gd --help` tells what there is");
  fwrite(text.data, 1, text.length, stderr);
  text_free(&text);
  return STATUS_USAGE;
}

/* ---- options ---- */

/* A whole number from least to most; 0 or a status. */
static int read_whole(const char *option, const char *value, uint64_t least, uint64_t most,
                      uint64_t *number) {
  char *end = NULL;
  errno = 0;
  unsigned long long got = *value >= '0' && *value <= '9' ? strtoull(value, &end, 10) : 0;
  if (!end || *end || errno || got < least || got > most)
    return wrong(NULL, "%s needs a whole number from %llu to %llu, not `%.80s`", option,
                 (unsigned long long)least, (unsigned long long)most, value);
  *number = got;
  return 0;
}

static int read_threads(Line *line, const char *option, const char *value) {
  uint64_t number = 0;
  int status = read_whole(option, value, 1, 64, &number);
  line->options.threads = (int)number;
  return status;
}

static int read_seed(Line *line, const char *option, const char *value) {
  line->options.seed_given = true;
  return read_whole(option, value, 0, UINT64_MAX, &line->options.seed);
}

/* A number above 0, with one of `units` (each 1024 times the one before) if there are any. */
static int read_amount(const char *option, const char *value, const char *units, double *amount) {
  size_t length = strlen(value);
  double factor = 1;
  const char *unit = length && *units ? strchr(units, value[length - 1]) : NULL;
  for (; unit && unit >= units; unit--) factor *= 1024;
  if (factor > 1) length--;
  if (!number_parse(value, length, amount) || !(*amount > 0) || *amount * factor > 9e18)
    return wrong(NULL, "%s needs a number above 0%s, not `%.80s`", option,
                 *units ? ", of bytes or with K, M, G" : "", value);
  *amount *= factor;
  return 0;
}

static int read_steps(Line *line, const char *option, const char *value) {
  return read_amount(option, value, "", &line->options.max_steps);
}
static int read_time(Line *line, const char *option, const char *value) {
  return read_amount(option, value, "", &line->options.max_seconds);
}
static int read_memory(Line *line, const char *option, const char *value) {
  return read_amount(option, value, "KMG", &line->options.max_memory);
}

static int read_root(Line *line, const char *option, const char *value) {
  struct stat status;
  line->options.root = value;
  if (stat(value, &status) == 0 && S_ISDIR(status.st_mode)) return 0;
  return wrong("it names the folder that no file may be outside of", "%s: `%.200s` is not a folder",
               option, value);
}

static int read_color(Line *line, const char *option, const char *value) {
  static const char *const words[] = {"never", "always", "auto"};
  for (int i = 0; i < COUNT_OF(words); i++) {
    if (strcmp(value, words[i]) != 0) continue;
    line->options.color = i;
    return 0;
  }
  return wrong("auto, always or never", "%s: `%.80s` is not one of its values", option, value);
}

static int read_dump(Line *line, const char *option, const char *value) {
  static const char *const forms[] = {"tokens", "ast",  "names",  "graph",
                                      "grad",   "plan", "memory", "time"};
  while (*value) {
    size_t length = strcspn(value, ",");
    bool known = false;
    for (int i = 0; i < COUNT_OF(forms); i++) {
      if (strlen(forms[i]) != length || memcmp(forms[i], value, length) != 0) continue;
      line->options.dump |= 1u << i;
      known = true;
    }
    if (!known)
      return wrong("tokens, ast, names, graph, grad, plan, memory, time",
                   "%s: `%.*s` is not a form", option, (int)(length < 80 ? length : 80), value);
    value += length + (value[length] == ',');
  }
  return line->options.dump ? 0
                            : wrong("tokens, ast, names, graph, grad, plan, memory, time",
                                    "%s needs a form", option);
}

static int read_force(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->options.force = true;
  return 0;
}

static int read_json(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->options.json = true;
  return 0;
}

static int read_help(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->command = COMMAND_HELP;
  return 0;
}

static int read_version(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->command = COMMAND_VERSION;
  return 0;
}

static int read_cost(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->options.cost = true;
  return 0;
}

static int read_quiet(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->options.quiet_progress = true;
  return 0;
}

static int read_out(Line *line, const char *option, const char *value) {
  (void)option;
  line->out = value;
  return 0;
}

static int read_keep(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->keep = true;
  return 0;
}

static int read_check(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->check = true;
  return 0;
}

static int read_diff(Line *line, const char *option, const char *value) {
  (void)option, (void)value;
  line->diff = true;
  return 0;
}

/* What clients that know several ways say; there is only this one. */
static int read_stdio(Line *line, const char *option, const char *value) {
  (void)line, (void)option, (void)value;
  return 0;
}

static int read_text(Line *line, const char *option, const char *value) {
  (void)option;
  line->command = COMMAND_RUN;
  line->text = value;
  return 0;
}

typedef struct Option {
  const char *name;  /* "--threads" */
  const char *value; /* its value, as --help shows it; NULL: none */
  int (*read)(Line *line, const char *option, const char *value); /* 0 or a status */
  const char *sentence;
} Option;

static const Option OPTIONS[] = {
    {"-e", "TEXT", read_text, "run a line"},
    {"--threads", "N", read_threads,
     "number of threads, 1 to 64 (default: one for each processor)"},
    {"--seed", "N", read_seed, "seed of the random numbers (default: 0)"},
    {"--max-steps", "N", read_steps, "stop after so many rounds of loops and calls"},
    {"--max-time", "SECONDS", read_time, "stop after so long"},
    {"--max-memory", "BYTES", read_memory,
     "memory limit of tensors, lists and strings, with K, M or G (default: 3/4 of the machine)"},
    {"--root", "DIR", read_root, "no file outside this folder"},
    {"--force", NULL, read_force, "resume although the data changed"},
    {"--dump", "FORMS", read_dump,
     "print tokens, ast, names, graph, grad, plan, memory, time (separated by commas)"},
    {"--cost", NULL, read_cost, "with check: bytes, operations and time of each training"},
    {"--out", "FILE", read_out, "with predict: where the predictions go"},
    {"--keep", NULL, read_keep, "with predict: the columns of the table before them"},
    {"--check", NULL, read_check, "with fmt: names the files that would change, changes none"},
    {"-d", NULL, read_diff, "with fmt: shows what would change, changes none"},
    {"--stdio", NULL, read_stdio, "with lsp: standard input and output, as without"},
    {"--quiet", NULL, read_quiet, "no progress, nothing told"},
    {"--json", NULL, read_json, "messages and progress as one event a line"},
    {"--color", "WHEN", read_color, "auto, always or never; NO_COLOR is respected"},
    {"--help", NULL, read_help, "this page"},
    {"--version", NULL, read_version, "the version and the libraries in use"},
};

static int unknown_option(const char *name) {
  Nearest nearest = nearest_to(name);
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) nearest_offer(&nearest, OPTIONS[i].name);
  char hint[80];
  snprintf(hint, sizeof hint, "did you mean %s?", nearest.best ? nearest.best : "");
  return wrong(nearest.best ? hint : NULL, "unknown option `%.80s`", name);
}

/* Reads the option words[*at], and its value, which may be the next word. */
static int read_option(Line *line, char **words, int count, int *at) {
  char name[80] = "";
  const char *word = strcmp(words[*at], "-h") == 0 ? "--help" : words[*at],
             *equals = strchr(word, '=');
  strncat(name, word, equals && equals - word < 79 ? (size_t)(equals - word) : sizeof name - 1);
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) {
    const Option *option = &OPTIONS[i];
    if (strcmp(option->name, name) != 0) continue;
    if (line->seen & 1u << i) return wrong("give it once", "option %s is given twice", name);
    line->seen |= 1u << i;
    if (!option->value && equals) return wrong(NULL, "option %s takes no value", name);
    if (!option->value) return option->read(line, name, NULL);
    if (equals) return option->read(line, name, equals + 1);
    if (*at + 1 >= count)
      return wrong(NULL, "option %s needs a value: %s %s", name, name, option->value);
    return option->read(line, name, words[++*at]);
  }
  return unknown_option(name);
}

/* ---- the whole line ---- */

static int refuse_later(const char *word) {
  return wrong("run, check, test and the REPL are there", "`gd %s` comes with a later version",
               word);
}

/* The command named by the first word; COMMAND_RUN when that is a file. */
static int read_command(Line *line, const char *word) {
  if (strcmp(word, "check") == 0) line->command = COMMAND_CHECK;
  else if (strcmp(word, "test") == 0) line->command = COMMAND_TEST;
  else if (strcmp(word, "predict") == 0) line->command = COMMAND_PREDICT;
  else if (strcmp(word, "fmt") == 0) line->command = COMMAND_FMT;
  else if (strcmp(word, "lsp") == 0) line->command = COMMAND_LSP;
  else if (waiting_sentence(WAITING_COMMAND, word)) return refuse_later(word);
  else line->command = COMMAND_RUN;
  return 0;
}

static bool takes_files(Command command) {
  return command == COMMAND_CHECK || command == COMMAND_TEST || command == COMMAND_PREDICT ||
         command == COMMAND_FMT || command == COMMAND_LSP;
}

static int read_line_words(Line *line, char **words, int count) {
  bool options_end = false;
  for (int i = 1; i < count; i++) {
    const char *word = words[i];
    bool ends = line->command == COMMAND_RUN; /* -e TEXT: the rest is passed to the script */
    if (!ends && !options_end && strcmp(word, "--") == 0) {
      options_end = true;
    } else if (!ends && !options_end && word[0] == '-' && word[1]) {
      int status = read_option(line, words, count, &i);
      if (status) return status;
    } else if (takes_files(line->command)) {
      line->files[line->file_count++] = words[i];
    } else {
      int status = ends || options_end ? (line->command = COMMAND_RUN, 0)
                                       : read_command(line, word);
      if (status) return status;
      if (line->command != COMMAND_RUN) continue;
      for (; i < count; i++) line->files[line->file_count++] = words[i];
    }
  }
  if (line->command == COMMAND_CHECK && line->file_count == 0)
    return wrong("gd check FILE…", "`gd check` needs a file");
  if (line->command == COMMAND_FMT && line->file_count == 0 && isatty(STDIN_FILENO))
    return wrong("gd fmt FILE…; a folder stands for its .gd files, `-` for standard input",
                 "`gd fmt` needs a file");
  if (line->command == COMMAND_LSP && line->file_count)
    return wrong("gd lsp", "`gd lsp` takes no file: it hears of files on standard input");
  if (line->command == COMMAND_PREDICT && line->file_count != 2)
    return wrong("gd predict NET.safetensors NEW.csv [--out FILE] [--keep]",
                 "`gd predict` needs the file of a net and a table");
  return 0;
}

/* GD_STDLIB and GD_ISA are the only environment variables. */
static int check_environment(void) {
  const char *set = getenv("GD_ISA");
  Isa isa = set ? isa_named(set) : ISA_PLAIN;
  if (isa == ISA_UNKNOWN)
    return wrong("it is `baseline`, `avx2`, `avx512`, or not set",
                 "GD_ISA: `%.200s` is not an instruction set", set);
  if (isa > isa_best())
    return wrong("without it gd takes the best there is", "GD_ISA: this processor has no %.20s",
                 set);
  const char *folder = getenv("GD_STDLIB");
  struct stat status;
  if (!folder || !*folder || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) return 0;
  return wrong("it names a folder with the library's files, or is not set",
               "GD_STDLIB: `%.200s` is not a folder", folder);
}

static bool colored(int wish, int descriptor) {
  const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
  if (wish != 2) return wish == 1;
  return !(none && *none) && terminal && strcmp(terminal, "dumb") != 0 && isatty(descriptor);
}

/* ---- streams ---- */

static void reserve_descriptors(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++)
    if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) _exit(STATUS_MEMORY);
}

static void say(void *context, const char *text, size_t length) {
  (void)context;
  if (stop_asked) output_abandon();
  fflush(stdout);
  fwrite(text, 1, length, stderr);
  fflush(stderr);
}

/* Flushes and closes standard output; returns the final status. */
static int end_output(int status) {
  struct stat kind;
  bool pipe = fstat(STDOUT_FILENO, &kind) == 0 && S_ISFIFO(kind.st_mode);
  errno = 0;
  if (stop_asked) output_abandon();
  bool failed = ferror(stdout) != 0;
  if (fflush(stdout) != 0) failed = true;
  int why = errno;
  if (fclose(stdout) != 0 && !failed) failed = true, why = errno;
  if (!failed) return status;
  if (!pipe)
    fprintf(stderr, "error: standard output cannot be written: %s\n",
            why ? strerror(why) : "an earlier write failed");
  return status == 0 || status == STATUS_FAILED ? STATUS_IO : status;
}

/* ---- commands ---- */

static int show_help(void) {
  printf("gd file.gd [args]      run a script                    gd               the REPL\n"
         "gd -e 'print(1+1)'     run a line; `gd -` reads stdin  gd check F…      names, arity, "
         "shapes; runs nothing\n"
         "gd test [F…]           the test blocks (of every .gd file of this folder, without "
         "F)\n"
         "gd fmt F…              the one layout; of folders too (--check, -d)\n"
         "gd lsp                 a language server for editors, on standard input and output\n"
         "gd predict NET NEW.csv  a saved net on the rows of a table, as CSV\n\noptions\n");
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) {
    char left[40];
    snprintf(left, sizeof left, "%s %s", OPTIONS[i].name, OPTIONS[i].value ? OPTIONS[i].value : "");
    printf("  %-22s %s\n", left, OPTIONS[i].sentence);
  }
  printf("\nvariables\n"
         "  GD_ISA=SET             baseline, avx2 or avx512: the instructions to use, for tests "
         "(unset: the best there are; the results are the same)\n"
         "  GD_STDLIB=DIR          the standard library's files from this folder\n");
  return 0;
}

static int show_version(void) {
  const char *library = library_linear();
  printf("gd " GD_VERSION "\n");
  if (*library) printf("factorizations: %s\n", library);
  else printf("factorizations: plain C (OpenBLAS was not found: slower)\n");
  printf("line editing: %s\n", editor_name());
  return 0;
}

static int is_script(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 3 && entry->d_name[0] != '.' && strcmp(entry->d_name + length - 3, ".gd") == 0;
}

static int test_files(Session *session, const Line *line) {
  struct dirent **found = NULL;
  int count = line->file_count, first = 0;
  if (!count && (count = scandir(".", &found, is_script, alphasort)) < 0) count = 0;
  int64_t passed = 0, failed = 0;
  for (int i = 0; i < count; i++) {
    const char *path = found ? found[i]->d_name : line->files[i];
    int status = session_test(session, path, &passed, &failed);
    if (status && !first) first = status;
    if (vm_signal) break;
  }
  for (int i = 0; found && i < count; i++) free(found[i]);
  free(found);
  printf("%lld passed, %lld failed\n", (long long)passed, (long long)failed);
  return first;
}

static void predict_body(Vm *vm, void *context) { predict_run(vm, context); }

static int check_files(Session *session, const Line *line) {
  int first = 0;
  for (int i = 0; i < line->file_count; i++) {
    int status = session_check(session, line->files[i]);
    if (status && !first) first = status;
  }
  return first;
}

static int predict(Session *session, const Line *line) {
  Prediction prediction = {line->files[0], line->files[1], line->out, line->keep};
  Diag diag = {0};
  if (vm_protect(session->vm, predict_body, &prediction, &diag)) return 0;
  if (diag.message[0]) session_say(session, &diag);
  return diag.status;
}

static int run_line(Session *session, void *context) {
  const Line *line = context;
  signals_tell(session->vm);
  int status;
  if (line->command == COMMAND_CHECK) status = check_files(session, line);
  else if (line->command == COMMAND_TEST) status = test_files(session, line);
  else if (line->command == COMMAND_PREDICT) status = predict(session, line);
  else if (line->command == COMMAND_LSP) status = lsp_run(session);
  else if (line->command == COMMAND_FMT)
    status = fmt_run(session, &(Fmt){line->files, line->file_count, line->check, line->diff});
  else if (line->text) status = session_text(session, "-e", line->text, strlen(line->text));
  else if (line->command == COMMAND_RUN) status = session_file(session, line->files[0]);
  else status = repl_run(session);
  signals_tell(NULL);
  return status;
}

static int run(Line *line) {
  if (line->command == COMMAND_HELP) return show_help();
  if (line->command == COMMAND_VERSION) return show_version();
  if (line->options.cost && line->command != COMMAND_CHECK)
    return wrong("gd check --cost FILE.gd", "--cost belongs to `check`");
  if ((line->out || line->keep) && line->command != COMMAND_PREDICT)
    return wrong("gd predict NET.safetensors NEW.csv --out FILE --keep",
                 "--out and --keep belong to `predict`");
  if ((line->check || line->diff) && line->command != COMMAND_FMT)
    return wrong("gd fmt --check FILE.gd", "--check and -d belong to `fmt`");
  /* the script's name is not one of its arguments */
  int skipped = line->command == COMMAND_RUN && !line->text;
  line->options.args = line->files + skipped;
  line->options.arg_count = line->command == COMMAND_RUN ? line->file_count - skipped : 0;
  line->options.color_output = colored(line->options.color, STDOUT_FILENO);
  line->options.color = colored(line->options.color, STDERR_FILENO);
  signals_catch();
  if (line->options.max_seconds > 0) signals_alarm(line->options.max_seconds);
  SessionOptions options = {.options = line->options, .say = say};
  return session_run(&options, run_line, line);
}

int command_run(int count, char **words) {
  mem_keep();
  /* otherwise it reports failed allocations as malformed text */
  json_set_alloc_funcs(json_alloc, json_free);
  reserve_descriptors();
  Line line = {.options.color = 2, .files = mem_zero(((size_t)count + 1) * sizeof(char *))};
  int status = read_line_words(&line, words, count);
  if (!status) status = check_environment();
  if (!status) status = run(&line);
  mem_free(line.files);
  status = end_output(status);
  /* a library's thread is still running: exit() would free what it uses */
  if (apart_left()) _exit(status);
  return status;
}
