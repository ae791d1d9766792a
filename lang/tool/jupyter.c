/* jupyter.c — a Jupyter kernel: the meaning of the messages of the protocol 5.3
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html).
 *
 * Two threads.  The session's thread takes requests of the shell channel, one after the other, and
 * runs cells.  The second thread handles what must not wait for a running cell: heartbeat,
 * interrupt, shutdown, and the cell's output.  It calls nothing of the interpreter.
 *
 * Standard output and standard error are pipes.  The second thread reads their other ends and
 * publishes the text, so all output of the process arrives while it runs.  At the end of a cell,
 * and before a picture, the session's thread empties the pipes itself, under the same lock, so that
 * nothing is published after the message that its cell is done.  Standard input is empty;
 * read_line() asks the user through the stdin channel.
 *
 * jupyter_cell.c runs cells, jupyter_inquiry.c answers questions about code, and both send through
 * jupyter_publish.c.  Invalid messages are reported on the standard error that gd was started with,
 * and answered if their header is valid.
 *
 * To add a request: a row of REQUESTS and its function (jupyter_inquiry.c), which adds the fields
 * of the reply.
 */
#include "lang/tool/jupyter.h"

#include "lang/library/natives.h"
#include "lang/machine/signals.h"
#include "lang/text/output.h"
#include "lang/tool/jupyter_cell.h"
#include "lang/tool/jupyter_inquiry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- shell and control ---- */

typedef struct Request {
  const char *name; /* without `_request` */
  JupyterAnswer *answer;
  bool beside; /* on the control channel too: it calls nothing of the interpreter */
} Request;

static const Request REQUESTS[] = {
    {"execute", jupyter_execute, false},    {"complete", jupyter_complete, false},
    {"inspect", jupyter_inspect, false},    {"is_complete", jupyter_is_complete, false},
    {"history", jupyter_history, false},    {"kernel_info", jupyter_info, true},
    {"comm_info", jupyter_comm_info, true}, {"shutdown", jupyter_shut_down, true},
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
  dprintf(kernel->streams[1].kept, "gd kernel: a message was ignored: %.200s\n", wrong);
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
  jupyter_publish_status(kernel, "busy");
  kernel->failed = false;
  bool aborted = abort && request->answer == jupyter_execute;
  const char *status = "ok";
  if (wrong) {
    status = "error";
    text_string(&fields, ",\"ename\":\"Error\",\"traceback\":[]");
    jupyter_field(&fields, "evalue", wrong, strlen(wrong));
  } else if (aborted) {
    status = "aborted";
  } else {
    request->answer(kernel, message->content, &fields);
    if (kernel->failed) status = "error";
    if (request->answer == jupyter_is_complete) status = NULL;
  }
  if (kernel->aborting) hold_waiting(kernel);
  send_reply(kernel, CHANNEL_SHELL, message, request->name, status, &fields);
  jupyter_publish_status(kernel, "idle");
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
    bool some = channels_wait(&kernel->channels, &awaited, JUPYTER_WAIT);
    if (vm_asked() == SIGNAL_ENDS || vm_limit(kernel->session->vm)) break;
    signals_reset(); /* an interrupt between cells; one that comes from here on ends the next */
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
    if (kernel->shut && vm_asked() != SIGNAL_ENDS) pthread_kill(kernel->main, SIGTERM);
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
    channels_wait(&kernel->channels, &awaited, 2 * JUPYTER_WAIT);
    if (awaited.ready[4]) return NULL;
    if (awaited.ready[2] || awaited.ready[3]) jupyter_drain(kernel, false);
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
  Notebook notebook = {kernel, jupyter_picture, jupyter_progress, jupyter_ask};
  session->say = jupyter_hear;
  session->context = kernel;
  output_notebook(&notebook);
  jupyter_publish_status(kernel, "starting");
  serve(kernel);
  output_notebook(NULL);
  jupyter_settle(kernel);
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
