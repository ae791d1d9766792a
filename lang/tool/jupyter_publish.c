/* jupyter_publish.c — the messages that `gd kernel` sends unasked: status, output, results.
 *
 * The pipes of standard output and standard error are read under the kernel's lock, by whichever
 * thread comes first.  A UTF-8 sequence that is cut at the end of a read waits for its rest.
 */
#include "lang/tool/jupyter_publish.h"

#include "lang/library/natives.h"
#include "lang/text/output.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 64 << 10 };

/* Adds a field to an object, or to the fields of a reply. */
void jupyter_field(Text *text, const char *name, const char *value, size_t length) {
  bool first = text->length && text->data[text->length - 1] == '{';
  text_format(text, "%s\"%s\":", first ? "" : ",", name);
  json_quoted(text, value, length);
}

void jupyter_publish(Kernel *kernel, const char *type, Text *content) {
  text_char(content, '}');
  const char *parent = kernel->parent.length ? kernel->parent.data : "{}";
  channel_send(&kernel->channels, CHANNEL_IOPUB, NULL, type, parent, content);
  text_free(content);
}

void jupyter_publish_status(Kernel *kernel, const char *state) {
  Text text = {0};
  text_char(&text, '{');
  jupyter_field(&text, "execution_state", state, strlen(state));
  pthread_mutex_lock(&kernel->lock);
  jupyter_publish(kernel, "status", &text);
  pthread_mutex_unlock(&kernel->lock);
}

void jupyter_publish_stream(Kernel *kernel, const char *name, const char *bytes, size_t length) {
  if (!length) return;
  Text text = {0};
  text_char(&text, '{');
  jupyter_field(&text, "name", name, strlen(name));
  jupyter_field(&text, "text", bytes, length);
  jupyter_publish(kernel, "stream", &text);
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
    jupyter_publish_stream(kernel, stream->name, stream->tail.data, ready);
    memmove(stream->tail.data, stream->tail.data + ready, left);
    stream->tail.length = left;
  }
  if (!whole || !stream->tail.length) return;
  jupyter_publish_stream(kernel, stream->name, stream->tail.data, stream->tail.length);
  stream->tail.length = 0;
}

void jupyter_drain(Kernel *kernel, bool whole) {
  pthread_mutex_lock(&kernel->lock);
  for (int i = 0; i < 2; i++) drain_one(kernel, &kernel->streams[i], whole);
  pthread_mutex_unlock(&kernel->lock);
}

/* All that was printed so far is published. */
void jupyter_settle(Kernel *kernel) {
  output_settle();
  fflush(stdout);
  fflush(stderr);
  jupyter_drain(kernel, false);
}

bool jupyter_flag(const json_t *content, const char *name, bool usual) {
  const json_t *value = json_object_get(content, name);
  return json_is_boolean(value) ? json_is_true(value) : usual;
}
