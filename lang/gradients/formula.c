/* formula.c — see formula.h: sums of products, and their shorter forms.
 *
 * A sum is tried in two forms: as it is, and expanded with like terms collected.  The shorter form
 * is kept: (1 - y) s - y (1 - s) becomes s - y, and 200 (p - q^2) stays.  Factors common to all
 * terms are put before a bracket.
 */
#include "lang/gradients/formula.h"

#include <math.h>
#include <string.h>

Formulas *formulas_new(Graph *graph) {
  Formulas *formulas = mem_zero(sizeof *formulas);
  formulas->graph = graph;
  formulas->of_count = graph->count;
  formulas->of = mem_zero((size_t)graph->count * sizeof *formulas->of);
  formulas->names = mem_zero((size_t)graph->count * sizeof *formulas->names);
  formulas->constants = mem_zero((size_t)graph->count * sizeof *formulas->constants);
  return formulas;
}

void formulas_free(Formulas *formulas) {
  if (!formulas) return;
  arena_free(&formulas->arena);
  mem_free(formulas->of);
  mem_free(formulas->names);
  mem_free(formulas->constants);
  mem_free(formulas);
}

bool formula_whole(const Formulas *formulas) { return !formulas->full; }

void formulas_name(Formulas *formulas, NodeId node, const char *name) {
  if (node < formulas->of_count && !formulas->names[node]) formulas->names[node] = name;
}

/* ---- constants ---- */

enum { LITERAL_MOST = 12 /* elements */ };

static void literal(const Tensor *tensor, int axis, int64_t *at, Text *text) {
  if (axis == tensor->shape.rank) {
    double element = tensor_get(tensor, (*at)++);
    if (tensor->dtype == DTYPE_BOOL) text_string(text, element != 0 ? "true" : "false");
    else text_digits(text, element, 7);
    return;
  }
  text_char(text, '[');
  for (int64_t i = 0; i < tensor->shape.dim[axis]; i++) {
    if (i) text_string(text, ", ");
    literal(tensor, axis + 1, at, text);
  }
  text_char(text, ']');
}

static bool is_name(const Formulas *formulas, const char *name) {
  for (uint32_t i = 0; i < formulas->of_count; i++)
    if (formulas->names[i] && strcmp(formulas->names[i], name) == 0) return true;
  return false;
}

void formulas_constant(Formulas *formulas, NodeId node, const Tensor *tensor) {
  if (node >= formulas->of_count || formulas->names[node]) return;
  Text text = {0};
  int64_t at = 0;
  if (tensor_count(tensor) <= LITERAL_MOST) literal(tensor, 0, &at, &text);
  for (int i = 1; !at && (i == 1 || is_name(formulas, text.data)); i++) {
    text.length = 0;
    text_format(&text, "c%d", i);
  }
  formulas->names[node] = arena_text(&formulas->arena, text.data, text.length);
  formulas->constants[node] = tensor;
  text_free(&text);
}

bool formula_same_elements(const Tensor *tensor, double *value) {
  const int64_t count = tensor_count(tensor);
  if (count == 0) return false;
  *value = tensor_get(tensor, 0);
  for (int64_t i = 1; i < count; i++)
    if (tensor_get(tensor, i) != *value) return false;
  return isfinite(*value);
}

void formulas_rows(Formulas *formulas, const char *name, int64_t rows) {
  if (formulas->row_count == ROWS_MOST || rows < 2) return;
  formulas->rows[formulas->row_count].name = name;
  formulas->rows[formulas->row_count++].rows = rows;
}

/* ---- equal formulas are one ---- */

static bool same_terms(const Formula *a, const Formula *b) {
  if (a->term_count != b->term_count) return false;
  for (int i = 0; i < a->term_count; i++) {
    const Term *s = &a->terms[i], *t = &b->terms[i];
    if (s->count != t->count || s->times != t->times) return false;
    for (int k = 0; k < s->count; k++)
      if (s->factors[k].base != t->factors[k].base || s->factors[k].power != t->factors[k].power)
        return false;
  }
  return true;
}

static bool same(const Formula *a, const Formula *b) {
  if (a->form != b->form || a->op != b->op || a->arg_count != b->arg_count) return false;
  if (a->turned[0] != b->turned[0] || a->turned[1] != b->turned[1] || a->axes != b->axes)
    return false;
  if (a->number != b->number || !shape_equal(&a->shape, &b->shape)) return false;
  if ((a->name || b->name) && (!a->name || !b->name || strcmp(a->name, b->name) != 0)) return false;
  for (int i = 0; i < a->arg_count; i++)
    if (a->args[i] != b->args[i]) return false;
  return same_terms(a, b);
}

static bool same_attrs(const Formulas *formulas, const Formula *a, const Formula *b) {
  if (a->form != FORM_CALL || !a->node || !b->node) return true;
  const Node *s = graph_node(formulas->graph, a->node), *t = graph_node(formulas->graph, b->node);
  if (s->op != t->op) return true;
  return s->attr_count == t->attr_count &&
         memcmp(s->attrs, t->attrs, (size_t)s->attr_count * sizeof(int64_t)) == 0;
}

const Formula *formula_intern(Formulas *formulas, const Formula *draft) {
  for (int i = 0; i < formulas->count; i++)
    if (same(formulas->all[i], draft) && same_attrs(formulas, formulas->all[i], draft))
      return formulas->all[i];
  if (formulas->count == ALL_MOST) {
    formulas->full = true;
    return formulas->all[0];
  }
  Formula *formula = arena_alloc(&formulas->arena, sizeof *formula);
  *formula = *draft;
  formula->serial = (uint32_t)formulas->count;
  formulas->all[formulas->count++] = formula;
  return formula;
}

/* ---- sums of products ---- */

static bool like_terms(const Term *a, const Term *b) {
  if (a->count != b->count) return false;
  for (int i = 0; i < a->count; i++)
    if (a->factors[i].base != b->factors[i].base || a->factors[i].power != b->factors[i].power)
      return false;
  return true;
}

void formula_add(Terms *terms, Term term) {
  if (term.times == 0) return;
  for (int i = 0; i < terms->count; i++) {
    if (!like_terms(&terms->at[i], &term)) continue;
    double sum = terms->at[i].times + term.times;
    double size = fmax(fabs(terms->at[i].times), fabs(term.times));
    terms->at[i].times = sum;
    if (fabs(sum) > 1e-6 * size) return;
    memmove(&terms->at[i], &terms->at[i + 1], (size_t)(terms->count - i - 1) * sizeof terms->at[0]);
    terms->count--;
    return;
  }
  if (terms->count == TERMS_MOST) terms->full = true;
  else terms->at[terms->count++] = term;
}

/* One part as a term; a sum of one term is that term. */
Term formula_term(Formulas *formulas, const Formula *formula, double times, double power) {
  bool one = formula->form == FORM_SUM && formula->term_count == 1;
  if (one && (power == 1 || formula->terms[0].count <= 1)) {
    Term term = formula->terms[0];
    bool whole = power == floor(power);
    if (power == 1 || (whole && term.count <= 1)) {
      Factor *factors = arena_alloc(&formulas->arena, (size_t)(term.count + 1) * sizeof *factors);
      for (int i = 0; i < term.count; i++)
        factors[i] = (Factor){term.factors[i].base, term.factors[i].power * power};
      return (Term){times * pow(term.times, power), term.count, factors};
    }
  }
  if (formula->form == FORM_SUM && formula->term_count == 0)
    return (Term){power > 0 ? 0 : (double)NAN, 0, NULL};
  Factor *factor = arena_alloc(&formulas->arena, sizeof *factor);
  *factor = (Factor){formula, power};
  return (Term){times, 1, factor};
}

static Term product_of_terms(Formulas *formulas, const Term *a, const Term *b) {
  Factor *factors = arena_alloc(&formulas->arena,
                                (size_t)(a->count + b->count + 1) * sizeof *factors);
  int count = 0;
  for (int i = 0, k = 0; i < a->count || k < b->count;) {
    bool both = i < a->count && k < b->count;
    if (both && a->factors[i].base == b->factors[k].base) {
      double power = a->factors[i].power + b->factors[k].power;
      if (power != 0) factors[count++] = (Factor){a->factors[i].base, power};
      i++, k++;
    } else if (k == b->count || (both && a->factors[i].base->serial < b->factors[k].base->serial)) {
      factors[count++] = a->factors[i++];
    } else {
      factors[count++] = b->factors[k++];
    }
  }
  return (Term){a->times * b->times, count, factors};
}

void formula_terms(Formulas *formulas, const Formula *formula, double times, Terms *terms) {
  if (formula->form != FORM_SUM) {
    formula_add(terms, formula_term(formulas, formula, times, 1));
    return;
  }
  for (int i = 0; i < formula->term_count; i++) {
    Term term = formula->terms[i];
    term.times *= times;
    formula_add(terms, term);
  }
}

static bool is_sum(const Factor *factor) {
  return factor->base->form == FORM_SUM && (factor->power == 1 || factor->power == 2);
}

/* Is each term of the sum divided by a factor that the term around has? */
static bool cancels(const Term *around, const Formula *sum) {
  for (int i = 0; i < sum->term_count; i++) {
    bool found = false;
    for (int k = 0; k < sum->terms[i].count; k++)
      for (int m = 0; m < around->count; m++)
        found |= sum->terms[i].factors[k].power < 0 && around->factors[m].power > 0 &&
                 sum->terms[i].factors[k].base == around->factors[m].base;
    if (!found) return false;
  }
  return sum->term_count > 0;
}

/* Multiplied out: every factor that is a sum, with a small whole power; first what cancels. */
static void expand_term(Formulas *formulas, Term term, Terms *into) {
  int first = 0;
  for (int i = 0; i < term.count; i++)
    if (is_sum(&term.factors[i]) && cancels(&term, term.factors[i].base)) first = i;
  for (int at = 0; at < term.count; at++) {
    int i = (first + at) % term.count;
    const Factor factor = term.factors[i];
    if (!is_sum(&factor)) continue;
    Factor *left = arena_alloc(&formulas->arena, (size_t)(term.count + 1) * sizeof *left);
    int count = 0;
    for (int k = 0; k < term.count; k++)
      if (k != i) left[count++] = term.factors[k];
      else if (factor.power == 2) left[count++] = (Factor){factor.base, 1};
    const Term rest = {term.times, count, left};
    for (int k = 0; k < factor.base->term_count && !into->full; k++)
      expand_term(formulas, product_of_terms(formulas, &rest, &factor.base->terms[k]), into);
    return;
  }
  formula_add(into, term);
}

static int length_of_term(const Term *term);
int formula_length(const Formula *formula) {
  int length = formula->form == FORM_SUM ? 0 : 1;
  for (int i = 0; i < formula->term_count; i++) length += length_of_term(&formula->terms[i]);
  for (int i = 0; i < formula->arg_count; i++) length += formula_length(formula->args[i]);
  return length;
}

static int length_of_term(const Term *term) {
  int length = fabs(term->times) != 1 || !term->count;
  for (int i = 0; i < term->count; i++)
    length += formula_length(term->factors[i].base) + (term->factors[i].power != 1);
  return length;
}

static int length_of_terms(const Terms *terms) {
  int length = 0;
  for (int i = 0; i < terms->count; i++) length += length_of_term(&terms->at[i]);
  return length;
}

const Formula *formula_sum(Formulas *formulas, const Terms *terms, const Shape *shape) {
  const Factor *lone = terms->count == 1 ? terms->at[0].factors : NULL;
  if (lone && terms->at[0].count == 1 && terms->at[0].times == 1 && lone->power == 1)
    return lone->base;
  Formula draft = {.form = FORM_SUM, .shape = *shape, .term_count = terms->count};
  Term *kept = arena_alloc(&formulas->arena, (size_t)(terms->count + 1) * sizeof *kept);
  memcpy(kept, terms->at, (size_t)terms->count * sizeof *kept);
  draft.terms = kept;
  return formula_intern(formulas, &draft);
}

/* The power of a base in every term, or 0. */
static double common_power(const Terms *terms, const Formula *base, double power) {
  for (int i = 1; i < terms->count; i++) {
    bool found = false;
    for (int k = 0; k < terms->at[i].count; k++) {
      const Factor *factor = &terms->at[i].factors[k];
      found |= factor->base == base && factor->power == power;
    }
    if (!found) return 0;
  }
  return power;
}

static Term without(Formulas *formulas, Term term, const Factor *out, int out_count) {
  Factor *left = arena_alloc(&formulas->arena, (size_t)(term.count + 1) * sizeof *left);
  int count = 0;
  for (int i = 0; i < term.count; i++) {
    bool kept = true;
    for (int k = 0; k < out_count; k++) kept &= out[k].base != term.factors[i].base;
    if (kept) left[count++] = term.factors[i];
  }
  return (Term){term.times, count, left};
}

/* What all terms have is put before a bracket. */
static void factor_out(Formulas *formulas, Terms *terms, const Shape *shape) {
  if (terms->count < 2) return;
  Factor out[FACTORS_MOST];
  int count = 0;
  const Term first = terms->at[0];
  double times = fabs(first.times);
  bool alike = true, below = true;
  for (int i = 0; i < terms->count; i++) {
    alike &= fabs(fabs(terms->at[i].times) - times) < 1e-6 * times;
    below &= terms->at[i].times < 0;
  }
  if (!alike) times = 1;
  if (below) times = -times;
  for (int k = 0; k < first.count && count < FACTORS_MOST; k++)
    if (common_power(terms, first.factors[k].base, first.factors[k].power) != 0)
      out[count++] = first.factors[k];
  if (!count && fabs(times) == 1) return;
  Terms inner = {0};
  for (int pass = 0; pass < 2; pass++) /* what is added comes first, as it is written */
    for (int i = 0; i < terms->count; i++) {
      Term term = without(formulas, terms->at[i], out, count);
      term.times = alike ? (term.times / times > 0 ? 1 : -1) : term.times / times;
      if ((term.times > 0) == (pass == 0)) formula_add(&inner, term);
    }
  const Formula *bracket = formula_sum(formulas, &inner, shape);
  Factor *factors = arena_alloc(&formulas->arena, (size_t)(count + 1) * sizeof *factors);
  memcpy(factors, out, (size_t)count * sizeof *factors);
  const Term shared = {times, count, factors}, rest = formula_term(formulas, bracket, 1, 1);
  terms->at[0] = product_of_terms(formulas, &shared, &rest);
  terms->count = 1;
}

const Formula *formula_tidy(Formulas *formulas, Terms *terms, const Shape *shape) {
  if (terms->full) formulas->full = true;
  Terms out = {0};
  for (int i = 0; i < terms->count && !out.full; i++) expand_term(formulas, terms->at[i], &out);
  factor_out(formulas, terms, shape);
  if (!out.full) {
    factor_out(formulas, &out, shape);
    if (length_of_terms(&out) < length_of_terms(terms)) *terms = out;
  }
  return formula_sum(formulas, terms, shape);
}

const Formula *formula_number(Formulas *formulas, double value, const Shape *shape) {
  Terms terms = {0};
  formula_add(&terms, (Term){value, 0, NULL});
  return formula_sum(formulas, &terms, shape);
}

bool formula_is_number(const Formula *formula, double *value) {
  if (formula->form != FORM_SUM || formula->term_count > 1) return false;
  if (formula->term_count && formula->terms[0].count) return false;
  *value = formula->term_count ? formula->terms[0].times : 0;
  return true;
}

const Formula *formula_product(Formulas *formulas, const Formula *a, double power_a,
                               const Formula *b, double power_b, const Shape *shape) {
  Term s = formula_term(formulas, a, 1, power_a), t = formula_term(formulas, b, 1, power_b);
  Terms terms = {0};
  formula_add(&terms, product_of_terms(formulas, &s, &t));
  return formula_tidy(formulas, &terms, shape);
}

/* The number before all of it, and the rest. */
const Formula *formula_draw(Formulas *formulas, const Formula *formula, double *times) {
  *times = 1;
  if (formula->form != FORM_SUM || formula->term_count != 1) return formula;
  Term term = formula->terms[0];
  if (!term.count) return formula;
  *times = term.times;
  term.times = 1;
  Terms terms = {0};
  formula_add(&terms, term);
  return formula_sum(formulas, &terms, &formula->shape);
}

const Formula *formula_scaled(Formulas *formulas, const Formula *formula, double times) {
  if (times == 1) return formula;
  Terms terms = {0};
  formula_add(&terms, formula_term(formulas, formula, times, 1));
  return formula_sum(formulas, &terms, &formula->shape);
}
