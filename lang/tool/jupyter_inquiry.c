/* jupyter_inquiry.c — the Jupyter requests that run no code: completion, the page of a name,
 * whether a cell is complete, the history, information about the kernel.
 *
 * Positions in code are counted in code points.
 */
#include "lang/tool/jupyter_inquiry.h"

#include "lang/library/natives.h"
#include "lang/syntax/parse.h"
#include "lang/tool/complete.h"
#include "lang/tool/prompt.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { INDENT = 2 };

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

void jupyter_complete(Kernel *kernel, const json_t *content, Text *reply) {
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
void jupyter_inspect(Kernel *kernel, const json_t *content, Text *reply) {
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

void jupyter_is_complete(Kernel *kernel, const json_t *content, Text *reply) {
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

void jupyter_history(Kernel *kernel, const json_t *content, Text *reply) {
  const json_t *wanted = json_object_get(content, "n");
  json_int_t most = json_is_integer(wanted) ? json_integer_value(wanted) : kernel->history_count;
  bool output = jupyter_flag(content, "output", false), comma = false;
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

void jupyter_info(Kernel *kernel, const json_t *content, Text *reply) {
  (void)kernel, (void)content;
  text_string(
      reply, ",\"protocol_version\":\"5.3\",\"implementation\":\"gd\","
             "\"implementation_version\":\"" GD_VERSION "\",\"language_info\":{\"name\":\"gd\","
             "\"version\":\"" GD_VERSION "\",\"mimetype\":\"text/x-gd\",\"file_extension\":\".gd\","
             "\"pygments_lexer\":\"text\"},\"banner\":\"gd " GD_VERSION
             ": ?name describes a name, help explains\",\"help_links\":[],\"debugger\":false");
}

void jupyter_comm_info(Kernel *kernel, const json_t *content, Text *reply) {
  (void)kernel, (void)content;
  text_string(reply, ",\"comms\":{}");
}

void jupyter_shut_down(Kernel *kernel, const json_t *content, Text *reply) {
  kernel->shut = true;
  text_format(reply, ",\"restart\":%s", jupyter_flag(content, "restart", false) ? "true" : "false");
}
