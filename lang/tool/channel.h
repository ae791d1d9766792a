/* channel.h — the five sockets of a Jupyter kernel, and signed messages on them. */
#ifndef GD_LANG_CHANNEL_H
#define GD_LANG_CHANNEL_H

#include "runtime/compute.h"
#include "runtime/files.h"

#include <jansson.h>
#include <pthread.h>

typedef enum ChannelKind {
  CHANNEL_SHELL,   /* requests, one after the other */
  CHANNEL_CONTROL, /* requests that must not wait for a running cell */
  CHANNEL_STDIN,   /* questions to the user */
  CHANNEL_IOPUB,   /* broadcast: output, status */
  CHANNEL_BEAT,    /* echoed */
  CHANNEL_COUNT
} ChannelKind;

typedef struct Queue Queue; /* libzmq's functions, loaded */

typedef struct Channels {
  Queue *queue;                 /* owned */
  void *context;                /* libzmq's */
  void *sockets[CHANNEL_COUNT]; /* owned */
  char *key;                    /* owned; "": nothing is signed */
  char session[33];             /* a random name of this run, in the headers */
  pthread_mutex_t lock;         /* held while something is sent */
  uint64_t sent;                /* messages so far */
} Channels;

enum { FRAMES_MOST = 32 };

/* A message as received: frames up to `<IDS|MSG>` identify the sender; then signature, header,
 * parent, metadata, content. */
typedef struct Message {
  Text bytes;               /* owned: the frames, one behind the other */
  size_t ends[FRAMES_MOST]; /* where each ends in bytes */
  int count;
  int mark;                 /* the frame `<IDS|MSG>` */
  json_t *header, *content; /* owned */
} Message;

/* Loads libzmq and binds the sockets that a connection file names.  False with the Diag filled in:
 * 66 no libzmq or no file, 65 the file is not one, 74 an address is taken. */
bool channels_open(Channels *channels, const Files *files, const char *path, Diag *diag);
void channels_close(Channels *channels);

/* What to wait for: channels to receive from, then descriptors. */
typedef struct Awaited {
  ChannelKind kinds[2];
  int kind_count;
  int descriptors[3];
  int descriptor_count;
  bool ready[5]; /* result: kinds first, then descriptors */
} Awaited;

/* False when nothing came in time, or a signal did. */
bool channels_wait(const Channels *channels, Awaited *awaited, int milliseconds);

/* Takes a message off a channel without waiting; false when there is none.  *wrong: NULL, or why it
 * cannot be used; then only frames whose header could be read may be answered (header not NULL). */
bool channel_receive(Channels *channels, ChannelKind kind, Message *message, const char **wrong);
void message_free(Message *message);
const char *message_type(const Message *message);
const char *message_header(const Message *message, size_t *length); /* as received */

/* Sends `content`, JSON.  `to`: the message that it answers, or NULL on CHANNEL_IOPUB.  `parent`:
 * the header of the message that caused it, JSON, "{}" for none.  Any thread may send on
 * CHANNEL_IOPUB, others on channels of their own. */
void channel_send(Channels *channels, ChannelKind kind, const Message *to, const char *type,
                  const char *parent, const Text *content);
void channel_echo(Channels *channels); /* one beat */

#endif
