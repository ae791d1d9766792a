/* formula_print.c — formulas as text.
 *
 * In a sum, positive terms come first, then negative ones.  In a product the order is: the number,
 * names, calls, brackets, matrix products.  A sum divided by its number of rows is printed as
 * `mean`; for `x' @ …` it is `/ len(x)`.  Subexpressions that occur several times in a long formula
 * get names of their own.
 */
#include "lang/gradients/formula_print.h"

#include "runtime/opcodes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what stands often ---- */

static void count_uses(const Formula *formula) {
  Formula *counted = (Formula *)(uintptr_t)formula;
  if (counted->uses++) return; /* once shared, its parts are written once */
  for (int i = 0; i < formula->arg_count; i++) count_uses(formula->args[i]);
  for (int i = 0; i < formula->term_count; i++)
    for (int k = 0; k < formula->terms[i].count; k++) count_uses(formula->terms[i].factors[k].base);
}

int formula_print_share(Formulas *formulas, const Formula *const *all, int count) {
  int longest = 0;
  for (int i = 0; i < count; i++) {
    count_uses(all[i]);
    int length = formula_length(all[i]);
    if (length > longest) longest = length;
  }
  for (int i = 0; i < formulas->count && longest > 20; i++) {
    Formula *formula = formulas->all[i];
    bool whole = false;
    for (int k = 0; k < count; k++) whole |= all[k] == formula;
    bool shares = formula->uses > 1 && !whole && formula_length(formula) >= 4;
    if (!shares || formulas->shared_count == SHARED_MOST) continue;
    char name[16];
    snprintf(name, sizeof name, "h%d", formulas->shared_count + 1);
    formula->own = arena_text(&formulas->arena, name, strlen(name));
    formulas->shared[formulas->shared_count++] = formula;
  }
  return formulas->shared_count;
}

const Formula *formula_print_shared(Formulas *formulas, int index, const char **name) {
  *name = formulas->shared[index]->own;
  return formulas->shared[index];
}

/* ---- printing ---- */

enum { OF_ALL, OF_SUM, OF_PRODUCT, OF_POWER, OF_PART }; /* how tightly what is around binds */

static void print(Formulas *formulas, const Formula *formula, int around, Text *text);

static void print_number(double value, Text *text) {
  double near = round(value * 1e6) / 1e6;
  if (near != 0 && fabs(near - value) < 1e-6 * fabs(value)) value = near;
  text_digits(text, value, 7);
}

/* The name of what has so many rows, one of these if it can be. */
static const char *rows_name(const Formulas *formulas, const Formula *sum) {
  for (int i = 0; i < 2; i++) {
    const Formula *arg = sum->args[i];
    bool named = arg->form == FORM_NAME && arg->shape.rank && arg->shape.dim[0] == sum->number;
    if (named) return arg->name;
  }
  for (int i = 0; i < formulas->row_count; i++)
    if (formulas->rows[i].rows == sum->number) return formulas->rows[i].name;
  return NULL;
}

/* Does `@` add over the rows of what stands on its left? */
static bool adds_rows(const Formulas *formulas, const Formula *base) {
  bool rows = base->form == FORM_MATMUL && (base->turned[0] || base->args[0]->shape.rank == 1);
  return rows && rows_name(formulas, base);
}

/* k / n of a sum over n rows: true, and the k. */
static bool by_rows(double times, int64_t rows, double *left) {
  double whole = round(times * (double)rows);
  if (rows < 2 || whole == 0 || fabs(whole) > 1000 || times == round(times)) return false;
  if (fabs(times * (double)rows - whole) > 1e-4 * fabs(whole)) return false;
  *left = whole;
  return true;
}

/* A term whose number is one over the rows of a sum in it: that factor's place, or -1. */
static int rows_factor(const Formulas *formulas, const Term *term, double *times, bool *mean) {
  for (int i = 0; i < term->count; i++) {
    const Formula *base = term->factors[i].base;
    if (term->factors[i].power != 1) continue;
    *mean = base->form == FORM_TOTAL;
    bool named = *mean || adds_rows(formulas, base);
    if (named && by_rows(term->times, base->number, times)) return i;
  }
  return -1;
}

static int reading_order(const Formula *base) {
  if (base->form == FORM_NAME || base->form == FORM_PLACE || base->own) return 0;
  if (base->form == FORM_SUM) return 2;
  return base->form == FORM_MATMUL ? 3 : 1;
}

static void print_total(Formulas *formulas, const Formula *formula, const char *word, Text *text) {
  text_format(text, "%s(", word);
  print(formulas, formula->args[0], OF_ALL, text);
  int rank = formula->args[0]->shape.rank, count = 0, last = 0;
  for (int i = 0; i < rank; i++)
    if (formula->axes >> i & 1) count++, last = i;
  if (count < rank && count == 1) text_format(text, ", axis: %d", last == rank - 1 ? -1 : last);
  if (count < rank && count > 1) {
    text_string(text, ", axis: (");
    for (int i = 0, k = 0; i < rank; i++)
      if (formula->axes >> i & 1) text_format(text, "%s%d", k++ ? ", " : "", i);
    text_char(text, ')');
  }
  if (formula->shape.rank == rank && count < rank) text_string(text, ", keep: true");
  text_char(text, ')');
}

static void print_factor(Formulas *formulas, const Factor *factor, double power, bool mean,
                         int around, Text *text) {
  if (mean) print_total(formulas, factor->base, "mean", text);
  else print(formulas, factor->base, power == 1 ? around : OF_PART, text);
  if (power == 1) return;
  text_char(text, '^');
  if (power < 0) text_char(text, '(');
  print_number(power, text);
  if (power < 0) text_char(text, ')');
}

/* The term without its sign. */
static void print_term(Formulas *formulas, const Term *term, Text *text) {
  double times = fabs(term->times), left = 0;
  bool mean = false;
  int by = rows_factor(formulas, term, &left, &mean);
  if (by >= 0) times = fabs(left);
  int above = 0, factors = 0;
  for (int i = 0; i < term->count; i++) above += term->factors[i].power > 0;
  if (times != 1 || !above) print_number(times, text), factors++;
  for (int order = 0; order < 4; order++)
    for (int i = 0; i < term->count; i++) {
      const Factor *factor = &term->factors[i];
      if (factor->power <= 0 || reading_order(factor->base) != order) continue;
      if (factors++) text_string(text, " * ");
      bool bare = factor->base->form == FORM_MATMUL && above == 1;
      print_factor(formulas, factor, factor->power, mean && i == by, bare ? OF_SUM : OF_PRODUCT + 1,
                   text);
    }
  if (by >= 0 && !mean)
    text_format(text, " / len(%s)", rows_name(formulas, term->factors[by].base));
  for (int i = 0; i < term->count; i++) {
    if (term->factors[i].power >= 0) continue;
    text_string(text, " / ");
    print_factor(formulas, &term->factors[i], -term->factors[i].power, false, OF_POWER, text);
  }
}

/* A polynomial in one part reads from its highest power down, whatever the signs. */
static bool by_powers(const Formula *formula, int order[TERMS_MOST]) {
  const Formula *base = NULL;
  if (formula->term_count < 3 || formula->term_count > TERMS_MOST) return false;
  for (int i = 0; i < formula->term_count; i++) {
    const Term *term = &formula->terms[i];
    if (term->count > 1 || (term->count && base && term->factors[0].base != base)) return false;
    if (term->count) base = term->factors[0].base;
    int at = i;
    double power = term->count ? term->factors[0].power : 0;
    for (; at > 0; at--) {
      const Term *other = &formula->terms[order[at - 1]];
      if ((other->count ? other->factors[0].power : 0) >= power) break;
      order[at] = order[at - 1];
    }
    order[at] = i;
  }
  return true;
}

static void print_sum(Formulas *formulas, const Formula *formula, int around, Text *text) {
  if (formula->term_count == 0) text_char(text, '0');
  const Term *first = formula->terms;
  bool lone = formula->term_count == 1;
  bool bracket = around > (lone ? (first->times < 0 ? OF_SUM : OF_PRODUCT) : OF_SUM) &&
                 formula->term_count > 0;
  if (lone && first->count == 0 && first->times >= 0) bracket = false;
  if (bracket) text_char(text, '(');
  int printed = 0, order[TERMS_MOST];
  bool powers = by_powers(formula, order);
  for (int pass = 0; pass < (powers ? 1 : 2); pass++) /* what is added comes first */
    for (int i = 0; i < formula->term_count; i++) {
      const Term *term = &formula->terms[powers ? order[i] : i];
      if (!powers && (pass == 1) != (term->times < 0)) continue;
      if (term->times < 0) text_string(text, printed ? " - " : "-");
      else if (printed) text_string(text, " + ");
      print_term(formulas, term, text);
      printed++;
    }
  if (bracket) text_char(text, ')');
}

static void print_shape(const Shape *shape, Text *text) {
  for (int i = 0; i < shape->rank; i++)
    text_format(text, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
}

/* What an operation reads in its shape: a number is as many. */
static void print_whole(Formulas *formulas, const Formula *formula, int around, Text *text) {
  double value;
  bool number = formula->shape.rank && !formula->own && formula_is_number(formula, &value);
  if (!number) {
    print(formulas, formula, around, text);
    return;
  }
  text_string(text, value == 0 ? "zeros(" : value == 1 ? "ones(" : "full(");
  print_shape(&formula->shape, text);
  if (value != 0 && value != 1) {
    text_string(text, ", value: ");
    print_number(value, text);
  }
  text_char(text, ')');
}

static void print_operand(Formulas *formulas, const Formula *formula, bool turned, bool right,
                          Text *text) {
  print_whole(formulas, formula, turned ? OF_PART : right ? OF_POWER : OF_PRODUCT, text);
  if (turned) text_char(text, '\'');
}

/* A mask of axes, as a reduction has it. */
static void print_axes(int rank, uint32_t axes, bool keep, Text *text) {
  uint32_t all = (1U << rank) - 1;
  bool several = (axes & (axes - 1)) != 0;
  if ((axes & all) == all) return;
  text_string(text, several ? ", axis: (" : ", axis: ");
  for (int i = 0, k = 0; i < rank; i++)
    if (axes >> i & 1)
      text_format(text, "%s%d", k++ ? ", " : "", i == rank - 1 && !several ? -1 : i);
  text_format(text, "%s%s", several ? ")" : "", keep ? ", keep: true" : "");
}

static void print_pad(const Node *node, int rank, Text *text) {
  double value;
  memcpy(&value, &node->attrs[2 * rank], sizeof value);
  for (int i = 0; i < 2 * rank; i++) text_format(text, ", %lld", (long long)node->attrs[i]);
  if (value == 0) return;
  text_string(text, ", value: ");
  print_number(value, text);
}

/* What an operation is told besides its arguments; `…` where the language has no word for it. */
static void print_settings(const Formulas *formulas, const Formula *formula, Text *text) {
  const Node *node = graph_node(formulas->graph, formula->node);
  const Shape *from = formula->arg_count ? &formula->args[0]->shape : &formula->shape;
  int last = from->rank - 1;
  if (op_class(formula->op) != CLASS_NONE || !node->attr_count || formula->op != node->op) return;
  switch (formula->op) {
    case OP_EXPAND:
    case OP_RESHAPE:
      if (formula->shape.rank) text_string(text, ", ");
      print_shape(&formula->shape, text);
      break;
    case OP_PROD:
    case OP_MIN:
    case OP_MAX:
    case OP_ANY:
    case OP_ALL:
    case OP_LOGSUMEXP:
    case OP_NORM2:
      print_axes(from->rank, (uint32_t)node->attrs[0], node->attrs[1] != 0, text);
      break;
    case OP_ARGMIN:
    case OP_ARGMAX: print_axes(from->rank, 1u << node->attrs[0], node->attrs[1] != 0, text); break;
    case OP_SOFTMAX:
    case OP_LOG_SOFTMAX:
    case OP_CUMSUM:
    case OP_ARGSORT:
      if (node->attrs[0] != last) text_format(text, ", axis: %lld", (long long)node->attrs[0]);
      if (formula->op == OP_ARGSORT && node->attrs[1]) text_string(text, ", descending: true");
      break;
    case OP_CONCAT:
      if (node->attrs[0]) text_format(text, ", axis: %lld", (long long)node->attrs[0]);
      break;
    case OP_PAD: print_pad(node, from->rank, text); break;
    case OP_TRIANGLE:
      if (node->attrs[1]) text_format(text, ", %lld", (long long)node->attrs[1]);
      break;
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART:
      if (node->attrs[0]) text_format(text, ", %lld", (long long)node->attrs[0]);
      break;
    case OP_IOTA: print_shape(&formula->shape, text); break;
    default: text_string(text, ", …");
  }
}

static const char *word_of(const Formulas *formulas, const Formula *formula) {
  const Node *node = graph_node(formulas->graph, formula->node);
  switch (formula->op) {
    case OP_NORM2: return "norm";
    case OP_IOTA: return "arange";
    case OP_DIAG_MATRIX:
    case OP_DIAG_PART: return "diag";
    case OP_TRIANGLE: return node->op == OP_TRIANGLE && node->attrs[0] ? "triu" : "tril";
    default: return op_name(formula->op);
  }
}

/* The transpose of x[:, i], as rows that are added up and turned. */
static bool print_columns(Formulas *formulas, const Formula *formula, const Node *node,
                          Text *text) {
  const Formula *x = formula->args[0], *index = formula->args[1];
  const Shape *shape = &node->type.shape;
  if (node->attrs[0] != 1 || shape->rank != 2 || index->shape.rank != 1) return false;
  text_format(text, "scatter_add(zeros(%lld, %lld), ", (long long)shape->dim[1],
              (long long)shape->dim[0]);
  print(formulas, index, OF_ALL, text);
  text_string(text, ", ");
  print(formulas, x, OF_PART, text);
  text_string(text, "')'");
  return true;
}

/* x[i], x[:, i], and its transpose, the sums of what falls on one place; by elements, gather. */
static bool print_places(Formulas *formulas, const Formula *formula, const Node *node, Text *text) {
  const Formula *x = formula->args[0], *index = formula->args[1];
  const int64_t axis = node->attrs[0];
  bool sums = formula->op == OP_SCATTER || formula->op == OP_DROP;
  if (formula->op == OP_SCATTER && axis) return print_columns(formulas, formula, node, text);
  if (formula->op == OP_GATHER) {
    print(formulas, x, OF_PART, text);
    text_char(text, '[');
    for (int64_t i = 0; i < axis; i++) text_string(text, ":, ");
    print(formulas, index, OF_ALL, text);
    text_char(text, ']');
    return true;
  }
  text_string(text, sums ? "scatter_add(zeros(" : "gather(");
  if (sums) {
    print_shape(&node->type.shape, text);
    text_string(text, "), ");
    print(formulas, index, OF_ALL, text);
    text_string(text, ", ");
    print_whole(formulas, x, OF_ALL, text);
  } else {
    print_whole(formulas, x, OF_ALL, text);
    text_string(text, ", ");
    print(formulas, index, OF_ALL, text);
  }
  if (formula->op != OP_SCATTER) text_format(text, ", axis: %lld", (long long)axis);
  text_char(text, ')');
  return true;
}

/* What the gradient has an operation of its own for, and the language a form. */
static bool print_form(Formulas *formulas, const Formula *formula, Text *text) {
  const Node *node = graph_node(formulas->graph, formula->node);
  if (node->op != formula->op) return false;
  switch (formula->op) {
    case OP_GATHER:
    case OP_SCATTER:
    case OP_PICK:
    case OP_DROP: return print_places(formulas, formula, node, text);
    case OP_CUMSUM: { /* from the end */
      char axis[24] = "";
      if (!node->attrs[1]) return false;
      if (formula->shape.rank > 1) snprintf(axis, sizeof axis, ", axis: %d", (int)node->attrs[0]);
      text_string(text, "flip(cumsum(flip(");
      print_whole(formulas, formula->args[0], OF_ALL, text);
      text_format(text, "%s)%s)%s)", axis, axis, axis);
      return true;
    }
    case OP_ARGSORT: /* the first k alone */
      if (node->attr_count < 3 || !node->attrs[1]) return false;
      text_string(text, "topk(");
      print_whole(formulas, formula->args[0], OF_ALL, text);
      text_format(text, ", %lld)[1]", (long long)node->attrs[2]);
      return true;
    default: return false;
  }
}

/* An operator between two formulas; `^` binds closely, others have brackets inside any other. */
static void print_infix(Formulas *formulas, const Formula *formula, int around, Text *text) {
  bool power = formula->op == OP_POW;
  bool bracket = around > (power ? OF_POWER : OF_ALL);
  if (bracket) text_char(text, '(');
  print(formulas, formula->args[0], power ? OF_PART : OF_SUM, text);
  text_format(text, power ? "%s" : " %s ", op_name(formula->op));
  print(formulas, formula->args[1], power ? OF_PART : OF_SUM, text);
  if (bracket) text_char(text, ')');
}

static void print_call(Formulas *formulas, const Formula *formula, int around, Text *text) {
  const char *name = word_of(formulas, formula);
  const bool letters = (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';
  const bool logic = op_class(formula->op) == CLASS_LOGIC;
  if (formula->arg_count == 2 && (!letters || logic)) {
    print_infix(formulas, formula, around, text);
    return;
  }
  if (print_form(formulas, formula, text)) return;
  text_format(text, "%s(", name);
  for (int i = 0; i < formula->arg_count; i++) {
    if (i) text_string(text, ", ");
    if (op_class(formula->op) == CLASS_NONE) print_whole(formulas, formula->args[i], OF_ALL, text);
    else print(formulas, formula->args[i], OF_ALL, text);
  }
  print_settings(formulas, formula, text);
  text_char(text, ')');
}

static void print(Formulas *formulas, const Formula *formula, int around, Text *text) {
  if (formula->own) {
    text_string(text, formula->own);
    return;
  }
  switch (formula->form) {
    case FORM_SUM: print_sum(formulas, formula, around, text); break;
    case FORM_NAME: text_string(text, formula->name); break;
    case FORM_CALL: print_call(formulas, formula, around, text); break;
    case FORM_TOTAL: print_total(formulas, formula, "sum", text); break;
    case FORM_MATMUL:
      if (around > OF_PRODUCT) text_char(text, '(');
      print_operand(formulas, formula->args[0], formula->turned[0], false, text);
      text_string(text, " @ ");
      print_operand(formulas, formula->args[1], formula->turned[1], true, text);
      if (around > OF_PRODUCT) text_char(text, ')');
      break;
    case FORM_OUTER:
      text_string(text, "outer(");
      print(formulas, formula->args[0], OF_ALL, text);
      text_string(text, ", ");
      print(formulas, formula->args[1], OF_ALL, text);
      text_char(text, ')');
      break;
    case FORM_ONE_HOT:
      text_string(text, "one_hot(");
      print(formulas, formula->args[0], OF_ALL, text);
      text_format(text, ", %lld)", (long long)formula->number);
      break;
    case FORM_PLACE:
      print(formulas, formula->args[0], OF_PART, text);
      text_string(text, formula->name);
      break;
  }
}

void formula_print(Formulas *formulas, const Formula *formula, Text *text) {
  Formula *open = (Formula *)(uintptr_t)formula;
  const char *own = open->own;
  open->own = NULL;
  print(formulas, formula, OF_ALL, text);
  open->own = own;
}

bool formula_print_constant(const Formulas *formulas, const Formula *formula, Text *text) {
  const Tensor *tensor = formula->form == FORM_NAME ? formulas->constants[formula->node] : NULL;
  if (!tensor || formula->name[0] != 'c' || !formula->uses) return false;
  text_format(text, "%s = a constant, %s ", formula->name, dtype_name(tensor->dtype));
  shape_text(&tensor->shape, text);
  return true;
}
