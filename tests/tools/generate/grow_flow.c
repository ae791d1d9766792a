/* grow_flow.c — rules of names and control: blocks, assignment, tuples and lists, branches, loops,
 * functions, recursion, closures, models, gradients inside gradients, gradients of the script's
 * own.
 *
 * A rule that binds a name puts it in scope while the kids that see it grow (grow() takes it out
 * again), and notes it on the node, so that shrinking knows what may not be moved out.  What goes
 * round in a loop is kept between -2 and 2.
 */
#include "tests/tools/generate/grow.h"

#include <math.h>
#include <string.h>

enum { ROUND = 2 };

static Node *branches(Node *node, Node *a, Node *b) {
  with(with(node, a), b);
  node->low = fmin(a->low, b->low);
  node->high = fmax(a->high, b->high);
  return node;
}

/* A number to compare an element between low and high with. */
static double threshold(Gen *gen, const Node *node) {
  return grow_real(gen, fmax(node->low, -1.5), fmin(node->high, 1.5)) + 0.0037;
}

/* ---- choosing ---- */

static Node *selected(Gen *gen, Shape shape) {
  Node *a = grow(gen, shape);
  Node *node;
  switch (grow_below(gen, 4)) {
    case 0: node = make(shape, 0, 0, "where($2 > %g, $0, $1)", threshold(gen, a)); break;
    case 1:
      node = make(shape, 0, 0, "where($2 > %g and not ($2 > %g), $0, $1)", -0.6037, 0.7041);
      break;
    case 2: node = make(shape, 0, 0, "where($2 < %g or $2 >= %g, $0, $1)", -0.3037, 0.9041); break;
    default:
      node = make(shape, 0, 0, "where(isnan($2) or $2 <= %g, $0, $1)", threshold(gen, a));
      break;
  }
  node->row = table_row("WHERE");
  branches(node, a, grow_chance(gen, 40) ? constant(gen, shape, -1, 1) : grow(gen, shape));
  return with(node, grow(gen, shape));
}

/* A branch that is singular, or NaN, where it is not taken. */
static Node *guarded(Gen *gen, Shape shape) {
  static const char *const forms[] = {"log($0)",   "sqrt($0)",     "1 / $0",        "$0 ^ 0.5",
                                      "rsqrt($0)", "$0 * log($0)", "tanh($0) / $0", "1 / sqrt($0)"};
  const char *name = fresh(gen, "g");
  Node *node = loose(make(shape, -5, 5, "{\nlet %s = $0\nwhere(%s > %g, $1, $2)\n}", name, name,
                          0.2037 + 0.1 * grow_below(gen, 4)));
  node->row = table_row("WHERE");
  with(node, want(gen, shape, -2, 2));
  /* the guard is off at exactly 0, where log and 1 / x have no value */
  bool at_zero = grow_chance(gen, 50);
  if (at_zero) node->kids[0] = with(make(shape, 0, 2, "relu($0)"), node->kids[0]);
  with(node,
       with(make(shape, -5, 5, "%s", forms[grow_below(gen, 8)]), node_name(name, shape, 0.2, 2)));
  node->kids[1]->production = "guarded";
  node->kids[1]->loose = true;
  return bound(with(node, constant(gen, shape, -1, 1)), name, 2);
}

static Node *branch(Gen *gen, Shape shape) {
  Node *test = grow(gen, (Shape){0});
  double at = threshold(gen, test);
  Node *node = loose(make(shape, 0, 0,
                          grow_chance(gen, 70) ? "if $2 > %g { $0 } else { $1 }"
                                               : "if $2 <= %g and $2 > -40 { $0 } else { $1 }",
                          at));
  Node *a = grow(gen, shape);
  return with(branches(node, a, grow(gen, shape)), test);
}

/* ---- names ---- */

static Node *let(Gen *gen, Shape shape) {
  Shape kept = grow_chance(gen, 50) ? shape : random_shape(gen, 0);
  Node *value = grow(gen, kept);
  const char *name = fresh(gen, "v");
  know(gen, name, kept, value->low, value->high);
  Node *result = grow(gen, shape),
       *node = loose(make(shape, result->low, result->high, "{\nlet %s = $0\n$1\n}", name));
  node->lets = true;
  return bound(with(with(node, value), result), name, 2);
}

static Node *let_pair(Gen *gen, Shape shape) {
  Shape second = random_shape(gen, 0);
  Node *a = grow(gen, shape), *b = grow(gen, second);
  const char *one = fresh(gen, "v"), *two = fresh(gen, "w");
  know(gen, one, shape, a->low, a->high);
  know(gen, two, second, b->low, b->high);
  Node *result = grow(gen, shape),
       *node = loose(
           make(shape, result->low, result->high, "{\nlet (%s, %s) = ($0, $1)\n$2\n}", one, two));
  return bound(bound(with(with(with(node, a), b), result), one, 4), two, 4);
}

static Node *collection(Gen *gen, Shape shape) {
  static const char *const forms[] = {"($0, $1).0",      "($1, $0).1",       "(p: $1, q: $0).q",
                                      "list($0, $1)[0]", "list($1, $0)[-1]", "($0, $1)[0]"};
  Node *a = grow(gen, shape), *b = grow(gen, grow_chance(gen, 50) ? shape : random_shape(gen, 0));
  return with(with(make(shape, a->low, a->high, "%s", forms[grow_below(gen, 6)]), a), b);
}

/* A statement that changes an item of a name, a part of it or all. */
static Node *changed_by(Gen *gen, Shape shape, int how) {
  Shape kept = shape.rank && grow_chance(gen, 70) ? shape : random_shape(gen, 1);
  const char *name = fresh(gen, "v"), *change;
  Shape part = kept;
  Node *value = want(gen, kept, -3, 3);
  int n = kept.dim[0], at = grow_below(gen, n);
  switch (how) {
    case 0:
      part = shape_remove(kept, 0);
      change = tree_say("%s[%d] = $1", name, at - (grow_chance(gen, 30) ? n : 0));
      break;
    case 1:
      part = shape_set(kept, 0, n - at);
      change = tree_say("%s[%d:] = $1", name, at);
      break;
    case 2:
      part = shape_set(kept, 0, (n + 1) / 2);
      change = tree_say("%s[::2] = $1", name);
      break;
    case 3: change = tree_say("%s += $1", name); break;
    case 4: change = tree_say("%s *= $1", name); break;
    case 5:
      part = shape_remove(kept, 0);
      change = tree_say("%s[%d] += $1", name, at);
      break;
    default: change = tree_say("%s[:] = $1", name); break;
  }
  know(gen, name, kept, -3, 3);
  Node *put = want(gen, part, -2, 2);
  know(gen, name, kept, -6, 6);
  Node *result = shape_equal(kept, shape) && grow_chance(gen, 50) ? node_name(name, shape, -6, 6)
                                                                  : grow(gen, shape);
  Node *node = loose(make(
      shape, result->low, result->high,
      gen->in_model ? "{\nlet %s = $0 + 0\n%s\n$2\n}" : "{\nlet %s = $0\n%s\n$2\n}", name, change));
  return bound(with(with(with(node, value), put), result), name, 6);
}

static Node *item_changed(Gen *gen, Shape shape) { return changed_by(gen, shape, 0); }
static Node *changed(Gen *gen, Shape shape) {
  return changed_by(gen, shape, grow_between(gen, 1, 6));
}

/* ---- loops ---- */

/* `start` was grown before the loop's own names were known. */
static Node *go_round(Gen *gen, Shape shape, Node *start, const char *name, const char *form) {
  know(gen, name, shape, -ROUND, ROUND);
  gen->loops++;
  Node *body = want(gen, shape, -ROUND, ROUND);
  gen->loops--;
  return bound(with(with(loose(make(shape, -ROUND, ROUND, "%s", form)), start), body), name, 2);
}

static Node *count_loop(Gen *gen, Shape shape) {
  if (gen->loops > 1) return NULL;
  const char *name = fresh(gen, "v"), *counter = fresh(gen, "i");
  int last = grow_between(gen, 0, 3);
  Node *start = want(gen, shape, -ROUND, ROUND);
  know_number(gen, counter, 0, last);
  const char *by = last == 3 && grow_chance(gen, 30) ? " by 2" : "",
             *extra = grow_chance(gen, 25) ? tree_say("if %s == 1 { continue }\n", counter) : "";
  const char *after = grow_chance(gen, 30) ? tree_say(" + 0.1 * %s", counter) : "";
  return bound(go_round(gen, shape, start, name,
                        tree_say("{\nlet %s = $0\nfor %s in 0..%d%s {\n%s%s = $1%s\n}\n%s\n}", name,
                                 counter, last, by, extra, name, after, name)),
               counter, 2);
}

static Node *row_loop(Gen *gen, Shape shape) {
  if (gen->loops > 1) return NULL;
  const char *name = fresh(gen, "v"), *row = fresh(gen, "r");
  bool list = grow_chance(gen, 40);
  Shape part = random_shape(gen, 0), all = shape_insert(part, 0, list ? 2 : random_dim(gen));
  if (!fits(gen, all) || all.dim[0] > 8) return NULL;
  Node *first = want(gen, list ? part : all, -3, 3), *second = list ? want(gen, part, -3, 3) : NULL,
       *start = want(gen, shape, -ROUND, ROUND);
  know(gen, row, part, -3, 3);
  Node *node = go_round(gen, shape, start, name,
                        tree_say("{\nlet %s = $0\nfor %s in %s {\n%s = $1\n}\n%s\n}", name, row,
                                 list ? "list($2, $3)" : "$2", name, name));
  with(node, first);
  if (list) with(node, second);
  return bound(node, row, 2);
}

static Node *while_loop(Gen *gen, Shape shape) {
  if (gen->loops > 1) return NULL;
  const char *name = fresh(gen, "v"), *n = fresh(gen, "n");
  int times = grow_between(gen, 1, 3);
  Node *start = want(gen, shape, -ROUND, ROUND);
  const char *form;
  switch (grow_below(gen, 3)) {
    case 0:
      form = tree_say("{\nlet %s = $0\nlet %s = 0\nwhile %s < %d {\n%s = $1\n%s += 1\n}\n%s\n}",
                      name, n, n, times, name, n, name);
      break;
    case 1:
      form = tree_say("{\nlet %s = $0\nlet %s = 0\nwhile sum(%s * %s) > 0.3037 and %s < %d {\n%s = "
                      "0.7 * $1\n%s += 1\n}\n%s\n}",
                      name, n, name, name, n, times, name, n, name);
      break;
    default:
      form = tree_say("{\nlet %s = $0\nlet %s = 0\nwhile true {\n%s += 1\nif %s > %d { break }\n%s "
                      "= $1\n}\n%s\n}",
                      name, n, n, n, times, name, name);
      break;
  }
  return go_round(gen, shape, start, name, form);
}

/* ---- functions ---- */

/* Grows a body that sees nothing but the parameters. */
static Node *body_of(Gen *gen, Function *function, Shape shape, double most) {
  Gen outer = *gen;
  gen->known = 0;
  gen->depth = gen->depth > 3 ? 3 : gen->depth;
  gen->loops++;
  for (int p = 0; p < function->param_count; p++) {
    const Param *param = &function->params[p];
    if (!param->number) know(gen, param->name, param->shape, param->low, param->high);
  }
  Node *body = want(gen, shape, -most, most);
  gen->loops--;
  gen->depth = outer.depth;
  gen->known = outer.known;
  memcpy(gen->scope, outer.scope, sizeof gen->scope);
  return body;
}

static int declare(Gen *gen, Kind kind, const char *stem) {
  Program *program = gen->program;
  int at = program->function_count++;
  Function *function = &program->functions[at];
  *function = (Function){.kind = kind};
  snprintf(function->name, sizeof function->name, "%s%d_%ld", stem, at, program->number % 1000);
  return at;
}

static Param param(Gen *gen, Shape shape, double most) {
  Param made = {.shape = shape, .low = -most, .high = most};
  snprintf(made.name, sizeof made.name, "%s", fresh(gen, "a"));
  return made;
}

static bool full(const Gen *gen) {
  return gen->program->function_count >= FUNCTIONS_MOST || gen->loops > 1;
}

static Node *call(Gen *gen, Shape shape) {
  if (full(gen)) return NULL;
  int at = declare(gen, HELPER, "h");
  Function *function = &gen->program->functions[at];
  function->params[function->param_count++] =
      param(gen, grow_chance(gen, 60) ? shape : random_shape(gen, 0), 3);
  int how = grow_below(gen, 5);
  if (how > 1) function->params[function->param_count++] = param(gen, random_shape(gen, 0), 3);
  if (how > 2) function->params[1].value = constant(gen, function->params[1].shape, -1.5, 1.5);
  function->body = body_of(gen, function, shape, 4);
  const char *name = function->name;
  Node *node = make(shape, -4, 4, "%s",
                    how == 0   ? tree_say("%s($0)", name)
                    : how == 1 ? tree_say("($0 |> %s)", name)
                    : how == 2 ? tree_say("%s($0, $1)", name)
                    : how == 3 ? tree_say("%s($0)", name)
                               : tree_say("%s($0, %s: $1)", name, function->params[1].name));
  node->callee = at;
  with(node, want(gen, function->params[0].shape, -3, 3));
  if (how == 2 || how == 4)
    with(node, want(gen, gen->program->functions[at].params[1].shape, -3, 3));
  return node;
}

static Node *recursion(Gen *gen, Shape shape) {
  if (full(gen)) return NULL;
  int at = declare(gen, RECURSIVE, "r");
  Function *function = &gen->program->functions[at];
  function->params[0] = (Param){.number = true, .high = 3};
  snprintf(function->params[0].name, NAME_MOST, "%s", fresh(gen, "n"));
  function->params[1] = param(gen, shape, ROUND);
  function->param_count = 2;
  const char *n = function->params[0].name, *name = function->name, *x = function->params[1].name;
  Node *step = body_of(gen, function, shape, ROUND);
  Node *body = loose(make(shape, -ROUND, ROUND,
                          grow_chance(gen, 50) ? "if %s == 0 { %s } else { %s(%s - 1, $0) }"
                                               : "if %s == 0 { %s } else { tanh(%s(%s - 1, $0)) }",
                          n, x, name, n));
  function = &gen->program->functions[at];
  function->body = with(body, step);
  Node *node =
      with(make(shape, -ROUND, ROUND, "%s(%d, $0)", function->name, grow_between(gen, 1, 3)),
           want(gen, shape, -ROUND, ROUND));
  node->callee = at;
  return node;
}

static Node *closure(Gen *gen, Shape shape) {
  if (gen->loops > 1) return NULL;
  const char *name = fresh(gen, "c"), *z = fresh(gen, "z");
  Node *first = want(gen, shape, -ROUND, ROUND);
  know(gen, z, shape, -ROUND, ROUND);
  gen->loops++;
  Node *body = want(gen, shape, -ROUND, ROUND);
  gen->loops--;
  static const char *const forms[] = {
      "{\nlet %s = fn(%s) = $1\n%s($0) + 0.5 * %s(%s($0))\n}",
      "{\nlet %s = fn(%s) = $1\nlet twice = fn(f, q) = f(f(q)) - f(q)\ntwice(%s, $0)\n}"};
  Node *node = grow_chance(gen, 50)
                   ? make(shape, -2 * ROUND, 2 * ROUND, forms[0], name, z, name, name, name)
                   : make(shape, -2 * ROUND, 2 * ROUND, forms[1], name, z, name);
  return bound(with(with(loose(node), first), body), z, 2);
}

static Node *mapped(Gen *gen, Shape shape) {
  if (gen->loops > 1) return NULL;
  const char *z = fresh(gen, "z");
  Node *a = want(gen, shape, -ROUND, ROUND), *b = want(gen, shape, -ROUND, ROUND);
  know(gen, z, shape, -ROUND, ROUND);
  gen->loops++;
  Node *body = want(gen, shape, -ROUND, ROUND);
  gen->loops--;
  Node *node = make(shape, -2 * ROUND, 2 * ROUND,
                    "reduce(fn(p, q) = p + 0.7 * q, map(fn(%s) = $2, list($0, $1)))", z);
  return bound(with(with(with(node, a), b), body), z, 4);
}

static Node *model(Gen *gen, Shape shape) {
  if (full(gen)) return NULL;
  int at = declare(gen, MODEL, "M");
  Function *function = &gen->program->functions[at];
  function->params[function->param_count++] =
      param(gen, grow_chance(gen, 60) ? shape : random_shape(gen, 0), 2);
  for (int i = grow_between(gen, 1, 2); i > 0; i--) {
    Param *made = &function->params[function->param_count++];
    *made = param(gen, random_shape(gen, grow_chance(gen, 80)), 1.5);
    made->value = constant(gen, made->shape, -1.5, 1.5);
  }
  bool outer = gen->in_model;
  gen->in_model = true;
  function->body = body_of(gen, function, shape, 4);
  gen->in_model = outer;
  Node *node = with(make(shape, -4, 4, "%s()($0)", function->name),
                    want(gen, function->params[0].shape, -2, 2));
  node->callee = at;
  return node;
}

/* ---- gradients inside ---- */

static Node *own_gradient(Gen *gen, Shape shape) {
  static const char *const forms[] = {
      "custom_gradient(fn(z) = z * z, fn(z, y, dy) = 2 * z * dy)($0)",
      "custom_gradient(fn(z) = exp(z), fn(z, y, dy) = y * dy)($0)",
      "custom_gradient(fn(z) = sin(z), fn(z, y, dy) = cos(z) * dy)($0)",
      "custom_gradient(fn(z) = tanh(z), fn(z, y, dy) = dy * (1 - y * y))($0)",
      "custom_gradient(fn(p, q) = p * sin(q), fn(p, q, y, dy) = (dy * sin(q), dy * p * "
      "cos(q)))($0, $1)",
  };
  int how = grow_below(gen, 8);
  if (how < 5) {
    Node *node = with(make(shape, -8, 8, "%s", forms[how]), want(gen, shape, -2, 2));
    return how == 4 ? with(node, want(gen, shape, -2, 2)) : node;
  }
  /* A rule that asks gd: the body sees its own argument alone, because nothing else has a gradient
   * through it. */
  if (gen->loops > 1 || gen->inner++ > 1) return NULL;
  Shape from = grow_chance(gen, 50) ? shape : random_shape(gen, 0);
  Function alone = {.param_count = 1, .params = {param(gen, from, ROUND)}};
  Node *body = body_of(gen, &alone, shape, 4);
  const char *z = alone.params[0].name;
  Node *node = make(shape, -4, 4,
                    "custom_gradient(fn(%s) = $1, fn(%s, y, dy) = vjp(fn(%s) = $1, %s, dy))($0)", z,
                    z, z, z);
  return bound(with(with(node, want(gen, from, -ROUND, ROUND)), body), z, 2);
}

static Node *inner_gradient(Gen *gen, Shape shape) {
  if (gen->loops || gen->inner++ > 0) return NULL;
  const char *z = fresh(gen, "z");
  int depth = gen->depth, how = grow_below(gen, 4);
  Shape other = random_shape(gen, 0), at = how == 1 ? other : shape;
  if (shape_size(at) > 64 || shape_size(other) > 64) return NULL;
  gen->depth = depth > 2 ? 2 : depth;
  Node *point = want(gen, at, -0.95 * ROUND, 0.95 * ROUND),
       *along = how ? want(gen, other, -1, 1) : NULL;
  if (how == 3) along = want(gen, shape, -1, 1);
  know(gen, z, at, -ROUND, ROUND);
  gen->loops += 2;
  Node *body = grow(gen, how == 1 ? shape : other);
  gen->loops -= 2;
  gen->depth = depth;
  static const char *const forms[] = {
      "grad(fn(%s) = weigh($1))(off($0))", "jvp(fn(%s) = $1, off($0), $2)",
      "vjp(fn(%s) = $1, off($0), $2)", "hvp(fn(%s) = weigh($1), off($0), $2)"};
  Node *node = bound(with(with(make(shape, -15, 15, forms[how], z), point), body), z, 2);
  return along ? with(node, along) : node;
}

/* The checks put the point's own arguments in the place of what is stopped, and so have it constant
 * too. */
static Node *stopped(Gen *gen, Shape shape) {
  if (gen->loops || gen->known == 0 || strcmp(gen->scope[0].name, "x") != 0) return NULL;
  Gen outer = *gen;
  gen->known = gen->program->one ? 1 : 2;
  Node *kid = grow(gen, shape);
  gen->known = outer.known;
  memcpy(gen->scope, outer.scope, sizeof gen->scope);
  return with(make(shape, kid->low, kid->high, "hold($0, \a$0)"), kid);
}

/* ---- the library ---- */

static Node *library(Gen *gen, Shape shape) {
  if (shape.rank == 0) {
    static const char *const forms[] = {"mse($0, $1)", "huber($0, $1)",
                                        "binary_cross_entropy($0, sigmoid($1))",
                                        "kl_divergence(softmax($0), softmax($1))", "mse($0, $1)"};
    Shape pair = random_shape(gen, 1);
    Node *node = make(shape, 0, 12, "%s", forms[grow_below(gen, 5)]);
    return with(with(node, want(gen, pair, -3, 3)), want(gen, pair, -3, 3));
  }
  if (shape.rank != 2 || shape.dim[1] < 2) return NULL;
  Node *node = loose(
      make(shape, -4, 4,
           grow_chance(gen, 50) ? "LayerNorm(%d)(0.4 * $0 + $1)" : "RMSNorm(%d)(0.4 * $0 + $1)",
           shape.dim[1]));
  return with(with(node, want(gen, shape, -1, 1)), constant(gen, shape, -2, 2));
}

const Production productions_flow[] = {
    {"where", 6, selected},
    {"guarded where", 4, guarded},
    {"if", 6, branch},
    {"let", 8, let},
    {"let of a pair", 3, let_pair},
    {"tuple or list", 4, collection},
    {"x[i] = v", 4, item_changed},
    {"assignment", 6, changed},
    {"for over a range", 7, count_loop},
    {"for over rows", 5, row_loop},
    {"while", 5, while_loop},
    {"function", 7, call},
    {"recursion", 4, recursion},
    {"closure", 4, closure},
    {"map and reduce", 2, mapped},
    {"model", 5, model},
    {"custom_gradient", 6, own_gradient},
    {"gradient inside", 4, inner_gradient},
    {"stop_gradient", 3, stopped},
    {"library", 4, library},
};
const int productions_flow_count = sizeof productions_flow / sizeof productions_flow[0];
