/* shrink.c — makes a failing program as small as it goes.
 *
 * Greedy: a step is tried on a copy and kept if the copy is lighter, closed (no name has lost its
 * binding) and fails in the same way.  Steps, the boldest first: the whole body becomes a part of
 * it of any shape; a node becomes a part of it of its own shape; a call becomes the helper's body,
 * a `let` its result with the value put in; a node becomes a name or a constant; the second
 * argument goes; an axis becomes shorter everywhere.  When none of them helps the program is
 * smallest.  It ends because weight only falls; text that a step made ill-typed is refused by gd,
 * which is another failure.  Where the fault is a value that is not finite, a part is only put
 * where its bounds are allowed, for otherwise shrinking would make log(-1) of it, which is right.
 */
#include "tests/tools/generate/shrink.h"

#include <string.h>

enum { PLACES_MOST = 600, PARTS_MOST = 200 };

typedef struct Places {
  Node **place[PLACES_MOST];
  int count;
} Places;

typedef struct Shrinking {
  const Judge *judge;
  Program *best;
  bool narrow;
  bool bounded; /* what stands instead of a node must have its bounds */
  Fault *fault;
  int weight;
} Shrinking;

static void note(Node **place, void *context) {
  Places *places = context;
  if (places->count < PLACES_MOST) places->place[places->count++] = place;
}

/* Takes the candidate if it is lighter and as wrong. */
static bool accept(Shrinking *s, Program *candidate) {
  int weight = program_weight(candidate);
  if (weight >= s->weight || !program_closed(candidate)) return false;
  Fault found;
  if (!judge_again(s->judge, candidate, s->fault, s->narrow, &found)) return false;
  s->best = candidate;
  s->weight = weight;
  *s->fault = found;
  return true;
}

/* A copy of the best program with the node at place `at` replaced. */
static bool try_put(Shrinking *s, int at, const Node *instead) {
  size_t mark = tree_mark();
  Program *candidate = program_copy(s->best);
  Places places = {.count = 0};
  program_walk(candidate, note, &places);
  const Node *node = *places.place[at];
  if (s->bounded && at > 0 && (instead->low < node->low || instead->high > node->high)) {
    tree_release(mark);
    return false;
  }
  *places.place[at] = node_copy(instead);
  if (accept(s, candidate)) return true;
  tree_release(mark);
  return false;
}

/* Parts of a node, lightest first. */
static int parts_of(Node *node, Node *parts[PARTS_MOST]) {
  int count = 0;
  for (int i = 0; i < node->kid_count; i++) parts[count++] = node->kids[i];
  for (int i = 0; i < count; i++) {
    for (int k = 0; k < parts[i]->kid_count && count < PARTS_MOST; k++)
      parts[count++] = parts[i]->kids[k];
  }
  for (int i = 1; i < count; i++) {
    for (int j = i; j > 0 && node_weight(parts[j]) < node_weight(parts[j - 1]); j--) {
      Node *kept = parts[j];
      parts[j] = parts[j - 1];
      parts[j - 1] = kept;
    }
  }
  return count;
}

static bool part_of_it(Shrinking *s, int at, Node *node, bool any_shape) {
  Node *parts[PARTS_MOST];
  int count = parts_of(node, parts);
  for (int i = 0; i < count; i++) {
    if ((any_shape || shape_equal(parts[i]->shape, node->shape)) && try_put(s, at, parts[i]))
      return true;
  }
  return false;
}

static Node *substituted(const Node *node, const char *name, const Node *value) {
  if (node->leaf == NAME && strcmp(node->name, name) == 0) return node_copy(value);
  Node *copy = tree_take(sizeof *copy);
  *copy = *node;
  for (int i = 0; i < node->kid_count; i++) copy->kids[i] = substituted(node->kids[i], name, value);
  return copy;
}

/* A call without a call, a `let` without its name. */
static bool opened(Shrinking *s, int at, Node *node) {
  if (node->lets)
    return try_put(s, at, substituted(node->kids[1], node->binds[0].name, node->kids[0]));
  if (node->callee < 0) return false;
  const Function *function = &s->best->functions[node->callee];
  if (function->kind == RECURSIVE || node->kid_count == 0) return false;
  Node *body = function->body;
  for (int p = 0; p < function->param_count; p++) {
    const Node *value = p < node->kid_count ? node->kids[p] : function->params[p].value;
    if (!value) return false;
    body = substituted(body, function->params[p].name, value);
  }
  return try_put(s, at, body);
}

static bool leaf_instead(Shrinking *s, int at, Node *node) {
  if (node->leaf == NAME) return false;
  for (int i = 0; i < (s->best->one ? 1 : 2); i++) {
    const Node *point = s->best->point[i];
    if (shape_equal(point->shape, node->shape) &&
        try_put(s, at, node_name(i ? "y" : "x", point->shape, -1.6, 1.6)))
      return true;
  }
  double middle = (node->low + node->high) / 2, half = (node->high - node->low) / 4;
  if (node->leaf == CONSTANT || middle - half < -40 || middle + half > 40) return false;
  return try_put(s, at, node_constant(node->shape, middle - half, middle + half, 5));
}

static bool smaller_node(Shrinking *s) {
  Places places = {.count = 0};
  program_walk(s->best, note, &places);
  for (int at = 0; at < places.count; at++) {
    Node *node = *places.place[at];
    if (part_of_it(s, at, node, at == 0) || opened(s, at, node) || leaf_instead(s, at, node))
      return true;
  }
  return false;
}

/* ---- axes ---- */

typedef struct Resize {
  int from, to;
} Resize;

static void resize_shape(Shape *shape, const Resize *resize) {
  for (int i = 0; i < shape->rank; i++)
    if (shape->dim[i] == resize->from) shape->dim[i] = resize->to;
}

static void resize_node(Node **place, void *context) { resize_shape(&(*place)->shape, context); }

static bool shorter_axis(Shrinking *s) {
  for (int i = 0; i < 2; i++) {
    for (int axis = 0; axis < s->best->point[i]->shape.rank; axis++) {
      int from = s->best->point[i]->shape.dim[axis];
      for (int to = 1; to < from; to = to < 3 ? to + 1 : 2 * to) {
        Resize resize = {from, to};
        size_t mark = tree_mark();
        Program *candidate = program_copy(s->best);
        program_walk(candidate, resize_node, &resize);
        for (int p = 0; p < 2; p++) resize_shape(&candidate->point[p]->shape, &resize);
        for (int f = 0; f < candidate->function_count; f++)
          for (int p = 0; p < candidate->functions[f].param_count; p++)
            resize_shape(&candidate->functions[f].params[p].shape, &resize);
        if (accept(s, candidate)) return true;
        tree_release(mark);
      }
    }
  }
  return false;
}

static bool one_argument(Shrinking *s) {
  if (s->best->one) return false;
  size_t mark = tree_mark();
  Program *candidate = program_copy(s->best);
  candidate->one = true;
  if (accept(s, candidate)) return true;
  tree_release(mark);
  return false;
}

Program *shrink_program(const Judge *judge, Program *program, bool narrow, Fault *fault) {
  Shrinking s = {.judge = judge,
                 .best = program,
                 .narrow = narrow,
                 .fault = fault,
                 .weight = program_weight(program)};
  s.bounded = strcmp(fault->kind, "finite") == 0 || strstr(fault->kind, "NaN");
  while (smaller_node(&s) || one_argument(&s) || shorter_axis(&s)) {}
  return s.best;
}
