/* standings.c — see standings.h.
 *
 * Like progress, the table is written to standard error: the script has the same numbers in the
 * histories, and seconds differ from run to run.
 */
#include "lang/train/standings.h"

#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/text/output.h"
#include "lang/text/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 40, NAME_MOST = 44, COLUMN = 11, METRICS_SHOWN = 3 };

static int in_order(const void *a, const void *b) {
  const Entry *x = *(Entry *const *)a, *y = *(Entry *const *)b;
  if (entry_before(x, y)) return -1;
  if (entry_before(y, x)) return 1;
  return x < y ? -1 : x > y;
}

/* ---- cells ---- */

static int letters(const char *text) {
  int count = 0;
  for (; *text; text++) count += (*text & 0xc0) != 0x80;
  return count;
}

/* The first `most` letters, and blanks up to `width`. */
static void add_name(Text *text, const char *name, int width) {
  int count = 0;
  for (const char *at = name; *at && count <= width; at++) {
    if ((*at & 0xc0) != 0x80 && ++count > width) break;
    text_char(text, *at);
  }
  for (count = count > width ? width : count; count < width; count++) text_char(text, ' ');
}

static void add_cell(Text *text, const char *string) {
  for (int i = letters(string); i < COLUMN; i++) text_char(text, ' ');
  text_string(text, string);
}

static void add_number(Text *text, double number) {
  Text digits = {0};
  if (isfinite(number)) text_digits(&digits, number, 4);
  add_cell(text, digits.data ? digits.data : "-");
  text_free(&digits);
}

static double mean_metric(const Race *race, const Entry *entry, int metric) {
  double sum = 0;
  int64_t count = 0;
  for (int64_t s = 0; s < race->seeds; s++)
    if (!entry->runs[s].diverged && !isnan(entry->runs[s].score))
      sum += entry->runs[s].metrics[metric], count++;
  return count ? sum / (double)count : (double)NAN;
}

static double seconds_of(const Race *race, const Entry *entry) {
  double sum = 0;
  for (int64_t s = 0; s < race->seeds; s++) sum += entry->runs[s].seconds;
  return sum;
}

/* ---- the table ---- */

static int shown_metrics(const Race *race) {
  return race->metric_count < METRICS_SHOWN ? race->metric_count : METRICS_SHOWN;
}

static void add_head(const Race *race, Text *text, int width) {
  char name[80];
  add_name(text, "", width + 2);
  add_cell(text, race->validates ? "val_loss" : "loss");
  if (race->seeds > 1) add_cell(text, "spread"), add_cell(text, "best");
  for (int i = 0; i < shown_metrics(race); i++) {
    text_print(name, sizeof name, "%s%.60s", race->validates ? "val_" : "", race->metrics[i]);
    text_string(text, "  ");
    add_cell(text, name);
  }
  add_cell(text, "seconds");
  text_char(text, '\n');
}

static void add_note(const Race *race, const Entry *entry, Text *text) {
  if (entry == &race->entries[race->best < 0 ? 0 : race->best] && race->best >= 0)
    text_string(text, "  winner");
  if (entry->dropped_after > 0)
    text_format(text, "  dropped after %lld epoch%s", (long long)entry->dropped_after,
                entry->dropped_after == 1 ? "" : "s");
  if (entry->diverged && race->seeds == 1) text_string(text, "  diverged");
  else if (entry->diverged)
    text_format(text, "  %lld of %lld diverged", (long long)entry->diverged,
                (long long)race->seeds);
}

static void add_row(const Race *race, const Entry *entry, Text *text, int width) {
  add_name(text, entry->name, width + 2);
  add_number(text, entry->mean);
  if (race->seeds > 1) {
    add_number(text, entry->spread);
    add_number(text, entry->best < 0 ? (double)NAN : entry->runs[entry->best].score);
  }
  for (int i = 0; i < shown_metrics(race); i++) {
    char head[80];
    text_print(head, sizeof head, "%s%.60s", race->validates ? "val_" : "", race->metrics[i]);
    for (int k = COLUMN; k < letters(head); k++) text_char(text, ' ');
    text_string(text, "  ");
    add_number(text, mean_metric(race, entry, i));
  }
  Text seconds = {0};
  text_rounded(&seconds, seconds_of(race, entry), 3);
  add_cell(text, seconds.data);
  text_free(&seconds);
  add_note(race, entry, text);
  text_char(text, '\n');
}

static void add_table(const Race *race, Entry *const *order, Text *text) {
  int width = 5;
  for (int i = 0; i < race->entry_count && i < ROWS_MOST; i++) {
    int count = letters(order[i]->name);
    width = count > width ? count : width;
  }
  if (width > NAME_MOST) width = NAME_MOST;
  add_head(race, text, width);
  for (int i = 0; i < race->entry_count && i < ROWS_MOST; i++) add_row(race, order[i], text, width);
  if (race->entry_count > ROWS_MOST)
    text_format(text, "and %d more\n", race->entry_count - ROWS_MOST);
}

/* ---- events ---- */

static void add_json(Text *text, const char *name, double number) {
  text_format(text, ",\"%s\":", name);
  if (isfinite(number)) text_number(text, number);
  else text_string(text, "null");
}

static void add_event(const Race *race, const Entry *entry, int place, Text *text) {
  text_format(text, "{\"event\":\"race\",\"place\":%d,\"entry\":", place);
  json_quoted(text, entry->name, strlen(entry->name));
  add_json(text, race->validates ? "val_loss" : "loss", entry->mean);
  if (race->seeds > 1) add_json(text, "spread", entry->spread);
  text_format(text, ",\"seeds\":%lld,\"diverged\":%lld", (long long)race->seeds,
              (long long)entry->diverged);
  if (entry->dropped_after > 0)
    text_format(text, ",\"dropped_after\":%lld", (long long)entry->dropped_after);
  add_json(text, "seconds", seconds_of(race, entry));
  text_string(text, "}\n");
}

void standings_print(Race *race) {
  if (race->quiet || race->vm->options.quiet_progress) return;
  Entry **order = mem_alloc((size_t)race->entry_count * sizeof *order);
  for (int i = 0; i < race->entry_count; i++) order[i] = &race->entries[i];
  qsort(order, (size_t)race->entry_count, sizeof *order, in_order);
  Text text = {0};
  if (race->vm->options.json)
    for (int i = 0; i < race->entry_count; i++) add_event(race, order[i], i + 1, &text);
  else add_table(race, order, &text);
  mem_free(order);
  output_settle();
  fwrite(text.data, 1, text.length, stderr);
  fflush(stderr);
  text_free(&text);
}

/* ---- in a line ---- */

/* The last loss of a history, or of the first of several. */
static double last_loss(Value value) {
  if (value.kind == KIND_LIST && value.list->count > 0) value = value.list->items[0];
  if (value.kind != KIND_TUPLE || !value.tuple->names) return (double)NAN;
  double found = (double)NAN;
  for (int i = 0; i < value.tuple->count; i++) {
    const char *name = value.tuple->names[i];
    Value item = value.tuple->items[i];
    bool loss = name && (!strcmp(name, "loss") || !strcmp(name, "val_loss"));
    if (!loss || item.kind != KIND_TENSOR || !item.tensor->tensor.buffer) continue;
    int64_t count = shape_count(&item.tensor->tensor.shape);
    if (count > 0) found = tensor_get(&item.tensor->tensor, count - 1);
  }
  return found;
}

void standings_show(const TupleObject *tuple, Text *text) {
  enum { SHOWN_MOST = 8 };
  int entries = tuple->count - 1;
  text_format(text, "race of %d", entries);
  for (int i = 0; i < entries && i < SHOWN_MOST; i++) {
    text_format(text, "%s%s ", i ? ", " : ": ", tuple->names[i]);
    double loss = last_loss(tuple->items[i]);
    if (isnan(loss)) text_char(text, '-');
    else text_digits(text, loss, 4);
  }
  if (entries > SHOWN_MOST) text_string(text, ", …");
  Value winner = tuple->items[entries];
  if (winner.kind == KIND_STRING) text_format(text, ", winner %s", winner.string->data);
}
