/* build_einsum.c — sums of products by named axes: einsum("bij,bjk->bik", a, b).
 *
 * The operands are taken two at a time from the left.  Of each pair, letters that stand only in one
 * and nowhere later are summed away first; the remaining letters are of four kinds: batch (in both,
 * needed later), inner (in both, not needed later), and the rows and columns that only one of them
 * has.  With axes put in the order
 *     a [batch.., rows.., inner..]   b [batch.., inner.., columns..]
 * and each group made one axis, the pair is one matrix product.  So every contraction runs at the
 * speed of MATMUL, and its gradients are those of moves and products.
 *
 * A letter that stands twice in one operand takes its diagonal first.  The axes that `...` stands
 * for are given letters of their own, counted from the right (AXIS_OF_REST); an operand in which
 * one of them has size 1 loses it, which is all there is to broadcasting.
 *
 * Refused (FAULTS.md, C19): an output letter that no operand has or that stands twice, more letters
 * than the operand has axes, `...` in an operand with axes for it but not in the output.
 */
#include <ctype.h>
#include <string.h>

#include "runtime/graph/build.h"

extern const Op OP_DIAG_PART;

Builder build_einsum;

enum { OPERANDS_MOST = 16, AXIS_OF_REST = 1 /* the letter of the last axis of `...` */ };

/* A tensor with a letter for each axis. */
typedef struct Term {
  NodeId node;
  int rank;
  char letters[RANK_MOST + 1];
  bool rest;   /* `...` stands in it */
  int rest_at; /* before that letter */
} Term;

typedef struct Einsum {
  Maker *maker;
  const Arg *spec; /* for messages */
  Term terms[OPERANDS_MOST];
  int count;
  Term output;        /* its letters */
  int64_t sizes[128]; /* by letter; -1: not seen */
  bool whole;         /* no operand is a float */
} Einsum;

static bool fail(Einsum *sum, const char *format, char letter) {
  return arg_fail(sum->maker, sum->spec, format, letter);
}

/* ---- reading the specification ---- */

/* `...`, once. */
static bool read_rest(Einsum *sum, const char *from, const char *end, Term *term) {
  if (end - from < 3 || memcmp(from, "...", 3) != 0)
    return arg_fail(sum->maker, sum->spec, "further axes in `einsum` are written `...`");
  if (term->rest)
    return arg_fail(sum->maker, sum->spec, "`...` occurs twice in one tensor of `einsum`");
  term->rest = true;
  term->rest_at = term->rank;
  return true;
}

/* The letters up to `end`; in the output each once. */
static bool read_letters(Einsum *sum, const char *from, const char *end, Term *term) {
  for (; from < end; from++) {
    if (*from == ' ') continue;
    if (*from == '.') {
      if (!read_rest(sum, from, end, term)) return false;
      from += 2;
      continue;
    }
    if (!isalpha((unsigned char)*from))
      return arg_fail(sum->maker, sum->spec, "axes in `einsum` are letters, as in \"ij,jk->ik\"");
    if (term == &sum->output && memchr(term->letters, *from, (size_t)term->rank))
      return fail(sum, "axis %c occurs twice in the result of `einsum`", *from);
    if (term->rank == RANK_MOST)
      return arg_fail(sum->maker, sum->spec, "a tensor has at most %d axes", RANK_MOST);
    term->letters[term->rank++] = *from;
  }
  return true;
}

/* Without "->" the output has what `...` stands for, then, in alphabetical order, the letters that
 * stand once, as in NumPy. */
static void imply_output(Einsum *sum) {
  for (int i = 0; i < sum->count; i++) sum->output.rest |= sum->terms[i].rest;
  for (int letter = 'A'; letter <= 'z'; letter++) {
    int times = 0;
    for (int i = 0; i < sum->count; i++)
      for (int axis = 0; axis < sum->terms[i].rank; axis++)
        times += sum->terms[i].letters[axis] == letter;
    if (times == 1 && sum->output.rank < RANK_MOST)
      sum->output.letters[sum->output.rank++] = (char)letter;
  }
}

static bool read_spec(Einsum *sum, const char *spec) {
  const char *arrow = strstr(spec, "->"), *end = arrow ? arrow : spec + strlen(spec), *at = spec;
  for (;;) {
    const char *comma = memchr(at, ',', (size_t)(end - at)), *stop = comma ? comma : end;
    if (sum->count == OPERANDS_MOST)
      return arg_fail(sum->maker, sum->spec, "`einsum` takes at most %d tensors", OPERANDS_MOST);
    if (!read_letters(sum, at, stop, &sum->terms[sum->count++])) return false;
    if (!comma) break;
    at = comma + 1;
  }
  if (!arrow) imply_output(sum);
  return !arrow || read_letters(sum, arrow + 2, spec + strlen(spec), &sum->output);
}

/* Puts the letters of so many axes where `...` stands. */
static bool spell_rest(Einsum *sum, Term *term, int count) {
  if (term->rank + count > RANK_MOST)
    return arg_fail(sum->maker, sum->spec,
                    "the result of `einsum` would have %d axes; the limit is %d",
                    term->rank + count, RANK_MOST);
  char *at = term->letters + term->rest_at;
  memmove(at + count, at, (size_t)(term->rank - term->rest_at));
  for (int i = 0; i < count; i++) at[i] = (char)(AXIS_OF_REST + count - 1 - i);
  term->rank += count;
  return true;
}

/* The letters of all axes, once the tensors are known. */
static bool spell(Einsum *sum, const Arg *operands) {
  int most = 0;
  for (int i = 0; i < sum->count; i++) {
    Term *term = &sum->terms[i];
    Shape shape = make_type(sum->maker, term->node)->shape;
    int further = shape.rank - term->rank;
    char text[200];
    if (term->rest ? further < 0 : further != 0)
      return arg_fail(sum->maker, operands, "tensor %d of `einsum` is %s, its axes are \"%.*s\"",
                      i + 1, shape_show(&shape, text), term->rank, term->letters);
    if (term->rest && !spell_rest(sum, term, further)) return false;
    if (further > most) most = further;
  }
  if (most && !sum->output.rest) {
    arg_fail(sum->maker, sum->spec, "`...` occurs in a tensor of `einsum`, but not in its result");
    return diag_help(sum->maker->diag, "as in \"...ij,...jk->...ik\"");
  }
  return !sum->output.rest || spell_rest(sum, &sum->output, most);
}

static bool is_rest(char letter) { return letter < AXIS_OF_REST + RANK_MOST; }

static bool read_size(Einsum *sum, const Arg *operands, char letter, int64_t found) {
  int64_t *size = &sum->sizes[(int)letter];
  if (is_rest(letter) && (found == 1 || *size == 1))
    found = *size < 0 || *size == 1 ? found : *size;
  else if (*size >= 0 && *size != found)
    return is_rest(letter)
               ? arg_fail(sum->maker, operands,
                          "an axis of `...` of `einsum` is %lld in one tensor and %lld in another",
                          (long long)*size, (long long)found)
               : arg_fail(sum->maker, operands,
                          "axis %c of `einsum` is %lld in one tensor and %lld in another", letter,
                          (long long)*size, (long long)found);
  *size = found;
  return true;
}

static bool read_sizes(Einsum *sum, const Arg *operands) {
  for (int i = 0; i < sum->count; i++) {
    Term *term = &sum->terms[i];
    Shape shape = make_type(sum->maker, term->node)->shape;
    for (int axis = 0; axis < term->rank; axis++)
      if (!read_size(sum, operands, term->letters[axis], shape.dim[axis])) return false;
  }
  for (int axis = 0; axis < sum->output.rank; axis++) {
    if (sum->sizes[(int)sum->output.letters[axis]] < 0)
      return fail(sum, "axis %c of the result is in no tensor of `einsum`",
                  sum->output.letters[axis]);
  }
  return true;
}

/* ---- each tensor by itself ---- */

/* Without the axes of size 1 that broadcast. */
static void narrow(Einsum *sum, Term *term) {
  Shape shape = make_type(sum->maker, term->node)->shape, kept = {0};
  int count = 0;
  for (int axis = 0; axis < term->rank; axis++) {
    char letter = term->letters[axis];
    if (shape.dim[axis] != sum->sizes[(int)letter]) continue;
    term->letters[count++] = letter;
    kept.dim[kept.rank++] = shape.dim[axis];
  }
  term->rank = count;
  term->node = make_reshape(sum->maker, term->node, &kept);
}

/* The diagonal of axes i < j, which have one letter: it comes last. */
static void take_diagonal(Einsum *sum, Term *term, int i, int j) {
  int order[RANK_MOST], count = 0;
  const int64_t middle = 0;
  char letter = term->letters[i], letters[RANK_MOST];
  for (int axis = 0; axis < term->rank; axis++)
    if (axis != i && axis != j) letters[count] = term->letters[axis], order[count++] = axis;
  letters[count] = letter;
  order[count] = i, order[count + 1] = j;
  NodeId turned = make_permute(sum->maker, term->node, order);
  term->node = turned ? graph_emit(sum->maker->graph, OP_DIAG_PART, &turned, 1, &middle, 1,
                                   sum->maker->diag)
                      : 0;
  term->rank = count + 1;
  memcpy(term->letters, letters, (size_t)term->rank);
}

static void take_diagonals(Einsum *sum, Term *term) {
  for (int j = 1; j < term->rank && term->node; j++) {
    const char *before = memchr(term->letters, term->letters[j], (size_t)j);
    if (!before) continue;
    take_diagonal(sum, term, (int)(before - term->letters), j);
    j = 0; /* the axes have moved */
  }
}

/* ---- working it out ---- */

static bool has(const Term *term, char letter) {
  return memchr(term->letters, letter, (size_t)term->rank) != NULL;
}

/* Is the letter wanted after the terms up to `done` were taken together? */
static bool wanted(const Einsum *sum, int done, char letter) {
  for (int i = done; i < sum->count; i++) {
    if (has(&sum->terms[i], letter)) return true;
  }
  return has(&sum->output, letter);
}

/* Sums away what neither the partner nor anything later has. */
static void shed(Einsum *sum, Term *term, const Term *partner, int done) {
  uint32_t mask = 0;
  int kept = 0;
  for (int axis = 0; axis < term->rank; axis++) {
    char letter = term->letters[axis];
    if ((partner && has(partner, letter)) || wanted(sum, done, letter))
      term->letters[kept++] = letter;
    else mask |= 1u << axis;
  }
  term->node = make_sum(sum->maker, term->node, mask, false);
  term->rank = kept;
}

/* Puts the axes into the order of `letters`. */
static void arrange(Einsum *sum, Term *term, const char *letters) {
  int order[RANK_MOST];
  for (int axis = 0; axis < term->rank; axis++)
    order[axis] = (int)((const char *)memchr(term->letters, letters[axis], (size_t)term->rank) -
                        term->letters);
  term->node = make_permute(sum->maker, term->node, order);
  memcpy(term->letters, letters, (size_t)term->rank);
}

/* A run of letters, and the size that they have together. */
typedef struct Group {
  char letters[2 * RANK_MOST];
  int count;
  int64_t size;
} Group;

static bool group_add(Einsum *sum, Group *group, char letter) {
  group->letters[group->count++] = letter;
  if (size_mul(group->size, sum->sizes[(int)letter], &group->size)) return true;
  return arg_fail(sum->maker, sum->spec, "the axes of `einsum` together are too large");
}

static void as_matrices(Einsum *sum, Term *term, const Group *batch, const Group *first,
                        const Group *second) {
  char letters[4 * RANK_MOST];
  int count = 0;
  const Group *groups[3] = {batch, first, second};
  for (int g = 0; g < 3; g++) {
    memcpy(letters + count, groups[g]->letters, (size_t)groups[g]->count);
    count += groups[g]->count;
  }
  arrange(sum, term, letters);
  Shape shape = {.rank = 3, .dim = {batch->size, first->size, second->size}};
  term->node = make_reshape(sum->maker, term->node, &shape);
}

/* a and b become their product. */
static bool multiply(Einsum *sum, Term *a, Term *b, int done) {
  Group batch = {.size = 1}, rows = {.size = 1}, inner = {.size = 1}, columns = {.size = 1};
  shed(sum, a, b, done);
  shed(sum, b, a, done);
  for (int axis = 0; axis < a->rank; axis++) {
    char letter = a->letters[axis];
    Group *group = !has(b, letter) ? &rows : wanted(sum, done, letter) ? &batch : &inner;
    if (!group_add(sum, group, letter)) return false;
  }
  for (int axis = 0; axis < b->rank; axis++) {
    if (!has(a, b->letters[axis]) && !group_add(sum, &columns, b->letters[axis])) return false;
  }
  int rank = batch.count + rows.count + columns.count;
  if (rank > RANK_MOST)
    return arg_fail(sum->maker, sum->spec, "a step of `einsum` would have %d axes; the limit is %d",
                    rank, RANK_MOST);
  as_matrices(sum, a, &batch, &rows, &inner);
  as_matrices(sum, b, &batch, &inner, &columns);
  a->node = make_matmul(sum->maker, a->node, b->node, false, false);
  Shape shape = {.rank = rank};
  const Group *groups[3] = {&batch, &rows, &columns};
  a->rank = 0;
  for (int g = 0; g < 3; g++) {
    for (int i = 0; i < groups[g]->count; i++) {
      shape.dim[a->rank] = sum->sizes[(int)groups[g]->letters[i]];
      a->letters[a->rank++] = groups[g]->letters[i];
    }
  }
  a->node = make_reshape(sum->maker, a->node, &shape);
  return a->node != 0;
}

static NodeId work_out(Einsum *sum) {
  Term *result = &sum->terms[0];
  for (int i = 0; i < sum->count; i++) {
    narrow(sum, &sum->terms[i]);
    take_diagonals(sum, &sum->terms[i]);
    if (!sum->terms[i].node) return 0;
  }
  for (int i = 1; i < sum->count; i++) {
    if (!multiply(sum, result, &sum->terms[i], i + 1)) return 0;
  }
  shed(sum, result, NULL, sum->count);
  arrange(sum, result, sum->output.letters);
  return result->node;
}

/* The tensors as floats of one dtype.  Of whole numbers alone the sums are made in f64 and are i32,
 * as with `@`. */
static bool read_operands(Einsum *sum, const Arg *arg) {
  const NodeId *given = arg->kind == ARG_NODES ? arg->nodes : &arg->node;
  int count = arg->kind == ARG_NODES ? arg->count : arg->kind == ARG_NODE ? 1 : 0;
  if (count != sum->count)
    return arg_fail(sum->maker, sum->spec, "\"%.60s\" names %d tensors, %d are given",
                    sum->spec->text, sum->count, count);
  Dtype dtype = DTYPE_BOOL;
  for (int i = 0; i < count; i++) {
    if (!given[i]) return false;
    const Type *type = make_type(sum->maker, given[i]);
    if (!type->weak) dtype = dtype_promote(dtype, type->dtype);
  }
  sum->whole = !dtype_floats(dtype);
  if (sum->whole) dtype = DTYPE_F64;
  for (int i = 0; i < count; i++) sum->terms[i].node = make_cast(sum->maker, given[i], dtype);
  return !sum->maker->diag->status;
}

int build_einsum(Maker *maker, Op op, const Arg *args, int arg_count, NodeId *results) {
  (void)op, (void)arg_count;
  Einsum sum = {.maker = maker, .spec = &args[0]};
  memset(sum.sizes, -1, sizeof sum.sizes);
  bool good = read_spec(&sum, args[0].text) && read_operands(&sum, &args[1]) &&
              spell(&sum, &args[1]) && read_sizes(&sum, &args[1]);
  NodeId result = good ? work_out(&sum) : 0;
  return result ? build_one(sum.whole ? make_cast(maker, result, DTYPE_I32) : result, results) : 0;
}
