/* lsp.c — the language server protocol, version 3.17: life, documents, and who answers what.
 *
 * One message after the other; nothing runs beside.  A change only marks its document: the check is
 * made when nothing more waits on the input, or when a request needs it, so somebody who types fast
 * waits for one check, not for one a key.
 *
 * Whatever comes in, the server lives until `exit` or the end of the input (FAULTS.md, H9): what is
 * no message, or none that is known, is answered with an error or passed over as the protocol says.
 * Broken UTF-8 in a message is replaced by U+FFFD, and so are halves of surrogate pairs.
 *
 * To add a request: a row of METHODS, what it answers, and its capability.
 */
#include "lang/tool/lsp.h"

#include "lang/tool/answer.h"
#include "lang/tool/view.h"
#include "lang/tool/wire.h"
#include "runtime/files.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* JSON-RPC's codes, and the protocol's own. */
enum {
  ERROR_PARSE = -32700,
  ERROR_REQUEST = -32600,
  ERROR_METHOD = -32601,
  ERROR_PARAMS = -32602,
  ERROR_NOT_READY = -32002
};
enum { FILES_MOST = 500, FOLDERS_MOST = 8, OPEN_MOST = 1000 };

typedef struct Server {
  Session *session;
  Wire wire;
  Document *documents; /* owned: the open ones */
  char *root;          /* owned: the workspace's folder, or NULL */
  bool ready, shut;    /* initialize, shutdown came */
  bool ended;          /* exit came */
} Server;

/* ---- answers ---- */

static void reply(const json_t *id, json_t *result) {
  json_t *whole = json_pack("{s:s,s:O,s:o}", "jsonrpc", "2.0", "id", id, "result", result);
  if (whole) wire_write(whole);
}

static void reply_error(const json_t *id, int code, const char *text) {
  json_t *none = json_null();
  json_t *whole = json_pack("{s:s,s:O,s:{s:i,s:s}}", "jsonrpc", "2.0", "id", id ? id : none,
                            "error", "code", code, "message", text);
  if (whole) wire_write(whole);
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

static Document **document_place(Server *server, const char *uri) {
  Document **place = &server->documents;
  while (*place && strcmp((*place)->uri, uri) != 0) place = &(*place)->next;
  return place;
}

static void publish(Server *server, Document *document) {
  json_t *diagnostics = view_diagnostics(document, server->session->vm);
  notify("textDocument/publishDiagnostics",
         json_pack("{s:s,s:I,s:o}", "uri", document->uri, "version", (json_int_t)document->version,
                   "diagnostics", diagnostics));
}

/* Checks what changed; stops when there is something to read, so that typing comes first. */
static void check_changed(Server *server) {
  for (Document *document = server->documents; document; document = document->next) {
    if (document->checked) continue;
    if (wire_waiting(&server->wire)) return;
    publish(server, document);
  }
}

static void did_open(Server *server, const json_t *params) {
  const json_t *item = json_object_get(params, "textDocument"),
               *text = json_object_get(item, "text");
  const char *uri = uri_of(params);
  Document **place = document_place(server, uri);
  int count = 0;
  for (const Document *document = server->documents; document; document = document->next) count++;
  if (!*uri || !json_is_string(text) || (!*place && count == OPEN_MOST)) return;
  if (*place) document_set(*place, json_string_value(text), json_string_length(text));
  else *place = document_new(uri, json_string_value(text), json_string_length(text));
  (*place)->version = json_integer_value(json_object_get(item, "version"));
}

static void did_change(Server *server, const json_t *params) {
  Document *document = *document_place(server, uri_of(params));
  if (!document) return;
  size_t i;
  json_t *change, *changes = json_object_get(params, "contentChanges");
  json_array_foreach(changes, i, change) document_change(document, change);
  const json_t *version = json_object_get(json_object_get(params, "textDocument"), "version");
  if (json_is_integer(version)) document->version = json_integer_value(version);
}

static void did_close(Server *server, const json_t *params) {
  Document **place = document_place(server, uri_of(params)), *document = *place;
  if (!document) return;
  *place = document->next;
  notify("textDocument/publishDiagnostics",
         json_pack("{s:s,s:[]}", "uri", document->uri, "diagnostics"));
  document_free(document);
}

/* A file on disk changed: what imports it may have other mistakes. */
static void files_changed(Server *server, const json_t *params) {
  (void)params;
  for (Document *document = server->documents; document; document = document->next)
    document->checked = false;
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
                      json_pack("{s:[s]}", "commands", "gd.explain"));
  json_object_set_new(all, "semanticTokensProvider",
                      json_pack("{s:o,s:b}", "legend", view_token_legend(), "full", 1));
  return all;
}

static json_t *initialize(Server *server, const json_t *params) {
  const char *root = json_string_value(json_object_get(params, "rootUri"));
  if (root) {
    Document *folder = document_new(root, "", 0); /* for its path */
    mem_free(server->root);
    server->root = mem_text(folder->path, strlen(folder->path));
    document_free(folder);
  }
  server->ready = true;
  return json_pack("{s:o,s:{s:s,s:s}}", "capabilities", capabilities(), "serverInfo", "name", "gd",
                   "version", GD_VERSION);
}

static json_t *shut_down(Server *server, const json_t *params) {
  (void)params;
  server->shut = true;
  return json_null();
}

static json_t *execute(Server *server, const json_t *params) {
  (void)server;
  const json_t *text = json_array_get(json_object_get(params, "arguments"), 0);
  if (json_is_string(text))
    notify("window/showMessage",
           json_pack("{s:i,s:s}", "type", 3, "message", json_string_value(text)));
  return json_null();
}

/* ---- symbols of the workspace ---- */

typedef struct Search {
  Server *server;
  const char *query;
  json_t *symbols;
  int files;
} Search;

static void search_file(Search *search, const char *path) {
  Text uri = {0};
  text_format(&uri, "file://%s", path);
  Bytes bytes = {0};
  Diag diag = {0};
  bool open = *document_place(search->server, uri.data) != NULL;
  if (!open && file_read(&search->server->session->vm->files, path, &bytes, &diag)) {
    Document *document = document_new(uri.data, (const char *)bytes.data, bytes.length);
    answer_add_symbols(document, search->query, search->symbols);
    document_free(document);
    bytes_free(&bytes);
  }
  text_free(&uri);
  search->files++;
}

static void search_folder(Search *search, const char *folder, int depth) {
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
    if (entry->d_name[0] == '.' || search->files == FILES_MOST) continue;
    Text path = {0};
    struct stat kind;
    size_t length = strlen(entry->d_name);
    text_format(&path, "%s/%s", folder, entry->d_name);
    bool there = lstat(path.data, &kind) == 0;
    if (there && S_ISDIR(kind.st_mode) && depth < FOLDERS_MOST)
      search_folder(search, path.data, depth + 1);
    else if (there && S_ISREG(kind.st_mode) && length > 3 &&
             strcmp(entry->d_name + length - 3, ".gd") == 0)
      search_file(search, path.data);
    text_free(&path);
  }
  if (entries) closedir(entries);
}

static json_t *workspace_symbols(Server *server, const json_t *params) {
  const char *query = json_string_value(json_object_get(params, "query"));
  Search search = {server, query ? query : "", json_array(), 0};
  for (Document *document = server->documents; document; document = document->next)
    answer_add_symbols(document, search.query, search.symbols);
  if (server->root) search_folder(&search, server->root, 0);
  return search.symbols;
}

/* ---- who answers ---- */

typedef json_t *Answer(const Vm *vm, Document *document, const json_t *params);

static json_t *definition(const Vm *vm, Document *document, const json_t *params) {
  (void)vm;
  return answer_definition(document, params);
}
static json_t *references(const Vm *vm, Document *document, const json_t *params) {
  (void)vm;
  return answer_references(document, params);
}
static json_t *highlights(const Vm *vm, Document *document, const json_t *params) {
  (void)vm;
  return answer_highlights(document, params);
}
static json_t *rename_place(const Vm *vm, Document *document, const json_t *params) {
  (void)vm;
  return answer_rename_place(document, params);
}
static json_t *symbols(const Vm *vm, Document *document, const json_t *params) {
  (void)vm, (void)params;
  return answer_symbols(document);
}
static json_t *folds(const Vm *vm, Document *document, const json_t *params) {
  (void)vm, (void)params;
  return view_folds(document);
}
static json_t *layout(const Vm *vm, Document *document, const json_t *params) {
  (void)vm, (void)params;
  return view_layout(document);
}
static json_t *tokens(const Vm *vm, Document *document, const json_t *params) {
  (void)params;
  return view_tokens(document, vm);
}
static json_t *hints(const Vm *vm, Document *document, const json_t *params) {
  return view_hints(document, vm, json_object_get(params, "range"));
}
static json_t *actions(const Vm *vm, Document *document, const json_t *params) {
  return view_actions(document, vm, json_object_get(params, "range"));
}
static json_t *lenses(const Vm *vm, Document *document, const json_t *params) {
  (void)vm, (void)params;
  return view_lenses(document);
}

typedef struct Method {
  const char *name;
  Answer *answer;                                       /* a request about a document, or NULL */
  json_t *(*ask)(Server *server, const json_t *params); /* any other request, or NULL */
  void (*hear)(Server *server, const json_t *params);   /* a notification, or NULL */
} Method;

static const Method METHODS[] = {
    {"initialize", NULL, initialize, NULL},
    {"shutdown", NULL, shut_down, NULL},
    {"workspace/symbol", NULL, workspace_symbols, NULL},
    {"workspace/executeCommand", NULL, execute, NULL},
    {"workspace/didChangeWatchedFiles", NULL, NULL, files_changed},
    {"textDocument/didOpen", NULL, NULL, did_open},
    {"textDocument/didChange", NULL, NULL, did_change},
    {"textDocument/didSave", NULL, NULL, files_changed},
    {"textDocument/didClose", NULL, NULL, did_close},
    {"textDocument/hover", answer_hover, NULL, NULL},
    {"textDocument/completion", answer_completion, NULL, NULL},
    {"textDocument/signatureHelp", answer_signature, NULL, NULL},
    {"textDocument/definition", definition, NULL, NULL},
    {"textDocument/references", references, NULL, NULL},
    {"textDocument/documentHighlight", highlights, NULL, NULL},
    {"textDocument/prepareRename", rename_place, NULL, NULL},
    {"textDocument/documentSymbol", symbols, NULL, NULL},
    {"textDocument/foldingRange", folds, NULL, NULL},
    {"textDocument/formatting", layout, NULL, NULL},
    {"textDocument/semanticTokens/full", tokens, NULL, NULL},
    {"textDocument/inlayHint", hints, NULL, NULL},
    {"textDocument/codeAction", actions, NULL, NULL},
    {"textDocument/codeLens", lenses, NULL, NULL},
};

static const Method *method_named(const char *name) {
  for (int i = 0; i < COUNT_OF(METHODS); i++)
    if (strcmp(METHODS[i].name, name) == 0) return &METHODS[i];
  return NULL;
}

static void answer_about(Server *server, const Method *method, const json_t *id,
                         const json_t *params) {
  Document *document = *document_place(server, uri_of(params));
  if (document) reply(id, method->answer(server->session->vm, document, params));
  else reply_error(id, ERROR_PARAMS, "this document is not open");
}

static void rename_name(Server *server, const json_t *id, const json_t *params) {
  Document *document = *document_place(server, uri_of(params));
  const char *wrong = "this document is not open";
  json_t *edit = document ? answer_rename(document, params, &wrong) : NULL;
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
    if (method && method->answer) answer_about(server, method, id, params);
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
  Server server = {.session = session};
  const char *body, *wrong;
  size_t length;
  bool heard = false;
  while (!server.ended && wire_read(&server.wire, &body, &length, &wrong)) {
    heard = true;
    if (wrong) reply_error(NULL, ERROR_PARSE, wrong);
    else take_body(&server, body, length);
    check_changed(&server);
  }
  while (server.documents) {
    Document *document = server.documents;
    server.documents = document->next;
    document_free(document);
  }
  mem_free(server.root);
  wire_free(&server.wire);
  if (vm_signal) return STATUS_INTERRUPTED;
  return server.shut ? 0 : heard ? STATUS_FAILED : STATUS_USAGE;
}
