/* grow_move.c — rules that move elements, index, and multiply along axes.
 *
 * Each chooses a shape from which the one wanted follows, and the words that do it.
 */
#include "tests/tools/generate/grow.h"

#include <math.h>
#include <string.h>

static Node *named(Node *node, const char *id) {
  node->row = table_row(id);
  return node;
}

/* A node that only moves elements has its first kid's bounds. */
static Node *moves(Node *node, Node *kid) {
  node->low = kid->low;
  node->high = kid->high;
  return with(node, kid);
}

static int widest(Shape shape, int most) {
  for (int i = 0; i < shape.rank; i++)
    if (shape.dim[i] > most) return 0;
  return 1;
}

/* ---- products ---- */

static Node *product(Gen *gen, Shape shape) {
  int n = random_dim(gen);
  Shape a, b;
  switch (shape.rank) {
    case 0: a = b = shape_of(1, n, 0, 0); break;
    case 1:
      if (grow_chance(gen, 50)) {
        a = shape_of(2, shape.dim[0], n, 0);
        b = shape_of(1, n, 0, 0);
      } else {
        a = shape_of(1, n, 0, 0);
        b = shape_of(2, n, shape.dim[0], 0);
      }
      break;
    case 2:
      a = shape_of(2, shape.dim[0], n, 0);
      b = shape_of(2, n, shape.dim[1], 0);
      break;
    default:
      a = shape_of(3, shape.dim[0], shape.dim[1], n);
      b = grow_chance(gen, 50)
              ? shape_of(3, grow_chance(gen, 30) ? 1 : shape.dim[0], n, shape.dim[2])
              : shape_of(2, n, shape.dim[2], 0);
  }
  if (!fits(gen, a) || !fits(gen, b)) return NULL;
  double most = n > 8 ? 0.3 : 1.5;
  bool turned = b.rank == 2 && grow_chance(gen, 30);
  Node *node = loose(make(shape, -most * most * n, most * most * n,
                          shape.rank == 0 && grow_chance(gen, 60) ? "dot($0, $1)"
                          : turned                                ? "$0 @ $1'"
                                                                  : "$0 @ $1"));
  if (turned) b = shape_of(2, b.dim[1], b.dim[0], 0);
  with(with(node, want(gen, a, -most, most)), want(gen, b, -most, most));
  return named(node, strncmp(node->form, "dot", 3) == 0 ? "DOT" : "MATMUL");
}

static Node *outer(Gen *gen, Shape shape) {
  if (shape.rank != 2) return NULL;
  Node *node = named(make(shape, -4, 4, "outer($0, $1)"), "OUTER");
  return with(with(node, want(gen, shape_of(1, shape.dim[0], 0, 0), -2, 2)),
              want(gen, shape_of(1, shape.dim[1], 0, 0), -2, 2));
}

/* Letters of an operand: some of the letters so far, in any order. */
static Shape operand_letters(Gen *gen, const int *dims, int count, unsigned must, char *letters) {
  Shape shape = {0};
  int order[8];
  for (int i = 0; i < count; i++) order[i] = i;
  for (int i = count - 1; i > 0; i--) {
    int j = grow_below(gen, i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  for (int i = 0; i < count && shape.rank < 3; i++) {
    if (!(must >> order[i] & 1) && (shape.rank == 2 || grow_chance(gen, 50))) continue;
    letters[shape.rank] = (char)('i' + order[i]);
    shape.dim[shape.rank++] = dims[order[i]];
  }
  letters[shape.rank] = 0;
  return shape;
}

static Node *einsum(Gen *gen, Shape shape) {
  int dims[8], count = 0;
  char a[8], b[8], out[8] = "";
  for (; count < shape.rank; count++) {
    dims[count] = shape.dim[count];
    out[count] = (char)('i' + count);
  }
  for (int extra = grow_between(gen, shape.rank == 0, 2); extra > 0 && count < 5; extra--)
    dims[count++] = random_dim(gen);
  unsigned first = 0;
  for (int i = 0; i < count; i++) first |= (unsigned)(grow_chance(gen, 60)) << i;
  if (!first) first = 1;
  Shape left = operand_letters(gen, dims, count, first, a);
  unsigned there = 0;
  for (int i = 0; i < left.rank; i++) there |= 1u << (a[i] - 'i');
  unsigned missing = ((1u << count) - 1) & ~there;
  Shape right = operand_letters(gen, dims, count, missing, b);
  for (int i = 0; i < right.rank; i++) there |= 1u << (b[i] - 'i');
  for (int i = 0; i < shape.rank; i++)
    if (!(there >> i & 1)) return NULL;
  if (!fits(gen, left) || !fits(gen, right) || left.rank == 0) return NULL;
  int64_t terms = 1;
  for (int i = shape.rank; i < count; i++) terms *= dims[i];
  double most = terms > 12 ? 0.4 : 1.2;
  bool alone = right.rank == 0;
  Node *node = alone ? make(shape, 0, 0, "einsum(\"%s->%s\", $0)", a, out)
                     : make(shape, 0, 0, "einsum(\"%s,%s->%s\", $0, $1)", a, b, out);
  node->high = (double)terms * (alone ? most : most * most);
  node->low = -node->high;
  with(node, want(gen, left, -most, most));
  if (!alone) with(node, want(gen, right, -most, most));
  return named(node, "EINSUM");
}

/* ---- axes ---- */

static Node *transposed(Gen *gen, Shape shape) {
  if (shape.rank < 2) return NULL;
  Shape from = shape;
  from.dim[shape.rank - 1] = shape.dim[shape.rank - 2];
  from.dim[shape.rank - 2] = shape.dim[shape.rank - 1];
  return moves(named(make(shape, 0, 0, "$0'"), "TRANSPOSE"), grow(gen, from));
}

static Node *permuted(Gen *gen, Shape shape) {
  if (shape.rank < 2) return NULL;
  int turn = grow_between(gen, 1, shape.rank - 1);
  Shape from = {.rank = shape.rank};
  char axes[24] = "";
  for (int i = 0; i < shape.rank; i++) { /* out.dim[i] = from.dim[axis] */
    int axis = (i + turn) % shape.rank;
    from.dim[axis] = shape.dim[i];
    snprintf(axes + strlen(axes), sizeof axes - strlen(axes), ", %d", axis);
  }
  return moves(named(make(shape, 0, 0, "permute($0%s)", axes), "PERMUTE"), grow(gen, from));
}

static Node *reshaped(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int n = (int)shape_size(shape);
  Shape from = shape_of(1, n, 0, 0);
  for (int d = 2; d <= 4; d++)
    if (n % d == 0 && grow_chance(gen, 50)) from = shape_of(2, d, n / d, 0);
  return moves(named(make(shape, 0, 0, "reshape($0, %%S)"), "RESHAPE"), grow(gen, from));
}

static Node *flattened(Gen *gen, Shape shape) {
  if (shape.rank != 2) return NULL;
  int n = shape.dim[1], inner = n % 2 == 0 ? 2 : 1;
  return moves(named(make(shape, 0, 0, "flatten($0)"), "FLATTEN"),
               grow(gen, shape_of(3, shape.dim[0], n / inner, inner)));
}

static Node *expanded(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  Shape from = grow_chance(gen, 40) ? shape_remove(shape, 0) : shape;
  if (from.rank) from.dim[grow_below(gen, from.rank)] = 1;
  return moves(named(make(shape, 0, 0, "expand($0, %%S)"), "EXPAND"), grow(gen, from));
}

static Node *new_axis(Gen *gen, Shape shape) {
  if (shape.rank < 2) return NULL;
  int axis = grow_below(gen, shape.rank);
  if (shape.dim[axis] != 1) return NULL;
  char index[40] = "";
  for (int i = 0; i <= axis; i++)
    snprintf(index + strlen(index), sizeof index - strlen(index), "%s%s", i ? ", " : "",
             i == axis ? "none" : ":");
  return moves(make(shape, 0, 0, "$0[%s]", index), grow(gen, shape_remove(shape, axis)));
}

/* ---- joining and cutting ---- */

static Node *joined(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int axis = grow_below(gen, shape.rank), n = shape.dim[axis];
  if (n < 2) return NULL;
  Node *node = named(make(shape, -30, 30, "concat($0, $1, axis: %d)", axis), "CONCAT");
  int cut = grow_between(gen, 1, n - 1);
  with(with(node, grow(gen, shape_set(shape, axis, cut))),
       grow(gen, shape_set(shape, axis, n - cut)));
  node->low = fmin(node->kids[0]->low, node->kids[1]->low);
  node->high = fmax(node->kids[0]->high, node->kids[1]->high);
  return node;
}

static Node *stacked(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int axis = grow_below(gen, shape.rank), n = shape.dim[axis];
  if (n < 2 || n > 3) return NULL;
  Node *node = named(make(shape, -30, 30,
                          n == 2 ? "stack($0, $1, axis: %d)" : "stack($0, $1, $2, axis: %d)", axis),
                     "STACK");
  for (int i = 0; i < n; i++) with(node, fit(gen, grow(gen, shape_remove(shape, axis)), -30, 30));
  return node;
}

/* Tensors in a bracket are a tensor. */
static Node *bracket(Gen *gen, Shape shape) {
  if (shape.rank == 0 || shape.dim[0] < 1 || shape.dim[0] > 3) return NULL;
  static const char *const forms[] = {"[$0]", "[$0, $1]", "[$0, $1, $2]"};
  Node *node = make(shape, -30, 30, "%s", forms[shape.dim[0] - 1]);
  for (int i = 0; i < shape.dim[0]; i++)
    with(node, fit(gen, grow(gen, shape_remove(shape, 0)), -30, 30));
  return node;
}

static Node *padded(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  Shape from = shape;
  char amounts[64] = "";
  for (int i = 0; i < shape.rank; i++) {
    int before = grow_below(gen, shape.dim[i] < 3 ? shape.dim[i] : 3),
        after = grow_below(gen, shape.dim[i] - before < 3 ? shape.dim[i] - before : 3);
    from.dim[i] -= before + after;
    snprintf(amounts + strlen(amounts), sizeof amounts - strlen(amounts), ", %d, %d", before,
             after);
  }
  double value = grow_chance(gen, 50) ? 0 : grow_real(gen, -1, 1);
  Node *kid = grow(gen, from);
  Node *node = value == 0 ? make(shape, 0, 0, "pad($0%s)", amounts)
                          : make(shape, 0, 0, "pad($0%s, value: %g)", amounts, value);
  with(node, kid);
  node->low = fmin(kid->low, value);
  node->high = fmax(kid->high, value);
  return named(node, "PAD");
}

static Node *turned(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int axis = grow_below(gen, shape.rank);
  if (grow_chance(gen, 50))
    return moves(named(make(shape, 0, 0, "flip($0, axis: %d)", axis), "FLIP"), grow(gen, shape));
  return moves(
      named(make(shape, 0, 0, "roll($0, %d, axis: %d)", grow_between(gen, -3, 3), axis), "ROLL"),
      grow(gen, shape));
}

static Node *triangle(Gen *gen, Shape shape) {
  if (shape.rank < 2) return NULL;
  bool upper = grow_chance(gen, 50);
  Node *kid = grow(gen, shape),
       *node =
           named(make(shape, 0, 0, "%s($0, %d)", upper ? "triu" : "tril", grow_between(gen, -1, 1)),
                 upper ? "TRIU" : "TRIL");
  moves(node, kid);
  node->low = fmin(node->low, 0);
  node->high = fmax(node->high, 0);
  return node;
}

static Node *diagonal(Gen *gen, Shape shape) {
  if (shape.rank == 0) {
    int n = random_dim(gen);
    if (n > 8) return NULL;
    return with(named(make(shape, -4.0 * n, 4.0 * n, "trace($0)"), "TRACE"),
                want(gen, shape_of(2, n, n, 0), -4, 4));
  }
  if (shape.rank == 1 && shape.dim[0] < 8)
    return moves(named(make(shape, 0, 0, "diag($0)"), "DIAG"),
                 grow(gen, shape_of(2, shape.dim[0], shape.dim[0], 0)));
  if (shape.rank != 2 || shape.dim[0] != shape.dim[1]) return NULL;
  return with(named(make(shape, -4, 4, "diag($0)"), "DIAG"),
              want(gen, shape_of(1, shape.dim[0], 0, 0), -4, 4));
}

static Node *part_of(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int axis = grow_below(gen, shape.rank), n = shape.dim[axis];
  if (grow_chance(gen, 50)) {
    Shape from = shape_set(shape, axis, 2 * n);
    if (!fits(gen, from)) return NULL;
    return moves(
        named(make(shape, 0, 0, "chunk($0, 2, axis: %d).%d", axis, grow_below(gen, 2)), "CHUNK"),
        grow(gen, from));
  }
  Shape from = shape_set(shape, axis, n + grow_below(gen, 3));
  if (!fits(gen, from)) return NULL;
  return moves(named(make(shape, 0, 0, "topk($0, %d, axis: %d).0", n, axis), "TOPK"),
               grow(gen, from));
}

/* ---- indices ---- */

static const char *at_axis(int axis, const char *what) {
  char text[64] = "";
  for (int i = 0; i < axis; i++) strcat(text, ":, ");
  return tree_say("[%s%s]", text, what);
}

static Node *item(Gen *gen, Shape shape) {
  int axis = grow_below(gen, shape.rank + 1), n = random_dim(gen);
  Shape from = shape_insert(shape, axis, n);
  if (!fits(gen, from)) return NULL;
  int known = -1;
  for (int i = 0; i < gen->known; i++)
    if (gen->scope[i].number && gen->scope[i].high < n) known = i;
  const char *index = known >= 0 && grow_chance(gen, 80)
                          ? gen->scope[known].name
                          : tree_say("%d", grow_below(gen, n) - (grow_chance(gen, 30) ? n : 0));
  if (known < 0 || *index != *gen->scope[known].name)
    return moves(make(shape, 0, 0, "$0%s", at_axis(axis, index)), grow(gen, from));
  /* The counter is a kid, so that shrinking sees it. */
  Node *kid = grow(gen, from), *node = moves(make(shape, 0, 0, "$0%s", at_axis(axis, "$1")), kid);
  return with(node, node_name(index, (Shape){0}, 0, n - 1));
}

static Node *slice(Gen *gen, Shape shape) {
  if (shape.rank == 0) return NULL;
  int axis = grow_below(gen, shape.rank), n = shape.dim[axis];
  const char *words;
  Shape from = shape;
  switch (grow_below(gen, 4)) {
    case 0: {
      int before = grow_below(gen, 3), after = grow_below(gen, 3);
      from.dim[axis] = before + n + after;
      words = after == 0 && before ? tree_say("%d:", before)
                                   : tree_say("%d:%d", before, before + n);
      break;
    }
    case 1: {
      int extra = grow_below(gen, 2);
      from.dim[axis] = 2 * n - 1 + extra;
      words = "::2";
      break;
    }
    case 2: words = "::-1"; break;
    default:
      from.dim[axis] = n + 2;
      words = tree_say("%d:-1", 1);
      break;
  }
  if (!fits(gen, from)) return NULL;
  return moves(make(shape, 0, 0, "$0%s", at_axis(axis, words)), grow(gen, from));
}

static Node *gathered_by(Gen *gen, Shape shape, bool whole) {
  if (shape.rank == 0 || !widest(shape, 12)) return NULL;
  int axis = grow_below(gen, shape.rank), n = random_dim(gen);
  Shape from = shape_set(shape, axis, n);
  if (!fits(gen, from)) return NULL;
  char places[128] = "";
  for (int i = 0; i < shape.dim[axis]; i++)
    snprintf(places + strlen(places), sizeof places - strlen(places), i ? ", %d" : "%d",
             grow_below(gen, n) - (grow_chance(gen, 20) ? n : 0));
  return moves(
      make(shape, 0, 0, "$0%s", at_axis(axis, tree_say(whole ? "i32([%s])" : "[%s]", places))),
      grow(gen, from));
}

static Node *gathered(Gen *gen, Shape shape) { return gathered_by(gen, shape, false); }
static Node *gathered_by_whole(Gen *gen, Shape shape) { return gathered_by(gen, shape, true); }

/* An index that follows from data. */
static Node *chosen(Gen *gen, Shape shape) {
  int n = random_dim(gen);
  Shape from = shape_insert(shape, 0, n);
  if (!fits(gen, from)) return NULL;
  Node *node = moves(make(shape, 0, 0, grow_chance(gen, 50) ? "$0[argmax($1)]" : "$0[argmin($1)]"),
                     grow(gen, from));
  return with(node, grow(gen, shape_of(1, n, 0, 0)));
}

const Production productions_move[] = {
    {"product", 8, product},
    {"outer", 2, outer},
    {"einsum", 6, einsum},
    {"transpose", 3, transposed},
    {"permute", 3, permuted},
    {"reshape", 4, reshaped},
    {"flatten", 2, flattened},
    {"expand", 3, expanded},
    {"new axis", 4, new_axis},
    {"concat", 4, joined},
    {"stack", 3, stacked},
    {"bracket", 3, bracket},
    {"pad", 4, padded},
    {"flip or roll", 3, turned},
    {"triangle", 3, triangle},
    {"diagonal", 3, diagonal},
    {"chunk or topk", 3, part_of},
    {"item", 6, item},
    {"slice", 7, slice},
    {"gather", 3, gathered},
    {"gather by i32", 3, gathered_by_whole},
    {"chosen item", 3, chosen},
};
const int productions_move_count = sizeof productions_move / sizeof productions_move[0];
