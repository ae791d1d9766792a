/* made_size.c — see made_size.h. */
#include "lang/eval/made_size.h"

#include "lang/text/source.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sizes of one kind: from `first` on, each `step` further; step 0: primes. */
static const struct {
  int first, step;
} KINDS[MADE_KINDS] = {
    {0, 0},     /* no chance match, no common divisor */
    {960, 960}, /* longer than an index or a window */
    {48, 48},   /* images, to be halved several times or cut into patches */
    {80, -4},   /* the first name the greatest */
    {16, 16},   /* for limits; to be cut into heads and halves */
    {4, 4},     /* … smaller */
    {3, 2},     /* odd */
    {2, 1},     /* very small */
};
static const int PRIMES[] = {61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                             107, 109, 113, 127, 131, 137, 139, 149, 151, 157};
enum { CHOICES = COUNT_OF(PRIMES) };

static int64_t choice(int kind, int i) {
  return KINDS[kind].step ? KINDS[kind].first + i * KINDS[kind].step : PRIMES[i];
}

static bool is_digit(char byte) { return isdigit((unsigned char)byte); }

/* Is it a number of the text? */
static bool is_written(const Source *source, int64_t size) {
  char digits[24];
  size_t length = (size_t)snprintf(digits, sizeof digits, "%lld", (long long)size);
  if (!source) return false;
  for (const char *at = source->text, *end = at + source->length;
       (at = memmem(at, (size_t)(end - at), digits, length)) != NULL; at++)
    if ((at == source->text || !is_digit(at[-1])) && (at + length == end || !is_digit(at[length])))
      return true;
  return false;
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
  while (at + 1 < CHOICES &&
         (is_taken(made, choice(made->kind, at)) || is_written(source, choice(made->kind, at))))
    at++;
  int64_t size = choice(made->kind, at);
  if (made->count < MADE_SIZES) {
    made->names[made->count] = name;
    made->sizes[made->count++] = size;
  }
  return size;
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
  text_print(text, room, "%s", named.data ? named.data : "");
  text_free(&named);
}

/* Puts the names in the place of the sizes, in all that the report says. */
static void made_size_name(const MadeSizes *made, Diag *diag) {
  name_sizes(made, diag->message, sizeof diag->message);
  name_sizes(made, diag->label, sizeof diag->label);
  name_sizes(made, diag->help, sizeof diag->help);
  for (int i = 0; i < diag->note_count; i++)
    name_sizes(made, diag->notes[i].text, sizeof diag->notes[i].text);
}

/* ---- what is found ---- */

static bool is_same(Span a, Span b) {
  return a.file == b.file && a.start == b.start && a.end == b.end;
}

void heard_add(Heard *heard, const MadeSizes *made, const Diag *diag) {
  int *count = &heard->calls[heard->kind].count;
  if (*count < HEARD_MOST) heard->calls[heard->kind].places[(*count)++] = diag->span;
  for (int i = 0; i < heard->count; i++)
    if (is_same(heard->diags[i].span, diag->span)) return;
  if (heard->count == HEARD_MOST) return;
  heard->diags[heard->count] = *diag;
  made_size_name(made, &heard->diags[heard->count++]);
}

bool heard_stands(const Heard *heard, Span place) {
  for (int kind = 0; kind <= heard->kind; kind++) {
    bool found = false;
    for (int i = 0; i < heard->calls[kind].count; i++) {
      Span other = heard->calls[kind].places[i];
      found = found || (other.file == place.file && other.end <= place.end);
    }
    if (!found) return false;
  }
  return true;
}

bool heard_some(const Heard *heard) {
  for (int i = 0; i < heard->count; i++)
    if (heard_stands(heard, heard->diags[i].span)) return true;
  return false;
}
