/* lsp.c — a client of `gd lsp`: a session, messages that are none, and random edits.
 *
 *   lsp GD EDITS SEED [SCRIPT...]
 *   lsp GD --work LINES METHOD TIMES
 *
 * The session asks for everything that the server offers, about one small text, and looks for words
 * in the answers.  Then come the broken messages of FAULTS.md, H9; after each the server must
 * answer a request.  Last, EDITS random edits of a text (and of the scripts given): after each the
 * server's mistakes must be those of the same text opened anew, which also shows that both have the
 * same text.  Nothing here waits for a time.  The second form asks METHOD about a text of LINES
 * lines, TIMES times, for growth.sh to count the server's work.
 */
#include "tests/tools/scratch.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to, *from;
static int asked, failed;
static unsigned long long state;

static void die(const char *what) {
  fprintf(stderr, "FAIL lsp: %s\n", what);
  exit(1);
}

/* ---- the wire ---- */

static void start(const char *gd) {
  int down[2], up[2];
  if (pipe(down) != 0 || pipe(up) != 0) die("no pipe");
  if (fork() == 0) {
    dup2(down[0], 0);
    dup2(up[1], 1);
    close(down[1]);
    close(up[0]);
    execl(gd, gd, "lsp", "--stdio", (char *)NULL);
    _exit(127);
  }
  close(down[0]);
  close(up[1]);
  to = fdopen(down[1], "w");
  from = fdopen(up[0], "r");
}

static void put(const char *text) {
  fputs(text, to);
  fflush(to);
}

static void send_text(const char *body) {
  fprintf(to, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
  fflush(to);
}

static void send_json(json_t *message) {
  char *text = json_dumps(message, JSON_COMPACT);
  send_text(text);
  free(text);
  json_decref(message);
}

static json_t *next_message(void) {
  char line[200];
  size_t length = 0;
  while (fgets(line, sizeof line, from) && strcmp(line, "\r\n") != 0)
    sscanf(line, "Content-Length: %zu", &length);
  if (!length) die("the server has ended");
  char *body = malloc(length);
  if (fread(body, 1, length, from) != length) die("half a message");
  json_t *message = json_loadb(body, length, 0, NULL);
  free(body);
  if (!message) die("the server's message is no JSON");
  return message;
}

/* Waits for a message in which `key` is `value`. */
static json_t *wait_for(const char *key, json_t *value) {
  for (;;) {
    json_t *message = next_message();
    if (json_equal(json_object_get(message, key), value)) {
      json_decref(value);
      return message;
    }
    json_decref(message);
  }
}

static json_t *ask(const char *method, json_t *params) {
  send_json(json_pack("{s:s,s:i,s:s,s:o}", "jsonrpc", "2.0", "id", ++asked, "method", method,
                      "params", params));
  return wait_for("id", json_integer(asked));
}

static void tell(const char *method, json_t *params) {
  send_json(json_pack("{s:s,s:s,s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

static json_t *mistakes(const char *uri) {
  for (;;) {
    json_t *message = wait_for("method", json_string("textDocument/publishDiagnostics")),
           *params = json_object_get(message, "params");
    bool mine = strcmp(json_string_value(json_object_get(params, "uri")), uri) == 0 &&
                json_object_get(params, "version");
    json_t *found = mine ? json_incref(json_object_get(params, "diagnostics")) : NULL;
    json_decref(message);
    if (found) return found;
  }
}

static void open_text(const char *uri, const char *text) {
  tell("textDocument/didOpen", json_pack("{s:{s:s,s:s,s:i,s:s}}", "textDocument", "uri", uri,
                                         "languageId", "gd", "version", 1, "text", text));
}

static json_t *document(const char *uri) {
  return json_pack("{s:{s:s}}", "textDocument", "uri", uri);
}

/* ---- places in a text, as the protocol counts them ---- */

static json_t *position(const char *text, size_t at) {
  int line = 0, units = 0;
  for (size_t i = 0; i < at; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte == '\n' || (byte == '\r' && text[i + 1] != '\n')) line++, units = 0;
    else if ((byte & 0xc0) != 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return json_pack("{s:i,s:i}", "line", line, "character", units);
}

/* ---- the session ---- */

static const char TEXT[] = "## Two layers.\n"
                           "model Net(hidden = 16) {\n"
                           "  let first = Dense(2, hidden)\n"
                           "  param scale = ones(16)\n"
                           "  fn forward(x: [N, 2]) -> [N, 16] = scale * (x |> first |> tanh)\n"
                           "}\n"
                           "loss small(net, x) = mean(net(x)^2)\n"
                           "let network = Net(hidden: 16)\n"
                           "let data = moons(500, noise: 0.1)   # \xf0\x9f\x8c\x99 half moons\n"
                           "let out = network(data.x)\n"
                           "let \xce\xb8 = \"{out[0]}\"\n"
                           "fn part(a) {\n"
                           "  let inner = a @ ones(2, 3)\n"
                           "  inner\n"
                           "}\n"
                           "print(part(ones(5, 2)), small(network, data.x), relux(\xce\xb8))\n"
                           "let  y=1\n"
                           "test \"one\" { assert(y == 1) }\n";

static const char URI[] = "file:///nowhere/gd%20lsp/a.gd";

static void want(const char *what, json_t *answer, const char *text) {
  char *shown = json_dumps(answer, JSON_COMPACT | JSON_ENCODE_ANY);
  if (!strstr(shown, text)) {
    fprintf(stderr, "FAIL lsp: %s: no `%s` in %.1500s\n", what, text, shown);
    failed++;
  }
  free(shown);
  json_decref(answer);
}

static size_t place(const char *text, const char *word, int into) {
  const char *found = strstr(text, word);
  if (!found) die(word);
  return (size_t)(found - text) + (size_t)into;
}

/* Asks about the place `into` bytes after where a word begins. */
static void about(const char *method, const char *word, int into, const char *text) {
  json_t *params = document(URI);
  json_object_set_new(params, "position", position(TEXT, place(TEXT, word, into)));
  json_object_set_new(params, "newName", json_string("better"));
  json_object_set_new(params, "context", json_pack("{s:b}", "includeDeclaration", 1));
  want(method, ask(method, params), text);
}

static void whole(const char *method, const char *text) {
  want(method, ask(method, document(URI)), text);
}

static void edit(size_t start, size_t end, const char *text, const char *put_in, int version) {
  tell("textDocument/didChange",
       json_pack("{s:{s:s,s:i},s:[{s:{s:o,s:o},s:s}]}", "textDocument", "uri", URI, "version",
                 version, "contentChanges", "range", "start", position(text, start), "end",
                 position(text, end), "text", put_in));
}

/* A name of another file, of the library, of an argument. */
static void across(void) {
  static const char other[] = "file:///nowhere/gd%20lsp/c.gd";
  static const char text[] = "import \"a.gd\"\nprint(a.part(a: a.out), a.out)\n";
  open_text(other, text);
  json_decref(mistakes(other));
  json_t *params = document(other);
  json_object_set_new(params, "position", position(text, place(text, "part", 1)));
  want("definition elsewhere", ask("textDocument/definition", params), "gd%20lsp/a.gd");
  about("textDocument/rename", "part(a)", 1, "gd%20lsp/c.gd");
  about("textDocument/references", "part(a)", 1, "gd%20lsp/c.gd");
  about("textDocument/rename", "a) {", 0, "gd%20lsp/c.gd");
  about("textDocument/rename", "hidden = 16", 1, "\"line\":7");
  about("textDocument/rename", "first = Dense", 1, "\"line\":4");
  about("textDocument/definition", "Dense(2", 1, "stdlib/layers.gd");
  about("textDocument/hover", "noise: 0.1", 1, "noise");
  about("textDocument/hover", "data.x)", 5, "data.x: f32[500, 2]");
  tell("textDocument/didClose", document(other));
}

/* An import is the open document, as it is in the editor; a change of it checks the importer again.
 */
static void imported_text(void) {
  static const char lib[] = "file:///nowhere/gd%20lsp/open_lib.gd",
                    main_text[] = "file:///nowhere/gd%20lsp/open_main.gd";
  open_text(lib, "fn twice(x) = 2 * x\n");
  json_decref(mistakes(lib));
  open_text(main_text, "import \"open_lib.gd\"\nprint(open_lib.twice(65))\n");
  want("import of an open text", mistakes(main_text), "[]");
  open_text(lib, "fn thrice(x) = 3 * x\n");
  want("import of a changed text", mistakes(main_text), "declares no `twice`");
  json_t *params = document(main_text);
  json_object_set_new(params, "position", json_pack("{s:i,s:i}", "line", 1, "character", 22));
  want("hover on a number", ask("textDocument/hover", params), "null");
  tell("textDocument/didClose", document(lib));
  tell("textDocument/didClose", document(main_text));
}

/* Edits that the help texts are about, and hints of before while a name is misspelt. */
static void mends(void) {
  static const char other[] = "file:///nowhere/gd%20lsp/d.gd";
  static const char text[] = "let w = param([1, 2])\n"
                             "let whole = i32([1, 2])\n"
                             "fn f(x: f32[N]) = x\n"
                             "print(f(whole))\n"
                             "train w {\n  loss: sum(w^2)\n  steps: 3\n}\n";
  open_text(other, text);
  json_decref(mistakes(other));
  json_t *params = document(other);
  json_object_set_new(
      params, "range",
      json_pack("{s:o,s:o}", "start", position(text, 0), "end", position(text, sizeof text - 1)));
  json_incref(params);
  want("convert", ask("textDocument/codeAction", params), "\"newText\":\"f32(whole)\"");
  want("clause", ask("textDocument/codeAction", params), "\"newText\":\"  optimizer: ");
  open_text(other, "let w = param([1, 2])\ny = wx\n");
  json_decref(mistakes(other));
  params = document(other);
  json_object_set_new(params, "range",
                      json_pack("{s:o,s:o}", "start", position(text, 0), "end",
                                json_pack("{s:i,s:i}", "line", 9, "character", 0)));
  want("let", ask("textDocument/codeAction", params), "\"newText\":\"let \"");
  want("hints of before", ask("textDocument/inlayHint", document(other)), ": f32[2]");
  tell("textDocument/didClose", document(other));
}

/* A text that is opened with an unknown name: the hints of what does not depend on it. */
static void partly_known(void) {
  static const char uri[] = "file:///nowhere/gd%20lsp/partly.gd";
  open_text(uri, "let a = zeros(2, 3)\nlet b = zeroos(3)\nfn f(x) = x + nowhere\n"
                 "let c = a @ ones(3, 4)\nlet d = f(c)\nlet e = b + c\nlet g = c' @ a\n");
  json_t *wrong = mistakes(uri);
  want("only what is wrong", wrong, "zeroos");
  json_t *params = document(uri);
  json_object_set_new(params, "range",
                      json_pack("{s:{s:i,s:i},s:{s:i,s:i}}", "start", "line", 0, "character", 0,
                                "end", "line", 9, "character", 0));
  json_incref(params);
  want("hints before an unknown name", ask("textDocument/inlayHint", params), ": f32[2, 3]");
  want("hints behind it", ask("textDocument/inlayHint", params), ": f32[4, 3]");
  tell("textDocument/didClose", document(uri));
}

/* The gradient of what is looked at; what the function prints or asks for is nobody's. */
static void gradients(void) {
  static const char other[] = "file:///nowhere/gd%20lsp/e.gd";
  static const char text[] = "let a = [1, 2, 3]\n"
                             "loss ridge(w, x, y) = mean((x @ w - y)^2) + sum(w^2) + sum(a)\n"
                             "fn asks(x) {\n  print(read_line())\n  x^3\n}\n"
                             "fn long(x) {\n  for i in 1..1e9 { x = x + i }\n  x\n}\n"
                             "fn second(p) = p[1]\n"
                             "print(ridge(a, a, 1), asks(2), long(1), huber(a, a), median(a))\n";
  static const struct {
    const char *word, *shown;
  } rows[] = {{"ridge(w", "2 * (w + x * (x @ w - y))"},
              {"asks(x", "3 * x^2"},
              {"long(x", "fn long(x)"},
              {"huber(a", "h1 = clamp(prediction - target, -1, 1)"},
              {"second(p", "\u2202second/\u2202p[1] = 1"},
              {"median(a", "median(x"},
              {"print(ridge", "print(values"}};
  open_text(other, text);
  json_decref(mistakes(other));
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    json_t *params = document(other);
    json_object_set_new(params, "position", position(text, place(text, rows[i].word, 1)));
    want("gradient", ask("textDocument/hover", params), rows[i].shown);
  }
  tell("textDocument/didClose", document(other));
}

/* A file with an error from the start has no values to look fields up in. */
static void never_right(void) {
  static const char other[] = "file:///nowhere/gd%20lsp/f.gd",
                    text[] = "print(\"ab\".upper(), nosuch)\n";
  open_text(other, text);
  json_decref(mistakes(other));
  json_t *params = document(other);
  json_object_set_new(params, "position", position(text, place(text, "upper", 1)));
  want("field", ask("textDocument/hover", params), "null");
  tell("textDocument/didClose", document(other));
}

/* Its answer may come before or after what it tells, and is passed over. */
static void command(const char *uri, const char *name, const char *argument) {
  send_json(json_pack("{s:s,s:i,s:s,s:{s:s,s:[s,s]}}", "jsonrpc", "2.0", "id", ++asked, "method",
                      "workspace/executeCommand", "params", "command", name, "arguments", uri,
                      argument));
}

static void save(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (!file || fputs(text, file) < 0 || fclose(file) != 0) die(path);
}

/* What lenses ask for: a run, up to a training, of one test, one that never ends; gradients. */
static void lenses(const char *folder) {
  static const char text[] = "let w = param([1, 2])\n"
                             "loss bowl(p) = sum(p^2)\n"
                             "fn bent(x) = custom_gradient(fn(x) = x^2, fn(x, y, dy) = dy)(x)\n"
                             "train w { loss: bowl(w); optimizer: GD(lr: 0.1); steps: 3 }\n"
                             "print(\"behind\", bent(w))\n"
                             "test \"bowls\" { assert(bowl([3, 4]) == 25) }\n";
  static const char *const rows[][3] = {
      {"gd.run", "", "behind"},
      {"gd.train", "4", "gd --until 4 lens.gd: done"},
      {"gd.test", "bowls", "1 passed, 0 failed"},
      {"gd.check", "", "gd check lens.gd: done"},
      {"gd.checkGradient", "bowl", "agrees with central differences"},
      {"gd.checkGradient", "bent", "disagree: 1 and 1."},
      {"gd.stop", "", "nothing of this file is running"},
      {"gd.explain", "", "file://"},
  };
  char path[200], uri[220];
  snprintf(path, sizeof path, "%s/lens.gd", folder);
  snprintf(uri, sizeof uri, "file://%s", path);
  open_text(uri, text);
  json_decref(mistakes(uri));
  want("lens", ask("textDocument/codeLens", document(uri)), "\"gd.train\",\"arguments\":[\"file:");
  command(uri, "gd.run", "");
  want("unsaved", wait_for("method", json_string("window/showMessage")), "save the file first");
  save(path, text);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    command(uri, rows[i][0], rows[i][1]);
    want(rows[i][0], wait_for("method", json_string("window/showMessage")), rows[i][2]);
  }
  open_text(uri, "while true { }\n");
  json_decref(mistakes(uri));
  save(path, "while true { }\n");
  command(uri, "gd.run", "");
  command(uri, "gd.stop", "");
  want("stopped", wait_for("method", json_string("window/showMessage")), "lens.gd: stopped");
  tell("textDocument/didClose", document(uri));
}

/* What renaming the place of a word in a text answers. */
static void rename_in(const char *uri, const char *text, const char *word, const char *wanted) {
  open_text(uri, text);
  json_decref(mistakes(uri));
  json_t *params = document(uri);
  json_object_set_new(params, "position", position(text, place(text, word, 0)));
  json_object_set_new(params, "newName", json_string("better"));
  json_object_set_new(params, "context", json_pack("{s:b}", "includeDeclaration", 1));
  want(word, ask("textDocument/rename", params), wanted);
  tell("textDocument/didClose", document(uri));
}

/* A name that a file declares which no editor has open, and that two others use. */
static void closed_files(const char *folder) {
  static const char user[] = "import \"declares.gd\"\nprint(declares.area(2))\n";
  char path[200], uri[220];
  snprintf(path, sizeof path, "%s/declares.gd", folder);
  save(path, "fn area(w) = w * w\nprint(area(3))\n");
  snprintf(path, sizeof path, "%s/also_uses.gd", folder);
  save(path, user);
  snprintf(uri, sizeof uri, "file://%s/uses.gd", folder);
  rename_in(uri, user, "area", "declares.gd\":[{\"range\":{\"start\":{\"line\":0,\"character\":3}");
  rename_in(uri, user, "area", "\"line\":1,\"character\":6}");
  rename_in(uri, user, "area", "also_uses.gd");
}

/* Names that something finds by their letters. */
static void roles(void) {
  static const char uri[] = "file:///nowhere/gd%20lsp/roles.gd";
  static const char text[] =
      "model M() { param w = 1; fn forward(x) = x * w }\n"
      "optimizer O(lr = 0.1) { state v = zeros(p); fn step(p, g) { p = p - lr * g } }\n"
      "fn f(a, b) = a * b\n"
      "let h = fn(c) = c\n"
      "print(grad(f, wrt: \"b\"), grad(h, wrt: \"c\"))\n";
  rename_in(uri, text, "forward", "finds by this name");
  rename_in(uri, text, "step", "finds by these names");
  rename_in(uri, text, "p, g)", "\"line\":1,\"character\":40}");
  rename_in(uri, text, "b) =", "\"line\":4,\"character\":20}");
  rename_in(uri, text, "c) =", "known only at run time");
}

/* A request that comes with a change: the mistakes of the change are told all the same. */
static void together(void) {
  edit(0, 0, TEXT, " ", 3);
  json_t *params = document(URI);
  json_object_set_new(params, "position", position(TEXT, place(TEXT, "out[0]", 0)));
  send_json(json_pack("{s:s,s:i,s:s,s:o}", "jsonrpc", "2.0", "id", 9000, "method",
                      "textDocument/hover", "params", params));
  want("told all the same", mistakes(URI), "[]");
  edit(0, 1, TEXT, "", 4);
  json_decref(mistakes(URI));
}

static void session(const char *folder) {
  want("before initialize", ask("textDocument/hover", document(URI)), "-32002");
  char uri[200];
  snprintf(uri, sizeof uri, "file://%s", folder);
  json_t *root = json_pack("{s:s}", "rootUri", uri);
  want("initialize", ask("initialize", root), "semanticTokensProvider");
  tell("initialized", json_object());
  open_text(URI, TEXT);
  want("mistakes", mistakes(URI), "did you mean `relu`?");
  json_t *params = document(URI);
  json_object_set_new(
      params, "range",
      json_pack("{s:o,s:o}", "start", position(TEXT, 0), "end", position(TEXT, sizeof TEXT - 1)));
  want("textDocument/codeAction", ask("textDocument/codeAction", params), "replace by `relu`");
  size_t wrong = place(TEXT, "relux", 0);
  edit(wrong, wrong + 5, TEXT, "print", 2); /* as long as before: the places stay */
  want("mended", mistakes(URI), "[]");
  about("textDocument/hover", "Net(hidden: ", 1, "Two layers.");
  about("textDocument/hover", "out[0]", 0, "out: f32[500, 16]");
  about("textDocument/hover", "moons(", 0, "moons(n, noise");
  about("textDocument/hover", "scale *", 0, "param scale");
  about("textDocument/hover", "let out", 0, "let name = value");
  about("textDocument/completion", "data.x", 5, "\"classes\"");
  about("textDocument/completion", "Dense(2", 6, "\"outputs:\"");
  about("textDocument/completion", "inner\n", 2, "\"inner\"");
  about("textDocument/completion", "print(part", 2, "\"print\"");
  about("textDocument/signatureHelp", "0.1)", 0, "\"activeParameter\":1");
  about("textDocument/signatureHelp", "16)\nlet data", 0, "model Net(hidden = 16)");
  about("textDocument/definition", "network(data", 0, "\"line\":7");
  about("textDocument/definition", "first |>", 0, "\"line\":2");
  about("textDocument/references", "small(network", 0, "\"line\":6");
  about("textDocument/documentHighlight", "small(network", 0, "\"kind\":3");
  about("textDocument/prepareRename", "network(data", 3, "\"character\":10");
  about("textDocument/rename", "\xce\xb8))", 0, "\"newText\":\"better\"");
  about("textDocument/rename", "moons(", 0, "no name of this text");
  across();
  imported_text();
  mends();
  gradients();
  partly_known();
  never_right();
  together();
  whole("textDocument/documentSymbol", "\"forward\"");
  whole("textDocument/foldingRange", "\"startLine\":1");
  whole("textDocument/formatting", "let y = 1\\n");
  whole("textDocument/semanticTokens/full", "\"data\":[0,0,14,1,0,1,0,5,0,0,0,6,3,8,1,");
  whole("textDocument/inlayHint", "\": f32[5, 3]\"");
  whole("textDocument/inlayHint", "f32[500, 16]\"");
  whole("textDocument/codeLens", "\"check gradient\"");
  want("workspace/symbol", ask("workspace/symbol", json_pack("{s:s}", "query", "etw")),
       "\"network\"");
}

/* ---- what is no message ---- */

static void answers(const char *what) {
  want(what, ask("workspace/symbol", json_pack("{s:s}", "query", "zz")), "\"result\":[]");
}

static void broken(void) {
  static const char *const headers[] = {
      "Content-Length: -1\r\n\r\n{}",
      "Content-Length: 9223372036854775808\r\n\r\n{}",
      "Content-Length: nine\r\n\r\n",
      "Content-Type: text\r\n\r\n{}\r\n",
      "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
      "\r\n\r\n",
      "Content-Length: 2\n\n{}",
      "Content-Length: 200\r\n\r\n{\"jsonrpc\":", /* the next message is eaten, and found again */
  };
  for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
    put(headers[i]);
    if (i == 7) {
      char more[400] = "";
      for (int k = 0; k < 300; k++) more[k] = ' ';
      put(more);
    }
    answers(headers[i]);
  }
  static const char *const bodies[] = {
      "{",
      "[]",
      "1",
      "null",
      "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]",
      "{\"id\":{},\"method\":\"shutdown\"}",
      "{\"method\":7}",
      "{\"jsonrpc\":\"2.0\",\"result\":1}",
      "{\"method\":\"$/cancelRequest\",\"params\":{\"id\":99}}",
      "{\"method\":\"what/ever\"}",
      "{\"method\":\"textDocument/didOpen\"}",
      "{\"method\":\"textDocument/didChange\",\"params\":[]}",
      "{\"method\":\"textDocument/didClose\",\"params\":{\"textDocument\":{\"uri\":\"none\"}}}",
      ("{\"method\":\"textDocument/didOpen\",\"params\":{\"textDocument\":{\"uri\":\"file:///b\","
       "\"text\":\"let a = \\\"\\ud83d\\\" # \xff\xfe \\u0000\"}}}")};
  for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
    send_text(bodies[i]);
    answers(bodies[i]);
  }
  char *deep = malloc(100001);
  memset(deep, '[', 100000);
  deep[100000] = 0;
  send_text(deep);
  free(deep);
  answers("deep JSON");
  want("unknown", ask("what/ever", json_object()), "-32601");
  want("twice", ask("initialize", json_object()), "-32600");
  want("not open", ask("textDocument/hover", document("file:///none")), "-32602");
}

static json_t *corner(int line, int character) {
  return json_pack("{s:i,s:i}", "line", line, "character", character);
}

/* Edits whose places are none: the text stays one, and both sides agree on it. */
static void odd_places(void) {
  static const int places[][4] = {{0, 0, 99, 99}, {99, 0, 99, 9}, {0, 5, 0, 2},
                                  {-1, -1, 0, 1}, {0, 2, 0, 2},   {0, 99999, 0, 99999},
                                  {1, 0, 0, 0}};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const int *p = places[i];
    open_text(URI, "# \xf0\x9f\x8c\x99\nlet a = 1\n");
    json_decref(mistakes(URI));
    tell("textDocument/didChange",
         json_pack("{s:{s:s,s:i},s:[{s:{s:o,s:o},s:s}]}", "textDocument", "uri", URI, "version",
                   -(int)i, "contentChanges", "range", "start", corner(p[0], p[1]), "end",
                   corner(p[2], p[3]), "text", "#"));
    json_decref(mistakes(URI));
    answers("odd places");
  }
}

/* ---- random edits ---- */

static unsigned drawn(unsigned below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)((state >> 33) % below);
}

/* A place that the protocol can name: no byte inside a character or an end of a line. */
static size_t boundary(const char *text, size_t at) {
  while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80) at--;
  if (at > 0 && text[at] == '\n' && text[at - 1] == '\r') at--;
  return at;
}

static char *spliced(const char *text, size_t start, size_t end, const char *put_in) {
  char *out = malloc(strlen(text) + strlen(put_in) + 1);
  sprintf(out, "%.*s%s%s", (int)start, text, put_in, text + end);
  return out;
}

static const char *const PIECES[] = {"",
                                     "\n",
                                     " ",
                                     "{",
                                     "}",
                                     "(",
                                     ")",
                                     "\"",
                                     "#",
                                     "=",
                                     "let ",
                                     "fn ",
                                     "x",
                                     "net",
                                     "1",
                                     "0.5",
                                     "[",
                                     "]",
                                     ",",
                                     "\xce\xb8",
                                     "\xf0\x9f\x8c\x99",
                                     "\"\"\"",
                                     "|> ",
                                     "@ ",
                                     "model M { param w = 1 }\n",
                                     "\r\n",
                                     "..",
                                     "^",
                                     ":",
                                     "let a = ones(2, 3)\n",
                                     "print(a @ a)\n",
                                     "return ",
                                     "if a { b }",
                                     "\t",
                                     ";",
                                     "not "};

static char *shown_mistakes(const char *uri) {
  json_t *found = mistakes(uri);
  char *text = json_dumps(found, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(found);
  for (char *at; (at = strstr(text, "/b.gd")) != NULL;) at[1] = 'a';
  return text;
}

static void edits(const char *base, long count) {
  static const char other[] = "file:///nowhere/gd%20lsp/b.gd";
  char *text = strdup(base);
  open_text(URI, text);
  json_decref(mistakes(URI));
  for (long i = 1; i <= count && !failed; i++) {
    if (i % 20 == 0) { /* back to a text that has a meaning */
      free(text);
      text = strdup(base);
      open_text(URI, text);
      json_decref(mistakes(URI));
    }
    size_t length = strlen(text), start_at = boundary(text, drawn((unsigned)length + 1)),
           end_at = boundary(text, start_at + drawn(2) * drawn(12));
    if (end_at > length || end_at < start_at) end_at = start_at;
    const char *piece = PIECES[drawn(sizeof PIECES / sizeof *PIECES)];
    char *after = spliced(text, start_at, end_at, piece);
    edit(start_at, end_at, text, piece, (int)i + 1);
    char *mine = shown_mistakes(URI);
    open_text(other, after);
    char *fresh = shown_mistakes(other);
    if (strcmp(mine, fresh) != 0) {
      fprintf(stderr, "FAIL lsp: edit %ld: %s\nfresh: %s\nof\n%s\n", i, mine, fresh, after);
      failed++;
    }
    free(mine);
    free(fresh);
    free(text);
    text = after;
  }
  free(text);
}

static char *file_text(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) die(path);
  char *text = calloc(1, 1 << 20);
  if (fread(text, 1, (1 << 20) - 1, file) == 0) die(path);
  fclose(file);
  return text;
}

/* ---- the work of one request ---- */

static const char PART[] = "model Net%d(hidden = 16) {\n"
                           "  let first = Dense(2, hidden)\n"
                           "  fn forward(x: [N, 2]) -> [N, 16] = x |> first |> tanh\n"
                           "}\n"
                           "let net%d = Net%d(hidden: 16)\n"
                           "let out%d = net%d(ones(3, 2))\n"
                           "fn size%d(a) {\n"
                           "  let inner = a @ ones(2, 3)   # of it\n"
                           "  sum(inner)\n"
                           "}\n";
enum { PART_LINES = 10 };

/* Opens a text of so many lines, changes its middle and asks one thing, TIMES times: growth.sh
 * counts the server's work. */
static void work(const char *gd, int lines, const char *method, int times) {
  char *text = calloc((size_t)lines / PART_LINES + 1, sizeof PART + 100), *end = text;
  for (int i = 0; i < lines / PART_LINES; i++) end += sprintf(end, PART, i, i, i, i, i, i);
  start(gd);
  json_decref(ask("initialize", json_pack("{s:n}", "rootUri")));
  open_text(URI, text);
  json_decref(mistakes(URI));
  int line = lines / PART_LINES / 2 * PART_LINES + 4;
  for (int i = 0; i < times; i++) {
    json_t *params = json_pack("{s:{s:s},s:{s:i,s:i},s:s,s:{s:b}}", "textDocument", "uri", URI,
                               "position", "line", line, "character", 5, "newName", "other",
                               "context", "includeDeclaration", 1);
    json_decref(ask(method, params));
  }
  json_decref(ask("shutdown", json_null()));
  tell("exit", json_null());
  wait(NULL);
  free(text);
}

int main(int argc, char **argv) {
  if (argc == 6 && strcmp(argv[2], "--work") == 0)
    return work(argv[1], atoi(argv[3]), argv[4], atoi(argv[5])), 0;
  if (argc < 4) die("lsp GD EDITS SEED [SCRIPT...]");
  long count = strtol(argv[2], NULL, 10);
  state = strtoull(argv[3], NULL, 10);
  char cache[SCRATCH_PATH]; /* of the library's texts */
  if (!scratch_make(cache, "lsp") || setenv("XDG_CACHE_HOME", cache, 1) != 0) die("no folder");
  alarm(600);                    /* an answer that never comes is a failure */
  char folder[SCRATCH_PATH + 8]; /* the workspace */
  snprintf(folder, sizeof folder, "%s/here", cache);
  if (mkdir(folder, 0700) != 0) die("no folder");
  start(argv[1]);
  session(folder);
  closed_files(folder);
  roles();
  lenses(cache);
  broken();
  odd_places();
  edits(TEXT, count / (argc - 3));
  for (int i = 4; i < argc; i++) {
    char *text = file_text(argv[i]);
    edits(text, count / (argc - 3));
    free(text);
  }
  want("shutdown", ask("shutdown", json_null()), "null");
  want("after shutdown", ask("textDocument/hover", document(URI)), "-32600");
  tell("exit", json_null());
  int status = 1;
  wait(&status);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) die("its exit status is not 0");
  char remove[sizeof cache + 8];
  snprintf(remove, sizeof remove, "rm -rf %s", cache);
  if (system(remove) != 0) die("the folder stays");
  if (!failed) printf("lsp: a session, broken messages, %ld edits\n", count);
  return failed != 0;
}
