/* made_size.c — see made_size.h. */
#include "lang/eval/made_size.h"

#include "lang/text/source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t PRIMES[] = {61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                 107, 109, 113, 127, 131, 137, 139, 149, 151, 157};

static bool is_written(const Source *source, int64_t size) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%lld", (long long)size);
  return source && memmem(source->text, source->length, digits, (size_t)length);
}

static bool is_taken(const MadeSizes *made, int64_t size) {
  for (int i = 0; i < made->count; i++)
    if (made->sizes[i] == size) return true;
  return false;
}

int64_t made_size(Vm *vm, MadeSizes *made, const char *name, Span span) {
  for (int i = 0; i < made->count; i++)
    if (!strcmp(made->names[i], name)) return made->sizes[i];
  const Source *source = source_at(vm->sources, span.file);
  int at = 0;
  while (at + 1 < COUNT_OF(PRIMES) &&
         (is_taken(made, PRIMES[at]) || is_written(source, PRIMES[at])))
    at++;
  if (made->count < MADE_SIZES) {
    made->names[made->count] = name;
    made->sizes[made->count++] = PRIMES[at];
  }
  return PRIMES[at];
}

bool made_size_is(const MadeSizes *made, const char *name, double size) {
  for (int i = 0; i < made->count; i++)
    if (!strcmp(made->names[i], name)) return (double)made->sizes[i] == size;
  return false;
}

/* ---- in a report ---- */

static const char *name_of(const MadeSizes *made, const char *digits, size_t length) {
  int64_t size = length < 6 ? strtoll(digits, NULL, 10) : 0;
  for (int i = 0; i < made->count; i++)
    if (made->sizes[i] == size) return made->names[i];
  return NULL;
}

static bool in_word(char byte) { return isalnum((unsigned char)byte) || byte == '_'; }

static void name_sizes(const MadeSizes *made, char *text, size_t room) {
  Text named = {0};
  for (const char *at = text; *at;) {
    size_t length = strspn(at, "0123456789");
    bool alone = length && !(at > text && (in_word(at[-1]) || at[-1] == '.')) &&
                 !in_word(at[length]) && !(at[length] == '.' && in_word(at[length + 1]));
    const char *name = alone ? name_of(made, at, length) : NULL;
    if (!length) length = 1;
    text_add(&named, name ? name : at, name ? strlen(name) : length);
    at += length;
  }
  snprintf(text, room, "%s", named.data ? named.data : "");
  text_free(&named);
}

void made_size_name(const MadeSizes *made, Diag *diag) {
  name_sizes(made, diag->message, sizeof diag->message);
  name_sizes(made, diag->label, sizeof diag->label);
  name_sizes(made, diag->help, sizeof diag->help);
  for (int i = 0; i < diag->note_count; i++)
    name_sizes(made, diag->notes[i].text, sizeof diag->notes[i].text);
}
