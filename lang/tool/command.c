/* command.c — the command line: arguments, streams, the exit status (LANGUAGE.md section 13).  No
 * logic of the language.
 *
 * An invalid argument ends the command with status 2, one line and a hint.  Options may come before
 * or after the word of a command; everything after a script's name is passed to the script.
 *
 * Streams.  If any of descriptors 0 to 2 is closed, it is opened on /dev/null first, so that no
 * file opened by a script can become standard output (FAULTS.md, F20).  Standard output is flushed
 * before every message and at the end, where a failure becomes status 74; a pipe whose reader has
 * closed it is not reported.
 *
 * To add an option: a row of options.def; where it is more than a bool, a text or a number, its
 * reader here.  To add a command: a row of commands.def, and its case in run_line.
 */
#include "lang/tool/command.h"

#include "lang/data/convert.h"
#include "lang/library/natives.h"
#include "lang/machine/signals.h"
#include "lang/syntax/nearest.h"
#include "lang/text/output.h"
#include "lang/tool/doc.h"
#include "lang/tool/doctor.h"
#include "lang/tool/editor.h"
#include "lang/tool/fmt.h"
#include "lang/tool/jupyter.h"
#include "lang/tool/kernelspec.h"
#include "lang/tool/lsp.h"
#include "lang/tool/processes.h"
#include "lang/tool/project.h"
#include "lang/tool/repl.h"
#include "lang/tool/scripts.h"
#include "lang/tool/tests.h"
#include "lang/train/predict.h"
#include "runtime/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum Command {
#define COMMAND(KIND, word, form, sentence, about) COMMAND_##KIND,
#include "lang/tool/commands.def"
#undef COMMAND
  COMMAND_NONE
} Command;

typedef struct CommandRow {
  const char *word, *form, *sentence;
} CommandRow;

static const CommandRow COMMANDS[] = {
#define COMMAND(KIND, word, form, sentence, about) {word, form, sentence},
#include "lang/tool/commands.def"
#undef COMMAND
};

typedef struct Line { /* the parsed command line */
  Command command;
  const char *text; /* of -e */
  char **files;     /* of check and test, or the script and its arguments */
  int file_count;
  const char *out; /* of predict and doctor */
  bool keep;
  bool check, diff; /* of fmt */
  bool install;     /* of kernel */
  DocWish doc;
  TestWish test;
  Conversion conversion; /* of data convert */
  bool help, version, prompt;
  bool helps; /* the word `help`: as --help, or gd doc of what follows */
  Options options;
  uint64_t seen; /* bits by row of OPTIONS */
} Line;

/* ---- wrong use ---- */

static PRINTF_LIKE(2, 3) int wrong(const char *hint, const char *format, ...) {
  char message[400];
  va_list values;
  va_start(values, format);
  text_print_list(message, sizeof message, format, values);
  va_end(values);
  Text text = {0};
  text_string(&text, "gd: ");
  text_escaped(&text, message, strlen(message));
  text_format(&text, "\nhelp: %s\n", hint ? hint : "`gd --help` lists commands and options");
  fwrite(text.data, 1, text.length, stderr);
  text_free(&text);
  return STATUS_USAGE;
}

/* ---- options ---- */

typedef struct Option Option;
struct Option {
  const char *name;  /* "--threads" */
  const char *value; /* its value, as --help shows it; NULL: none */
  int (*read)(Line *line, const Option *option, const char *value); /* 0 or a status */
  size_t field;                                                     /* of Line, for `read` */
  const char *sentence;
  unsigned commands; /* bits of those it belongs to; 0: all */
};

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

static int read_threads(Line *line, const Option *option, const char *value) {
  uint64_t number = 0;
  int status = read_whole(option->name, value, 1, 64, &number);
  line->options.threads = (int)number;
  return status;
}

static int read_until(Line *line, const Option *option, const char *value) {
  uint64_t number = 0;
  int status = read_whole(option->name, value, 1, UINT32_MAX, &number);
  line->options.until = (uint32_t)number;
  return status;
}

static int read_workers(Line *line, const Option *option, const char *value) {
  uint64_t number = 0;
  int status = read_whole(option->name, value, 1, PROCESSES_MOST, &number);
  line->options.workers = (int)number;
  return status;
}

static int read_seed(Line *line, const Option *option, const char *value) {
  line->options.seed_given = true;
  return read_whole(option->name, value, 0, UINT64_MAX, &line->options.seed);
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

static int read_memory(Line *line, const Option *option, const char *value) {
  return read_amount(option->name, value, "KMG", &line->options.max_memory);
}

static int read_root(Line *line, const Option *option, const char *value) {
  struct stat status;
  line->options.root = value;
  if (stat(value, &status) == 0 && S_ISDIR(status.st_mode)) return 0;
  return wrong("it is the folder that all files must be in", "%s: `%.200s` is not a folder",
               option->name, value);
}

static int read_color(Line *line, const Option *option, const char *value) {
  static const char *const words[] = {"never", "always", "auto"};
  for (int i = 0; i < COUNT_OF(words); i++) {
    if (strcmp(value, words[i]) != 0) continue;
    line->options.color = i;
    return 0;
  }
  return wrong("auto, always or never", "%s: `%.80s` is not one of its values", option->name,
               value);
}

static int read_dump(Line *line, const Option *option, const char *value) {
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
                   "%s: `%.*s` is not a form", option->name, (int)text_whole(value, length, 80),
                   value);
    value += length + (value[length] == ',');
  }
  return line->options.dump ? 0
                            : wrong("tokens, ast, names, graph, grad, plan, memory, time",
                                    "%s needs a form", option->name);
}

/* What --workers is to a run; nothing else asks for it than the cost. */
static int read_ranks(Line *line, const Option *option, const char *value) {
  uint64_t number = 0;
  int status = read_whole(option->name, value, 2, RANKS_MOST, &number);
  line->options.workers = (int)number;
  line->options.cost = true;
  return status;
}

static int read_drop(Line *line, const Option *option, const char *value) {
  (void)option;
  mem_free(line->conversion.drops);
  line->conversion.drops = mem_text(value, strlen(value));
  return 0;
}

static int read_missing(Line *line, const Option *option, const char *value) {
  line->conversion.drops_rows = strcmp(value, "drop") == 0;
  if (line->conversion.drops_rows) return 0;
  return wrong("a script can fill cells: csv(path, missing: \"mean\")",
               "%s can only be `drop`, not `%.80s`", option->name, value);
}

/* What clients that know several ways say; there is only this one. */
static int read_stdio(Line *line, const Option *option, const char *value) {
  (void)line, (void)option, (void)value;
  return 0;
}

static int read_text(Line *line, const Option *option, const char *value) {
  (void)option;
  line->command = COMMAND_RUN;
  line->text = value;
  return 0;
}

/* Readers of one field: a bool, a text, a number above 0. */
static int read_flag(Line *line, const Option *option, const char *value) {
  (void)value;
  *(bool *)((char *)line + option->field) = true;
  return 0;
}

static int read_given(Line *line, const Option *option, const char *value) {
  *(const char **)(void *)((char *)line + option->field) = value;
  return 0;
}

static int read_above(Line *line, const Option *option, const char *value) {
  return read_amount(option->name, value, "", (double *)(void *)((char *)line + option->field));
}

#define ONLY(KIND) (1u << COMMAND_##KIND)
_Static_assert(COMMAND_NONE < 32, "the commands of an option are bits of an unsigned");

static const Option OPTIONS[] = {
/* where a field is, which must be of the type */
#define PLACE(FIELD, TYPE) \
  (offsetof(Line, FIELD) + 0 * sizeof(_Generic(((Line *)0)->FIELD, TYPE : 0)))
#define FLAG(FIELD) read_flag, .field = PLACE(FIELD, bool)
#define TEXT(FIELD) read_given, .field = PLACE(FIELD, const char *)
#define AMOUNT(FIELD) read_above, .field = PLACE(FIELD, double)
#define OPTION(NAME, VALUE, READ, COMMANDS, SENTENCE) \
  {.name = NAME, .value = VALUE, .sentence = SENTENCE, .commands = COMMANDS, .read = READ},
#include "lang/tool/options.def"
#undef OPTION
#undef AMOUNT
#undef TEXT
#undef FLAG
#undef PLACE
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
    if (line->seen & UINT64_C(1) << i)
      return wrong("give it once", "option %s is given twice", name);
    line->seen |= UINT64_C(1) << i;
    if (!option->value && equals) return wrong(NULL, "option %s takes no value", name);
    if (!option->value) return option->read(line, option, NULL);
    if (equals) return option->read(line, option, equals + 1);
    if (*at + 1 >= count)
      return wrong(NULL, "option %s needs a value: %s %s", name, name, option->value);
    return option->read(line, option, words[++*at]);
  }
  return unknown_option(name);
}

/* ---- the whole line ---- */

/* A word that is almost a command, and no file. */
static int refuse_misspelt(const char *word) {
  Nearest nearest = nearest_to(word);
  for (int i = 0; i < COUNT_OF(COMMANDS); i++)
    if (*COMMANDS[i].word) nearest_offer(&nearest, COMMANDS[i].word);
  if (!nearest.best || access(word, F_OK) == 0) return 0;
  char hint[80];
  snprintf(hint, sizeof hint, "did you mean `gd %s`?", nearest.best);
  return wrong(hint, "`%.80s` is neither a command nor a file", word);
}

/* Words that other commands have, where no file is called so. */
static int read_habit(Line *line, const char *word, bool *known) {
  *known = access(word, F_OK) != 0;
  if (!*known) return 0;
  line->command = COMMAND_PROMPT;
  if (strcmp(word, "help") == 0) line->command = COMMAND_DOC, line->helps = true;
  else if (strcmp(word, "version") == 0) line->version = true;
  else if (strcmp(word, "run") == 0)
    return wrong("a script runs without a word: gd FILE.gd",
                 "`run` is neither a command nor a file");
  else *known = false;
  return 0;
}

/* The command named by the first word; COMMAND_RUN when that is a file. */
static int read_command(Line *line, const char *word) {
  for (int i = 0; i < COUNT_OF(COMMANDS); i++) {
    if (!*COMMANDS[i].word || strcmp(COMMANDS[i].word, word) != 0) continue;
    line->command = (Command)i;
    return 0;
  }
  bool known;
  int status = read_habit(line, word, &known);
  if (known) return status;
  line->command = COMMAND_RUN;
  return refuse_misspelt(word);
}

/* Of `gd doc` a name may begin with a dash: an option of gd is one, and `-` an operation. */
static bool is_option_word(const Line *line, const char *word) {
  if (word[0] != '-' || !word[1]) return false;
  if (line->command != COMMAND_DOC || strcmp(word, "-h") == 0) return true;
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) {
    size_t length = strlen(OPTIONS[i].name);
    bool own = OPTIONS[i].commands & ONLY(DOC) || strcmp(OPTIONS[i].name, "--json") == 0 ||
               strcmp(OPTIONS[i].name, "--help") == 0;
    if (own && strncmp(word, OPTIONS[i].name, length) == 0 &&
        (!word[length] || word[length] == '='))
      return true;
  }
  return false;
}

static int read_words(Line *line, char **words, int count) {
  bool options_end = false;
  for (int i = 1; i < count; i++) {
    const char *word = words[i];
    bool ends = line->command == COMMAND_RUN; /* -e TEXT: the rest is passed to the script */
    if (!ends && !options_end && strcmp(word, "--") == 0) {
      options_end = true;
    } else if (!ends && !options_end && is_option_word(line, word)) {
      int status = read_option(line, words, count, &i);
      if (status) return status;
    } else if (line->command != COMMAND_NONE && !ends) {
      line->files[line->file_count++] = words[i];
    } else {
      int status = ends || options_end ? (line->command = COMMAND_RUN, 0)
                                       : read_command(line, word);
      if (status) return status;
      if (line->command != COMMAND_RUN) continue;
      for (; i < count; i++) line->files[line->file_count++] = words[i];
    }
  }
  if (line->helps && !line->file_count) line->help = true, line->command = COMMAND_PROMPT;
  if (line->command == COMMAND_NONE) line->command = COMMAND_PROMPT;
  return 0;
}

/* Options that belong to another command, and what a command cannot do without. */
static int check_words(const Line *line) {
  if (line->help || line->version) return 0;
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) {
    if (!(line->seen & UINT64_C(1) << i) || !OPTIONS[i].commands ||
        OPTIONS[i].commands & 1u << line->command)
      continue;
    int of = 0;
    while (!(OPTIONS[i].commands & 1u << of)) of++;
    return wrong(COMMANDS[of].form, "%s belongs to `%s`", OPTIONS[i].name,
                 *COMMANDS[of].word ? COMMANDS[of].word : "gd file.gd");
  }
  if (line->command == COMMAND_CHECK && line->file_count == 0)
    return wrong("gd check FILE…", "`gd check` needs a file");
  if (line->command == COMMAND_FMT && line->file_count == 0 && isatty(STDIN_FILENO))
    return wrong("gd fmt FILE…; a folder stands for its .gd files, `-` for standard input",
                 "`gd fmt` needs a file");
  if (line->command == COMMAND_LSP && line->file_count)
    return wrong("gd lsp", "`gd lsp` takes no file: the editor sends files on standard input");
  if (line->command == COMMAND_KERNEL && line->file_count != !line->install)
    return wrong("gd kernel --install; then choose gd in Jupyter, which starts it with such a file",
                 "`gd kernel` needs Jupyter's connection file, or --install");
  if (line->command == COMMAND_DOCTOR && line->file_count == 0)
    return wrong("gd doctor FILE.gd", "`gd doctor` needs a script");
  if (line->command == COMMAND_PREDICT && line->file_count != 2)
    return wrong("gd predict NET.safetensors NEW.csv [--out FILE] [--keep]",
                 "`gd predict` takes the file of a net and one table, these are %d files",
                 line->file_count);
  bool converts = line->file_count == 3 && strcmp(line->files[0], "convert") == 0;
  if (line->command == COMMAND_DATA && !converts)
    return wrong("gd data convert TABLE.csv NUMBERS.npy [--target NAME] [--drop NAMES]",
                 "`gd data` needs the word `convert`, a table and the file to make");
  if (line->command == COMMAND_NEW && line->file_count != 1)
    return wrong("gd new NAME", "`gd new` needs a name");
  return 0;
}

static int read_line_words(Line *line, char **words, int count) {
  int status = read_words(line, words, count);
  return status ? status : check_words(line);
}

/* Pictures appear all the same. */
static void warn_images(void) {
  const char *set = getenv("GD_IMAGES");
  if (set && *set && strcmp(set, "none") != 0 && pixels_named(set) == PIXELS_NONE)
    fprintf(stderr,
            "warning: GD_IMAGES: `%.200s` is no protocol for images: set it to `kitty`, `sixel`, "
            "`iterm` or `none`, or unset it\n",
            set);
}

static int check_environment(void) {
  warn_images();
  const char *set = getenv("GD_ISA");
  Isa isa = set ? isa_named(set) : ISA_PLAIN;
  if (isa == ISA_UNKNOWN)
    return wrong("set it to `baseline`, `avx2` or `avx512`, or unset it",
                 "GD_ISA: `%.200s` is not an instruction set", set);
  if (isa > isa_best())
    return wrong("unset it, and gd takes the best instructions of this processor",
                 "GD_ISA: this processor has no %.20s", set);
  const char *folder = getenv("GD_STDLIB");
  struct stat status;
  if (!folder || !*folder || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode))) return 0;
  return wrong("set it to a folder with the library's files, or unset it",
               "GD_STDLIB: `%.200s` is not a folder", folder);
}

static bool colored(int wish, int descriptor) {
  const char *none = getenv("NO_COLOR");
  if (wish != 2) return wish == 1;
  return !(none && *none) && output_redraws(descriptor);
}

/* ---- streams ---- */

static void reserve_descriptors(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++)
    if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) _exit(STATUS_MEMORY);
}

static void say(void *context, const char *text, size_t length) {
  (void)context;
  if (processes_keep(text, length)) return;
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
  if (!pipe && status != STATUS_IO) /* which the run has told */
    fprintf(stderr, "error: standard output cannot be written: %s\n",
            why ? strerror(why) : "an earlier write failed");
  return status == 0 || status == STATUS_FAILED ? STATUS_IO : status;
}

/* ---- commands ---- */

static int show_help(void) {
  for (int i = 0; i < COUNT_OF(COMMANDS); i++)
    printf("  %s\n      %s\n", COMMANDS[i].form, COMMANDS[i].sentence);
  printf("\noptions\n");
  for (int i = 0; i < COUNT_OF(OPTIONS); i++) {
    const Option *option = &OPTIONS[i];
    char left[40];
    int of = 0;
    snprintf(left, sizeof left, "%s %s", option->name, option->value ? option->value : "");
    while (option->commands && !(option->commands & 1u << of)) of++;
    bool only = option->commands && *COMMANDS[of].word;
    printf("  %-22s %s%s%s%s\n", left, only ? "with " : "", only ? COMMANDS[of].word : "",
           only ? ": " : "", option->sentence);
  }
  printf("\nvariables\n");
#define VARIABLE(name, sentence) printf("  %-22s %s\n", name, sentence);
#include "lang/tool/variables.def"
#undef VARIABLE
  return 0;
}

static int show_version(bool json) {
  static const char *const SETS[ISA_COUNT] = {"unknown", "baseline", "avx2", "avx512"};
  const char *library = library_linear();
  if (json) {
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", GD_VERSION, "factorizations",
                               *library ? library : "plain C", "line_editing", editor_name(),
                               "instructions", SETS[isa_best()], "compiler", __VERSION__);
    char *text = json_dumps(object, JSON_COMPACT);
    printf("%s\n", text ? text : "{}");
    json_free(text);
    json_decref(object);
    return 0;
  }
  printf("gd " GD_VERSION "\n");
  if (*library) printf("factorizations: %s\n", library);
  else printf("factorizations: plain C (OpenBLAS was not found: slower)\n");
  printf("line editing: %s\n", editor_name());
  return 0;
}

/* An output that is an input too would destroy what the user has. */
static int check_apart(const char *out, const char *in) {
  struct stat made, read;
  bool same = out && stat(out, &made) == 0 && stat(in, &read) == 0 && made.st_ino == read.st_ino &&
              made.st_dev == read.st_dev;
  return same ? wrong("give the file to make another name", "`%.200s` would be overwritten", in)
              : 0;
}

static int doctor(Session *session, const Line *line) {
  int status = check_apart(line->out, line->files[0]);
  return status ? status : doctor_run(session, line->files[0], line->out);
}

static int test(Session *session, const Line *line) {
  for (int i = 0; i < line->test.file_count; i++) {
    int status = check_apart(line->test.junit, line->test.files[i]);
    if (status) return status;
  }
  return tests_run(session, &line->test);
}

static void convert_body(Vm *vm, void *context) { convert_run(vm, context); }

static int convert(Session *session, const Line *line) {
  Conversion conversion = line->conversion;
  conversion.from = line->files[1];
  conversion.to = line->files[2];
  Diag diag = {0};
  int status = check_apart(conversion.to, conversion.from);
  if (status) return status;
  if (vm_protect(session->vm, convert_body, &conversion, &diag)) return 0;
  if (!diag.silent) session_say(session, &diag);
  return diag.status;
}

static void predict_body(Vm *vm, void *context) { predict_run(vm, context); }

static int check_file(Session *session, const char *path, void *context) {
  (void)context;
  return session_check(session, path);
}

static int check_files(Session *session, const Line *line) {
  return scripts_each(session, line->files, line->file_count, check_file, NULL);
}

static int doc(Session *session, Line *line) {
  line->doc.names = line->files;
  line->doc.name_count = line->file_count;
  line->doc.json = line->options.json;
  return doc_run(session, &line->doc);
}

static int predict(Session *session, const Line *line) {
  Prediction prediction = {line->files[0], line->files[1], line->out, line->keep};
  Diag diag = {0};
  for (int i = 0; i < 2; i++) {
    int status = check_apart(prediction.out, line->files[i]);
    if (status) return status;
  }
  if (vm_protect(session->vm, predict_body, &prediction, &diag)) return 0;
  if (!diag.silent) session_say(session, &diag);
  return diag.status;
}

static int lsp(Session *session) {
  int status = isatty(STDIN_FILENO) ? STATUS_USAGE : lsp_run(session);
  if (status != STATUS_USAGE) return status;
  return wrong("`gd --help` lists the commands",
               "this is not a terminal command: editors start `gd lsp` and speak the Language "
               "Server Protocol to it");
}

static int run_command(Session *session, Line *line) {
  switch (line->command) {
    case COMMAND_CHECK: return check_files(session, line);
    case COMMAND_TEST:
      line->test.files = line->files;
      line->test.file_count = line->file_count;
      return test(session, line);
    case COMMAND_PREDICT: return predict(session, line);
    case COMMAND_DOCTOR: return doctor(session, line);
    case COMMAND_DATA: return convert(session, line);
    case COMMAND_DOC: return doc(session, line);
    case COMMAND_LSP: return lsp(session);
    case COMMAND_KERNEL:
      return line->install ? kernelspec_install(session) : jupyter_run(session, line->files[0]);
    case COMMAND_FMT:
      return fmt_run(session, &(Fmt){line->files, line->file_count, line->check, line->diff});
    case COMMAND_NEW: return project_new(session, line->files[0]);
    case COMMAND_PROMPT: return repl_run(session);
    case COMMAND_RUN:
    case COMMAND_NONE: break;
  }
  if (line->prompt) {
    if (line->text) session_prelude(session, NULL, line->text);
    else session_prelude(session, line->files[0], NULL);
    return session->vm->exited ? session->vm->exit_status : repl_run(session);
  }
  if (line->text) return session_text(session, "-e", line->text, strlen(line->text));
  return session_file(session, line->files[0]);
}

static int run_line(Session *session, void *context) {
  signals_attach(session->vm);
  int status = run_command(session, context);
  signals_attach(NULL);
  return status;
}

static int run(Line *line) {
  if (line->help && (line->command == COMMAND_PROMPT || line->command == COMMAND_RUN))
    return show_help();
  if (line->version) return show_version(line->options.json);
  char own[40];
  if (line->help) { /* the page of the command */
    snprintf(own, sizeof own, "gd %s", COMMANDS[line->command].word);
    line->files[0] = own;
    line->file_count = 1;
    line->command = COMMAND_DOC;
    line->doc = (DocWish){0};
  }
  /* the script's name is not one of its arguments */
  bool script = line->command == COMMAND_RUN || line->command == COMMAND_DOCTOR;
  int skipped = script && !line->text;
  line->options.args = line->files + skipped;
  line->options.arg_count = script ? line->file_count - skipped : 0;
  line->options.color_output = colored(line->options.color, STDOUT_FILENO);
  line->options.color = colored(line->options.color, STDERR_FILENO);
  bool from_file = line->command == COMMAND_RUN &&
                   (line->text || (line->file_count && strcmp(line->files[0], "-") != 0));
  bool runs = line->command == COMMAND_PROMPT || line->command == COMMAND_RUN;
  if (runs && !from_file && processes_wanted(&line->options))
    return wrong("gd --workers 4 FILE.gd, mpirun -n 4 gd FILE.gd",
                 "several processes need a script in a file");
  signals_catch();
  int refused = from_file ? processes_start(&line->options, line->text, line->files[0]) : 0;
  if (refused) return refused;
  if (line->options.max_seconds > 0) signals_alarm(line->options.max_seconds);
  if (line->command == COMMAND_DOCTOR) line->options.quiet_progress = true;
  SessionOptions options = {.options = line->options, .say = say};
  return processes_agree(session_run(&options, run_line, line));
}

int command_run(int count, char **words) {
  mem_keep();
  /* otherwise it reports failed allocations as malformed text */
  json_set_alloc_funcs(json_alloc, json_free);
  reserve_descriptors();
  Line line = {.command = COMMAND_NONE,
               .options.color = 2,
               .files = mem_zero(((size_t)count + 2) * sizeof(char *))};
  int status = read_line_words(&line, words, count);
  if (!status) status = check_environment();
  if (!status) status = run(&line);
  mem_free(line.files);
  mem_free(line.conversion.drops);
  status = end_output(status);
  processes_end(status);
  /* a library's thread is still running: exit() would free what it uses */
  if (apart_left()) _exit(status);
  return status;
}
