/* jupyter_cell.c — `gd kernel` runs a cell, and publishes what it shows.
 *
 * A cell is what would be typed at the prompt, statement by statement (statements.h): the last
 * value is shown, a failing statement is undone and ends the cell.
 */
#include "lang/tool/jupyter_cell.h"

#include "lang/library/natives.h"
#include "lang/machine/signals.h"
#include "lang/syntax/statements.h"
#include "lang/text/output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the program shows ---- */

void jupyter_hear(void *context, const char *text, size_t length) {
  Kernel *kernel = context;
  jupyter_settle(kernel);
  if (strncmp(text, "error", 5) == 0 || strstr(text, "\nerror")) {
    text_add(&kernel->said, text, length);
    return;
  }
  pthread_mutex_lock(&kernel->lock);
  jupyter_publish_stream(kernel, "stderr", text, length);
  pthread_mutex_unlock(&kernel->lock);
}

void jupyter_picture(void *context, const Text *svg, const Text *letters) {
  Kernel *kernel = context;
  jupyter_settle(kernel);
  Text text = {0};
  text_string(&text, "{\"metadata\":{},\"transient\":{},\"data\":{\"image/svg+xml\":");
  json_quoted(&text, svg->data, svg->length);
  jupyter_field(&text, "text/plain", letters->data, letters->length);
  text_char(&text, '}');
  pthread_mutex_lock(&kernel->lock);
  jupyter_publish(kernel, "display_data", &text);
  pthread_mutex_unlock(&kernel->lock);
}

/* The first time it is an output with a name, then that output is changed. */
void jupyter_progress(void *context, const char *line, size_t length, bool last) {
  Kernel *kernel = context;
  jupyter_settle(kernel);
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
  jupyter_publish(kernel, update ? "update_display_data" : "display_data", &text);
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
bool jupyter_ask(void *context, Text *line) {
  Kernel *kernel = context;
  jupyter_settle(kernel);
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
    if (channels_wait(&kernel->channels, &awaited, JUPYTER_WAIT) && take_answer(kernel, line))
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
  session_explain(kernel->session, name, &page);
  fwrite(page.data, 1, page.length, stdout);
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
  const char *value = colon         ? colon + 2
                      : interrupted ? "interrupted: finished statements are kept"
                                    : "";
  size_t length = strcspn(value, "\n"), whole = kernel->said.length;
  jupyter_field(text, "ename", name, strlen(name));
  jupyter_field(text, "evalue", value, length);
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
  jupyter_publish(kernel, "execute_result", &text);
  pthread_mutex_unlock(&kernel->lock);
}

/* Each expression is evaluated as a line of its own. */
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
  jupyter_field(&text, "code", kernel->code, strlen(kernel->code));
  pthread_mutex_lock(&kernel->lock);
  jupyter_publish(kernel, "execute_input", &text);
  pthread_mutex_unlock(&kernel->lock);
}

static void run_cell(Kernel *kernel, const char *code, size_t length) {
  kernel->said.length = kernel->shown.length = 0;
  kernel->status = 0;
  kernel->line_open = false;
  parse_statements(code, length, run_statement, kernel);
  output_settle();
  fflush(stdout);
  fflush(stderr);
  jupyter_drain(kernel, true);
}

void jupyter_execute(Kernel *kernel, const json_t *content, Text *reply) {
  const json_t *code = json_object_get(content, "code");
  bool silent = jupyter_flag(content, "silent", false),
       stop = jupyter_flag(content, "stop_on_error", true);
  if (!json_is_string(code)) {
    kernel->failed = true;
    text_string(reply, ",\"ename\":\"Error\",\"evalue\":\"an execute_request has `code`, a "
                       "text\",\"traceback\":[]");
    return;
  }
  kernel->code = json_string_value(code);
  kernel->allow_input = jupyter_flag(content, "allow_stdin", false);
  if (!silent && jupyter_flag(content, "store_history", true)) {
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
    jupyter_publish(kernel, "error", &text);
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
