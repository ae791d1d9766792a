/* domain.c — the domains of params (LANGUAGE.md section 6): the trained storage is unconstrained,
 * and the script sees it through a function onto the domain.
 *
 *   positive         softplus(raw)
 *   unit             sigmoid(raw)
 *   between(a, b)    a sigmoid(-raw) + b sigmoid(raw): never beyond an end, whatever is rounded
 *   simplex          softmax(raw) over the last axis
 *   ordered          along the last axis the first, then softplus(raw) more each
 *   cholesky         the lower triangle of the last two axes, softplus on the diagonal; what is
 *                    above it is stored, has no part in the value and a gradient of 0
 *
 * To add one: its row of domain.def, a case in both directions and in `left`.
 */
#include "lang/tensors/domain.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const Op OP_ADD, OP_CUMSUM, OP_EQ, OP_EXPM1, OP_GT, OP_LOG, OP_LOG1P, OP_MUL, OP_NEG,
    OP_SIGMOID, OP_SOFTMAX, OP_SOFTPLUS, OP_SUB, OP_WHERE;

static const struct {
  const char *name;
  const char *wanted; /* of an element; BETWEEN's is made of its numbers */
  const char *axes;   /* what it needs of the shape, or NULL */
} DOMAINS[DOMAIN_KINDS] = {
    [DOMAIN_REAL] = {"no domain", "", NULL},
#define DOMAIN(KIND, name, wanted, axes) [DOMAIN_##KIND] = {name, wanted, axes},
#include "lang/syntax/domain.def"
#undef DOMAIN
};

DomainKind domain_named(const char *name) {
  for (int i = 1; i < DOMAIN_KINDS; i++)
    if (!strcmp(DOMAINS[i].name, name)) return (DomainKind)i;
  return DOMAIN_KINDS;
}

void domain_show(Domain domain, Text *text) {
  text_string(text, DOMAINS[domain.kind].name);
  if (domain.kind != DOMAIN_BETWEEN) return;
  text_char(text, '(');
  text_number(text, domain.low);
  text_string(text, ", ");
  text_number(text, domain.high);
  text_char(text, ')');
}

bool domain_parse(const char *text, Domain *domain) {
  int end = 0;
  *domain = (Domain){0};
  if (sscanf(text, "between(%lf, %lf)%n", &domain->low, &domain->high, &end) == 2 && end) {
    domain->kind = DOMAIN_BETWEEN;
    return !text[end];
  }
  *domain = (Domain){.kind = strcmp(text, DOMAINS[DOMAIN_REAL].name) ? domain_named(text)
                                                                     : DOMAIN_REAL};
  return domain->kind != DOMAIN_KINDS && domain->kind != DOMAIN_BETWEEN;
}

bool domain_equal(Domain a, Domain b) {
  return a.kind == b.kind && a.low == b.low && a.high == b.high;
}

/* ---- what lies inside ---- */

/* An end as the dtype of the values has it. */
static double rounded(double end, Dtype dtype) {
  return dtype == DTYPE_F64 ? end : (double)(float)end;
}

static bool admits_ends(Domain domain, Dtype dtype, Diag *diag) {
  double low = rounded(domain.low, dtype), high = rounded(domain.high, dtype),
         most = dtype == DTYPE_F64 ? DBL_MAX : (double)FLT_MAX;
  if (low < high && high - low <= most) return true;
  Text text = {0};
  domain_show(domain, &text);
  if (low < high)
    diag_fail(diag, STATUS_FAILED, diag->span,
              "the bounds of %s must be finite, and their distance too", text.data);
  else
    diag_fail(diag, STATUS_FAILED, diag->span, "the first bound of %s must be below the second%s",
              text.data, domain.low < domain.high ? ": in f32 they are the same number" : "");
  if (low < high) diag_help(diag, "for one bound: `param x: positive = 1`, and `x + 3` or `3 - x`");
  text_free(&text);
  return false;
}

bool domain_admits(Domain domain, const Type *type, Diag *diag) {
  const Shape *shape = &type->shape;
  int rank = shape->rank;
  if (domain.kind == DOMAIN_BETWEEN) return admits_ends(domain, type->dtype, diag);
  bool square = rank >= 2 && shape->dim[rank - 1] == shape->dim[rank - 2];
  if (!DOMAINS[domain.kind].axes || (domain.kind == DOMAIN_CHOLESKY ? square : rank > 0))
    return true;
  char text[200];
  diag_fail(diag, STATUS_FAILED, diag->span, "%s, this %s%s", DOMAINS[domain.kind].axes,
            rank ? "has the shape " : "is a scalar", rank ? shape_show(shape, text) : "");
  return false;
}

/* Element i of the value; `row` is the length of the last axis. */
static bool lies_inside(Domain domain, const Tensor *value, int64_t i, int64_t row) {
  double x = tensor_get(value, i);
  int64_t column = i % row, line = i / row % row; /* of a square matrix */
  switch ((DomainKind)domain.kind) {
    case DOMAIN_POSITIVE: return x > 0;
    case DOMAIN_UNIT: return x > 0 && x < 1;
    case DOMAIN_BETWEEN:
      return x > rounded(domain.low, value->dtype) && x < rounded(domain.high, value->dtype);
    case DOMAIN_ORDERED: return isfinite(x) && (column == 0 || x > tensor_get(value, i - 1));
    case DOMAIN_CHOLESKY: return column > line ? x == 0 : column == line ? x > 0 : true;
    case DOMAIN_SIMPLEX: {
      if (!(x > 0 && (x < 1 || row == 1))) return false;
      if (column != row - 1) return true;
      double sum = 0;
      for (int64_t k = i - row + 1; k <= i; k++) sum += tensor_get(value, k);
      return sum > 1 - 1e-3 && sum < 1 + 1e-3;
    }
    default: return true;
  }
}

int64_t domain_left(Domain domain, const Tensor *value, Text *wanted) {
  int64_t count = domain.kind ? tensor_count(value) : 0;
  int64_t row = value->shape.rank ? value->shape.dim[value->shape.rank - 1] : 1;
  for (int64_t i = 0; i < count; i++) {
    if (lies_inside(domain, value, i, row)) continue;
    text_string(wanted, DOMAINS[domain.kind].wanted);
    if (domain.kind == DOMAIN_BETWEEN) {
      text_string(wanted, "between ");
      text_number(wanted, domain.low);
      text_string(wanted, " and ");
      text_number(wanted, domain.high);
    }
    return i;
  }
  return -1;
}

/* ---- the two directions ---- */

/* Counting along the rows of an [n, n] matrix beside counting along its columns. */
static NodeId compare_places(Maker *maker, Op op, int64_t n) {
  Shape column = {2, {n, 1}}, row = {2, {1, n}};
  NodeId count = make_iota(maker, n, DTYPE_I32);
  return make2(maker, op, make_reshape(maker, count, &column), make_reshape(maker, count, &row));
}

static NodeId inside_cholesky(Maker *maker, NodeId raw) {
  const Shape *shape = &make_type(maker, raw)->shape;
  int64_t n = shape->dim[shape->rank - 1];
  NodeId diagonal = compare_places(maker, OP_EQ, n), below = compare_places(maker, OP_GT, n);
  NodeId rest = make3(maker, OP_WHERE, below, raw, make_number(maker, 0));
  return make3(maker, OP_WHERE, diagonal, make1(maker, OP_SOFTPLUS, raw), rest);
}

/* The first along the last axis, and the others, of which there is at least one. */
static void parts_in_order(Maker *maker, NodeId a, NodeId parts[2], int *axis) {
  const Shape *shape = &make_type(maker, a)->shape;
  *axis = shape->rank - 1;
  int64_t n = shape->dim[*axis];
  parts[0] = make_run(maker, a, *axis, 0, 1, 1);
  parts[1] = make_run(maker, a, *axis, 1, n - 1, 1);
}

static bool has_one(Maker *maker, NodeId a) {
  const Shape *shape = &make_type(maker, a)->shape;
  return shape->dim[shape->rank - 1] < 2;
}

static NodeId inside_ordered(Maker *maker, NodeId raw) {
  if (!raw || has_one(maker, raw)) return raw;
  NodeId parts[2];
  int axis;
  parts_in_order(maker, raw, parts, &axis);
  parts[1] = make1(maker, OP_SOFTPLUS, parts[1]);
  NodeId steps = make_concat(maker, parts, 2, axis);
  const int64_t attrs[2] = {axis, 0};
  return graph_emit(maker->graph, OP_CUMSUM, &steps, 1, attrs, 2, maker->diag);
}

/* A file may hold the storage in bf16, which is read in f32: most operations are not made of it. */
NodeId domain_inside(Maker *maker, NodeId raw, Domain domain) {
  raw = raw && domain.kind ? make_cast(maker, raw, dtype_wide(make_type(maker, raw)->dtype)) : raw;
  switch ((DomainKind)domain.kind) {
    case DOMAIN_POSITIVE: return make1(maker, OP_SOFTPLUS, raw);
    case DOMAIN_UNIT: return make1(maker, OP_SIGMOID, raw);
    case DOMAIN_BETWEEN: {
      NodeId low = make1(maker, OP_SIGMOID, make1(maker, OP_NEG, raw)),
             high = make1(maker, OP_SIGMOID, raw);
      return make2(maker, OP_ADD, make2(maker, OP_MUL, low, make_number(maker, domain.low)),
                   make2(maker, OP_MUL, high, make_number(maker, domain.high)));
    }
    case DOMAIN_SIMPLEX: {
      int64_t axis = make_type(maker, raw)->shape.rank - 1;
      return graph_emit(maker->graph, OP_SOFTMAX, &raw, 1, &axis, 1, maker->diag);
    }
    case DOMAIN_ORDERED: return inside_ordered(maker, raw);
    case DOMAIN_CHOLESKY: return inside_cholesky(maker, raw);
    default: return raw;
  }
}

/* softplus⁻¹(v) = v + log(1 - exp(-v)). */
static NodeId softplus_back(Maker *maker, NodeId value) {
  NodeId rest = make1(maker, OP_LOG,
                      make1(maker, OP_NEG, make1(maker, OP_EXPM1, make1(maker, OP_NEG, value))));
  return make2(maker, OP_ADD, value, rest);
}

static NodeId outside_ordered(Maker *maker, NodeId value) {
  if (has_one(maker, value)) return value;
  NodeId parts[2];
  int axis;
  parts_in_order(maker, value, parts, &axis);
  int64_t n = make_type(maker, value)->shape.dim[axis];
  NodeId before = make_run(maker, value, axis, 0, n - 1, 1);
  parts[1] = softplus_back(maker, make2(maker, OP_SUB, parts[1], before));
  return make_concat(maker, parts, 2, axis);
}

/* Off the diagonal 1 stands in for the values, which may be any. */
static NodeId outside_cholesky(Maker *maker, NodeId value) {
  const Shape *shape = &make_type(maker, value)->shape;
  NodeId diagonal = compare_places(maker, OP_EQ, shape->dim[shape->rank - 1]);
  NodeId held = make3(maker, OP_WHERE, diagonal, value, make_number(maker, 1));
  return make3(maker, OP_WHERE, diagonal, softplus_back(maker, held), value);
}

NodeId domain_outside(Maker *maker, NodeId value, Domain domain) {
  switch ((DomainKind)domain.kind) {
    case DOMAIN_POSITIVE: return softplus_back(maker, value);
    case DOMAIN_UNIT:
      return make2(maker, OP_SUB, make1(maker, OP_LOG, value),
                   make1(maker, OP_LOG1P, make1(maker, OP_NEG, value)));
    case DOMAIN_BETWEEN: {
      NodeId above = make2(maker, OP_SUB, value, make_number(maker, domain.low)),
             below = make2(maker, OP_SUB, make_number(maker, domain.high), value);
      return make2(maker, OP_SUB, make1(maker, OP_LOG, above), make1(maker, OP_LOG, below));
    }
    case DOMAIN_SIMPLEX: return make1(maker, OP_LOG, value);
    case DOMAIN_ORDERED: return outside_ordered(maker, value);
    case DOMAIN_CHOLESKY: return outside_cholesky(maker, value);
    default: return value;
  }
}
