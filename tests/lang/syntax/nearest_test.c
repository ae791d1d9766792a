/* nearest_test.c — which name is suggested, and which is better not. */
#include "lang/syntax/nearest.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(nearest);

/* What `name` is told among `names` (parted by blanks), and how. */
static Nearest among(const char *name, const char *names, char *buffer) {
  Nearest nearest = nearest_to(name);
  strcpy(buffer, names);
  for (char *word = strtok(buffer, " "); word; word = strtok(NULL, " "))
    nearest_offer(&nearest, word);
  return nearest;
}

Test(nearest, is_near_for_its_length) {
  static const struct {
    const char *name, *names, *best;
    NearestHow how;
  } rows[] = {
      {"learning_rat", "learning_rate loss", "learning_rate", NEAREST_SPELLING},
      {"lerning_rate", "learning_rate", "learning_rate", NEAREST_SPELLING},
      {"epoch", "epochs", "epochs", NEAREST_SPELLING},
      {"lsos", "loss", "loss", NEAREST_SPELLING},
      {"cuont", "round count", "count", NEAREST_SPELLING},
      {"optmizr", "optimizer", "optimizer", NEAREST_SPELLING},
      {"smu", "sum", "sum", NEAREST_SPELLING},
      {"relux", "relu", "relu", NEAREST_SPELLING},
      {"Y", "x y", "y", NEAREST_CASE},
      {"ReLU", "relu", "relu", NEAREST_CASE},
      {"CrossEntropy", "cross_entropy", "cross_entropy", NEAREST_CASE},
      {"Θ", "θ", "θ", NEAREST_CASE},
      {"x1", "x2 x_1", "x_1", NEAREST_CASE},
      {"losses", "losses_ loses", "losses_", NEAREST_CASE},
      {"µ", "m μ", "μ", NEAREST_LOOK},
      {"\u2126", "\u03a9", "\u03a9", NEAREST_LOOK},
      {"ϕx", "φx", "φx", NEAREST_LOOK},
      {"nаme", "name", "name", NEAREST_LOOK},
      {"x₁", "x1", "x1", NEAREST_LOOK},
      {"ｘ", "x", "x", NEAREST_LOOK},
      {"clip", "flip clamp", "clamp", NEAREST_SYNONYM},
      {"learning_rate", "lr momentum", "lr", NEAREST_SYNONYM},
      {"batch_size", "batch", "batch", NEAREST_SYNONYM},
      {"MSELoss", "mse", "mse", NEAREST_SYNONYM},
      {"keepdim", "axis keep", "keep", NEAREST_SYNONYM},
  };
  char buffer[200];
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Nearest nearest = among(rows[i].name, rows[i].names, buffer);
    cr_assert(nearest.best && strcmp(nearest.best, rows[i].best) == 0, "%s: %s", rows[i].name,
              nearest.best ? nearest.best : "none");
    cr_assert_eq(nearest.how, rows[i].how, "%s: %d", rows[i].name, (int)nearest.how);
  }
}

Test(nearest, is_nothing_where_it_would_mislead) {
  static const struct {
    const char *name, *names;
  } rows[] = {
      {"clip", "flip"},   {"median", "mean"},     {"y", "x"},       {"xs", "x"},
      {"min", "max sin"}, {"cos", "cat con"},     {"loss", "loss"}, {"momentum", "loss"},
      {"lrr", "lr"},      {"rate", "date gate"},  {"θ", "φ"},       {"total", "tanh"},
      {"rows", "cols"},   {"width", "with_data"},
  };
  char buffer[200];
  for (int i = 0; i < COUNT_OF(rows); i++) {
    Nearest nearest = among(rows[i].name, rows[i].names, buffer);
    cr_assert_null(nearest.best, "%s: %s", rows[i].name, nearest.best ? nearest.best : "none");
  }
}

Test(nearest, a_look_alike_is_told_by_code_points) {
  Diag diag = {0};
  char buffer[200];
  Nearest nearest = among("µ", "μ", buffer);
  cr_assert(nearest_tell(&nearest, ":", &diag));
  cr_assert_str_eq(diag.label, "did you mean `μ:`?");
  cr_assert_str_eq(diag.help, "they look alike: `µ` is U+00B5 micro sign, `μ` is U+03BC Greek");
}
