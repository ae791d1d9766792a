/* difference.c — the difference of two texts in hunks, with three lines of context.
 *
 * The common beginning and end of both texts are skipped.  In between, the longest common sequence
 * of lines is found with a table (D.  S.  Hirschberg, CACM 18, 1975, describes it).  If the table
 * would exceed TABLE_MOST entries, the whole range counts as changed, which is correct but longer.
 */
#include "lang/text/difference.h"

#include <string.h>

enum { AROUND = 3, TABLE_MOST = 16 << 20 };

typedef struct TextLine {
  const char *text; /* borrowed */
  size_t length;    /* without the newline */
} TextLine;

typedef struct TextLines {
  TextLine *items; /* owned */
  size_t count;
  bool open; /* the last one has no newline */
} TextLines;

/* One line of the result: of both texts, or of one. */
typedef struct Edit {
  char mark; /* ' ', '-', '+' */
  const TextLine *line;
  size_t old_line, new_line; /* lines of each text before it */
} Edit;

typedef struct Edits {
  Edit *items; /* owned */
  size_t count;
  size_t old_line, new_line;
} Edits;

static TextLines split(const char *text, size_t length) {
  TextLines lines = {.open = length && text[length - 1] != '\n'};
  for (size_t i = 0; i < length; i++) lines.count += text[i] == '\n';
  lines.count += lines.open;
  lines.items = mem_zero((lines.count + 1) * sizeof *lines.items);
  const char *at = text, *end = text + length;
  for (size_t i = 0; i < lines.count; i++) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    lines.items[i] = (TextLine){at, (size_t)((stop ? stop : end) - at)};
    at = stop ? stop + 1 : end;
  }
  return lines;
}

/* Are line i of `a` and line j of `b` equal, with their newlines? */
static bool same(const TextLines *a, size_t i, const TextLines *b, size_t j) {
  bool a_open = a->open && i + 1 == a->count, b_open = b->open && j + 1 == b->count;
  return a_open == b_open && a->items[i].length == b->items[j].length &&
         memcmp(a->items[i].text, b->items[j].text, a->items[i].length) == 0;
}

static void put(Edits *edits, char mark, const TextLine *line) {
  edits->items[edits->count++] = (Edit){mark, line, edits->old_line, edits->new_line};
  edits->old_line += mark != '+';
  edits->new_line += mark != '-';
}

/* table[i][j]: how many lines a[i..] and b[j..] have in common, in order. */
static uint32_t *make_table(const TextLines *a, size_t first, size_t rows, const TextLines *b,
                            size_t columns) {
  uint32_t *table = mem_zero((rows + 1) * (columns + 1) * sizeof *table);
  for (size_t i = rows; i-- > 0;)
    for (size_t j = columns; j-- > 0;) {
      uint32_t *at = &table[i * (columns + 1) + j], down = at[columns + 1], right = at[1];
      if (same(a, first + i, b, first + j)) *at = at[columns + 2] + 1;
      else *at = down >= right ? down : right;
    }
  return table;
}

static void middle(Edits *edits, const TextLines *a, const TextLines *b, size_t first, size_t rows,
                   size_t columns) {
  uint32_t *table = NULL;
  if (rows && columns && rows <= TABLE_MOST / columns)
    table = make_table(a, first, rows, b, columns);
  size_t i = 0, j = 0;
  while (i < rows || j < columns) {
    const uint32_t *at = table ? &table[i * (columns + 1) + j] : NULL;
    if (table && i < rows && j < columns && same(a, first + i, b, first + j)) {
      put(edits, ' ', &a->items[first + i]);
      i++, j++;
    } else if (i < rows && (!table || j == columns || at[columns + 1] >= at[1])) {
      put(edits, '-', &a->items[first + i++]);
    } else {
      put(edits, '+', &b->items[first + j++]);
    }
  }
  mem_free(table);
}

static Edits compare(const TextLines *a, const TextLines *b) {
  Edits edits = {.items = mem_zero((a->count + b->count + 1) * sizeof(Edit))};
  size_t first = 0, last = 0, least = a->count < b->count ? a->count : b->count;
  while (first < least && same(a, first, b, first)) first++;
  while (last < least - first && same(a, a->count - 1 - last, b, b->count - 1 - last)) last++;
  for (size_t i = 0; i < first; i++) put(&edits, ' ', &a->items[i]);
  middle(&edits, a, b, first, a->count - first - last, b->count - first - last);
  for (size_t i = a->count - last; i < a->count; i++) put(&edits, ' ', &a->items[i]);
  return edits;
}

/* The place of a range of lines: diff numbers an empty one by the line before it. */
static void show_range(Text *out, char mark, size_t before, size_t count) {
  text_format(out, "%c%zu", mark, count ? before + 1 : before);
  if (count != 1) text_format(out, ",%zu", count);
}

static void show_hunk(Text *out, const Edits *edits, size_t start, size_t end, const TextLines *a,
                      const TextLines *b) {
  size_t old_count = 0, new_count = 0;
  for (size_t i = start; i < end; i++) {
    old_count += edits->items[i].mark != '+';
    new_count += edits->items[i].mark != '-';
  }
  text_string(out, "@@ ");
  show_range(out, '-', edits->items[start].old_line, old_count);
  text_char(out, ' ');
  show_range(out, '+', edits->items[start].new_line, new_count);
  text_string(out, " @@\n");
  for (size_t i = start; i < end; i++) {
    const Edit *edit = &edits->items[i];
    text_char(out, edit->mark);
    text_add(out, edit->line->text, edit->line->length);
    text_char(out, '\n');
    bool open = (edit->mark != '+' && a->open && edit->old_line + 1 == a->count) ||
                (edit->mark == '+' && b->open && edit->new_line + 1 == b->count);
    if (open) text_string(out, "\\ No newline at end of file\n");
  }
}

void difference_show(Text *out, const char *name, const char *old_text, size_t old_length,
                     const char *new_text, size_t new_length) {
  TextLines a = split(old_text, old_length), b = split(new_text, new_length);
  Edits edits = compare(&a, &b);
  bool named = false;
  for (size_t i = 0; i < edits.count;) {
    if (edits.items[i].mark == ' ') {
      i++;
      continue;
    }
    size_t start = i > AROUND ? i - AROUND : 0, end = i, quiet = 0;
    for (; end < edits.count && quiet <= 2 * AROUND; end++)
      quiet = edits.items[end].mark == ' ' ? quiet + 1 : 0;
    end -= quiet > AROUND ? quiet - AROUND : 0;
    if (!named) text_format(out, "--- %s\n+++ %s\n", name, name);
    named = true;
    show_hunk(out, &edits, start, end, &a, &b);
    i = end;
  }
  mem_free(edits.items);
  mem_free(a.items);
  mem_free(b.items);
}
