/* grow.c — a program from a seed and a number: the core of the growing rules, and the program's
 * frame.
 *
 * Every choice is a number from a counter-based generator keyed by (seed, number), so that program
 * k can be made alone.  Rules are drawn by weight until one applies; a leaf is a name in scope, a
 * constant, or another name brought to the shape.  Each node carries bounds of its elements.  Where
 * an operation needs its operand between two numbers, fit() takes it there: by a shift and a scale
 * where that is gentle, else through sin, tanh or sigmoid.
 */
#include "tests/tools/generate/grow.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- chance ---- */

static uint64_t mixed(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  return bits ^ (bits >> 31);
}

uint64_t grow_bits(Gen *gen) { return mixed(gen->key + 0x9e3779b97f4a7c15u * ++gen->drawn); }
int grow_below(Gen *gen, int n) { return (int)(grow_bits(gen) % (uint64_t)n); }
int grow_between(Gen *gen, int low, int high) { return low + grow_below(gen, high - low + 1); }
bool grow_chance(Gen *gen, int percent) { return grow_below(gen, 100) < percent; }
double grow_real(Gen *gen, double low, double high) {
  return round(100 * (low + (high - low) * (double)(grow_bits(gen) >> 11) * 0x1p-53)) / 100;
}

/* ---- shapes ---- */

Shape shape_of(int rank, int a, int b, int c) { return (Shape){rank, {a, b, c}}; }

Shape shape_insert(Shape shape, int axis, int dim) {
  for (int i = shape.rank; i > axis; i--) shape.dim[i] = shape.dim[i - 1];
  shape.dim[axis] = dim;
  shape.rank++;
  return shape;
}

Shape shape_remove(Shape shape, int axis) {
  shape.rank--;
  for (int i = axis; i < shape.rank; i++) shape.dim[i] = shape.dim[i + 1];
  return shape;
}

Shape shape_set(Shape shape, int axis, int dim) {
  shape.dim[axis] = dim;
  return shape;
}

int random_dim(Gen *gen) { return gen->dims[grow_below(gen, 3)]; }
bool fits(const Gen *gen, Shape shape) {
  return shape.rank < RANK_MOST && shape_size(shape) <= gen->size_most;
}

Shape random_shape(Gen *gen, int least_rank) {
  static const int ranks[] = {0, 1, 1, 1, 2, 2, 2, 2, 3};
  for (;;) {
    int rank = ranks[grow_below(gen, 9)];
    if (rank < least_rank) continue;
    Shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++) shape.dim[i] = random_dim(gen);
    if (fits(gen, shape)) return shape;
  }
}

/* ---- nodes ---- */

Node *make(Shape shape, double low, double high, const char *form, ...) {
  char text[1024];
  va_list args;
  va_start(args, form);
  vsnprintf(text, sizeof text, form, args);
  va_end(args);
  Node *node = tree_take(sizeof *node);
  *node =
      (Node){.form = tree_say("%s", text), .shape = shape, .low = low, .high = high, .callee = -1};
  return node;
}

Node *loose(Node *node) {
  node->loose = true;
  return node;
}

Node *with(Node *node, Node *kid) {
  node->kids[node->kid_count++] = kid;
  return node;
}

Node *bound(Node *node, const char *name, unsigned kids) {
  Bind *bind = &node->binds[node->bind_count++];
  snprintf(bind->name, sizeof bind->name, "%s", name);
  bind->kids = kids;
  return node;
}

Node *constant(Gen *gen, Shape shape, double low, double high) {
  return node_constant(shape, low, high, grow_bits(gen));
}

const char *fresh(Gen *gen, const char *stem) { return tree_say("%s%d", stem, ++gen->names); }

void know(Gen *gen, const char *name, Shape shape, double low, double high) {
  if (gen->known == SCOPE_MOST) return;
  Known *known = &gen->scope[gen->known++];
  *known = (Known){.shape = shape, .low = low, .high = high};
  snprintf(known->name, sizeof known->name, "%s", name);
}

void know_number(Gen *gen, const char *name, int low, int high) {
  know(gen, name, (Shape){0}, low, high);
  gen->scope[gen->known - 1].number = true;
}

/* ---- leaves ---- */

static Node *use(const Known *known) {
  return node_name(known->name, known->shape, known->low, known->high);
}

/* A name of another shape, brought to this one. */
static Node *brought(Gen *gen, Shape shape, const Known *known) {
  Node *name = use(known);
  int64_t have = shape_size(known->shape), need = shape_size(shape);
  if (shape.rank == 0) {
    double bound = (double)have * fmax(fabs(name->low), fabs(name->high));
    if (grow_chance(gen, 50)) return with(make(shape, name->low, name->high, "mean($0)"), name);
    return with(make(shape, -bound, bound, "sum($0)"), name);
  }
  if (have == need) return with(make(shape, name->low, name->high, "reshape($0, %%S)"), name);
  if (have > need) {
    int first = grow_below(gen, (int)(have - need + 1));
    return with(make(shape, name->low, name->high, "reshape(reshape($0, -1)[%d:%d], %%S)", first,
                     first + (int)need),
                name);
  }
  double bound = fmax(fabs(name->low), fabs(name->high));
  Node *scaled = loose(make(shape, -bound, bound, known->shape.rank ? "$0 * mean($1)" : "$0 * $1"));
  return with(with(scaled, constant(gen, shape, -1, 1)), name);
}

Node *leaf(Gen *gen, Shape shape) {
  gen->budget--;
  int same[SCOPE_MOST], other[SCOPE_MOST], sames = 0, others = 0;
  for (int i = 0; i < gen->known; i++) {
    if (gen->scope[i].number) continue;
    if (shape_equal(gen->scope[i].shape, shape)) same[sames++] = i;
    else other[others++] = i;
  }
  /* What was bound last is the likeliest, so that a block's names are used. */
  if (sames && grow_chance(gen, 75))
    return use(&gen->scope[grow_chance(gen, 60) ? same[sames - 1] : same[grow_below(gen, sames)]]);
  if (others && grow_chance(gen, 85))
    return brought(
        gen, shape,
        &gen->scope[grow_chance(gen, 50) ? other[others - 1] : other[grow_below(gen, others)]]);
  return constant(gen, shape, -1.5, 1.5);
}

/* ---- bounds ---- */

static Node *between(Node *node, double low, double high) {
  node->low = low;
  node->high = high;
  node->production = "fit";
  return node;
}

Node *fit(Gen *gen, Node *node, double low, double high) {
  if (node->low >= low && node->high <= high) return node;
  if (node->leaf == CONSTANT) return constant(gen, node->shape, fmax(low, -4), fmin(high, 4));
  double middle = (low + high) / 2, half = 0.95 * (high - low) / 2, width = node->high - node->low;
  Shape shape = node->shape;
  if (width > 0 && width < 4 * half + 4 && grow_chance(gen, 50)) {
    double scale = fmin(1, 2 * half / width), shift = middle - scale * (node->high + node->low) / 2;
    if (scale == 1)
      return between(loose(with(make(shape, 0, 0, "$0 + %.4g", shift), node)), low, high);
    if (fabs(shift) < 1e-3)
      return between(loose(with(make(shape, 0, 0, "$0 * %.3g", 0.98 * scale), node)), low, high);
    return between(loose(with(make(shape, 0, 0, "$0 * %.3g + %.4g", 0.98 * scale, shift), node)),
                   low, high);
  }
  static const char *const centred[] = {"%.3g * sin($0)", "%.3g * tanh(0.4 * $0)"},
                           *const shifted[] = {"%.4g + %.3g * sin($0)",
                                               "%.4g + %.3g * tanh(0.4 * $0)"};
  int how = grow_below(gen, 3);
  Node *fitted;
  if (how == 2) fitted = make(shape, 0, 0, "%.4g + %.3g * sigmoid($0)", middle - half, 2 * half);
  else if (middle == 0) fitted = make(shape, 0, 0, how ? centred[1] : centred[0], half);
  else fitted = make(shape, 0, 0, how ? shifted[1] : shifted[0], middle, half);
  return between(loose(with(fitted, node)), low, high);
}

Node *want(Gen *gen, Shape shape, double low, double high) {
  return fit(gen, grow(gen, shape), low, high);
}

/* ---- rules ---- */

static const Production *production_at(int i) {
  if (i < productions_table_count) return &productions_table[i];
  i -= productions_table_count;
  if (i < productions_move_count) return &productions_move[i];
  i -= productions_move_count;
  return i < productions_flow_count ? &productions_flow[i] : NULL;
}

int grow_rule_count(void) {
  return productions_table_count + productions_move_count + productions_flow_count;
}
const char *grow_rule(int i) { return production_at(i)->name; }

static const Production *drawn_rule(Gen *gen) {
  static int total;
  int count = grow_rule_count();
  if (!total)
    for (int i = 0; i < count; i++) total += production_at(i)->weight;
  int at = grow_below(gen, total), i = 0;
  while (at >= production_at(i)->weight) at -= production_at(i++)->weight;
  return production_at(i);
}

Node *grow(Gen *gen, Shape shape) {
  if (gen->depth <= 0 || gen->budget <= 0) return leaf(gen, shape);
  if (grow_chance(gen, 12)) return leaf(gen, shape);
  gen->depth--;
  Node *node = NULL;
  for (int tries = 0; tries < 30 && !node; tries++) {
    /* images are only elementwise */
    const Production *production = shape.rank > 3 ? &productions_table[0] : drawn_rule(gen);
    int known = gen->known;
    node = production->rule(gen, shape);
    gen->known = known;
    if (node && !node->production) node->production = production->name;
  }
  gen->depth++;
  gen->budget--;
  if (!node) return leaf(gen, shape);
  /* What grows large would drown everything else in a difference quotient. */
  if (node->low < -30 || node->high > 30) node = fit(gen, node, -3, 3);
  return node;
}

/* ---- the frame ---- */

/* Chance alone would leave what is one of many rare.  Each fourth program is one rule's, each other
 * fourth one row's, in turn. */
static Node *root(Gen *gen, long number) {
  Node *node = NULL;
  int turn = (int)(number / 4 % 100000);
  if (number % 4 == 1) node = grow_row(gen, random_shape(gen, 0), turn);
  for (int tries = 0; number % 4 == 2 && tries < 30 && !node; tries++) {
    const Production *production = production_at(turn % grow_rule_count());
    int known = gen->known;
    node = production->rule(gen, random_shape(gen, 0));
    gen->known = known;
    if (node && !node->production) node->production = production->name;
  }
  return node ? node : grow(gen, random_shape(gen, 0));
}

static void choose_dims(Gen *gen) {
  bool wide = grow_chance(gen, 4); /* long enough for blocks and threads */
  for (int i = 0; i < 3; i++) gen->dims[i] = grow_between(gen, 1, 4);
  if (wide) gen->dims[0] = grow_between(gen, 40, 400);
  gen->size_most = wide ? 4000 : 36;
}

Program *grow_program(uint64_t seed, long number) {
  Program *program = tree_take(sizeof *program);
  *program = (Program){.seed = seed, .number = number};
  Gen gen = {.program = program,
             .key = mixed(seed * 0x2545f4914f6cdd1du + 1) ^
                    mixed((uint64_t)number + 0x632be59bd9b4e019u)};
  choose_dims(&gen);
  gen.depth = grow_between(&gen, 2, 6);
  gen.budget = grow_between(&gen, 5, 45);
  program->one = grow_chance(&gen, 30);
  program->point[0] = constant(&gen, random_shape(&gen, grow_chance(&gen, 85)), -1.5, 1.5);
  program->point[1] = constant(&gen, grow_chance(&gen, 25) ? (Shape){0} : random_shape(&gen, 0),
                               -1.5, 1.5);
  know(&gen, "x", program->point[0]->shape, -1.6, 1.6);
  if (!program->one) know(&gen, "y", program->point[1]->shape, -1.6, 1.6);
  program->body = root(&gen, number);
  return program;
}
