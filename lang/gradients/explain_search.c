/* explain_search.c — arguments for a function that is explained without any.
 *
 * The arguments get the shapes for which f can be called and returns one number, those with the
 * fewest axes first; sizes are those of the tensors that f reads, and 2 to 4.  Their values are
 * fractions (invented.c); if f refuses these, the arguments that are not differentiated get labels,
 * 0 and 1, as classes would be.
 *
 * A first pass takes names such as W or X1 for matrices.  Shapes for which the gradient is a number
 * (the std of one number is 0) say little: after the first such only a few more are tried, and they
 * are taken if nothing better is found.  A formula that is wrong ends the search.
 */
#include "lang/gradients/explain_search.h"

#include "lang/gradients/explain_name.h"
#include "lang/gradients/explain_record.h"
#include "lang/machine/raise.h"

#include <string.h>

enum { TRIES_FLAT = 60 }; /* after shapes of which the gradient is a number */

/* ---- shapes and elements ---- */

/* Sizes of the tensors that f reads, and 2, 3 and 4. */
static int shapes_for(const Explain *explain, Shape *shapes) {
  int64_t sizes[INVENTED_SIZES];
  int count = outside_sizes(&explain->outside, sizes, 0);
  for (int64_t own = 2; own <= 4; own++) count = invented_add_size(sizes, count, own);
  return invented_shapes(sizes, count, shapes);
}

static void give_arguments(Explain *explain, const Shape *shapes) {
  for (int i = 0; i < explain->count; i++)
    explain->args[i] = i < explain->invented
                           ? invented_value(explain->vm, &shapes[i], i,
                                            explain->labels && !explanation_moves(explain, i))
                           : value_number(explain->function->params[i].fallback->number);
}

void explain_search_fill(Explain *explain) {
  explain->count = explain->invented;
  give_arguments(explain, explain->shapes);
}

void explain_search_forget(Explain *explain) {
  for (int i = 0; i < explain->count && explain->made_up; i++) {
    value_release(explain->vm, explain->args[i]);
    explain->args[i] = value_none();
  }
}

/* ---- the search ---- */

/* Goes through all ways to give the arguments shapes whose axes are `axes` together. */
typedef struct Search {
  Explain *explain;
  Shape shapes[INVENTED_SHAPES];
  Shape chosen[INVENTED_ARGUMENTS];
  /* the first that do, but with a gradient that is a number: 0 for the std of a number */
  Shape constant[INVENTED_ARGUMENTS];
  bool is_constant; /* there are such */
  int shape_count, tries;
  bool capitals; /* W, X1 are matrices */
  Diag diag;     /* of the first try */
} Search;

static bool try_labels(Search *search, bool labels, Diag *diag) {
  Explain *explain = search->explain;
  explain->labels = labels;
  explain_search_forget(explain);
  give_arguments(explain, search->chosen);
  bool fine = explain_record(explain, diag);
  explain_search_forget(explain);
  if (fine) memcpy(explain->shapes, search->chosen, sizeof explain->shapes);
  return fine;
}

static bool try_shapes(Search *search) {
  Explain *explain = search->explain;
  Diag diag;
  bool fine = try_labels(search, false, &diag);
  if (!fine && explain->recorded && !explain->wrong) fine = try_labels(search, true, &diag);
  if (!fine && (search->tries == 1 || explain->wrong)) search->diag = diag;
  if (explain->wrong) search->tries = explain->tries_most + 1;
  return fine;
}

/* A number that a matrix is differentiated with may as well be a vector, as long as its rows: the
 * bias of a layer.  If that does not fit, the shapes stay. */
static void try_biases(Search *search) {
  const Explain *explain = search->explain;
  Shape before[INVENTED_ARGUMENTS];
  memcpy(before, search->chosen, sizeof before);
  bool changed = false;
  for (int i = 0; i < explain->invented; i++)
    for (int k = 0; k < explain->invented && explanation_moves(explain, i) && before[i].rank == 0;
         k++)
      if (explanation_moves(explain, k) && before[k].rank == 2) {
        search->chosen[i] = shape_of(1, &before[k].dim[1]);
        changed = true;
      }
  if (changed && try_shapes(search)) return;
  memcpy(search->chosen, before, sizeof before);
  try_shapes(search);
}

static bool is_capital(const Explain *explain, int argument) {
  const char *name = explain_name_argument(explain, argument);
  return name[0] >= 'A' && name[0] <= 'Z' && (!name[1] || !name[2]);
}

static bool search_from(Search *search, int argument, int axes) {
  Explain *explain = search->explain;
  if (argument == explain->invented) {
    if (axes || ++search->tries > explain->tries_most) return false;
    if (!try_shapes(search)) return false;
    if (explain->flat) {
      if (search->is_constant) return false;
      search->is_constant = true;
      memcpy(search->constant, search->chosen, sizeof search->constant);
      search->tries = explain->tries_most - TRIES_FLAT;
      return false;
    }
    try_biases(search);
    return true;
  }
  bool matrix = search->capitals && is_capital(explain, argument);
  for (int i = 0; i < search->shape_count && search->tries <= explain->tries_most; i++) {
    if (search->shapes[i].rank > axes || (matrix && search->shapes[i].rank != 2)) continue;
    vm_poll_signals(explain->vm);
    search->chosen[argument] = search->shapes[i];
    if (search_from(search, argument + 1, axes - search->shapes[i].rank)) return true;
  }
  return false;
}

bool explain_search_shapes(Explain *explain, Diag *diag) {
  Search search = {.explain = explain};
  search.shape_count = shapes_for(explain, search.shapes);
  for (int pass = 0; pass < 2 && !explain->wrong; pass++) {
    search.capitals = pass == 0;
    search.tries = 0;
    /* a reduction of the table says more of a vector than of a number */
    int most = 2 * explain->invented, first = explain->f.kind == KIND_NATIVE;
    for (int i = 0; i <= most; i++)
      if (search_from(&search, 0, (first + i) % (most + 1))) return true;
    if (search.is_constant) {
      memcpy(search.chosen, search.constant, sizeof search.chosen);
      return try_shapes(&search);
    }
  }
  *diag = search.diag;
  return false;
}
