/* time.c — where a run's time went (--dump=time): by instruction, by line of the script, beside the
 * bounds of bound.c.
 *
 *     on 2 threads at most 517 GFLOP/s in f32, 259 in f64; GB/s in a set of 128 KiB: 577, …
 *      us a run      %       bound   reach  by      ops  bytes  step
 *        37.631   33.9      24.826    66 %  ops   12.8M   635k    19  f32[784, 128] @   net.gd:7
 *
 * `reach` is the bound's part of the time: 100 % is as fast as the machine can do what the step
 * must do.  `by` says what the bound is made of.  Times are means over all runs but the first.  A
 * step's number is that of --dump=plan, which shows what it reads and writes; a program that runs
 * on a product's rows as they are finished is listed with the product.  The check that the watched
 * values are finite is no step of the plan, but is listed like one.
 */
#include "runtime/plan/bound.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void PlaceText(void *context, Span span, Text *text);

enum { STEP_WIDTH = 40 }; /* columns for what a step is; longer ones are cut */

/* One line of a table: a step, or all that one line of the script makes. */
typedef struct Timed {
  double seconds, bound; /* a run */
  Cost cost;
  bool moving; /* the bound is one of bytes */
  int step;    /* -1: the look at the watched values */
  int count;   /* of steps */
  Text place;  /* "net.gd:7"; owned */
} Timed;

/* ---- numbers in columns ---- */

/* With so many decimals, right-aligned.  Whole numbers are formatted, never doubles: the locale's
 * mark would show. */
static void add_fixed(Text *text, double number, int decimals, int width) {
  int64_t unit = 1;
  for (int i = 0; i < decimals; i++) unit *= 10;
  long long whole = llround(fmin(fabs(number), 1e12) * (double)unit);
  char digits[40];
  snprintf(digits, sizeof digits, decimals ? "%lld.%0*lld" : "%lld", whole / unit, decimals,
           whole % unit);
  text_format(text, "%*s", width, digits);
}

/* In thousands, millions, thousand millions: "12.8M". */
static void add_short(Text *text, double number, int width) {
  static const char *const units[] = {"", "k", "M", "G", "T"};
  int unit = 0;
  for (; number >= 999.5 && unit < COUNT_OF(units) - 1; unit++) number /= 1000;
  Text digits = {0};
  text_digits(&digits, number, 3);
  text_string(&digits, units[unit]);
  text_format(text, "%*s", width, digits.data);
  text_free(&digits);
}

static double percent(double part, double of) { return of > 0 ? 100 * part / of : 0; }

/* ---- the rows ---- */

/* Runs that the seconds were counted in. */
static int64_t counted_runs(const Plan *plan) { return plan->runs > 1 ? plan->runs - 1 : 1; }

static void set_place(Timed *timed, PlaceText *place, void *context, Span span) {
  if (place && span.file) place(context, span, &timed->place);
  if (!timed->place.length) text_string(&timed->place, "(no line)");
}

static void add_cost(Cost *cost, const Cost *more) {
  for (int i = 0; i < COUNT_OF(cost->operations); i++) cost->operations[i] += more->operations[i];
  cost->bytes += more->bytes;
}

/* Every step and the look at the watched values; returns how many.  A program that a product ran on
 * its rows has had the product's time, so its cost is listed there too; rows of a scatter made
 * beside it (defer.c) are not counted. */
static int collect(const Plan *plan, PlaceText *place, void *context, Timed *all) {
  double runs = (double)counted_runs(plan);
  int count = 0;
  for (int i = 0; i < plan->instruction_count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    if (instruction->taken && instruction->kind == INSTRUCTION_KERNEL) continue; /* few rows */
    if (instruction->taken) {
      Cost cost = step_cost(plan, instruction);
      add_cost(&all[count - 1].cost, &cost);
      all[count - 1].seconds += instruction->seconds / runs;
      continue;
    }
    all[count] = (Timed){.seconds = instruction->seconds / runs,
                         .cost = step_cost(plan, instruction),
                         .step = i,
                         .count = 1};
    set_place(&all[count++], place, context, graph_node(&plan->graph, instruction->node)->span);
  }
  if (plan->watch_count == 0) return count;
  all[count] = (Timed){
      .seconds = plan->check_seconds / runs, .cost = check_cost(plan), .step = -1, .count = 1};
  set_place(&all[count++], NULL, NULL, (Span){0});
  return count;
}

static void measure(Timed *all, int count, Peak *peak) {
  double largest = 0;
  for (int i = 0; i < count; i++) largest = fmax(largest, cost_set(&all[i].cost));
  peak_measure(peak, largest);
  for (int i = 0; i < count; i++) all[i].bound = cost_bound(&all[i].cost, peak, &all[i].moving);
}

static int slower(const void *a, const void *b) {
  const Timed *x = a, *y = b;
  return x->seconds < y->seconds ? 1 : x->seconds > y->seconds ? -1 : 0;
}

/* Adds what is of one place together; returns how many there are. */
static int by_place(const Timed *all, int count, Timed *lines) {
  int found = 0;
  for (int i = 0; i < count; i++) {
    int at = 0;
    while (at < found && strcmp(lines[at].place.data, all[i].place.data) != 0) at++;
    if (at == found) {
      lines[found] = (Timed){0};
      text_string(&lines[found++].place, all[i].place.data);
    }
    lines[at].seconds += all[i].seconds;
    lines[at].bound += all[i].bound;
    lines[at].count++;
  }
  qsort(lines, (size_t)found, sizeof *lines, slower);
  return found;
}

/* ---- the tables ---- */

static void print_peak(const Peak *peak, Text *text) {
  text_format(text, "on %d thread%s at most ", peak->threads, peak->threads == 1 ? "" : "s");
  text_digits(text, peak->operations[0] / 1e9, 3);
  text_string(text, " GFLOP/s in f32, ");
  text_digits(text, peak->operations[1] / 1e9, 3);
  text_string(text, " in f64; GB/s in a set of");
  for (int i = 0; i < peak->sets; i++) {
    int64_t kibibytes = peak_set(i) >> 10;
    text_format(text, "%s %lld %s: ", i ? "," : "",
                (long long)(kibibytes < 1024 ? kibibytes : kibibytes >> 10),
                kibibytes < 1024 ? "KiB" : "MiB");
    text_digits(text, peak->bandwidth[i] / 1e9, 3);
  }
  text_char(text, '\n');
}

static void print_times(const Timed *timed, double total, Text *text) {
  add_fixed(text, 1e6 * timed->seconds, 3, 12);
  add_fixed(text, percent(timed->seconds, total), 1, 7);
  add_fixed(text, 1e6 * timed->bound, 3, 12);
  add_fixed(text, percent(timed->bound, timed->seconds), 0, 6);
  text_string(text, " %  ");
}

/* What the step is, cut to its column. */
static void add_what(const Plan *plan, const Timed *timed, Text *text) {
  Text what = {0};
  if (timed->step < 0) text_string(&what, "checking that values are finite");
  else plan_print_instruction(plan, &plan->instructions[timed->step], &what);
  bool cut = what.length > STEP_WIDTH;
  text_format(text, "%-*.*s%s", cut ? STEP_WIDTH - 2 : STEP_WIDTH,
              cut ? STEP_WIDTH - 2 : STEP_WIDTH, what.data, cut ? ".." : "");
  text_free(&what);
}

static void print_steps(const Plan *plan, const Timed *all, int count, double total, Text *text) {
  text_string(text, "    us a run      %       bound   reach  by      ops  bytes  step\n");
  for (int i = 0; i < count; i++) {
    print_times(&all[i], total, text);
    text_string(text, all[i].moving ? "bytes" : "ops  ");
    add_short(text, all[i].cost.operations[0] + all[i].cost.operations[1], 6);
    add_short(text, all[i].cost.bytes, 7);
    if (all[i].step < 0) text_string(text, "     -  ");
    else text_format(text, "  %4d  ", all[i].step);
    add_what(plan, &all[i], text);
    text_format(text, "  %s\n", all[i].place.data);
  }
}

static void print_lines(const Timed *lines, int count, double total, Text *text) {
  text_string(text, "    us a run      %       bound   reach  steps  line\n");
  for (int i = 0; i < count; i++) {
    print_times(&lines[i], total, text);
    text_format(text, "%5d  %s\n", lines[i].count, lines[i].place.data);
  }
}

static void print_whole(const Plan *plan, const Timed *all, int count, double total, Text *text) {
  Timed whole = {.seconds = total};
  for (int i = 0; i < count; i++) {
    whole.bound += all[i].bound;
    whole.count++;
  }
  long long runs = counted_runs(plan);
  print_times(&whole, total, text);
  text_format(text, "%5d  in all, the mean of %lld run%s; beside them ", whole.count, runs,
              runs > 1 ? "s" : "");
  add_fixed(text, 1e6 * (plan->run_seconds / (double)runs - total), 3, 0);
  text_string(text, " us, clock included\n");
  if (plan->range_count == 0) return;
  text_format(text,
              "stored in place, except in %lld run%s that wrote new values elsewhere first; stored "
              "memory was checked %lld time%s; %lld lease%s\n",
              (long long)plan->careful_runs, plan->careful_runs == 1 ? "" : "s",
              (long long)plan->looks, plan->looks == 1 ? "" : "s", (long long)plan->leases,
              plan->leases == 1 ? "" : "s");
}

void plan_print_time(const Plan *plan, PlaceText *place, void *context, Text *text) {
  if (plan->runs == 0) return;
  size_t room = ((size_t)plan->instruction_count + 1) * sizeof(Timed);
  Timed *all = mem_alloc(room), *lines = mem_alloc(room);
  int count = collect(plan, place, context, all);
  Peak peak;
  measure(all, count, &peak);
  int line_count = by_place(all, count, lines);
  double total = 0;
  for (int i = 0; i < count; i++) total += all[i].seconds;
  qsort(all, (size_t)count, sizeof *all, slower);
  print_peak(&peak, text);
  print_steps(plan, all, count, total, text);
  print_lines(lines, line_count, total, text);
  print_whole(plan, all, count, total, text);
  for (int i = 0; i < count; i++) text_free(&all[i].place);
  for (int i = 0; i < line_count; i++) text_free(&lines[i].place);
  mem_free(all);
  mem_free(lines);
}

void plan_time_each(const Plan *plan, void (*each)(void *context, Span span, double seconds),
                    void *context) {
  for (int i = 0; i < plan->instruction_count; i++) {
    const Instruction *instruction = &plan->instructions[i];
    each(context, graph_node(&plan->graph, instruction->node)->span, instruction->seconds);
  }
}
