/* facts.c — how a run was set up, for its log and its report.
 *
 * Settings are the lines of the checkpoint's note (settings.c) and the limits, as members of a JSON
 * object; numbers stay numbers.  With a single update its index is omitted: `lr`, not `lr.0`.
 */
#include "lang/train/facts.h"
#include "lang/train/settings.h"

#include "lang/machine/closure.h"
#include "lang/text/report.h"
#include "lang/text/source.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

void facts_number(Text *text, double number) {
  if (isfinite(number)) text_number(text, number);
  else text_string(text, "null");
}

/* Is it a number as JSON writes it?  So are those that text_number writes. */
static bool is_number(const char *at, size_t length) {
  size_t i = length && *at == '-', digits = 0;
  for (; i < length && isdigit((unsigned char)at[i]); i++) digits++;
  if (!digits) return false;
  if (i + 1 < length && at[i] == '.' && isdigit((unsigned char)at[i + 1]))
    for (i++; i < length && isdigit((unsigned char)at[i]); i++) continue;
  if (i + 1 < length && at[i] == 'e') {
    i += at[i + 1] == '-' ? 2 : 1;
    if (i == length) return false;
    while (i < length && isdigit((unsigned char)at[i])) i++;
  }
  return i == length;
}

static void member(Text *text, const char *name, size_t name_length, const char *value,
                   size_t length) {
  json_quoted(text, name, name_length);
  text_char(text, ':');
  if (is_number(value, length) || (length == 4 && !memcmp(value, "true", 4)) ||
      (length == 5 && !memcmp(value, "false", 5)))
    text_add(text, value, length);
  else if (length == 4 && !memcmp(value, "none", 4)) text_string(text, "null");
  else json_quoted(text, value, length);
}

void facts_settings(TrainRun *run, Text *text) {
  if (!run->settings.length) settings_note(run);
  bool several = run->objective_count > 1;
  for (int i = 0; i < run->objective_count; i++) {
    char name[40] = "optimizer";
    if (several) name[9] = '.', name[10] = (char)('0' + i % 10), name[11] = 0;
    const char *made = run->objectives[i].optimizer->made_by->function->name;
    if (i) text_char(text, ',');
    member(text, name, strlen(name), made, strlen(made));
  }
  const struct {
    const char *name;
    int64_t most;
  } limits[] = {{"epochs", run->epochs_most}, {"steps", run->steps_most}};
  for (int i = 0; i < 2; i++)
    if (limits[i].most)
      text_format(text, ",\"%s\":%lld", limits[i].name, (long long)limits[i].most);
  const char *at = run->settings.data, *end = at + run->settings.length;
  while (at < end) {
    const char *newline = memchr(at, '\n', (size_t)(end - at)), *stop = newline ? newline : end;
    const char *blank = memchr(at, ' ', (size_t)(stop - at));
    if (!blank) break;
    size_t length = (size_t)(blank - at);
    if (!several && length > 2 && blank[-2] == '.' && strncmp(at, "metrics", 7)) length -= 2;
    text_char(text, ',');
    member(text, at, length, blank + 1, (size_t)(stop - blank - 1));
    at = stop + 1;
  }
}

uint64_t facts_script(const TrainRun *run) {
  const Sources *sources = run->vm->sources;
  uint64_t digest = 0;
  for (uint32_t i = 0; i < sources->count; i++) {
    const Source *source = sources->items[i];
    if (!source || source->library) continue;
    digest = hash_mix(digest, hash_bytes(source->text, source->length, 1));
  }
  return digest;
}
