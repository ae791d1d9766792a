/* tree.c — memory, copying, names and printing of trees.
 *
 * A constant has no list of elements: they follow from its salt and bounds, so that a constant
 * whose shape shrinks has elements still.  Long ones are printed as a formula.
 */
#include "tests/tools/generate/tree.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

enum { ARENA_BYTES = 1 << 26, LITERAL_MOST = 30, TEXT_MOST = 4096 };
static char *arena;
static size_t used;

void *tree_take(size_t bytes) {
  if (!arena) arena = malloc(ARENA_BYTES);
  bytes = (bytes + 15) & ~(size_t)15;
  if (!arena || used + bytes > ARENA_BYTES) {
    fputs("generate: out of memory\n", stderr);
    exit(71);
  }
  void *taken = arena + used;
  used += bytes;
  return memset(taken, 0, bytes);
}

size_t tree_mark(void) { return used; }
void tree_release(size_t mark) { used = mark; }

const char *tree_say(const char *format, ...) {
  char text[TEXT_MOST];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (length < 0 || length >= TEXT_MOST) {
    fputs("generate: a form is too long\n", stderr);
    exit(70);
  }
  return memcpy(tree_take((size_t)length + 1), text, (size_t)length + 1);
}

/* ---- shapes and nodes ---- */

int64_t shape_size(Shape shape) {
  int64_t size = 1;
  for (int i = 0; i < shape.rank; i++) size *= shape.dim[i];
  return size;
}

bool shape_equal(Shape a, Shape b) {
  if (a.rank != b.rank) return false;
  for (int i = 0; i < a.rank; i++)
    if (a.dim[i] != b.dim[i]) return false;
  return true;
}

Node *node_copy(const Node *node) {
  if (!node) return NULL;
  Node *copy = tree_take(sizeof *copy);
  *copy = *node;
  for (int i = 0; i < node->kid_count; i++) copy->kids[i] = node_copy(node->kids[i]);
  return copy;
}

Node *node_constant(Shape shape, double low, double high, uint64_t salt) {
  Node *node = tree_take(sizeof *node);
  *node = (Node){.leaf = CONSTANT,
                 .production = "constant",
                 .shape = shape,
                 .low = low,
                 .high = high,
                 .salt = salt,
                 .callee = -1};
  return node;
}

Node *node_name(const char *name, Shape shape, double low, double high) {
  Node *node = tree_take(sizeof *node);
  *node = (Node){
      .leaf = NAME, .production = "name", .shape = shape, .low = low, .high = high, .callee = -1};
  snprintf(node->name, sizeof node->name, "%s", name);
  return node;
}

/* A constant is smaller than an operation, and a name smaller than a constant, so that replacing
 * one by the other ends. */
int node_weight(const Node *node) {
  if (node->leaf == NAME) return 2;
  if (node->leaf == CONSTANT) return 3 + (int)shape_size(node->shape);
  int weight = 6 + (int)strlen(node->form) / 8;
  for (int i = 0; i < node->kid_count; i++) weight += node_weight(node->kids[i]);
  return weight;
}

/* ---- programs ---- */

Program *program_copy(const Program *program) {
  Program *copy = tree_take(sizeof *copy);
  *copy = *program;
  copy->body = node_copy(program->body);
  for (int i = 0; i < 2; i++) copy->point[i] = node_copy(program->point[i]);
  for (int i = 0; i < program->function_count; i++) {
    Function *function = &copy->functions[i];
    function->body = node_copy(function->body);
    for (int p = 0; p < function->param_count; p++)
      function->params[p].value = node_copy(function->params[p].value);
  }
  return copy;
}

static void reach(const Program *program, const Node *node, bool reached[FUNCTIONS_MOST]) {
  if (node->callee >= 0 && !reached[node->callee]) {
    reached[node->callee] = true;
    reach(program, program->functions[node->callee].body, reached);
  }
  for (int i = 0; i < node->kid_count; i++) reach(program, node->kids[i], reached);
}

void program_reach(const Program *program, bool reached[FUNCTIONS_MOST]) {
  memset(reached, 0, FUNCTIONS_MOST * sizeof *reached);
  reach(program, program->body, reached);
}

static void walk(Node **place, void (*visit)(Node **, void *), void *context) {
  visit(place, context);
  for (int i = 0; i < (*place)->kid_count; i++) walk(&(*place)->kids[i], visit, context);
}

void program_walk(Program *program, void (*visit)(Node **place, void *context), void *context) {
  bool reached[FUNCTIONS_MOST];
  program_reach(program, reached);
  walk(&program->body, visit, context);
  for (int i = 0; i < program->function_count; i++) {
    if (!reached[i]) continue;
    walk(&program->functions[i].body, visit, context);
    for (int p = 0; p < program->functions[i].param_count; p++)
      if (program->functions[i].params[p].value)
        walk(&program->functions[i].params[p].value, visit, context);
  }
}

int program_weight(const Program *program) {
  bool reached[FUNCTIONS_MOST];
  program_reach(program, reached);
  int weight = node_weight(program->body) + node_weight(program->point[0]) +
               (program->one ? 0 : 5 + node_weight(program->point[1]));
  for (int i = 0; i < program->function_count; i++) {
    if (!reached[i]) continue;
    weight += 8 + node_weight(program->functions[i].body);
    for (int p = 0; p < program->functions[i].param_count; p++)
      weight += program->functions[i].params[p].value
                    ? node_weight(program->functions[i].params[p].value)
                    : 2;
  }
  return weight;
}

/* ---- is every name bound? ---- */

typedef struct Seen {
  const struct Seen *outer;
  const char *name;
} Seen;

static bool closed(const Node *node, const Seen *seen) {
  if (node->leaf == NAME) {
    for (const Seen *at = seen; at; at = at->outer)
      if (strcmp(at->name, node->name) == 0) return true;
    return false;
  }
  for (int i = 0; i < node->kid_count; i++) {
    Seen inner[BINDS_MOST];
    const Seen *last = seen;
    for (int b = 0; b < node->bind_count; b++) {
      if (!(node->binds[b].kids >> i & 1)) continue;
      inner[b] = (Seen){last, node->binds[b].name};
      last = &inner[b];
    }
    if (!closed(node->kids[i], last)) return false;
  }
  return true;
}

bool program_closed(const Program *program) {
  Seen x = {NULL, "x"}, y = {&x, "y"};
  if (!closed(program->body, program->one ? &x : &y)) return false;
  bool reached[FUNCTIONS_MOST];
  program_reach(program, reached);
  for (int i = 0; i < program->function_count; i++) {
    if (!reached[i]) continue;
    const Function *function = &program->functions[i];
    Seen params[PARAMS_MOST];
    const Seen *last = NULL;
    for (int p = 0; p < function->param_count; p++) {
      params[p] = (Seen){last, function->params[p].name};
      last = &params[p];
    }
    if (!closed(function->body, last)) return false;
  }
  return true;
}

/* ---- printing ---- */

typedef struct Printer {
  FILE *file;
  int indent;
  bool base;   /* arguments are printed as those of the point */
  char last;   /* what was printed last */
  char before; /* the last that was no blank */
} Printer;

static void put(Printer *printer, char byte) {
  fputc(byte, printer->file);
  printer->last = byte;
  if (byte != ' ') printer->before = byte;
}

static void put_text(Printer *printer, const char *text) {
  for (; *text; text++) put(printer, *text);
}

static void print_shape(Printer *printer, Shape shape) {
  for (int i = 0; i < shape.rank; i++) {
    char text[16];
    snprintf(text, sizeof text, i ? ", %d" : "%d", shape.dim[i]);
    put_text(printer, text);
  }
}

/* Element i of a constant: between its bounds, to four decimals: with fewer, equal ones would make
 * ties, which are kinks. */
static double element(const Node *node, int64_t i) {
  uint64_t bits = node->salt + 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  double part = (double)((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
  double value = node->low + (node->high - node->low) * part, unit = 10000;
  double rounded = round(value * unit) / unit;
  return rounded < node->low || rounded > node->high ? value : rounded;
}

static void print_literal(Printer *printer, const Node *node, int axis, int64_t first) {
  char text[40];
  if (axis == node->shape.rank) {
    snprintf(text, sizeof text, "%.6g", element(node, first));
    put_text(printer, text);
    return;
  }
  int64_t step = 1;
  for (int i = axis + 1; i < node->shape.rank; i++) step *= node->shape.dim[i];
  for (int i = 0; i < node->shape.dim[axis]; i++) {
    put_text(printer, i ? ", " : "[");
    print_literal(printer, node, axis + 1, first + i * step);
  }
  put(printer, ']');
}

static void print_constant(Printer *printer, const Node *node) {
  if (shape_size(node->shape) <= LITERAL_MOST) {
    print_literal(printer, node, 0, 0);
    return;
  }
  char text[160];
  double middle = (node->low + node->high) / 2, half = 0.99 * (node->high - node->low) / 2;
  snprintf(text, sizeof text, "reshape(%.3g + %.3g * sin(%.3g * arange(%d) + %.3g), ", middle, half,
           1 + (double)(node->salt % 97) / 31, (int)shape_size(node->shape),
           (double)(node->salt % 53) / 9);
  put_text(printer, text);
  print_shape(printer, node->shape);
  put(printer, ')');
}

static void print_newline(Printer *printer, const char *rest) {
  put(printer, '\n');
  int indent = printer->indent - (*rest == '}');
  for (int i = 0; i < 2 * indent; i++) put(printer, ' ');
}

static void print_node(Printer *printer, const Node *node);

/* A kid that is alone between brackets, commas, an equals sign and the ends of a statement needs no
 * brackets of its own. */
static void print_kid(Printer *printer, const Node *kid, const char *after) {
  char before = printer->before, next = after[strspn(after, " ")];
  bool left = before == '(' || before == ',' || before == ':' || before == '=' || before == '{' ||
              before == '\n';
  bool apart = left &&
               (next == ')' || next == ',' || next == '\n' || (before == '{' && next == '}'));
  bool brackets = !apart && (kid->loose || (kid->leaf == CONSTANT && kid->shape.rank == 0 &&
                                            element(kid, 0) < 0));
  if (brackets) put(printer, '(');
  print_node(printer, kid);
  if (brackets) put(printer, ')');
}

static void print_form(Printer *printer, const Node *node) {
  bool base = printer->base;
  for (const char *at = node->form; *at; at++) {
    if (*at == '$') {
      print_kid(printer, node->kids[at[1] - '0'], at + 2);
      printer->base = base;
      at++;
    } else if (*at == '%' && at[1] == 'S') {
      print_shape(printer, node->shape);
      at++;
    } else if (*at == '\a') {
      printer->base = true;
    } else if (*at == '\n') {
      print_newline(printer, at + 1);
    } else {
      printer->indent += (*at == '{') - (*at == '}');
      put(printer, *at);
    }
  }
}

static void print_node(Printer *printer, const Node *node) {
  if (node->leaf == CONSTANT) print_constant(printer, node);
  else if (node->leaf == INNER) print_form(printer, node);
  else if (printer->base && strcmp(node->name, "x") == 0) put_text(printer, "base.0");
  else if (printer->base && strcmp(node->name, "y") == 0) put_text(printer, "base.1");
  else put_text(printer, node->name);
}

/* Names of helpers and models are those of the program alone: several programs stand in one script.
 */
static void print_head(Printer *printer, const Function *function) {
  put_text(printer, "fn ");
  put_text(printer, function->name);
  put(printer, '(');
  for (int p = 0; p < function->param_count; p++) {
    if (p) put_text(printer, ", ");
    put_text(printer, function->params[p].name);
    if (!function->params[p].value) continue;
    put_text(printer, " = ");
    print_node(printer, function->params[p].value);
  }
  put_text(printer, ") = ");
}

static void print_model(Printer *printer, const Function *function) {
  put_text(printer, "model ");
  put_text(printer, function->name);
  put_text(printer, " {\n");
  printer->indent = 1;
  for (int p = 1; p < function->param_count; p++) {
    put_text(printer, "  param ");
    put_text(printer, function->params[p].name);
    put_text(printer, " = ");
    print_node(printer, function->params[p].value);
    put(printer, '\n');
  }
  put_text(printer, "  fn forward(");
  put_text(printer, function->params[0].name);
  put_text(printer, ") = ");
  print_node(printer, function->body);
  put_text(printer, "\n}\n");
  printer->indent = 0;
}

static void print_declarations(const Program *program, Printer *printer) {
  bool reached[FUNCTIONS_MOST];
  program_reach(program, reached);
  for (int i = 0; i < program->function_count; i++) {
    const Function *function = &program->functions[i];
    if (!reached[i]) continue;
    if (function->kind == MODEL) {
      print_model(printer, function);
      continue;
    }
    print_head(printer, function);
    print_node(printer, function->body);
    put(printer, '\n');
  }
  char head[40];
  snprintf(head, sizeof head,
           program->one ? "fn f_%ld(x) = " : "fn f_%ld(x, y) = ", program->number);
  put_text(printer, head);
  print_node(printer, program->body);
  put(printer, '\n');
}

/* The parameters of each model have checks of their own. */
static void print_models(const Program *program, Printer *printer) {
  bool reached[FUNCTIONS_MOST];
  program_reach(program, reached);
  for (int i = 0; i < program->function_count; i++) {
    const Function *function = &program->functions[i];
    if (!reached[i] || function->kind != MODEL) continue;
    fprintf(printer->file, "examine_model(%ld, %s(), fn(m) = weigh(m(", program->number,
            function->name);
    print_node(printer, node_constant(function->params[0].shape, function->params[0].low,
                                      function->params[0].high, 77));
    fprintf(printer->file, ")), fn(m) = list(");
    for (int p = 1; p < function->param_count; p++)
      fprintf(printer->file, p > 1 ? ", m.%s" : "m.%s", function->params[p].name);
    fprintf(printer->file, "))\n");
  }
}

void program_print(const Program *program, FILE *file) {
  Printer printer = {.file = file};
  print_declarations(program, &printer);
  fprintf(file, program->one ? "examine(%ld, fn(x, y) = f_%ld(x), " : "examine(%ld, f_%ld, ",
          program->number, program->number);
  print_node(&printer, program->point[0]);
  put_text(&printer, ", ");
  if (program->one) put_text(&printer, "0");
  else print_node(&printer, program->point[1]);
  put_text(&printer, ")\n");
  print_models(program, &printer);
}

int program_lines(const Program *program) {
  char *text = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  if (!file) return 0;
  Printer printer = {.file = file};
  print_declarations(program, &printer);
  fclose(file);
  int lines = 0;
  for (size_t i = 0; i < length; i++) lines += text[i] == '\n';
  free(text);
  return lines;
}
