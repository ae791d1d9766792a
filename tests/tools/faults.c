/* faults.c — bad source texts: bytes that are no text, unfinished tokens, depth, size, and soup.
 *
 *   faults GD [GROUP]          runs all cases, or those whose name begins with GROUP ("A5")
 *   faults GD --every N        runs one of N of those that are drawn or cut, and all others
 *
 * Each case is a text made here, given to gd as a file, with the exit status that it must give.
 * Whatever the case, gd must not crash or hang; when the status is not 0, standard error must name
 * a place in the file (FILE:LINE:COLUMN), hold at most twenty errors and no control bytes, and
 * standard output must be empty.  The names are those of the project's list of faults: A the lexer,
 * B the parser and nesting.  What is random is drawn from a fixed seed.
 */
#include "tests/tools/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OUTPUT_MOST = 1 << 18, SECONDS_MOST = 300, ANY = -1 };

typedef struct Bytes {
  char *data;
  size_t length, capacity;
} Bytes;

static char gd[PATH_MAX], folder[SCRATCH_PATH], file_path[64];
static const char *only = "";
static int passed, failed, every = 1;

/* ---- texts ---- */

static void add(Bytes *bytes, const char *data, size_t length) {
  if (bytes->length + length > bytes->capacity) {
    bytes->capacity = 2 * (bytes->length + length) + 64;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (!bytes->data) exit(71);
  }
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

static void say(Bytes *bytes, const char *text) { add(bytes, text, strlen(text)); }

static void repeat(Bytes *bytes, const char *text, int times) {
  for (int i = 0; i < times; i++) say(bytes, text);
}

/* ---- one case ---- */

typedef struct Want {
  int status;         /* ANY: 0, 1 or 65 */
  int line;           /* of the place named, 0: any */
  const char *text;   /* in standard error; NULL: any */
  const char *prints; /* standard output when the status is 0; NULL: any */
} Want;

static char out_text[OUTPUT_MOST], err_text[OUTPUT_MOST];

static size_t read_back(const char *name, char *into) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  size_t length = file ? fread(into, 1, OUTPUT_MOST - 1, file) : 0;
  if (file) fclose(file);
  into[length] = 0;
  return length;
}

static void redirect(const char *name, int to) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0 || dup2(fd, to) < 0) _exit(126);
}

/* The status of `gd [command] FILE`, 1000 + the signal when one ended it, 2000 when it took too
 * long. */
static int run(const char *command) {
  pid_t pid = fork();
  if (pid == 0) {
    redirect("out", 1);
    redirect("err", 2);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    setenv("NO_COLOR", "1", 1);
    if (command) execl(gd, gd, command, file_path, (char *)NULL);
    else execl(gd, gd, file_path, (char *)NULL);
    _exit(127);
  }
  int status;
  for (int waited = 0;; waited++) {
    if (waitpid(pid, &status, WNOHANG) == pid) break;
    if (waited > SECONDS_MOST * 1000) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      return 2000;
    }
    nanosleep(&(struct timespec){0, waited < 10 ? 300000 : 1000000}, NULL);
  }
  return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Is there a place in the file in standard error, of that line unless it is 0? */
static bool names_place(int line) {
  for (const char *at = err_text; (at = strstr(at, "case.gd:")); at++) {
    int found = 0, column = 0;
    if (sscanf(at + 8, "%d:%d", &found, &column) == 2 && (!line || found == line)) return true;
  }
  return false;
}

static int count_of(const char *text, const char *what) {
  int n = 0;
  for (const char *at = text; (at = strstr(at, what)); at += strlen(what)) n++;
  return n;
}

static const char *judge(const Want *want, int status, size_t err_length) {
  static char why[400];
  if (status >= 2000) return "takes too long";
  if (status >= 1000) {
    snprintf(why, sizeof why, "ended by signal %d", status - 1000);
    return why;
  }
  bool fits = want->status == ANY ? status == 0 || status == 1 || status == 65 || status == 66
                                  : status == want->status;
  if (!fits) {
    snprintf(why, sizeof why, "status %d, expected %d: %.200s", status, want->status, err_text);
    return why;
  }
  if (strstr(err_text, "Sanitizer") || strstr(err_text, "runtime error:"))
    return "a sanitizer speaks";
  for (size_t i = 0; i < err_length; i++) {
    unsigned char byte = (unsigned char)err_text[i];
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      snprintf(why, sizeof why, "control byte %02x in the message", byte);
      return why;
    }
  }
  if (status == 0) {
    if (want->prints && strcmp(want->prints, out_text) != 0) {
      snprintf(why, sizeof why, "printed '%.100s'", out_text);
      return why;
    }
    return NULL;
  }
  if (want->status != ANY && status == 65 && out_text[0]) return "printed something";
  if (!names_place(want->line)) {
    snprintf(why, sizeof why, "does not name line %d: %.200s", want->line, err_text);
    return why;
  }
  if (want->text && !strstr(err_text, want->text)) {
    snprintf(why, sizeof why, "no '%s' in: %.200s", want->text, err_text);
    return why;
  }
  if (err_length > 20 * 4096) return "the message is too long";
  if (count_of(err_text, "error: ") > 21) return "more than twenty errors";
  return NULL;
}

/* Takes the bytes. */
static void try_case(const char *name, const char *command, Bytes bytes, Want want) {
  if (strncmp(name, only, strlen(only)) == 0) {
    FILE *file = fopen(file_path, "wb");
    if (!file || fwrite(bytes.data ? bytes.data : "", 1, bytes.length, file) != bytes.length ||
        fclose(file))
      exit(74);
    int status = run(command);
    size_t err_length = read_back("err", err_text);
    read_back("out", out_text);
    const char *why = judge(&want, status, err_length);
    if (why) {
      failed++;
      printf("FAIL %s  %s\n", name, why);
    } else passed++;
  }
  free(bytes.data);
}

static void bad(const char *name, const char *text, int line, const char *message) {
  Bytes bytes = {0};
  say(&bytes, text);
  try_case(name, NULL, bytes, (Want){65, line, message, NULL});
}

static void good(const char *name, const char *text, const char *prints) {
  Bytes bytes = {0};
  say(&bytes, text);
  try_case(name, NULL, bytes, (Want){0, 0, NULL, prints});
}

static void raw(const char *name, const char *data, size_t length, int status, int line) {
  Bytes bytes = {0};
  add(&bytes, data, length);
  try_case(name, NULL, bytes, (Want){status, line, NULL, NULL});
}

/* ---- A: bytes and tokens ---- */

static void control_bytes(void) {
  static const struct {
    const char *before, *after;
  } places[] = {
      {"let a = 1\nlet b ", "= 2\n"},
      {"let a = 1\nlet b", "c = 2\n"},
      {"let a = 1\nlet b = \"x", "y\"\n"},
      {"let a = 1\n# co", "mment\n"},
      {"", "let a = 1\n"},
      {"let a = 1\n", ""},
  };
  for (int byte = 0; byte <= 0x7f; byte++) {
    if ((byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\n' || byte == '\r') continue;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      char name[32], one = (char)byte;
      snprintf(name, sizeof name, "A5-%02x-%zu", byte, i);
      Bytes bytes = {0};
      say(&bytes, places[i].before);
      add(&bytes, &one, 1);
      say(&bytes, places[i].after);
      try_case(name, NULL, bytes, (Want){65, i == 4 ? 1 : 2, NULL, NULL});
    }
  }
}

static void broken_utf8(void) {
  static const char *const sequences[] = {
      "\x80",         "\xc0\xaf",         "\xc1\x80",         "\xe0\x80\xaf",
      "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe",
      "\xff",         "\xe2\x82",         "\xf0\x9f\x98"};
  static const struct {
    const char *before, *after;
  } places[] = {{"\n\"", "\"\n"}, {"\n# ", "\n"}, {"\nlet a", " = 1\n"}, {"\n", ""}};
  for (size_t s = 0; s < sizeof sequences / sizeof sequences[0]; s++)
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
      char name[32];
      snprintf(name, sizeof name, "A8-%zu-%zu", s, i);
      Bytes bytes = {0};
      say(&bytes, places[i].before);
      say(&bytes, sequences[s]);
      say(&bytes, places[i].after);
      try_case(name, NULL, bytes, (Want){65, 2, NULL, NULL});
    }
}

static void special_code_points(void) {
  static const char *const hidden[] = {"\u202a", "\u202e", "\u2066", "\u2069",
                                       "\u200e", "\u200f", "\u061c"};
  for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
    char text[80], name[32];
    snprintf(name, sizeof name, "A9-%zu", i);
    snprintf(text, sizeof text, "let a = 1\n# x%sy\n", hidden[i]);
    bad(name, text, 2, NULL);
    snprintf(text, sizeof text, "let a = 1\nlet s = \"x%sy\"\n", hidden[i]);
    bad(name, text, 2, NULL);
  }
  good("A9-escape", "print(len(\"\\u{202e}\"))", "1\n");
  static const char *const in_names[] = {"\u200b", "\u00ad", "\ufeff", "\u3164", "\u00a0"};
  for (size_t i = 0; i < sizeof in_names / sizeof in_names[0]; i++) {
    char text[80], name[32];
    snprintf(name, sizeof name, "A10-%zu", i);
    snprintf(text, sizeof text, "let ab%scd = 1\n", in_names[i]);
    bad(name, text, 1, "U+");
  }
  static const char *const separators[] = {"\x1a", "\x0c", "\x0b", "\u2028", "\xc2\x85"};
  for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
    char text[80], name[32];
    snprintf(name, sizeof name, "A25-%zu", i);
    snprintf(text, sizeof text, "let a = 1\nlet b = 2 %s\n", separators[i]);
    bad(name, text, 2, NULL);
  }
}

static void long_runs(void) {
  static const struct {
    const char *piece;
    int status;
  } runs[] = {
      {"a", 65}, {"7", 65}, {"\\", 65}, {"+", 65}, {" ", 0}, {"\t", 0}, {"\xff", 65}, {"\"", ANY},
  };
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    char name[32];
    snprintf(name, sizeof name, "A14-%zu", i);
    Bytes bytes = {0};
    repeat(&bytes, runs[i].piece, 10 << 20);
    try_case(name, NULL, bytes, (Want){runs[i].status, runs[i].status == 65 ? 1 : 0, NULL, NULL});
  }
  Bytes comment = {0};
  say(&comment, "#");
  repeat(&comment, "x", 10 << 20);
  try_case("A14-comment", NULL, comment, (Want){0, 0, NULL, ""});
  static const int sizes[] = {4095, 4096, 4097, 65535, 65536};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    char name[32];
    snprintf(name, sizeof name, "A15-%d", sizes[i]);
    Bytes bytes = {0};
    say(&bytes, "#");
    while (bytes.length < (size_t)sizes[i] - 9) say(&bytes, "x");
    say(&bytes, "\nprint(1)");
    try_case(name, NULL, bytes, (Want){0, 0, NULL, "1\n"});
  }
}

static void group_a(void) {
  raw("A1-empty", "", 0, 0, 0);
  good("A1-newline", "\n", "");
  good("A1-space", " ", "");
  good("A2", "\xef\xbb\xbfprint(1)\n", "1\n");
  bad("A2-column", "\xef\xbb\xbf$\n", 1, ":1:1");
  bad("A3", "let a = 1\nlet b \xef\xbb\xbf= 2\n", 2, NULL);
  bad("A4-little", "\xff\xfel", 1, "UTF-16");
  bad("A4-big", "\xfe\xffl", 1, "UTF-16");
  control_bytes();
  raw("A6", "let a = 1\nlet b = 2\0\nprint(", 28, 65, 2);
  good("A7-crlf", "let a = 1\r\nprint(a)\r\n", "1\n");
  bad("A7-cr", "let a = 1\rlet b = 2\n", 1, "carriage return");
  bad("A7-crcrlf", "let a = 1\nlet b = 1\r\r\nlet c = 2\n", 2, "carriage return");
  broken_utf8();
  special_code_points();
  bad("A12-eof", "let a = 1\nlet s = \"abc", 2, NULL);
  bad("A12-newline", "let a = 1\nlet s = \"abc\nlet b = 2\n", 2, NULL);
  bad("A12-backslash", "let a = 1\nlet s = \"abc\\", 2, NULL);
  static const char *const escapes[] = {
      "\\q", "\\x",   "\\xg0", "\\u{}", "\\u{110000}", "\\u{D800}", "\\u{FFFFFFFFFFFFFFFFF}",
      "\\u", "\\u{12"};
  for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
    char text[80];
    snprintf(text, sizeof text, "let a = 1\nlet s = \"abc%s\"\n", escapes[i]);
    bad("A13", text, 2, NULL);
  }
  long_runs();
  static const char *const numbers[] = {"1e309",
                                        "1.7976931348623159e308",
                                        "1e99999999999999999999",
                                        "1e",
                                        "1e+",
                                        "1.2.3",
                                        "0x",
                                        "0b2",
                                        "1__0",
                                        "1a",
                                        "0xfg",
                                        "1_"};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    char text[80];
    snprintf(text, sizeof text, "let a = 1\nlet x = %s\n", numbers[i]);
    bad("A17-20", text, 2, i < 3 ? "out of range" : NULL);
  }
  good("A18", "print(4.9e-324, 2.2250738585072011e-308, 6.631236846766476e-316)",
       "5e-324 2.225073858507201e-308 6.63123685e-316\n");
  good("A19", "print(9007199254740993 - 9007199254740992, 18446744073709551616 == 2^64)",
       "0 true\n");
  Bytes tiny = {0};
  say(&tiny, "print(0.");
  repeat(&tiny, "0", 65000);
  say(&tiny, "1e65001)");
  try_case("A21", NULL, tiny, (Want){0, 0, NULL, "1\n"});
  Bytes digits = {0};
  say(&digits, "let a = 1\nlet x = ");
  repeat(&digits, "9", 5000);
  try_case("A22", NULL, digits, (Want){65, 2, NULL, NULL});
  bad("A23", "let a = 1\n<<<<<<< HEAD\nlet b = 2\n", 2, "merge conflict");
  good("A24", "#!/usr/bin/env gd\n#! again\nprint(1)\n", "1\n");
}

/* ---- B: nesting and size ---- */

static void nested(const char *name, const char *open, const char *core, const char *close,
                   int times, int status) {
  char full[48];
  snprintf(full, sizeof full, "%s-%d", name, times);
  Bytes bytes = {0};
  say(&bytes, "let x = 1\nlet y = ");
  repeat(&bytes, open, times);
  say(&bytes, core);
  repeat(&bytes, close, times);
  say(&bytes, "\n");
  try_case(full, NULL, bytes, (Want){status, status == 65 ? 2 : 0, NULL, NULL});
}

static void depth(void) {
  static const struct {
    const char *name, *open, *core, *close;
  } shapes[] = {
      {"B1", "(", "1", ")"},
      {"B4-list", "[", "1", "]"},
      {"B4-call", "abs(", "1", ")"},
      {"B4-block", "{ ", "1", " }"},
      {"B4-lambda", "fn(x) = ", "1", ""},
      {"B4-if", "if true { ", "1", " }"},
      {"B4-function", "fn(a) { ", "1", " }"},
      {"B4-index", "[1][", "0", "]"},
      {"B5-minus", "- ", "1", ""},
      {"B5-not", "not ", "true", ""},
      {"B5-power", "1 ^ ", "1", ""},
  };
  static const int over[] = {1000, 10000, 100000};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (size_t k = 0; k < sizeof over / sizeof over[0]; k++)
      nested(shapes[i].name, shapes[i].open, shapes[i].core, shapes[i].close, over[k], 65);
  nested("B1", "(", "1", ")", 199, 0);
  nested("B1", "(", "1", ")", 200, 0);
  nested("B1", "(", "1", ")", 201, 65);
  for (size_t k = 0; k < sizeof over / sizeof over[0]; k++) {
    nested("B2", "(", "1", "", over[k], 65);
    nested("B2-list", "[", "1", "", over[k], 65);
  }
  nested("B2", "(", "1", "", 5, 65);
  Bytes closers = {0};
  say(&closers, "let a = 1\n");
  repeat(&closers, ")", 100000);
  try_case("B3", NULL, closers, (Want){65, 2, ":2:1", NULL});
  Bytes chain = {0};
  say(&chain, "let x = 1\nif x == 0 { }");
  repeat(&chain, " else if x == 2 { }", 100000);
  try_case("B4-else", NULL, chain, (Want){65, 2, NULL, NULL});
}

static void width(void) {
  Bytes sum = {0};
  say(&sum, "print(0");
  repeat(&sum, " + 1", 100000);
  say(&sum, ")\n");
  try_case("B6-terms", NULL, sum, (Want){0, 0, NULL, "100000\n"});
  Bytes list = {0};
  say(&list, "print(len([0");
  repeat(&list, ", 1", 99999);
  say(&list, "]))\n");
  try_case("B6-items", NULL, list, (Want){0, 0, NULL, "100000\n"});
  Bytes statements = {0};
  say(&statements, "let s = 0\n");
  repeat(&statements, "s += 1\n", 100000);
  say(&statements, "print(s)\n");
  try_case("B6-statements", NULL, statements, (Want){0, 0, NULL, "100000\n"});
  Bytes semicolons = {0};
  repeat(&semicolons, ";", 100000);
  try_case("B6-semicolons", NULL, semicolons, (Want){0, 0, NULL, ""});
  Bytes pipes = {0};
  say(&pipes, "print(-1");
  repeat(&pipes, " |> abs", 100000);
  say(&pipes, ")\n");
  try_case("B6-pipes", NULL, pipes, (Want){ANY, 0, NULL, "1\n"});
  Bytes fields = {0};
  say(&fields, "let x = 1\nprint(x");
  repeat(&fields, ".a", 100000);
  say(&fields, ")\n");
  try_case("B6-fields", NULL, fields, (Want){1, 2, "no field `a`", NULL});
  Bytes arguments = {0};
  say(&arguments, "let x = 1\nprint(1");
  repeat(&arguments, ", 1", 70000);
  say(&arguments, ")\n");
  try_case("B7-arguments", NULL, arguments, (Want){65, 2, NULL, NULL});
  Bytes parameters = {0};
  say(&parameters, "let x = 1\nfn f(a");
  for (int i = 0; i < 70000; i++) {
    char name[24];
    snprintf(name, sizeof name, ", a%d", i);
    say(&parameters, name);
  }
  say(&parameters, ") = 1\n");
  try_case("B7-parameters", NULL, parameters, (Want){65, 2, NULL, NULL});
  Bytes names = {0};
  for (int i = 0; i < 50000; i++) {
    char text[48];
    snprintf(text, sizeof text, "let n%d = %d\n", i, i);
    say(&names, text);
  }
  say(&names, "print(n49999)\n");
  try_case("B14", NULL, names, (Want){0, 0, NULL, "49999\n"});
}

static void messages(void) {
  bad("B9", "let a = 1\nlet b = )", 2, ":2:9");
  Bytes name = {0};
  say(&name, "let a = 1\nprint(");
  repeat(&name, "x", 60000);
  say(&name, ")\n");
  try_case("B10", NULL, name, (Want){65, 2, "…", NULL});
  bad("B11", "let a = 1\nprint(\"%n%s%s%s\" + undeclared_percent)\n", 2, "undeclared_percent");
  Bytes escape = {0};
  say(&escape, "error(\"\\u{1b}]0;title\\u{7} \\u{1b}[31mred %n%s\")\n");
  try_case("B12", NULL, escape, (Want){1, 1, "\\x1b", NULL});
  bad("B13", "let a = 1\nlet a = 2\n", 2, ":1:");
  bad("B13-above", "let a = b\nlet b = 2\n", 1, ":2:");
  bad("B13-keyword", "let a = 1\nlet while = 2\n", 2, NULL);
  good("B13-functions", "print(f(1))\nfn f(x) = x\n", "1\n");
}

/* ---- B8: soup, and samples with something wrong ---- */

static uint64_t random_state = 88172645463325252u;
static uint32_t draw(uint32_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (uint32_t)(random_state >> 33) % below;
}

/* One of `every`: gd check must give a status that it has. */
static void sample_case(const char *name, Bytes bytes) {
  static int number;
  if (number++ % every == 0) try_case(name, "check", bytes, (Want){ANY, 0, NULL, NULL});
  else free(bytes.data);
}

static void soup(void) {
  static const char *const words[] = {
      "let ",   "fn ",     "in ",        "if ",    "else ",  "for ",    "while ", "return ",
      "break ", "import ", "and ",       "or ",    "not ",   "true ",   "none ",  "model ",
      "param ", "loss ",   "optimizer ", "state ", "train ", "update ", "test ",  "on ",
      "by ",    "x ",      "net ",       "f",      "1 ",     "0.5 ",    "\"s\" ", "\"{x}\" ",
      "( ",     ") ",      "[ ",         "] ",     "{ ",     "} ",      ", ",     ": ",
      "= ",     "-> ",     "|> ",        ".. ",    "... ",   ". ",      "+ ",     "- ",
      "* ",     "@ ",      "^ ",         "' ",     "== ",    "< ",      "\n",     ";",
      "# c\n"};
  for (int i = 0; i < 500; i++) {
    Bytes bytes = {0};
    int count = 1 + (int)draw(60);
    for (int k = 0; k < count; k++) say(&bytes, words[draw(sizeof words / sizeof words[0])]);
    char name[24];
    snprintf(name, sizeof name, "B8-soup-%d", i);
    sample_case(name, bytes);
  }
}

static const char sample[] =
    "# A sample with most of the language in it.\n"
    "let data = dataset([[0, 1], [1, 0]], [0, 1])\n"
    "model Net(hidden = 4) {\n  let first = Dense(2, hidden)\n  param scale: positive = 1\n  "
    "buffer seen = 0\n"
    "  fn forward(x: [N, 2]) -> [N, hidden] = x |> first |> tanh\n}\n"
    "loss total(p: [N, K], y: [N], eps = 0.1) = (1 - eps) * cross_entropy(p, y)\n"
    "optimizer Heavy(lr = 0.01) {\n  state v = 0\n  fn step(p, g) {\n    v = 0.9 * v + g\n    p = "
    "p - lr * v\n  }\n}\n"
    "let net = Net()\n"
    "let h = train net on (x, y) in data { loss: total(net(x), y); optimizer: Heavy(lr: 0.1); "
    "steps: 2; quiet: true }\n"
    "fn f(x, rest...) { if x > 0 { return x^2 } else { -x } }\n"
    "for i in 0..3 by 2 { print(\"{i:>3} {f(i):.2f}\", [1, 2][:, none]', (a: 1).a) }\n";

static void damaged(void) {
  size_t length = sizeof sample - 1;
  for (size_t cut = 0; cut <= length; cut += 3) {
    char name[24];
    snprintf(name, sizeof name, "B8-prefix-%zu", cut);
    Bytes bytes = {0};
    add(&bytes, sample, cut);
    sample_case(name, bytes);
  }
  for (int i = 0; i < 400; i++) {
    char name[24];
    snprintf(name, sizeof name, "B8-flip-%d", i);
    Bytes bytes = {0};
    add(&bytes, sample, length);
    bytes.data[draw((uint32_t)length)] ^= (char)(1 << draw(8));
    sample_case(name, bytes);
  }
}

int main(int argc, char **argv) {
  if (argc < 2 || !realpath(argv[1], gd)) {
    fputs("usage: faults GD [GROUP | --every N]\n", stderr);
    return 2;
  }
  if (argc > 3 && !strcmp(argv[2], "--every") && atoi(argv[3]) > 0) every = atoi(argv[3]);
  else if (argc > 2) only = argv[2];
  if (!scratch_make(folder, "faults")) {
    perror("faults");
    return 73;
  }
  snprintf(file_path, sizeof file_path, "%s/case.gd", folder);
  group_a();
  depth();
  width();
  messages();
  soup();
  damaged();
  static const char *const left[] = {"case.gd", "out", "err"};
  for (int i = 0; i < 3; i++) {
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, left[i]);
    unlink(path);
  }
  rmdir(folder);
  printf("faults: %d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
