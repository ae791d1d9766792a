/* channel.c — the transport of the Jupyter messaging protocol 5.3, over libzmq
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html).
 *
 * libzmq is loaded when a kernel starts.  The few functions that are used are declared here by hand
 * (http://api.zeromq.org/4-3:_start).  A socket belongs to one thread, except that of output, which
 * two threads use under the lock.
 *
 * No message is used before its signature was compared, in constant time; a frame may not be longer
 * than a source.  Messages are composed as text, not as a tree, and the header of a request is
 * copied byte for byte into its replies.
 */
#include "lang/tool/channel.h"
#include "lang/text/report.h"
#include "lang/text/source.h"
#include "lang/tool/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
  SOCKET_PUBLISH = 1,
  SOCKET_REPLY = 4,
  SOCKET_ROUTER = 6,
  OPTION_LINGER = 17,
  OPTION_LARGEST = 22,
  OPTION_SEND_QUEUE = 23,
  OPTION_HANDOVER = 56,
  DO_NOT_WAIT = 1,
  SEND_MORE = 2,
  POLL_IN = 1,
  FRAME_BYTES = 64,
  LINGER_MILLISECONDS = 1000,
  QUEUE_MOST = 100000 /* messages of output for a client that does not read */
};

typedef struct Frame {
  _Alignas(8) unsigned char bytes[FRAME_BYTES]; /* libzmq's own */
} Frame;

typedef struct PollItem {
  void *socket;
  int descriptor;
  short events, happened;
} PollItem;

struct Queue {
  void *(*ctx_new)(void);
  int (*ctx_term)(void *context);
  void *(*socket)(void *context, int type);
  int (*setsockopt)(void *socket, int option, const void *value, size_t length);
  int (*bind)(void *socket, const char *address);
  int (*close)(void *socket);
  int (*poll)(PollItem *items, int count, long milliseconds);
  int (*send)(void *socket, const void *bytes, size_t length, int flags);
  int (*msg_init)(Frame *frame);
  int (*msg_recv)(Frame *frame, void *socket, int flags);
  void *(*msg_data)(Frame *frame);
  size_t (*msg_size)(const Frame *frame);
  int (*msg_more)(const Frame *frame);
  int (*msg_close)(Frame *frame);
  int (*error)(void);
  const char *(*strerror)(int number);
};

static const char *const NAMES[] = {
    "ctx_new",  "ctx_term", "socket",   "setsockopt", "bind",     "close",     "poll",  "send",
    "msg_init", "msg_recv", "msg_data", "msg_size",   "msg_more", "msg_close", "errno", "strerror"};
_Static_assert(sizeof(Queue) == sizeof NAMES, "a name for each function");

static const char MARK[] = "<IDS|MSG>";

static bool load_queue(Queue *queue, Diag *diag) {
  static const char *const files[] = {"libzmq.so.5", "libzmq.so", "libzmq.dylib"};
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool whole = handle != NULL;
  for (int i = 0; i < COUNT_OF(NAMES) && whole; i++)
    whole = dynamic_find(handle, "zmq_", NAMES[i], (char *)queue + (size_t)i * sizeof(void *));
  if (whole) return true;
  diag_fail(diag, STATUS_MISSING, (Span){0, 0, 0},
            "a Jupyter kernel needs libzmq (ZeroMQ), which is not on this system");
  return diag_help(diag, "its package is called libzmq5 or zeromq; gd needs it only for this");
}

/* ---- the connection file ---- */

static bool wrong_file(Diag *diag, const char *path, const char *what) {
  file_fail(diag, STATUS_MALFORMED, path, "this is not a connection file: %s", what);
  return diag_help(diag, "Jupyter writes one for each kernel and starts gd with it");
}

static const char *word(const json_t *json, const char *key) {
  return json_string_value(json_object_get(json, key));
}

/* Where a channel listens: tcp://127.0.0.1:5555, ipc:///run/x-1. */
static bool address_of(const json_t *json, const char *name, char address[512]) {
  char key[32];
  snprintf(key, sizeof key, "%s_port", name);
  json_int_t port = json_integer_value(json_object_get(json, key));
  const char *transport = word(json, "transport"), *place = word(json, "ip");
  bool local = transport && strcmp(transport, "ipc") == 0;
  if (!transport || !place || port < 1 || port > 65535) return false;
  if (!local && strcmp(transport, "tcp") != 0) return false;
  return snprintf(address, 512, "%s://%s%c%d", transport, place, local ? '-' : ':', (int)port) <
         512;
}

static bool bind_one(Channels *channels, ChannelKind kind, const char *address, Diag *diag) {
  static const int types[CHANNEL_COUNT] = {SOCKET_ROUTER, SOCKET_ROUTER, SOCKET_ROUTER,
                                           SOCKET_PUBLISH, SOCKET_REPLY};
  const Queue *queue = channels->queue;
  void *socket = channels->sockets[kind] = queue->socket(channels->context, types[kind]);
  int linger = LINGER_MILLISECONDS, most = QUEUE_MOST, yes = 1;
  int64_t largest = SOURCE_LIMIT;
  if (socket) {
    queue->setsockopt(socket, OPTION_LINGER, &linger, sizeof linger);
    queue->setsockopt(socket, OPTION_LARGEST, &largest, sizeof largest);
    queue->setsockopt(socket, OPTION_SEND_QUEUE, &most, sizeof most);
    if (types[kind] == SOCKET_ROUTER) queue->setsockopt(socket, OPTION_HANDOVER, &yes, sizeof yes);
  }
  if (socket && queue->bind(socket, address) == 0) return true;
  diag_fail(diag, STATUS_IO, (Span){0, 0, 0}, "%.200s cannot be bound: %s", address,
            queue->strerror(queue->error()));
  return diag_help(diag, "another kernel may use this connection file");
}

static bool bind_all(Channels *channels, const json_t *json, const char *path, Diag *diag) {
  static const char *const names[CHANNEL_COUNT] = {"shell", "control", "stdin", "iopub", "hb"};
  const char *scheme = word(json, "signature_scheme"), *key = word(json, "key");
  if (!json_is_object(json)) return wrong_file(diag, path, "it is not a JSON object");
  if (key && *key && scheme && strcmp(scheme, "hmac-sha256") != 0)
    return wrong_file(diag, path, "messages can only be signed by hmac-sha256");
  channels->key = mem_text(key ? key : "", key ? strlen(key) : 0);
  channels->context = channels->queue->ctx_new();
  for (int i = 0; i < CHANNEL_COUNT; i++) {
    char address[512];
    if (!address_of(json, names[i], address))
      return wrong_file(diag, path, "it needs `transport` (tcp or ipc), `ip` and five ports");
    if (!bind_one(channels, (ChannelKind)i, address, diag)) return false;
  }
  return true;
}

static void name_session(Channels *channels) {
  uint8_t random[16] = {0};
  if (getrandom(random, sizeof random, 0) < 0) clock_gettime(CLOCK_REALTIME, (void *)random);
  for (int i = 0; i < COUNT_OF(random); i++)
    snprintf(channels->session + 2 * i, 3, "%02x", random[i]);
}

bool channels_open(Channels *channels, const Files *files, const char *path, Diag *diag) {
  Bytes bytes = {0};
  *channels = (Channels){.queue = mem_zero(sizeof(Queue))};
  pthread_mutex_init(&channels->lock, NULL);
  if (!load_queue(channels->queue, diag) || !file_read(files, path, &bytes, diag)) return false;
  json_error_t error;
  json_t *json = json_loadb((const char *)bytes.data, bytes.length, 0, &error);
  bool fine = json ? bind_all(channels, json, path, diag) : wrong_file(diag, path, error.text);
  json_decref(json);
  bytes_free(&bytes);
  name_session(channels);
  return fine;
}

void channels_close(Channels *channels) {
  for (int i = 0; i < CHANNEL_COUNT; i++)
    if (channels->sockets[i]) channels->queue->close(channels->sockets[i]);
  if (channels->context) channels->queue->ctx_term(channels->context);
  pthread_mutex_destroy(&channels->lock);
  mem_free(channels->queue);
  mem_free(channels->key);
}

/* ---- waiting and receiving ---- */

bool channels_wait(const Channels *channels, Awaited *awaited, int milliseconds) {
  PollItem items[5] = {{0}};
  int count = 0;
  for (int i = 0; i < awaited->kind_count; i++, count++)
    items[count] = (PollItem){channels->sockets[awaited->kinds[i]], 0, POLL_IN, 0};
  for (int i = 0; i < awaited->descriptor_count; i++, count++)
    items[count] = (PollItem){NULL, awaited->descriptors[i], POLL_IN, 0};
  int found = channels->queue->poll(items, count, milliseconds);
  for (int i = 0; i < count; i++) awaited->ready[i] = found > 0 && items[i].happened;
  return found > 0;
}

/* All frames of the next message, up to FRAMES_MOST; false when there is none. */
static bool take_frames(const Channels *channels, ChannelKind kind, Message *message) {
  const Queue *queue = channels->queue;
  Frame frame;
  bool more = true;
  while (more) {
    queue->msg_init(&frame);
    int got;
    do got = queue->msg_recv(&frame, channels->sockets[kind], DO_NOT_WAIT);
    while (got < 0 && queue->error() == EINTR);
    if (got < 0) return queue->msg_close(&frame), false;
    more = queue->msg_more(&frame) != 0;
    if (message->count < FRAMES_MOST) {
      text_add(&message->bytes, queue->msg_data(&frame), queue->msg_size(&frame));
      message->ends[message->count++] = message->bytes.length;
    }
    queue->msg_close(&frame);
  }
  return true;
}

static const char *frame_at(const Message *message, int index, size_t *length) {
  size_t start = index ? message->ends[index - 1] : 0;
  *length = message->ends[index] - start;
  return *length ? message->bytes.data + start : "";
}

static void sign(const Channels *channels, const char *const parts[4], const size_t lengths[4],
                 char hex[SHA256_HEX]) {
  Hmac hmac;
  hex[0] = 0;
  if (!*channels->key) return;
  hmac_start(&hmac, channels->key, strlen(channels->key));
  for (int i = 0; i < 4; i++) hmac_add(&hmac, parts[i], lengths[i]);
  hmac_end(&hmac, hex);
}

static bool signed_right(const Channels *channels, const Message *message) {
  const char *parts[4];
  size_t lengths[4], length;
  char hex[SHA256_HEX];
  for (int i = 0; i < 4; i++) parts[i] = frame_at(message, message->mark + 2 + i, &lengths[i]);
  sign(channels, parts, lengths, hex);
  const char *given = frame_at(message, message->mark + 1, &length);
  if (!*channels->key) return true;
  unsigned differs = length != SHA256_HEX - 1;
  for (size_t i = 0; i < SHA256_HEX - 1 && i < length; i++)
    differs |= (unsigned)(given[i] ^ hex[i]) & 255;
  return !differs;
}

static json_t *frame_json(const Message *message, int index) {
  size_t length;
  const char *bytes = frame_at(message, index, &length);
  json_error_t error;
  json_t *json = json_loadb(bytes, length, JSON_ALLOW_NUL, &error);
  if (json_is_object(json)) return json;
  json_decref(json);
  return NULL;
}

static const char *read_message(const Channels *channels, Message *message) {
  size_t length;
  message->mark = -1;
  for (int i = 0; i < message->count && message->mark < 0; i++)
    if (strncmp(frame_at(message, i, &length), MARK, sizeof MARK - 1) == 0 &&
        length == sizeof MARK - 1)
      message->mark = i;
  if (message->mark < 0) return "it has no frame <IDS|MSG>";
  if (message->count < message->mark + 6) return "frames are missing";
  if (!signed_right(channels, message)) return "its signature is wrong";
  message->header = frame_json(message, message->mark + 2);
  if (!message->header || !message_type(message)) {
    json_decref(message->header);
    message->header = NULL;
    return "its header is not a JSON object with `msg_type`";
  }
  message->content = frame_json(message, message->mark + 5);
  return message->content ? NULL : "its content is not a JSON object in UTF-8";
}

bool channel_receive(Channels *channels, ChannelKind kind, Message *message, const char **wrong) {
  *message = (Message){0};
  *wrong = NULL;
  if (!take_frames(channels, kind, message)) return message_free(message), false;
  *wrong = read_message(channels, message);
  return true;
}

void message_free(Message *message) {
  text_free(&message->bytes);
  json_decref(message->header);
  json_decref(message->content);
  *message = (Message){0};
}

const char *message_type(const Message *message) { return word(message->header, "msg_type"); }

const char *message_header(const Message *message, size_t *length) {
  return frame_at(message, message->mark + 2, length);
}

/* ---- sending ---- */

static void add_header(Channels *channels, const char *type, Text *text) {
  struct timespec now;
  struct tm parts;
  char date[32];
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &parts);
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  text_format(text,
              "{\"msg_id\":\"%s_%llu\",\"session\":\"%s\",\"username\":\"gd\",\"date\":"
              "\"%s.%06ldZ\",\"msg_type\":\"%s\",\"version\":\"5.3\"}",
              channels->session, (unsigned long long)++channels->sent, channels->session, date,
              now.tv_nsec / 1000, type);
}

static void send_frame(const Channels *channels, void *socket, const char *bytes, size_t length,
                       bool more) {
  const Queue *queue = channels->queue;
  while (queue->send(socket, bytes, length, more ? SEND_MORE : 0) < 0 && queue->error() == EINTR)
    continue;
}

void channel_send(Channels *channels, ChannelKind kind, const Message *to, const char *type,
                  const char *parent, const Text *content) {
  void *socket = channels->sockets[kind];
  char hex[SHA256_HEX];
  Text header = {0};
  size_t length;
  pthread_mutex_lock(&channels->lock);
  add_header(channels, type, &header);
  const char *parts[4] = {header.data, parent, "{}", content->length ? content->data : "{}"};
  const size_t lengths[4] = {header.length, strlen(parent), 2,
                             content->length ? content->length : 2};
  sign(channels, parts, lengths, hex);
  if (!to) send_frame(channels, socket, type, strlen(type), true);
  for (int i = 0; to && i < to->mark; i++) {
    const char *bytes = frame_at(to, i, &length);
    send_frame(channels, socket, bytes, length, true);
  }
  send_frame(channels, socket, MARK, sizeof MARK - 1, true);
  send_frame(channels, socket, hex, strlen(hex), true);
  for (int i = 0; i < 4; i++) send_frame(channels, socket, parts[i], lengths[i], i < 3);
  pthread_mutex_unlock(&channels->lock);
  text_free(&header);
}

void channel_echo(Channels *channels) {
  Message message = {0};
  if (!take_frames(channels, CHANNEL_BEAT, &message)) return;
  for (int i = 0; i < message.count; i++) {
    size_t length;
    const char *bytes = frame_at(&message, i, &length);
    send_frame(channels, channels->sockets[CHANNEL_BEAT], bytes, length, i + 1 < message.count);
  }
  message_free(&message);
}
