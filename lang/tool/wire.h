/* wire.h — messages of the language server protocol on standard input and output. */
#ifndef GD_LANG_WIRE_H
#define GD_LANG_WIRE_H

#include "lang/tool/jobs.h"
#include "runtime/compute.h"

#include <jansson.h>

typedef struct Wire {
  char *bytes;              /* owned: input that has not been used */
  size_t at, end, capacity; /* the unread range of bytes; room */
  Jobs *jobs;               /* borrowed: served while there is no input */
} Wire;

/* The next message's body, borrowed until the next call.  False at the end of the input, or when a
 * signal asks to stop.  *wrong: NULL, or the reason why a message was skipped. */
bool wire_read(Wire *wire, const char **body, size_t *length, const char **wrong);
/* Returns a part of the last body, from `from` on, to the input. */
void wire_return(Wire *wire, const char *from);
bool wire_waiting(const Wire *wire); /* is there more to read now? */
void wire_write(json_t *message);    /* takes it */
void wire_write_text(const char *text, size_t length);
void wire_free(Wire *wire);

#endif
