/* rows.c — expands the table of operations (runtime/ops.def) into golden scripts.
 *
 *   rows scripts FOLDER    writes FOLDER/ID.gd for every row with a gradient
 *
 * A row's example is run with those of the manual (rows.sh).  Here its
 * `check` is differentiated in every variable of its `domain`, in f64, and compared with central
 * differences by check_gradient: first the value, weighted to a scalar by numbers without symmetry,
 * then the gradient of that, weighted again.  The weights keep an error in one element from being
 * balanced by another.  Last, `check` is mapped by vmap over two draws of its domain, and compared
 * with one call after the other, gradients too: so its batching rule is tested.  A row added to the
 * table is tested by that alone, and a rule that is wrong in one sign or factor fails here.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
  const char *id;        /* "TANH" */
  const char *signature; /* "tanh(x)"; "" when the row has no name */
  /* an expression in the variables of `domain`; "" when there is nothing to differentiate */
  const char *check;
  const char *domain; /* `let` statements */
  const char *sentence;
  const char *example; /* an expression, or "" */
  const char *prints;  /* what printing it gives */
} Row;

static const Row rows[] = {
#define MAP(ID, signature, kinds, arity, class, value, whole, grads, check, domain, sentence, \
            example, prints)                                                                  \
  {#ID, signature, check, domain, sentence, example, prints},
#define OP(ID, signature, kinds, infer, gradient, kernel, build, check, domain, sentence, example, \
           prints)                                                                                 \
  {#ID, signature, check, domain, sentence, example, prints},
#define FORM(ID, signature, kinds, build, check, domain, sentence, example, prints) \
  {#ID, signature, check, domain, sentence, example, prints},
#include "runtime/ops.def"
#undef MAP
#undef OP
#undef FORM
};

enum { ROW_COUNT = (int)(sizeof rows / sizeof rows[0]), NAME_MOST = 32 };

/* The next variable that `*at` declares, copied to `name`; false when there is none left. */
static bool next_variable(const char **at, char name[NAME_MOST]) {
  const char *found = strstr(*at, "let ");
  if (!found) return false;
  found += 4;
  int length = 0;
  while (length < NAME_MOST - 1 && (isalnum((unsigned char)found[length]) || found[length] == '_' ||
                                    (unsigned char)found[length] >= 0x80)) {
    name[length] = found[length];
    length++;
  }
  name[length] = 0;
  *at = found + length;
  return true;
}

static void write_gradient_checks(FILE *file, const Row *row) {
  fprintf(file,
          "# A sum of all elements, each with a weight of its own.\n"
          "fn weigh(y) = if rank(y) == 0 { y } else { sum(y * cos(1 + 0.7 * "
          "reshape(arange(size(y)), shape(y)))) }\n"
          "%s\n",
          row->domain);
  char name[NAME_MOST];
  int count = 0;
  for (const char *at = row->domain; next_variable(&at, name); count++) {
    fprintf(file, "fn first_%s(%s) = weigh(%s)\n", name, name, row->check);
    fprintf(file, "print(check_gradient(first_%s, %s))   # expect: true\n", name, name);
    fprintf(file, "fn second_%s(%s) = weigh(grad(first_%s)(%s))\n", name, name, name, name);
    fprintf(file, "print(check_gradient(second_%s, %s))   # expect: true\n", name, name);
  }
  if (!count)
    fprintf(file, "assert(false, \"the row has a check but its domain declares no variable\")\n");
}

/* The names that the domain declares, with commas between; returns how many. */
static int list_variables(const Row *row, const char *prefix, char *into, size_t length) {
  char name[NAME_MOST];
  int count = 0;
  size_t used = 0;
  into[0] = 0;
  for (const char *at = row->domain; next_variable(&at, name); count++)
    used += (size_t)snprintf(into + used, length - used, "%s%s%s", count ? ", " : "", prefix, name);
  return count;
}

/* One row for each of two draws of the domain, by vmap and one after the other: with all variables
 * mapped, and with each alone; then the gradients inside and through it. */
static void write_batching_checks(FILE *file, const Row *row) {
  char names[256], name[NAME_MOST];
  int count = list_variables(row, "", names, sizeof names), at_index = 0;
  fprintf(
      file,
      "fn drawn() { %s; list(%s) }\n"
      "fn row(%s) = %s\n"
      "fn same(p, q) = shape(p) == shape(q) and (size(p) == 0 or max(abs(p - q)) <= 1e-9 * (1 + "
      "max(abs(q))))\n"
      "seed(7)\nlet one = drawn()\nlet other = drawn()\n",
      row->domain, names, names, row->check);
  fprintf(file, "let all = map(fn(i) = [one[i], other[i]], 0..%d)\n", count - 1);
  fprintf(file, "print(same(vmap(row)(all...), [row(one...), row(other...)]))   # expect: true\n");
  for (const char *at = row->domain; next_variable(&at, name); at_index++) {
    fprintf(file, "fn slope_%s(%s) = grad(fn(%s) = weigh(row(%s)))(%s)\n", name, names, name, names,
            name);
    fprintf(file,
            "print(same(vmap(slope_%s)(all...), [slope_%s(one...), slope_%s(other...)]))   # "
            "expect: true\n",
            name, name, name);
    fprintf(file, "fn alone_%s(%s) = vmap(row, axes: (", name, names);
    for (int i = 0; i < count; i++)
      fprintf(file, "%s%s", i == at_index ? "0" : "none", i + 1 < count ? ", " : ",");
    fprintf(file, "))(%s)\n", names);
    fprintf(file, "fn each_%s(%s) = [", name, names);
    for (int r = 0; r < 2; r++) {
      char each[NAME_MOST];
      int i = 0;
      fprintf(file, "%srow(", r ? ", " : "");
      for (const char *next = row->domain; next_variable(&next, each); i++) {
        fprintf(file, "%s%s", i ? ", " : "", each);
        if (i == at_index) fprintf(file, "[%d]", r);
      }
      fprintf(file, ")");
    }
    fprintf(file, "]\n");
    fprintf(file, "let %s_mapped = map(fn(i) = if i == %d { all[i] } else { one[i] }, 0..%d)\n",
            name, at_index, count - 1);
    fprintf(file, "print(same(alone_%s(%s_mapped...), each_%s(%s_mapped...)))   # expect: true\n",
            name, name, name, name);
    fprintf(file, "fn through_%s(f, xs) { ", name);
    char each[NAME_MOST];
    int i = 0;
    for (const char *next = row->domain; next_variable(&next, each); i++)
      fprintf(file, "let %s = xs[%d]; ", each, i);
    fprintf(file, "grad(fn(%s) = weigh(f(%s)))(%s) }\n", name, names, name);
    fprintf(file,
            "print(same(through_%s(alone_%s, %s_mapped), through_%s(each_%s, %s_mapped)))   # "
            "expect: true\n",
            name, name, name, name, name, name);
  }
}

static bool write_script(const char *folder, const Row *row) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.gd", folder, row->id);
  FILE *file = fopen(path, "w");
  if (!file) {
    fprintf(stderr, "rows: %s: %s\n", path, strerror(errno));
    return false;
  }
  fprintf(file, "# Row %s of ops.def: %s\n", row->id, row->sentence);
  fprintf(file, "precision(f64)\n");
  write_gradient_checks(file, row);
  write_batching_checks(file, row);
  return fclose(file) == 0;
}

static int write_scripts(const char *folder) {
  for (int i = 0; i < ROW_COUNT; i++) {
    if (*rows[i].signature && *rows[i].check && !write_script(folder, &rows[i])) return 73;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "scripts") == 0) return write_scripts(argv[2]);
  fputs("usage: rows scripts FOLDER\n", stderr);
  return 2;
}
