/* diag.c — filling in a Diag.
 *
 * Each function writes one part and gives false.  Text that does not fit is cut at a
 * whole character and ends in an ellipsis.  A NULL Diag is allowed: the caller wants to
 * know only whether it failed.  Numbers with a fraction are never formatted here, since
 * printf's decimal mark is the locale's; callers put them in with text_number.
 */
#include "runtime/base/diag.h"

#include <stdio.h>
#include <string.h>

/* Cuts `text`, which filled its room of `size` bytes, at a whole character, with an ellipsis. */
static void cut(char *text, size_t size) {
  static const char ellipsis[] = "…";
  size_t at = size - sizeof ellipsis;
  while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
  memcpy(text + at, ellipsis, sizeof ellipsis);
}

static PRINTF_LIKE(3, 0) void fill(char *text, size_t size, const char *format, va_list values) {
  int length = vsnprintf(text, size, format, values);
  if (length < 0) text[0] = 0;
  else if ((size_t)length >= size) cut(text, size);
}

bool diag_fail(Diag *diag, int status, Span span, const char *format, ...) {
  if (!diag) return false;
  diag->status = status;
  diag->warning = false;
  diag->span = span;
  diag->label[0] = diag->where[0] = diag->help[0] = 0;
  diag->note_count = diag->call_count = diag->calls_left = 0;
  diag->met = (Span){0, 0, 0};
  diag->aimed = diag->silent = false;
  va_list values;
  va_start(values, format);
  fill(diag->message, sizeof diag->message, format, values);
  va_end(values);
  return false;
}

bool diag_bytes(Diag *diag, int status, Span span, const char *head, const char *bytes,
                size_t length) {
  Text text = {0};
  text_string(&text, head);
  for (size_t i = 0; i < length && text.length < sizeof diag->message; i++)
    if (bytes[i]) text_char(&text, bytes[i]);
    else text_string(&text, "\\x00");
  diag_fail(diag, status, span, "%s", text.data);
  text_free(&text);
  return false;
}

bool diag_data(Diag *diag, int status, const char *where, const char *format, ...) {
  if (!diag) return false;
  diag_fail(diag, status, (Span){0, 0, 0}, "%s", "");
  if ((size_t)snprintf(diag->where, sizeof diag->where, "%s", where) >= sizeof diag->where)
    cut(diag->where, sizeof diag->where);
  va_list values;
  va_start(values, format);
  fill(diag->message, sizeof diag->message, format, values);
  va_end(values);
  return false;
}

bool diag_label(Diag *diag, const char *format, ...) {
  if (!diag) return false;
  va_list values;
  va_start(values, format);
  fill(diag->label, sizeof diag->label, format, values);
  va_end(values);
  return false;
}

bool diag_help(Diag *diag, const char *format, ...) {
  if (!diag) return false;
  va_list values;
  va_start(values, format);
  fill(diag->help, sizeof diag->help, format, values);
  va_end(values);
  return false;
}

bool diag_note(Diag *diag, Span span, const char *format, ...) {
  if (!diag || diag->note_count >= DIAG_NOTES) return false;
  DiagNote *note = &diag->notes[diag->note_count++];
  note->span = span;
  va_list values;
  va_start(values, format);
  fill(note->text, sizeof note->text, format, values);
  va_end(values);
  return false;
}
