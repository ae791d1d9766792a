/* lsp.c — the language server protocol, version 3.17: life cycle, documents, and the dispatch of
 * requests.
 *
 * Messages are handled one after the other.  A change only marks its document.  The check is made
 * when no more input waits, and abandoned when a message comes (analysis.c), so that no request
 * waits for it.  Until it is done, requests use the check of the previous text, with its places
 * moved; the client is asked to refresh hints when the new one is done.
 *
 * Whatever the input, the server lives until `exit` or the end of the input (FAULTS.md, H9).
 * Invalid or unknown messages are answered with an error or ignored, as the protocol says.  Broken
 * UTF-8 in a message is replaced by U+FFFD, and so are halves of surrogate pairs.
 *
 * To add a request: a row of METHODS, its answer, and its capability.
 */
#include "lang/tool/lsp.h"
#include "lang/tool/uses.h"

#include "lang/eval/module.h"
#include "lang/library/natives.h"
#include "lang/text/report.h"
#include "lang/text/version.h"
#include "lang/tool/answer.h"
#include "lang/tool/view.h"
#include "lang/tool/wire.h"
#include "runtime/files.h"

#include <string.h>
#include <unistd.h>

/* JSON-RPC's codes, and the protocol's own. */
enum {
  ERROR_PARSE = -32700,
  ERROR_REQUEST = -32600,
  ERROR_METHOD = -32601,
  ERROR_PARAMS = -32602,
  ERROR_NOT_READY = -32002
};
enum { OPEN_MOST = 1000 };

typedef struct Server {
  Session *session;
  Wire wire;
  Workspace workspace;
  Jobs jobs;
  bool ready, shut; /* initialize, shutdown came */
  bool ended;       /* exit came */
  bool refreshes;   /* the editor asks for hints again when it is told to */
  int asked;        /* requests of the server */
} Server;

/* ---- answers ---- */

/* Takes the result; what cannot be JSON is null, so that every request is answered. */
static void reply(const json_t *id, json_t *result) {
  if (!result) result = json_null();
  json_t *whole = json_pack("{s:s,s:O,s:o}", "jsonrpc", "2.0", "id", id, "result", result);
  if (whole) wire_write(whole);
}

static void reply_error(const json_t *id, int code, const char *text) {
  json_t *none = json_null();
  json_t *whole = json_pack("{s:s,s:O,s:{s:i,s:s}}", "jsonrpc", "2.0", "id", id ? id : none,
                            "error", "code", code, "message", text);
  if (whole) wire_write(whole);
}

/* The answer as text that is JSON already; takes it. */
static void reply_text(const json_t *id, Text *result) {
  Text whole = {0};
  char *shown = json_dumps(id, JSON_COMPACT | JSON_ENCODE_ANY);
  text_format(&whole, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":", shown ? shown : "null");
  text_add(&whole, result->data, result->length);
  text_char(&whole, '}');
  wire_write_text(whole.data, whole.length);
  text_free(&whole);
  text_free(result);
  json_free(shown);
}

static void notify(const char *method, json_t *params) {
  json_t *whole = json_pack("{s:s,s:s,s:o}", "jsonrpc", "2.0", "method", method, "params", params);
  if (whole) wire_write(whole);
}

/* ---- documents ---- */

static const char *uri_of(const json_t *params) {
  const char *uri =
      json_string_value(json_object_get(json_object_get(params, "textDocument"), "uri"));
  return uri ? uri : "";
}

static void publish(Server *server, Document *document) {
  json_t *diagnostics = view_diagnostics(document, server->session->vm);
  document->told = true;
  notify("textDocument/publishDiagnostics",
         json_pack("{s:s,s:I,s:o}", "uri", document->uri, "version", (json_int_t)document->version,
                   "diagnostics", diagnostics));
}

/* What was drawn of the text before the check is to be asked for again. */
static void refresh(Server *server) {
  if (!server->refreshes) return;
  json_t *whole = json_pack("{s:s,s:i,s:s}", "jsonrpc", "2.0", "id", ++server->asked, "method",
                            "workspace/inlayHint/refresh");
  if (whole) wire_write(whole);
}

/* Checks what changed, while nothing comes: what comes is answered first. */
static void check_changed(Server *server) {
  bool some = false;
  for (Document *document = server->workspace.documents; document; document = document->next) {
    if (document->told) continue;
    if (wire_waiting(&server->wire)) break;
    if (!document_check(document, server->session->vm, STDIN_FILENO)) break;
    publish(server, document);
    some = true;
  }
  if (some) refresh(server);
}

/* The text of a document, or what is read in its place, is another: what imports it is checked
 * again. */
static void importers_changed(Server *server, const Document *document) {
  for (Document *other = server->workspace.documents; other; other = other->next)
    if (other != document && other->text.length && strstr(other->text.data, "import"))
      other->checked = other->told = false;
}

static void did_open(Server *server, const json_t *params) {
  const json_t *item = json_object_get(params, "textDocument"),
               *text = json_object_get(item, "text");
  const char *uri = uri_of(params);
  Document **place = workspace_place(&server->workspace, uri);
  int count = 0;
  for (const Document *document = server->workspace.documents; document; document = document->next)
    count++;
  if (!*uri || !json_is_string(text) || (!*place && count == OPEN_MOST)) return;
  if (*place) document_set(*place, json_string_value(text), json_string_length(text));
  else *place = document_new(uri, json_string_value(text), json_string_length(text));
  (*place)->version = json_integer_value(json_object_get(item, "version"));
  importers_changed(server, *place);
}

static void did_change(Server *server, const json_t *params) {
  Document *document = *workspace_place(&server->workspace, uri_of(params));
  if (!document) return;
  size_t i;
  json_t *change, *changes = json_object_get(params, "contentChanges");
  json_array_foreach(changes, i, change) document_change(document, change);
  importers_changed(server, document);
  const json_t *version = json_object_get(json_object_get(params, "textDocument"), "version");
  if (json_is_integer(version)) document->version = json_integer_value(version);
}

static void did_close(Server *server, const json_t *params) {
  Document **place = workspace_place(&server->workspace, uri_of(params)), *document = *place;
  if (!document) return;
  *place = document->next;
  notify("textDocument/publishDiagnostics",
         json_pack("{s:s,s:[]}", "uri", document->uri, "diagnostics"));
  importers_changed(server, document);
  document_free(document);
}

/* A file on disk changed: what imports it may have other mistakes. */
static void files_changed(Server *server, const json_t *params) {
  (void)params;
  for (Document *document = server->workspace.documents; document; document = document->next)
    document->checked = document->told = false;
}

/* ---- the life of a server ---- */

static json_t *capabilities(void) {
  json_t *all = json_pack(
      "{s:{s:b,s:i,s:b},s:b,s:b,s:b,s:b,s:b,s:b,s:b,s:b,s:b}", "textDocumentSync", "openClose", 1,
      "change", 2, "save", 1, "hoverProvider", 1, "definitionProvider", 1, "referencesProvider", 1,
      "documentHighlightProvider", 1, "documentSymbolProvider", 1, "workspaceSymbolProvider", 1,
      "foldingRangeProvider", 1, "documentFormattingProvider", 1, "inlayHintProvider", 1);
  json_object_set_new(all, "completionProvider", json_pack("{s:[s]}", "triggerCharacters", "."));
  json_object_set_new(all, "signatureHelpProvider",
                      json_pack("{s:[s,s]}", "triggerCharacters", "(", ","));
  json_object_set_new(all, "renameProvider", json_pack("{s:b}", "prepareProvider", 1));
  json_object_set_new(all, "codeActionProvider",
                      json_pack("{s:[s]}", "codeActionKinds", "quickfix"));
  json_object_set_new(all, "codeLensProvider", json_object());
  json_object_set_new(all, "executeCommandProvider",
                      json_pack("{s:[s,s,s,s,s,s,s]}", "commands", "gd.explain", "gd.run",
                                "gd.train", "gd.test", "gd.check", "gd.checkGradient", "gd.stop"));
  json_object_set_new(all, "semanticTokensProvider",
                      json_pack("{s:o,s:b}", "legend", view_token_legend(), "full", 1));
  return all;
}

/* A capability of the editor, by its path. */
static bool supports(const json_t *params, const char *of, const char *what, const char *how) {
  const json_t *found = json_object_get(json_object_get(params, "capabilities"), of);
  found = json_object_get(found, what);
  return json_is_true(how ? json_object_get(found, how) : found);
}

static json_t *initialize(Server *server, const json_t *params) {
  const char *root = json_string_value(json_object_get(params, "rootUri"));
  if (root) workspace_root(&server->workspace, root);
  server->jobs.progress = supports(params, "window", "workDoneProgress", NULL);
  server->refreshes = supports(params, "workspace", "inlayHint", "refreshSupport");
  server->ready = true;
  return json_pack("{s:o,s:{s:s,s:s}}", "capabilities", capabilities(), "serverInfo", "name", "gd",
                   "version", GD_VERSION);
}

static json_t *shut_down(Server *server, const json_t *params) {
  (void)params;
  server->shut = true;
  return json_null();
}

/* ---- commands ---- */

enum { SHOWN_WRONG = 1, SHOWN_WARNING = 2, SHOWN_INFO = 3 };

static void show(int type, const char *text) {
  notify("window/showMessage", json_pack("{s:i,s:s}", "type", type, "message", text));
}

/* Is the file what the editor shows?  What runs is the file. */
static bool is_saved(const Server *server, const Document *document) {
  Diag diag = {0};
  Bytes bytes = {0};
  bool same = file_read(&server->session->vm->files, document->path, &bytes, &diag) &&
              bytes.length == document->text.length &&
              memcmp(bytes.data, document->text.data, bytes.length) == 0;
  bytes_free(&bytes);
  return same;
}

/* Runs gd on the document's file: `gd file`, `gd test --filter NAME file`, `gd --until LINE file`.
 */
static void run_file(Server *server, const Document *document, const char *word, const char *option,
                     const char *value) {
  char *words[6] = {(char *)(uintptr_t) "gd"};
  int count = 1;
  if (!strchr(document->path, '/') || !is_saved(server, document)) {
    show(SHOWN_WARNING, "save the file first: the saved file is what runs");
    return;
  }
  const char *given[] = {word, option, value};
  for (int i = 0; i < COUNT_OF(given); i++)
    if (given[i]) words[count++] = (char *)(uintptr_t)given[i];
  words[count] = document->path;
  Text wrong = {0};
  if (!jobs_start(&server->jobs, document->path, words, &wrong)) show(SHOWN_WRONG, wrong.data);
  text_free(&wrong);
}

static void check_gradient(Server *server, Document *document, const char *name) {
  Text text = {0};
  document_check(document, server->session->vm, -1);
  const Analysis *analysis = document_values(document);
  bool fine = analysis && analysis_check_gradient(analysis, name, STDIN_FILENO, &text);
  if (!analysis) text_string(&text, "the script has errors, so its functions cannot be run");
  if (!text.length) text_format(&text, "%s: cancelled", name);
  show(fine ? SHOWN_INFO : SHOWN_WRONG, text.data);
  text_free(&text);
}

static void run_command(Server *server, const char *command, Document *document,
                        const char *argument) {
  if (strcmp(command, "gd.run") == 0) run_file(server, document, NULL, NULL, NULL);
  if (strcmp(command, "gd.train") == 0) run_file(server, document, NULL, "--until", argument);
  if (strcmp(command, "gd.test") == 0)
    run_file(server, document, "test", *argument ? "--filter" : NULL, *argument ? argument : NULL);
  if (strcmp(command, "gd.check") == 0) run_file(server, document, "check", NULL, NULL);
  if (strcmp(command, "gd.checkGradient") == 0) check_gradient(server, document, argument);
  if (strcmp(command, "gd.stop") == 0 && !jobs_stop(&server->jobs, document->path))
    show(SHOWN_INFO, "nothing of this file is running");
}

static json_t *execute(Server *server, const json_t *params) {
  const json_t *arguments = json_object_get(params, "arguments");
  const char *command = json_string_value(json_object_get(params, "command")),
             *first = json_string_value(json_array_get(arguments, 0)),
             *second = json_string_value(json_array_get(arguments, 1));
  if (!command || !first) return json_null();
  if (strcmp(command, "gd.explain") == 0) {
    show(SHOWN_INFO, first);
    return json_null();
  }
  Document *document = *workspace_place(&server->workspace, first);
  if (document) run_command(server, command, document, second ? second : "");
  else show(SHOWN_WRONG, "this document is not open");
  return json_null();
}

static void cancel(Server *server, const json_t *params) {
  jobs_cancel(&server->jobs, json_object_get(params, "token"));
}

/* ---- symbols of the workspace ---- */

typedef struct Wanted {
  const char *query;
  json_t *symbols;
} Wanted;

static void add_symbols(void *context, Document *document) {
  Wanted *wanted = context;
  answer_add_symbols(document, wanted->query, wanted->symbols);
}

static json_t *workspace_symbols(Server *server, const json_t *params) {
  const char *query = json_string_value(json_object_get(params, "query"));
  Wanted wanted = {query ? query : "", json_array()};
  workspace_each(&server->workspace, wanted.query, add_symbols, &wanted);
  return wanted.symbols;
}

/* ---- who answers ---- */

typedef json_t *Answer(Server *server, Document *document, const json_t *params);
typedef void Write(Server *server, Document *document, const json_t *params, Text *out);

static json_t *hover(Server *server, Document *document, const json_t *params) {
  return answer_hover(&server->workspace, document, params);
}
static json_t *completion(Server *server, Document *document, const json_t *params) {
  return answer_completion(server->session->vm, document, params);
}
static json_t *signature(Server *server, Document *document, const json_t *params) {
  return answer_signature(server->session->vm, document, params);
}
static json_t *definition(Server *server, Document *document, const json_t *params) {
  return uses_definition(&server->workspace, document, params);
}
static json_t *references(Server *server, Document *document, const json_t *params) {
  return uses_references(&server->workspace, document, params);
}
static json_t *highlights(Server *server, Document *document, const json_t *params) {
  (void)server;
  return uses_highlights(document, params);
}
static json_t *rename_place(Server *server, Document *document, const json_t *params) {
  return uses_rename_place(&server->workspace, document, params);
}
static void symbols(Server *server, Document *document, const json_t *params, Text *out) {
  (void)server, (void)params;
  answer_symbols(document, out);
}
static json_t *folds(Server *server, Document *document, const json_t *params) {
  (void)server, (void)params;
  return view_folds(document);
}
static json_t *layout(Server *server, Document *document, const json_t *params) {
  (void)server, (void)params;
  return view_layout(document);
}
static void tokens(Server *server, Document *document, const json_t *params, Text *out) {
  (void)params;
  view_tokens(document, server->session->vm, out);
}
static void hints(Server *server, Document *document, const json_t *params, Text *out) {
  view_hints(document, server->session->vm, json_object_get(params, "range"), out);
}
static json_t *actions(Server *server, Document *document, const json_t *params) {
  return view_actions(document, server->session->vm, json_object_get(params, "range"));
}
static json_t *lenses(Server *server, Document *document, const json_t *params) {
  (void)server, (void)params;
  return view_lenses(document);
}

typedef struct Method {
  const char *name;
  /* one of them */
  Answer *answer;                                       /* a request about a document */
  Write *write;                                         /* one with a long answer */
  json_t *(*ask)(Server *server, const json_t *params); /* any other request */
  void (*hear)(Server *server, const json_t *params);   /* a notification */
} Method;

static const Method METHODS[] = {
    {"initialize", .ask = initialize},
    {"shutdown", .ask = shut_down},
    {"workspace/symbol", .ask = workspace_symbols},
    {"workspace/executeCommand", .ask = execute},
    {"window/workDoneProgress/cancel", .hear = cancel},
    {"workspace/didChangeWatchedFiles", .hear = files_changed},
    {"textDocument/didOpen", .hear = did_open},
    {"textDocument/didChange", .hear = did_change},
    {"textDocument/didSave", .hear = files_changed},
    {"textDocument/didClose", .hear = did_close},
    {"textDocument/hover", .answer = hover},
    {"textDocument/completion", .answer = completion},
    {"textDocument/signatureHelp", .answer = signature},
    {"textDocument/definition", .answer = definition},
    {"textDocument/references", .answer = references},
    {"textDocument/documentHighlight", .answer = highlights},
    {"textDocument/prepareRename", .answer = rename_place},
    {"textDocument/documentSymbol", .write = symbols},
    {"textDocument/foldingRange", .answer = folds},
    {"textDocument/formatting", .answer = layout},
    {"textDocument/semanticTokens/full", .write = tokens},
    {"textDocument/inlayHint", .write = hints},
    {"textDocument/codeAction", .answer = actions},
    {"textDocument/codeLens", .answer = lenses},
};

static const Method *method_named(const char *name) {
  for (int i = 0; i < COUNT_OF(METHODS); i++)
    if (strcmp(METHODS[i].name, name) == 0) return &METHODS[i];
  return NULL;
}

static void answer_about(Server *server, const Method *method, const json_t *id,
                         const json_t *params) {
  Document *document = *workspace_place(&server->workspace, uri_of(params));
  if (!document) {
    reply_error(id, ERROR_PARAMS, "this document is not open");
  } else if (method->write) {
    Text out = {0};
    method->write(server, document, params, &out);
    reply_text(id, &out);
  } else {
    reply(id, method->answer(server, document, params));
  }
}

static void rename_name(Server *server, const json_t *id, const json_t *params) {
  Document *document = *workspace_place(&server->workspace, uri_of(params));
  const char *wrong = "this document is not open";
  json_t *edit = document ? uses_rename(&server->workspace, document, params, &wrong) : NULL;
  if (edit) reply(id, edit);
  else reply_error(id, ERROR_PARAMS, wrong);
}

static void request(Server *server, const char *name, const json_t *id, const json_t *params) {
  bool first = strcmp(name, "initialize") == 0;
  if (server->shut) reply_error(id, ERROR_REQUEST, "after shutdown only `exit` may come");
  else if (!server->ready && !first) reply_error(id, ERROR_NOT_READY, "`initialize` comes first");
  else if (server->ready && first) reply_error(id, ERROR_REQUEST, "`initialize` comes once");
  else if (strcmp(name, "textDocument/rename") == 0) rename_name(server, id, params);
  else {
    const Method *method = method_named(name);
    if (method && (method->answer || method->write)) answer_about(server, method, id, params);
    else if (method && method->ask) reply(id, method->ask(server, params));
    else reply_error(id, ERROR_METHOD, "no such request");
  }
}

static void hear(Server *server, const char *name, const json_t *params) {
  if (strcmp(name, "exit") == 0) server->ended = true;
  if (!server->ready || server->shut) return;
  const Method *method = method_named(name);
  if (method && method->hear) method->hear(server, params);
}

/* ---- messages ---- */

static void take_message(Server *server, const json_t *message) {
  const json_t *id = json_object_get(message, "id"), *params = json_object_get(message, "params");
  const char *method = json_string_value(json_object_get(message, "method"));
  bool named = json_is_string(id) || json_is_integer(id) || json_is_null(id);
  bool answers = json_object_get(message, "result") || json_object_get(message, "error");
  if (json_is_array(message)) reply_error(NULL, ERROR_REQUEST, "the protocol has no batches");
  else if (!json_is_object(message)) reply_error(NULL, ERROR_REQUEST, "a message is an object");
  else if (!method && !answers)
    reply_error(named ? id : NULL, ERROR_REQUEST, "a message has a `method`");
  else if (method && id && !named)
    reply_error(NULL, ERROR_REQUEST, "an `id` is a number or a string");
  else if (method && id) request(server, method, id, params);
  else if (method) hear(server, method, params);
}

/* Four hexadecimal digits, or -1. */
static int unit_of(const char *at, const char *end) {
  int unit = 0;
  if (end - at < 4) return -1;
  for (int i = 0; i < 4; i++) {
    int digit = at[i] >= '0' && at[i] <= '9' ? at[i] - '0' : (at[i] | 32) - 'a' + 10;
    if (digit < 0 || digit > 15) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

/* The body with U+FFFD for what no JSON text may have: broken UTF-8, halves of surrogate pairs. */
static Text mended(const char *body, size_t length) {
  Text out = {0};
  const char *end = body + length;
  for (const char *at = body; at < end;) {
    uint32_t code;
    size_t size = text_decode(at, (size_t)(end - at), &code);
    int unit = *at == '\\' && end - at > 1 && at[1] == 'u' ? unit_of(at + 2, end) : -1,
        low = unit >= 0xd800 && unit < 0xdc00 && end - at > 7 && at[6] == '\\' && at[7] == 'u'
                  ? unit_of(at + 8, end)
                  : -1;
    bool pair = low >= 0xdc00 && low < 0xe000;
    if (!size) text_string(&out, "\xef\xbf\xbd"), at++;
    else if (pair) text_add(&out, at, 12), at += 12;
    else if (unit >= 0xd800 && unit < 0xe000) text_string(&out, "\\ufffd"), at += 6;
    else if (*at == '\\' && end - at > 1) text_add(&out, at, 2), at += 2;
    else text_add(&out, at, size), at += size;
  }
  return out;
}

static json_t *parse(const char *body, size_t length) {
  json_error_t error;
  json_t *message = json_loadb(body, length, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
  if (message) return message;
  Text again = mended(body, length);
  if (again.data)
    message = json_loadb(again.data, again.length, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
  text_free(&again);
  return message;
}

static void take_body(Server *server, const char *body, size_t length) {
  json_t *message = parse(body, length);
  if (message) {
    take_message(server, message);
    json_decref(message);
    return;
  }
  reply_error(NULL, ERROR_PARSE, "this is not JSON");
  /* a body that was shorter than its length has eaten the next message */
  const char *next = memmem(body, length, "Content-Length:", 15);
  if (next) wire_return(&server->wire, next);
}

int lsp_run(Session *session) {
  Server server = {.session = session, .workspace = {.vm = session->vm}};
  module_open_texts(session->vm, (OpenTexts){workspace_text, &server.workspace});
  server.wire.jobs = &server.jobs;
  const char *body, *wrong;
  size_t length;
  bool heard = false;
  while (!server.ended && wire_read(&server.wire, &body, &length, &wrong)) {
    heard = true;
    if (wrong) reply_error(NULL, ERROR_PARSE, wrong);
    else take_body(&server, body, length);
    check_changed(&server);
  }
  jobs_end(&server.jobs);
  workspace_free(&server.workspace);
  wire_free(&server.wire);
  if (vm_signal) return STATUS_INTERRUPTED;
  return server.shut ? 0 : heard ? STATUS_FAILED : STATUS_USAGE;
}
