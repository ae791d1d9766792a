/* diag.c — filling in a Diag.
 *
 * Each function writes one part and gives false.  Text that does not fit, or is over the
 * limit of its `%.64s`, is cut at a whole character and ends in an ellipsis (format.c).  A NULL
 * Diag is allowed: the caller wants to know only whether it failed.  Numbers with a fraction are
 * never formatted here, since printf's decimal mark is the locale's; callers put them in with
 * text_number.
 */
#include "runtime/base/diag.h"

#include <stdio.h>
#include <string.h>

bool diag_fail_list(Diag *diag, int status, Span span, const char *format, va_list values) {
  if (!diag) return false;
  diag->status = status;
  diag->warning = false;
  diag->span = span;
  diag->label[0] = diag->where[0] = diag->help[0] = 0;
  diag->note_count = diag->call_count = diag->calls_left = 0;
  diag->met = (Span){0, 0, 0};
  diag->aimed = diag->silent = false;
  text_print_list(diag->message, sizeof diag->message, format, values);
  return false;
}

bool diag_fail(Diag *diag, int status, Span span, const char *format, ...) {
  va_list values;
  va_start(values, format);
  diag_fail_list(diag, status, span, format, values);
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
  text_print(diag->where, sizeof diag->where, "%s", where);
  va_list values;
  va_start(values, format);
  text_print_list(diag->message, sizeof diag->message, format, values);
  va_end(values);
  return false;
}

bool diag_label(Diag *diag, const char *format, ...) {
  if (!diag) return false;
  va_list values;
  va_start(values, format);
  text_print_list(diag->label, sizeof diag->label, format, values);
  va_end(values);
  return false;
}

bool diag_help(Diag *diag, const char *format, ...) {
  if (!diag) return false;
  va_list values;
  va_start(values, format);
  text_print_list(diag->help, sizeof diag->help, format, values);
  va_end(values);
  return false;
}

bool diag_note(Diag *diag, Span span, const char *format, ...) {
  if (!diag || diag->note_count >= DIAG_NOTES) return false;
  DiagNote *note = &diag->notes[diag->note_count++];
  note->span = span;
  va_list values;
  va_start(values, format);
  text_print_list(note->text, sizeof note->text, format, values);
  va_end(values);
  return false;
}
