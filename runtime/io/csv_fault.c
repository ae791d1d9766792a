/* csv_fault.c — the mistakes of a table, reported together.
 *
 * The first by place is the message, with its place and its fix; the others follow in notes, a
 * place and a few words each, up to twenty, then a count.  So a user sees all that has to be fixed
 * at once, not one mistake per attempt.
 */
#include "runtime/io/csv_fault.h"

#include <stdio.h>
#include <string.h>

void csv_spot(Arena *arena, CsvSpots **spots, CsvPlace place) {
  if (!*spots) *spots = arena_alloc(arena, sizeof **spots);
  if ((*spots)->count < CSV_FAULTS_TOLD) (*spots)->first[(*spots)->count] = place;
  (*spots)->count++;
}

static bool before(CsvPlace a, CsvPlace b) {
  return a.part != b.part ? a.part < b.part : a.at < b.at;
}

void csv_fault_add(CsvFaults *faults, CsvPlace place, const char *text, const char *brief,
                   const char *help) {
  if (!faults->items) faults->items = mem_alloc(CSV_FAULTS_TOLD * sizeof *faults->items);
  faults->total++;
  int at = faults->count;
  while (at > 0 && before(place, faults->items[at - 1].place)) at--;
  if (at == CSV_FAULTS_TOLD) return;
  int last = faults->count < CSV_FAULTS_TOLD ? faults->count++ : CSV_FAULTS_TOLD - 1;
  for (int i = last; i > at; i--) faults->items[i] = faults->items[i - 1];
  CsvFault *fault = &faults->items[at];
  fault->place = place;
  text_print(fault->text, sizeof fault->text, "%s", text);
  text_print(fault->brief, sizeof fault->brief, "%s", brief);
  text_print(fault->help, sizeof fault->help, "%s", help ? help : "");
}

void csv_fault_more(CsvFaults *faults, int64_t count) { faults->total += count; }

/* Lines and columns of places that rise, counted once over the text. */
typedef struct Counting {
  CsvPlace from;
  int64_t line, column;
} Counting;

/* In the file that the text is a piece of. */
static long long line_at(const Counting *counting, const CsvText *parts) {
  const CsvText *text = &parts[counting->from.part];
  return counting->line + (counting->from.at >= text->moved_at ? text->moved_by : 0);
}

static void count_to(Counting *counting, const CsvText *parts, CsvPlace place) {
  if (place.part != counting->from.part)
    *counting = (Counting){{place.part, 0}, .line = 1, .column = 1};
  const CsvText *text = &parts[place.part];
  for (size_t i = counting->from.at; i < place.at && i < text->length; i++) {
    if (text->data[i] == '\n') counting->line++, counting->column = 1;
    else if (((unsigned char)text->data[i] & 0xC0) != 0x80) counting->column++;
  }
  counting->from = place;
}

/* Adds to the last note what still fits, or begins another; false when there is none left. */
static bool note(Diag *diag, const char *text, int first_note) {
  DiagNote *last = diag->note_count > first_note ? &diag->notes[diag->note_count - 1] : NULL;
  size_t used = last ? strlen(last->text) : 0, length = strlen(text);
  if (last && used + length + 3 <= sizeof last->text) {
    memcpy(last->text + used, "; ", 2);
    memcpy(last->text + used + 2, text, length + 1);
    return true;
  }
  if (diag->note_count == DIAG_NOTES) return false;
  diag_note(diag, (Span){0, 0, 0}, "%s", text);
  return true;
}

bool csv_fault_tell(const CsvFaults *faults, const CsvText *parts, Diag *diag) {
  Counting counting = {{0, 0}, .line = 1, .column = 1};
  const CsvFault *first = &faults->items[0];
  count_to(&counting, parts, first->place);
  file_fail_line(diag, parts[first->place.part].path, line_at(&counting, parts), counting.column,
                 "%s", first->text);
  if (first->help[0]) diag_help(diag, "%s", first->help);
  int told = 1, start = diag->note_count;
  for (bool room = true; told < faults->count && room; told += room) {
    const CsvFault *fault = &faults->items[told];
    char text[220];
    size_t length = 0;
    if (fault->place.part != counting.from.part)
      length = text_print(text, sizeof text, "%.60s ", parts[fault->place.part].path);
    count_to(&counting, parts, fault->place);
    text_print(text + length, sizeof text - length, "line %lld column %lld: %s",
               line_at(&counting, parts), (long long)counting.column, fault->brief);
    room = note(diag, text, start);
  }
  if (faults->total <= told) return false;
  char rest[60];
  snprintf(rest, sizeof rest, "and %lld more", (long long)(faults->total - told));
  if (!note(diag, rest, start)) {
    DiagNote *last = &diag->notes[DIAG_NOTES - 1];
    size_t most = sizeof last->text - strlen(rest) - 4,
           used = text_whole(last->text, strlen(last->text), most);
    snprintf(last->text + used, sizeof last->text - used, "; %s", rest);
  }
  return false;
}

void csv_fault_free(CsvFaults *faults) {
  mem_free(faults->items);
  *faults = (CsvFaults){0};
}
