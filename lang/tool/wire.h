/* wire.h — messages of the language server protocol on standard input and output. */
#ifndef GD_LANG_WIRE_H
#define GD_LANG_WIRE_H

#include "lang/tool/jobs.h"
#include "runtime/compute.h"

#include <jansson.h>

typedef struct Wire {
  char *bytes;              /* owned: what has been read and not been used */
  size_t at, end, capacity; /* the unread range of bytes; room */
  Jobs *jobs;               /* borrowed: heard while nothing comes */
} Wire;

/* The next message's body, borrowed until the next call.  False at the end of the input, or when a
 * signal asks to stop.  *wrong: NULL, or what is wrong with a message that is left out. */
bool wire_read(Wire *wire, const char **body, size_t *length, const char **wrong);
/* Gives a part of the last body back: it is read again, as the beginning of what follows. */
void wire_return(Wire *wire, const char *from);
bool wire_waiting(const Wire *wire); /* is there more to read now? */
void wire_write(json_t *message);    /* takes it */
void wire_write_text(const char *text, size_t length);
void wire_free(Wire *wire);

#endif
