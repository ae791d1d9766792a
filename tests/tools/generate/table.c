/* table.c — the rows of ops.def that have a gradient, and where each may be tried.
 *
 * A row is known by its `check`, an expression in the variables of its `domain`.  Elementwise rows
 * are generated in any shape: of their domain only bounds are taken.  Any other row is generated as
 * it stands there, at its own point moved a little, and so a new row takes part without a word
 * here.  A domain is a list of `let NAME = WHAT`, where WHAT is a literal, `uniform(sizes, low: …,
 * high: …)` perhaps times signs or plus offsets, `reshape(…, sizes)`, or anything else of rank 0;
 * what is not understood ends the program.
 */
#include "tests/tools/generate/tree.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

Row table_rows[] = {
#define MAP(ID, said, kinds, arity, class, value, whole, grads, tried, where, sentence, example, \
            prints)                                                                              \
  {.id = #ID, .signature = said, .check = tried, .domain = where, .map = true},
#define OP(ID, said, kinds, infer, gradient, kernel, build, tried, where, sentence, example, \
           prints)                                                                           \
  {.id = #ID, .signature = said, .check = tried, .domain = where},
#define FORM(ID, said, kinds, build, tried, where, sentence, example, prints) \
  {.id = #ID, .signature = said, .check = tried, .domain = where},
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

static _Noreturn void puzzled(const Row *row, const char *what) {
  fprintf(stderr,
          "generate: row %s of ops.def: %s in its domain `%s` is not understood "
          "(tests/tools/generate/table.c says what is)\n",
          row->id, what, row->domain);
  exit(70);
}

/* The sizes of a literal, counted from its commas at each depth of brackets. */
static Shape literal_shape(const char *at, const char *end, double *low, double *high) {
  Shape shape = {0};
  int depth = 0, commas[RANK_MOST + 1] = {0};
  bool closed = false;
  *low = 1e300;
  *high = -1e300;
  for (; at < end; at++) {
    if (*at == '[') {
      depth++;
      if (depth > RANK_MOST) return (Shape){.rank = -1};
      if (!closed) shape.rank = depth;
    } else if (*at == ']') {
      if (!shape.dim[depth - 1]) shape.dim[depth - 1] = commas[depth] + 1;
      commas[depth] = 0;
      depth--;
      closed = true;
    } else if (*at == ',') {
      commas[depth]++;
    } else if (isdigit((unsigned char)*at) || *at == '-' || *at == '.') {
      char *after;
      double value = strtod(at, &after);
      if (value < *low) *low = value;
      if (value > *high) *high = value;
      at = after - 1;
    }
  }
  return shape;
}

/* Sizes `n, n …` from `at` to the next bracket or word. */
static Shape read_sizes(const Row *row, const char *at) {
  Shape shape = {0};
  while (isdigit((unsigned char)*at)) {
    if (shape.rank == RANK_MOST) return (Shape){.rank = -1};
    char *after;
    shape.dim[shape.rank++] = (int)strtol(at, &after, 10);
    at = after + strspn(after, ", ");
  }
  if (shape.rank == 0) puzzled(row, "a shape");
  return shape;
}

static double read_named(const Row *row, const char *at, const char *end, const char *name) {
  const char *found = strstr(at, name);
  if (!found || found > end) puzzled(row, name);
  return strtod(found + strlen(name), NULL);
}

static void read_variable(const Row *row, Variable *variable, const char *at, const char *end) {
  variable->at = at;
  variable->at_length = (int)(end - at);
  variable->low = -1;
  variable->high = 1;
  if (*at == '[') {
    variable->shape = literal_shape(at, end, &variable->low, &variable->high);
  } else if (strncmp(at, "uniform(", 8) == 0) {
    variable->at = NULL;
    variable->shape = read_sizes(row, at + 8);
    variable->low = read_named(row, at, end, "low:");
    variable->high = read_named(row, at, end, "high:");
    const char *signs = strstr(at, "* [");
    if (signs && signs < end) variable->low = -variable->high;
  } else if (strncmp(at, "reshape(", 8) == 0) {
    int depth = 0;
    const char *sizes = at + 8;
    for (; sizes < end && (depth || *sizes != ','); sizes++)
      depth += (*sizes == '(') - (*sizes == ')');
    variable->shape = read_sizes(row, sizes + strspn(sizes, ", "));
  } else if (strncmp(at, "sum(", 4) != 0) {
    puzzled(row, "a variable");
  }
}

/* The name before the bracket of a reduction along an axis. */
static void read_reduction(Row *row) {
  size_t length = strcspn(row->signature, "(");
  if (row->map || length >= sizeof row->reduces ||
      !strstr(row->signature, "(x, axis: none, keep: false"))
    return;
  memcpy(row->reduces, row->signature, length);
  row->reduces[length] = 0;
}

int table_read(void) {
  int count = (int)(sizeof table_rows / sizeof table_rows[0]), kept = 0;
  for (int i = 0; i < count; i++) {
    Row *row = &table_rows[i];
    if (!*row->check) continue;
    for (const char *at = strstr(row->domain, "let "); at; at = strstr(at, "let ")) {
      if (row->variable_count == VARIABLES_MOST) puzzled(row, "more than three variables");
      Variable *variable = &row->variables[row->variable_count++];
      at += 4;
      size_t length = strcspn(at, " =");
      if (length >= NAME_MOST) puzzled(row, "a long name");
      memcpy(variable->name, at, length);
      at += length + strspn(at + length, " =");
      read_variable(row, variable, at, at + strcspn(at, ";"));
    }
    if (row->variable_count == 0) puzzled(row, "no variable");
    read_reduction(row);
    Row moved = *row;
    table_rows[kept++] = moved;
  }
  table_rows[kept] = (Row){0}; /* there are rows without a check, so there is room */
  return kept;
}

const Row *table_row(const char *id) {
  for (const Row *row = table_rows; row->id; row++)
    if (strcmp(row->id, id) == 0) return row;
  return NULL;
}
