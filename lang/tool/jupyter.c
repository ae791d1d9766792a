/* jupyter.c — a Jupyter kernel: what the messages of the protocol 5.3 mean
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html).
 *
 * Two threads.  The session's own takes requests of the shell channel, one after the other, and
 * runs cells.  A second one answers what a running cell must not hold up: heartbeat, interrupt,
 * shutdown, and what the cell prints.  It calls nothing of the interpreter.
 *
 * Standard output and standard error are pipes whose other ends the second thread reads and
 * publishes, so all that the program prints arrives while it runs, whoever printed it.  At the end
 * of a cell, and before a picture, the session's thread empties them itself, under the same lock:
 * nothing is published after its cell is said to be done.  Standard input is empty; read_line()
 * asks the user through the channel for that.
 *
 * A cell is what would be typed at the prompt, statement by statement (statements.h): the last
 * value is shown, a failing statement is undone and ends the cell.  Messages that cannot be used
 * are told on the standard error that gd was started with, and answered if their header is whole.
 *
 * To add a request: a row of REQUESTS and its function, which adds the fields of the reply.
 */
#include "lang/tool/jupyter.h"

#include "lang/library/natives.h"
#include "lang/machine/signals.h"
#include "lang/syntax/parse.h"
#include "lang/syntax/statements.h"
#include "lang/text/output.h"
#include "lang/tool/channel.h"
#include "lang/tool/complete.h"
#include "lang/tool/prompt.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MILLISECONDS = 500, PIECE = 64 << 10, INDENT = 2 };

typedef struct Stream {
  const char *name; /* "stdout" */
  int number;       /* the descriptor that the program writes to */
  int kept;         /* what that was before */
  int from;         /* where it arrives */
  Text tail;        /* an incomplete UTF-8 sequence at the end of what was read */
} Stream;

typedef struct Kernel {
  Session *session;
  Channels channels;
  pthread_t main, beat;
  int end[2];           /* a pipe: closed at one end, it ends the second thread */
  pthread_mutex_t lock; /* of the streams and the parent */
  Stream streams[2];
  Text parent;            /* the header of the request under way */
  const Message *request; /* the same, or NULL */
  int count;              /* of cells */
  Text said;              /* errors of the cell */
  Text shown;             /* the value of its last statement */
  const char *code;       /* the cell */
  bool allow_input;       /* may it ask? */
  int status;             /* of the last statement */
  bool failed, ended;     /* the cell; the kernel */
  volatile bool shut;     /* it was told to end */
  bool aborting;          /* a cell has failed: what waits behind it is not run */
  Message *held;          /* owned: that */
  int held_count;
  uint64_t lines;          /* of progress, to name each */
  bool line_open;          /* the last one may still change */
  char **history;          /* owned: the cells that were to be kept */
  int history_count, room; /* of it */
  pid_t parent_process;
} Kernel;

/* ---- publishing ---- */

/* Adds a field to an object, or to the fields of a reply. */
static void field(Text *text, const char *name, const char *value, size_t length) {
  bool first = text->length && text->data[text->length - 1] == '{';
  text_format(text, "%s\"%s\":", first ? "" : ",", name);
  json_quoted(text, value, length);
}

static void publish(Kernel *kernel, const char *type, Text *content) {
  text_char(content, '}');
  const char *parent = kernel->parent.length ? kernel->parent.data : "{}";
  channel_send(&kernel->channels, CHANNEL_IOPUB, NULL, type, parent, content);
  text_free(content);
}

static void publish_status(Kernel *kernel, const char *state) {
  Text text = {0};
  text_char(&text, '{');
  field(&text, "execution_state", state, strlen(state));
  pthread_mutex_lock(&kernel->lock);
  publish(kernel, "status", &text);
  pthread_mutex_unlock(&kernel->lock);
}

static void publish_stream(Kernel *kernel, const char *name, const char *bytes, size_t length) {
  if (!length) return;
  Text text = {0};
  text_char(&text, '{');
  field(&text, "name", name, strlen(name));
  field(&text, "text", bytes, length);
  publish(kernel, "stream", &text);
}

/* How many bytes at the end begin a UTF-8 sequence whose rest has not come. */
static size_t incomplete(const char *bytes, size_t length) {
  for (size_t back = 1; back <= 3 && back <= length; back++) {
    unsigned char byte = (unsigned char)bytes[length - back];
    size_t size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if ((byte & 0xc0) == 0x80) continue;
    return size > back ? back : 0;
  }
  return 0;
}

/* Publishes what has arrived; the lock is held. */
static void drain_one(Kernel *kernel, Stream *stream, bool whole) {
  char piece[PIECE];
  ssize_t got;
  while ((got = read(stream->from, piece, sizeof piece)) > 0) {
    text_add(&stream->tail, piece, (size_t)got);
    size_t left = incomplete(stream->tail.data, stream->tail.length);
    size_t ready = stream->tail.length - left;
    publish_stream(kernel, stream->name, stream->tail.data, ready);
    memmove(stream->tail.data, stream->tail.data + ready, left);
    stream->tail.length = left;
  }
  if (!whole || !stream->tail.length) return;
  publish_stream(kernel, stream->name, stream->tail.data, stream->tail.length);
  stream->tail.length = 0;
}

static void drain(Kernel *kernel, bool whole) {
  pthread_mutex_lock(&kernel->lock);
  for (int i = 0; i < 2; i++) drain_one(kernel, &kernel->streams[i], whole);
  pthread_mutex_unlock(&kernel->lock);
}

/* All that was printed so far is published. */
static void settle(Kernel *kernel) {
  output_settle();
  fflush(stdout);
  fflush(stderr);
  drain(kernel, false);
}

/* ---- what the program shows ---- */

static void hear(void *context, const char *text, size_t length) {
  Kernel *kernel = context;
  settle(kernel);
  if (strncmp(text, "error", 5) == 0 || strstr(text, "\nerror")) {
    text_add(&kernel->said, text, length);
    return;
  }
  pthread_mutex_lock(&kernel->lock);
  publish_stream(kernel, "stderr", text, length);
  pthread_mutex_unlock(&kernel->lock);
}

static void show_picture(void *context, const Text *svg, const Text *letters) {
  Kernel *kernel = context;
  settle(kernel);
  Text text = {0};
  text_string(&text, "{\"metadata\":{},\"transient\":{},\"data\":{\"image/svg+xml\":");
  json_quoted(&text, svg->data, svg->length);
  field(&text, "text/plain", letters->data, letters->length);
  text_char(&text, '}');
  pthread_mutex_lock(&kernel->lock);
  publish(kernel, "display_data", &text);
  pthread_mutex_unlock(&kernel->lock);
}

/* The first time it is an output with a name, then that output is changed. */
static void show_progress(void *context, const char *line, size_t length, bool last) {
  Kernel *kernel = context;
  settle(kernel);
  bool update = kernel->line_open;
  if (!update) kernel->lines++;
  Text text = {0};
  text_format(&text, "{\"metadata\":{},\"transient\":{\"display_id\":\"%s-%llu\"},\"data\":{",
              kernel->channels.session, (unsigned long long)kernel->lines);
  text_string(&text, "\"text/plain\":");
  json_quoted(&text, line, length);
  text_char(&text, '}');
  kernel->line_open = !last;
  pthread_mutex_lock(&kernel->lock);
  publish(kernel, update ? "update_display_data" : "display_data", &text);
  pthread_mutex_unlock(&kernel->lock);
}

static bool take_answer(Kernel *kernel, Text *line) {
  Message message;
  const char *wrong;
  if (!channel_receive(&kernel->channels, CHANNEL_STDIN, &message, &wrong)) return false;
  const json_t *value = json_object_get(message.content, "value");
  bool answers = !wrong && strcmp(message_type(&message), "input_reply") == 0 &&
                 json_is_string(value);
  if (answers) text_add(line, json_string_value(value), json_string_length(value));
  message_free(&message);
  return answers;
}

/* read_line(): none where the client does not ask its user. */
static bool ask(void *context, Text *line) {
  Kernel *kernel = context;
  settle(kernel);
  if (!kernel->allow_input || !kernel->request) return false;
  Text text = {0}, stale = {0};
  while (take_answer(kernel, &stale)) continue;
  text_free(&stale);
  text_string(&text, "{\"prompt\":\"\",\"password\":false}");
  channel_send(&kernel->channels, CHANNEL_STDIN, kernel->request, "input_request",
               kernel->parent.data, &text);
  text_free(&text);
  for (;;) {
    Awaited awaited = {.kinds = {CHANNEL_STDIN}, .kind_count = 1};
    if (stop_wanted() || vm_signal) return false;
    if (channels_wait(&kernel->channels, &awaited, WAIT_MILLISECONDS) && take_answer(kernel, line))
      return true;
  }
}

/* ---- cells ---- */

static bool describe(Kernel *kernel, const char *text, size_t length) {
  while (length && (isspace((unsigned char)*text) || *text == '?')) text++, length--;
  size_t end = 0;
  while (end < length && !isspace((unsigned char)text[end])) end++;
  char *name = mem_text(text, end);
  Text page = {0};
  bool found = session_describe(kernel->session, name, &page);
  if (found) fwrite(page.data, 1, page.length, stdout);
  else printf("nothing is known of that name\n");
  text_free(&page);
  mem_free(name);
  return true;
}

static bool run_statement(void *context, const char *text, size_t length, uint32_t before) {
  Kernel *kernel = context;
  Vm *vm = kernel->session->vm;
  char name[32];
  size_t blank = 0;
  while (blank < length && isspace((unsigned char)text[blank])) blank++;
  if (blank == length) return true;
  kernel->shown.length = 0;
  if (text[blank] == '?') return describe(kernel, text, length);
  snprintf(name, sizeof name, "cell %d", kernel->count);
  kernel->status = session_cell(kernel->session, name, text, length, before, &kernel->shown);
  if (kernel->status == 0 && (vm_signal || vm->exit_status == STATUS_INTERRUPTED))
    kernel->status = STATUS_INTERRUPTED;
  vm->exit_status = 0;
  if (vm->exited) kernel->ended = true;
  return kernel->status == 0 && !kernel->ended;
}

static void remember(Kernel *kernel, const char *code) {
  if (kernel->history_count == kernel->room) {
    kernel->room = kernel->room * 2 + 16;
    kernel->history = mem_grow(kernel->history, (size_t)kernel->room * sizeof(char *));
  }
  kernel->history[kernel->history_count++] = mem_text(code, strlen(code));
}

/* The message of the first error, the rest of it after. */
static void add_error(const Kernel *kernel, Text *text) {
  const char *said = kernel->said.length ? kernel->said.data : "";
  const char *first = strncmp(said, "error", 5) == 0 ? said : strstr(said, "\nerror");
  const char *colon = first ? strstr(first, ": ") : NULL;
  bool interrupted = kernel->status == STATUS_INTERRUPTED;
  const char *name = interrupted ? "Interrupted" : "Error";
  const char *value = colon ? colon + 2 : interrupted ? "interrupted: what was done is kept" : "";
  size_t length = strcspn(value, "\n"), whole = kernel->said.length;
  field(text, "ename", name, strlen(name));
  field(text, "evalue", value, length);
  text_string(text, ",\"traceback\":[");
  while (whole && said[whole - 1] == '\n') whole--;
  if (whole) json_quoted(text, said, whole);
  else json_quoted(text, value, length);
  text_char(text, ']');
}

static void publish_result(Kernel *kernel) {
  Text text = {0};
  size_t length = kernel->shown.length;
  if (length && kernel->shown.data[length - 1] == '\n') length--;
  text_format(&text,
              "{\"execution_count\":%d,\"metadata\":{},\"data\":{\"text/plain\":", kernel->count);
  json_quoted(&text, kernel->shown.data, length);
  text_char(&text, '}');
  pthread_mutex_lock(&kernel->lock);
  publish(kernel, "execute_result", &text);
  pthread_mutex_unlock(&kernel->lock);
}

static bool flag(const json_t *content, const char *name, bool usual) {
  const json_t *value = json_object_get(content, name);
  return json_is_boolean(value) ? json_is_true(value) : usual;
}

/* Each expression is worked out as a line of its own. */
static void add_expressions(Kernel *kernel, const json_t *expressions, Text *text) {
  const char *name;
  json_t *value;
  text_string(text, ",\"user_expressions\":{");
  bool first = true;
  json_object_foreach((json_t *)expressions, name, value) {
    Text shown = {0};
    kernel->said.length = 0;
    if (!json_is_string(value)) continue;
    kernel->status = session_cell(kernel->session, "expression", json_string_value(value),
                                  json_string_length(value), 0, &shown);
    text_string(text, first ? "" : ",");
    first = false;
    json_quoted(text, name, strlen(name));
    text_string(text, kernel->status ? ":{\"status\":\"error\"" : ":{\"status\":\"ok\"");
    if (kernel->status) add_error(kernel, text);
    else text_string(text, ",\"metadata\":{},\"data\":{\"text/plain\":");
    size_t length = shown.length ? shown.length - 1 : 0;
    if (!kernel->status) json_quoted(text, shown.length ? shown.data : "", length);
    text_string(text, kernel->status ? "}" : "}}");
    text_free(&shown);
  }
  text_char(text, '}');
  kernel->status = 0;
}

static void publish_input(Kernel *kernel) {
  Text text = {0};
  text_format(&text, "{\"execution_count\":%d", kernel->count);
  field(&text, "code", kernel->code, strlen(kernel->code));
  pthread_mutex_lock(&kernel->lock);
  publish(kernel, "execute_input", &text);
  pthread_mutex_unlock(&kernel->lock);
}

static void run_cell(Kernel *kernel, const char *code, size_t length) {
  kernel->said.length = kernel->shown.length = 0;
  kernel->status = 0;
  kernel->line_open = false;
  signals_reset();
  parse_statements(code, length, run_statement, kernel);
  output_settle();
  fflush(stdout);
  fflush(stderr);
  drain(kernel, true);
}

static void execute(Kernel *kernel, const json_t *content, Text *reply) {
  const json_t *code = json_object_get(content, "code");
  bool silent = flag(content, "silent", false), stop = flag(content, "stop_on_error", true);
  if (!json_is_string(code)) {
    kernel->failed = true;
    text_string(reply, ",\"ename\":\"Error\",\"evalue\":\"an execute_request has `code`, a "
                       "text\",\"traceback\":[]");
    return;
  }
  kernel->code = json_string_value(code);
  kernel->allow_input = flag(content, "allow_stdin", false);
  if (!silent && flag(content, "store_history", true)) {
    kernel->count++;
    remember(kernel, kernel->code);
  }
  if (!silent) publish_input(kernel);
  run_cell(kernel, kernel->code, json_string_length(code));
  kernel->failed = kernel->status != 0 && !kernel->ended;
  if (kernel->failed) {
    Text text = {0};
    add_error(kernel, reply);
    text_char(&text, '{');
    add_error(kernel, &text);
    pthread_mutex_lock(&kernel->lock);
    publish(kernel, "error", &text);
    pthread_mutex_unlock(&kernel->lock);
    kernel->aborting = stop;
  } else {
    if (kernel->shown.length && !silent) publish_result(kernel);
    add_expressions(kernel, json_object_get(content, "user_expressions"), reply);
    text_string(reply, kernel->ended
                           ? ",\"payload\":[{\"source\":\"ask_exit\",\"keepkernel\":false}]"
                           : ",\"payload\":[]");
  }
  text_format(reply, ",\"execution_count\":%d", kernel->count);
}

/* ---- the other requests ---- */

/* Of a position in code points its byte, and the other way. */
static size_t byte_of(const char *text, size_t length, json_int_t position) {
  size_t at = 0;
  for (; at < length && position > 0; position--) {
    at++;
    while (at < length && (text[at] & 0xc0) == 0x80) at++;
  }
  return at;
}

static long points_of(const char *text, size_t length) {
  long points = 0;
  for (size_t i = 0; i < length; i++) points += (text[i] & 0xc0) != 0x80;
  return points;
}

static bool word_byte(char byte) {
  return isalnum((unsigned char)byte) || byte == '_' || (byte & 0x80);
}

/* Where the cursor of a request stands in its code. */
static const char *cursor(const json_t *content, size_t *length, size_t *at) {
  const json_t *code = json_object_get(content, "code");
  const json_t *position = json_object_get(content, "cursor_pos");
  const char *text = json_is_string(code) ? json_string_value(code) : "";
  *length = json_is_string(code) ? json_string_length(code) : 0;
  *at = json_is_integer(position) ? byte_of(text, *length, json_integer_value(position)) : *length;
  return text;
}

static void take_candidate(void *context, const char *candidate, const char *detail) {
  (void)detail;
  json_t *matches = context;
  size_t i;
  json_t *match;
  json_array_foreach(matches, i,
                     match) if (strcmp(json_string_value(match), candidate) == 0) return;
  json_array_append_new(matches, json_string(candidate));
}

static void complete(Kernel *kernel, const json_t *content, Text *reply) {
  size_t length, at, start;
  const char *code = cursor(content, &length, &at), *end;
  for (start = at; start > 0 && word_byte(code[start - 1]); start--) continue;
  char *word = mem_text(code + start, at - start);
  bool question = code[strspn(code, " \t\n")] == '?';
  json_t *matches = json_array();
  complete_word(kernel->session, code, question ? 0 : start, word, take_candidate, matches);
  if (code[strspn(code, " \t\n")] && strspn(code, " \t\n") == start)
    prompt_complete(word, take_candidate, matches);
  char *text = json_dumps(matches, JSON_COMPACT);
  end = text ? text : "[]";
  text_format(reply, ",\"matches\":%s,\"cursor_start\":%ld,\"cursor_end\":%ld,\"metadata\":{}", end,
              points_of(code, start), points_of(code, at));
  json_free(text);
  json_decref(matches);
  mem_free(word);
}

/* The name at the cursor, or the function whose arguments it is in. */
static void inspect(Kernel *kernel, const json_t *content, Text *reply) {
  size_t length, at;
  const char *code = cursor(content, &length, &at);
  size_t start = at, end = at;
  while (end < length && word_byte(code[end])) end++;
  while (start > 0 && word_byte(code[start - 1])) start--;
  if (start == end) {
    while (start > 0 && code[start - 1] != '(') start--;
    end = start = start > 0 ? start - 1 : 0;
    while (start > 0 && word_byte(code[start - 1])) start--;
  }
  char *name = mem_text(code + start, end - start);
  Text page = {0};
  bool found = end > start && session_describe(kernel->session, name, &page);
  text_format(reply, ",\"found\":%s,\"metadata\":{},\"data\":{", found ? "true" : "false");
  if (found) text_string(reply, "\"text/plain\":"), json_quoted(reply, page.data, page.length);
  text_char(reply, '}');
  text_free(&page);
  mem_free(name);
}

static void is_complete(Kernel *kernel, const json_t *content, Text *reply) {
  (void)kernel;
  size_t length, at;
  const char *code = cursor(content, &length, &at);
  ParseState state = parse_complete(code, length);
  while (length && isspace((unsigned char)code[length - 1])) length--;
  size_t line = length;
  while (line > 0 && code[line - 1] != '\n') line--;
  int indent = (int)strspn(code + line, " ");
  if (indent > 60) indent = 60;
  if (length && strchr("{([", code[length - 1])) indent += INDENT;
  if (state == PARSE_MORE) text_format(reply, ",\"indent\":\"%*s\"", indent, "");
  text_format(reply, ",\"status\":\"%s\"",
              state == PARSE_MORE       ? "incomplete"
              : state == PARSE_COMPLETE ? "complete"
                                        : "invalid");
}

static bool in_history(const Kernel *kernel, const json_t *content, int index) {
  const char *type = json_string_value(json_object_get(content, "hist_access_type"));
  const char *pattern = json_string_value(json_object_get(content, "pattern"));
  json_int_t start = json_integer_value(json_object_get(content, "start"));
  json_int_t stop = json_integer_value(json_object_get(content, "stop"));
  if (type && strcmp(type, "range") == 0)
    return index + 1 >= start && (stop <= 0 || index + 1 < stop);
  if (type && strcmp(type, "search") == 0)
    return !pattern || fnmatch(pattern, kernel->history[index], 0) == 0;
  return true;
}

static void history(Kernel *kernel, const json_t *content, Text *reply) {
  const json_t *wanted = json_object_get(content, "n");
  json_int_t most = json_is_integer(wanted) ? json_integer_value(wanted) : kernel->history_count;
  bool output = flag(content, "output", false), comma = false;
  int found = 0;
  for (int i = 0; i < kernel->history_count; i++) found += in_history(kernel, content, i);
  text_string(reply, ",\"history\":[");
  for (int i = 0; i < kernel->history_count; i++) {
    if (!in_history(kernel, content, i) || found-- > most) continue;
    text_format(reply, "%s[1,%d,%s", comma ? "," : "", i + 1, output ? "[" : "");
    json_quoted(reply, kernel->history[i], strlen(kernel->history[i]));
    text_string(reply, output ? ",null]]" : "]");
    comma = true;
  }
  text_char(reply, ']');
}

static void add_info(Kernel *kernel, const json_t *content, Text *reply) {
  (void)kernel, (void)content;
  text_string(
      reply, ",\"protocol_version\":\"5.3\",\"implementation\":\"gd\","
             "\"implementation_version\":\"" GD_VERSION "\",\"language_info\":{\"name\":\"gd\","
             "\"version\":\"" GD_VERSION "\",\"mimetype\":\"text/x-gd\",\"file_extension\":\".gd\","
             "\"pygments_lexer\":\"text\"},\"banner\":\"gd " GD_VERSION
             ": ?name describes a name, help explains\",\"help_links\":[],\"debugger\":false");
}

static void comm_info(Kernel *kernel, const json_t *content, Text *reply) {
  (void)kernel, (void)content;
  text_string(reply, ",\"comms\":{}");
}

static void shut_down(Kernel *kernel, const json_t *content, Text *reply) {
  kernel->shut = true;
  text_format(reply, ",\"restart\":%s", flag(content, "restart", false) ? "true" : "false");
}

/* ---- shell and control ---- */

typedef struct Request {
  const char *name; /* without `_request` */
  void (*answer)(Kernel *kernel, const json_t *content, Text *reply);
  bool beside; /* on the control channel too: it calls nothing of the interpreter */
} Request;

static const Request REQUESTS[] = {
    {"execute", execute, false},    {"complete", complete, false},
    {"inspect", inspect, false},    {"is_complete", is_complete, false},
    {"history", history, false},    {"kernel_info", add_info, true},
    {"comm_info", comm_info, true}, {"shutdown", shut_down, true},
};

static const Request *request_named(const char *type) {
  for (int i = 0; i < COUNT_OF(REQUESTS); i++) {
    size_t length = strlen(REQUESTS[i].name);
    if (strncmp(type, REQUESTS[i].name, length) == 0 && strcmp(type + length, "_request") == 0)
      return &REQUESTS[i];
  }
  return NULL;
}

static void complain(const Kernel *kernel, const char *wrong) {
  dprintf(kernel->streams[1].kept, "gd kernel: a message is left out: %.200s\n", wrong);
}

/* `name`: of the request.  The reply's status comes first, unless the request has one of its own.
 */
static void send_reply(Kernel *kernel, ChannelKind kind, const Message *message, const char *name,
                       const char *status, Text *fields) {
  char type[64];
  size_t length;
  const char *header = message_header(message, &length);
  char *parent = mem_text(header, length);
  Text text = {0};
  snprintf(type, sizeof type, "%s_reply", name);
  if (status) text_format(&text, "{\"status\":\"%s\"", status);
  else text_char(&text, '{');
  size_t skipped = !status && fields->length ? 1 : 0; /* a comma */
  if (fields->length) text_add(&text, fields->data + skipped, fields->length - skipped);
  text_char(&text, '}');
  channel_send(&kernel->channels, kind, message, type, parent, &text);
  text_free(&text);
  text_free(fields);
  mem_free(parent);
}

static void set_parent(Kernel *kernel, const Message *message) {
  pthread_mutex_lock(&kernel->lock);
  kernel->parent.length = 0;
  size_t length;
  const char *header = message_header(message, &length);
  text_add(&kernel->parent, header, length);
  pthread_mutex_unlock(&kernel->lock);
  kernel->request = message;
}

/* A cell has failed, and its client does not know yet: those that already wait are not run.  What
 * comes after the reply is. */
static void hold_waiting(Kernel *kernel) {
  Message message;
  const char *wrong;
  kernel->aborting = false;
  while (channel_receive(&kernel->channels, CHANNEL_SHELL, &message, &wrong)) {
    kernel->held = mem_grow(kernel->held, (size_t)(kernel->held_count + 1) * sizeof message);
    kernel->held[kernel->held_count++] = message;
    if (wrong) complain(kernel, wrong);
  }
}

static void take_request(Kernel *kernel, const Message *message, const char *wrong, bool abort) {
  const Request *request = request_named(message_type(message));
  Text fields = {0};
  if (!request) {
    if (strncmp(message_type(message), "comm_", 5) != 0) complain(kernel, "an unknown request");
    return;
  }
  set_parent(kernel, message);
  publish_status(kernel, "busy");
  kernel->failed = false;
  bool aborted = abort && request->answer == execute;
  const char *status = "ok";
  if (wrong) {
    status = "error";
    text_string(&fields, ",\"ename\":\"Error\",\"traceback\":[]");
    field(&fields, "evalue", wrong, strlen(wrong));
  } else if (aborted) {
    status = "aborted";
  } else {
    request->answer(kernel, message->content, &fields);
    if (kernel->failed) status = "error";
    if (request->answer == is_complete) status = NULL;
  }
  if (kernel->aborting) hold_waiting(kernel);
  send_reply(kernel, CHANNEL_SHELL, message, request->name, status, &fields);
  publish_status(kernel, "idle");
  kernel->request = NULL;
}

/* The next request of the shell, and those that it has made void. */
static void serve_one(Kernel *kernel) {
  Message message;
  const char *wrong;
  if (!channel_receive(&kernel->channels, CHANNEL_SHELL, &message, &wrong)) return;
  if (wrong) complain(kernel, wrong);
  if (message.header) take_request(kernel, &message, wrong, false);
  message_free(&message);
  for (int i = 0; i < kernel->held_count; i++) {
    Message *held = &kernel->held[i];
    const char *unused = held->content ? NULL : "it cannot be read";
    if (held->header) take_request(kernel, held, unused, true);
    message_free(held);
  }
  kernel->held_count = 0;
}

static void serve(Kernel *kernel) {
  while (!kernel->ended && !kernel->shut) {
    Awaited awaited = {.kinds = {CHANNEL_SHELL}, .kind_count = 1};
    bool some = channels_wait(&kernel->channels, &awaited, WAIT_MILLISECONDS);
    if (vm_asked() == SIGNAL_ENDS || vm_limit(kernel->session->vm)) break;
    signals_reset(); /* an interrupt that came between cells */
    if (some) serve_one(kernel);
  }
}

/* ---- the second thread ---- */

static void interrupt(Kernel *kernel) {
  if (vm_asked() < SIGNAL_INSISTED) pthread_kill(kernel->main, SIGINT);
}

static void control(Kernel *kernel) {
  Message message;
  const char *wrong;
  if (!channel_receive(&kernel->channels, CHANNEL_CONTROL, &message, &wrong)) return;
  if (wrong) complain(kernel, wrong);
  const char *type = message.header && !wrong ? message_type(&message) : "";
  const Request *request = request_named(type);
  Text fields = {0};
  if (strcmp(type, "interrupt_request") == 0) {
    interrupt(kernel);
    send_reply(kernel, CHANNEL_CONTROL, &message, "interrupt", "ok", &fields);
  } else if (request && request->beside) {
    request->answer(kernel, message.content, &fields);
    send_reply(kernel, CHANNEL_CONTROL, &message, request->name, "ok", &fields);
    if (kernel->shut) pthread_kill(kernel->main, SIGTERM);
  } else if (*type) {
    complain(kernel, "a request that the control channel does not serve");
  }
  message_free(&message);
}

static void *beat(void *context) {
  Kernel *kernel = context;
  for (;;) {
    Awaited awaited = {
        .kinds = {CHANNEL_BEAT, CHANNEL_CONTROL},
        .kind_count = 2,
        .descriptors = {kernel->streams[0].from, kernel->streams[1].from, kernel->end[0]},
        .descriptor_count = 3};
    channels_wait(&kernel->channels, &awaited, 2 * WAIT_MILLISECONDS);
    if (awaited.ready[4]) return NULL;
    if (awaited.ready[2] || awaited.ready[3]) drain(kernel, false);
    if (awaited.ready[0]) channel_echo(&kernel->channels);
    if (awaited.ready[1]) control(kernel);
    if (kernel->parent_process && getppid() != kernel->parent_process && !kernel->shut) {
      kernel->shut = true; /* Jupyter is gone */
      pthread_kill(kernel->main, SIGTERM);
    }
  }
}

static bool start_beat(Kernel *kernel) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  bool started = pthread_create(&kernel->beat, NULL, beat, kernel) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}

/* ---- beginning and end ---- */

static bool take_stream(Stream *stream, const char *name, int number) {
  int ends[2];
  *stream = (Stream){.name = name, .number = number, .kept = -1, .from = -1};
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  stream->from = ends[0];
  stream->kept = fcntl(number, F_DUPFD_CLOEXEC, 3);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  bool fine = stream->kept >= 0 && dup2(ends[1], number) >= 0;
  close(ends[1]);
  return fine;
}

static void give_stream(Stream *stream) {
  if (stream->kept >= 0) {
    dup2(stream->kept, stream->number);
    close(stream->kept);
  }
  if (stream->from >= 0) close(stream->from);
  text_free(&stream->tail);
}

static bool start(Kernel *kernel, Diag *diag) {
  int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);
  fflush(stdout);
  fflush(stderr);
  kernel->end[0] = kernel->end[1] = -1;
  bool fine = take_stream(&kernel->streams[0], "stdout", STDOUT_FILENO) &&
              take_stream(&kernel->streams[1], "stderr", STDERR_FILENO) && empty >= 0 &&
              dup2(empty, STDIN_FILENO) >= 0 && pipe2(kernel->end, O_CLOEXEC) == 0 &&
              start_beat(kernel);
  if (empty >= 0) close(empty);
  if (fine) return true;
  return diag_fail(diag, STATUS_MEMORY, (Span){0}, "the kernel cannot start: %s", strerror(errno));
}

static void free_kernel(Kernel *kernel) {
  for (int i = 0; i < 2; i++) give_stream(&kernel->streams[i]);
  for (int i = 0; i < 2; i++)
    if (kernel->end[i] >= 0) close(kernel->end[i]);
  for (int i = 0; i < kernel->history_count; i++) mem_free(kernel->history[i]);
  mem_free(kernel->history);
  mem_free(kernel->held);
  text_free(&kernel->parent);
  text_free(&kernel->said);
  text_free(&kernel->shown);
  pthread_mutex_destroy(&kernel->lock);
}

static void run(Kernel *kernel) {
  Session *session = kernel->session;
  Session before = *session;
  Notebook notebook = {kernel, show_picture, show_progress, ask};
  session->say = hear;
  session->context = kernel;
  output_notebook(&notebook);
  publish_status(kernel, "starting");
  serve(kernel);
  output_notebook(NULL);
  settle(kernel);
  char byte = 0;
  while (write(kernel->end[1], &byte, 1) < 0 && errno == EINTR) continue;
  pthread_join(kernel->beat, NULL);
  session->say = before.say;
  session->context = before.context;
}

int jupyter_run(Session *session, const char *connection_file) {
  Diag diag = {0};
  Kernel *kernel = mem_zero(sizeof *kernel);
  kernel->session = session;
  kernel->main = pthread_self();
  kernel->parent_process = getenv("JPY_PARENT_PID") ? getppid() : 0;
  kernel->streams[0] = kernel->streams[1] = (Stream){.kept = -1, .from = -1};
  kernel->end[0] = kernel->end[1] = -1;
  pthread_mutex_init(&kernel->lock, NULL);
  if (channels_open(&kernel->channels, &session->vm->files, connection_file, &diag) &&
      start(kernel, &diag))
    run(kernel);
  bool shut = kernel->shut, ended = kernel->ended;
  int status = diag.status ? diag.status : shut || ended ? 0 : STATUS_TERMINATED;
  free_kernel(kernel);
  channels_close(&kernel->channels);
  mem_free(kernel);
  if (diag.status) session_say(session, &diag);
  return status;
}
