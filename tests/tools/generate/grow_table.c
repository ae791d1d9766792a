/* grow_table.c — rules that come from the table: elementwise rows in any shape, reductions along
 * axes, every other row as it stands.
 *
 * A row's `check` becomes a form: its variables become holes.  An elementwise row is given operands
 * of the shape, or of a shape that broadcasts to it, between the bounds of its domain.  A row of
 * another kind is given its own point of the domain, moved by a twentieth of the tanh of something;
 * what it gives is weighed to one number, because its shape is not known here.
 */
#include "tests/tools/generate/grow.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static bool is_word(char byte) { return isalnum((unsigned char)byte) || byte == '_'; }

/* The check with `$i`, or what else `put` says, in the place of variable i; texts in quotes and
 * names of arguments stay. */
static const char *holes(const Row *row, const char *const put[VARIABLES_MOST]) {
  char form[1024];
  size_t length = 0;
  bool quoted = false;
  for (const char *at = row->check; *at && length < sizeof form - 300;) {
    quoted ^= *at == '"';
    int word = 0;
    while (is_word(at[word])) word++;
    const char *hole = NULL;
    for (int i = 0; i < row->variable_count && word && !quoted; i++) {
      const Variable *variable = &row->variables[i];
      if ((int)strlen(variable->name) == word && strncmp(at, variable->name, (size_t)word) == 0 &&
          at[word] != ':' && at[word] != '(')
        hole = put[i];
    }
    if (!word) word = 1;
    length += (size_t)snprintf(form + length, sizeof form - length, "%.*s",
                               hole ? (int)strlen(hole) : word, hole ? hole : at);
    at += word;
  }
  form[length] = 0;
  return tree_say("%s", form);
}

/* Row `i` of those that are elementwise, or of those that are not; i goes round. */
static const Row *row_at(bool map, int i) {
  static const Row *rows[2][256];
  static int counts[2];
  if (!counts[0]) {
    for (const Row *row = table_rows; row->id; row++) rows[row->map][counts[row->map]++] = row;
  }
  return rows[map][i % counts[map]];
}

static const Row *drawn_row(Gen *gen, bool map) { return row_at(map, grow_below(gen, 1 << 20)); }

/* ---- elementwise ---- */

/* A shape that broadcasts to `shape`: of lower rank, or with axes of one element. */
static Shape narrower(Gen *gen, Shape shape) {
  Shape narrow = shape;
  if (grow_chance(gen, 60)) {
    for (int drop = grow_between(gen, 1, shape.rank); drop > 0; drop--)
      narrow = shape_remove(narrow, 0);
  }
  for (int i = 0; i < narrow.rank; i++)
    if (grow_chance(gen, 40)) narrow.dim[i] = 1;
  return narrow;
}

static Node *elementwise(Gen *gen, Shape shape) {
  static const char *const put[VARIABLES_MOST] = {"$0", "$1", "$2"};
  const Row *row = drawn_row(gen, true);
  Node *node = make(shape, -10, 10, "%s", holes(row, put));
  node->row = row;
  node->loose = !strchr(row->check, '(');
  int whole = grow_below(gen, row->variable_count);
  Shape shapes[VARIABLES_MOST];
  for (int i = 0; i < row->variable_count; i++)
    shapes[i] = i == whole || shape.rank == 0 || grow_chance(gen, 55) ? shape
                                                                      : narrower(gen, shape);
  /* Two operands may stretch towards each other. */
  if (row->variable_count == 2 && shape.rank >= 2 && grow_chance(gen, 10)) {
    int axis = grow_below(gen, shape.rank);
    shapes[0] = shape_set(shape, axis, 1);
    shapes[1] = shape_set(shape, (axis + 1) % shape.rank, 1);
  }
  for (int i = 0; i < row->variable_count; i++)
    with(node, want(gen, shapes[i], row->variables[i].low, row->variables[i].high));
  return node;
}

/* ---- any other row, as it stands ---- */

static Node *moved(Gen *gen, const Variable *variable) {
  if (!variable->at) return want(gen, variable->shape, variable->low, variable->high);
  Node *kid = grow(gen, variable->shape);
  return loose(with(make(variable->shape, variable->low - 1, variable->high + 1,
                         "%.*s + 0.05 * tanh($0)", variable->at_length, variable->at),
                    kid));
}

static Node *standing(Gen *gen, Shape shape, const Row *row) {
  static const char *const put[VARIABLES_MOST] = {"$0", "$1", "$2"};
  Node *weighed = make((Shape){0}, -20, 20, "weigh(%s)", holes(row, put));
  weighed->row = row;
  for (int i = 0; i < row->variable_count; i++) {
    Node *kid = moved(gen, &row->variables[i]);
    kid->production = "moved";
    with(weighed, kid);
  }
  if (shape.rank == 0) return weighed;
  weighed->production = "as it stands";
  return loose(with(with(make(shape, -20, 20, "$0 * $1"), want(gen, shape, -1, 1)), weighed));
}

static Node *as_it_stands(Gen *gen, Shape shape) {
  return standing(gen, shape, drawn_row(gen, false));
}

Node *grow_row(Gen *gen, Shape shape, int i) {
  Node *node = standing(gen, shape, row_at(false, i));
  node->production = "as it stands";
  return node;
}

/* ---- reductions ---- */

static const Row *drawn_reduction(Gen *gen) {
  for (;;) {
    const Row *row = drawn_row(gen, false);
    if (*row->reduces) return row;
  }
}

/* What a reduction's operand must lie between: kinks and overflow are for tests of their own. */
static Node *reduced(Gen *gen, const Row *row, Shape operand) {
  const char *name = row->reduces;
  if (strcmp(name, "var") == 0 || strcmp(name, "std") == 0) {
    Node *sum = loose(make(operand, -3, 3, "0.3 * $0 + $1"));
    return with(with(sum, want(gen, operand, -1, 1)), constant(gen, operand, -2.5, 2.5));
  }
  if (strcmp(name, "prod") == 0) return want(gen, operand, -1.2, 1.2);
  if (strcmp(name, "norm") == 0) return want(gen, operand, 0.3, 2);
  if (strcmp(name, "sum") == 0 || strcmp(name, "mean") == 0 || strcmp(name, "max") == 0 ||
      strcmp(name, "min") == 0)
    return grow(gen, operand);
  return want(gen, operand, -3, 3);
}

static Node *reduction(Gen *gen, Shape shape) {
  const Row *row = drawn_reduction(gen);
  bool spread = strcmp(row->reduces, "var") == 0 || strcmp(row->reduces, "std") == 0;
  Node *node;
  Shape operand;
  if (shape.rank == 0) {
    operand = random_shape(gen, 1);
    node = make(shape, -10, 10, "%s($0)", row->reduces);
  } else {
    int axis = grow_below(gen, shape.rank + 1),
        shown = grow_chance(gen, 30) ? axis - shape.rank - 1 : axis;
    if (axis < shape.rank && shape.dim[axis] == 1 && grow_chance(gen, 80)) {
      operand = shape_set(shape, axis, random_dim(gen));
      node = make(shape, -10, 10, "%s($0, axis: %d, keep: true)", row->reduces, axis);
    } else {
      operand = shape_insert(shape, axis, random_dim(gen));
      node = make(shape, -10, 10, "%s($0, axis: %d)", row->reduces, shown);
    }
    if (spread && operand.dim[axis] < 2) return NULL;
  }
  if (!fits(gen, operand) || (spread && shape_size(operand) < 2)) return NULL;
  node->row = row;
  with(node, reduced(gen, row, operand));
  if (strcmp(row->reduces, "sum") == 0) {
    double n = (double)(shape_size(operand) / shape_size(shape));
    node->low = n * fmin(node->kids[0]->low, 0);
    node->high = n * fmax(node->kids[0]->high, 0);
  } else if (strcmp(row->reduces, "prod") == 0) {
    double n = (double)(shape_size(operand) / shape_size(shape));
    node->high = pow(1.2, n);
    node->low = -node->high;
  } else if (strcmp(row->reduces, "norm") != 0) {
    node->low = fmin(node->kids[0]->low, -3);
    node->high = fmax(node->kids[0]->high, 9);
  } else {
    node->low = 0;
    node->high = 2 * sqrt((double)shape_size(operand));
  }
  return node;
}

/* ---- along an axis ---- */

static Node *along(Gen *gen, Shape shape) {
  static const struct {
    const char *id, *form;
    double low, high;
  } forms[] = {
      {"SOFTMAX", "softmax($0, axis: %d)", 0, 1},
      {"LOG_SOFTMAX", "log_softmax($0, axis: %d)", -8, 0},
      {"SORT", "sort($0, axis: %d)", -3, 3},
      {"CUMSUM", "cumsum($0, axis: %d)", -12, 12},
      {"SORT", "sort($0, axis: %d, descending: true)", -3, 3},
  };
  if (shape.rank == 0) return NULL;
  int i = grow_below(gen, 5), axis = grow_below(gen, shape.rank);
  if (shape.dim[axis] > 8 && strcmp(forms[i].id, "CUMSUM") == 0) return NULL;
  if (shape.dim[axis] == 1 && strstr(forms[i].id, "SOFTMAX"))
    return NULL; /* exactly 0 or 1, which is a kink of what may stand around it */
  Node *node = make(shape, forms[i].low, forms[i].high, forms[i].form,
                    axis - (grow_chance(gen, 30) ? shape.rank : 0));
  node->row = table_row(forms[i].id);
  return with(node, want(gen, shape, -3, 3));
}

const Production productions_table[] = {
    {"elementwise", 60, elementwise},
    {"as it stands", 10, as_it_stands},
    {"reduction", 12, reduction},
    {"along an axis", 8, along},
};
const int productions_table_count = sizeof productions_table / sizeof productions_table[0];
