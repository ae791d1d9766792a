/* generate.c — grows well-typed programs, has gd run them, and shrinks those on which it disagrees
 * with itself.
 *
 *   generate GD [--seed S] [--count N] [--first K] [--unfused GD2] [--harsh GD3] [--jobs J]
 *     [--batch B] [--faults N] [--cover]
 *   generate --print --seed S --only K      the script of one program
 *
 * Each program is checked: values finite and alike in and outside a gradient; first gradients
 * against central differences, second ones against differences of the first; reverse against
 * forward; a training step against the gradient; `gd check` passes it; the same bits on one and two
 * threads, and by a gd that fuses nothing.  Everything follows from the seed and the program's
 * number.
 *
 * Jobs take batches in turn, each in a folder of its own.  A batch that fails is judged program by
 * program; each failing one is shrunk and printed, with what disagrees.  With --cover, a rule of
 * the generator, a row of the table or a comparison that is too rare is a failure too.  A generated
 * point lies near a kink now and then, where a difference quotient is compared at shorter steps or
 * not at all: such a one is rough, and more than one in a hundred programs is a failure as well:
 * what is not compared is not tested.  First of all the tool grows some programs twice, which must
 * be the same text.  The status is 1 when anything failed.
 */
#include "tests/tools/generate/shrink.h"
#include "tests/tools/scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH_MOST = 200, JOBS_MOST = 16, ROUGH_PERCENT = 1 };
#define CHECKS_PATH "tests/tools/generate/checks.gd"

typedef struct Options {
  const char *gd, *unfused, *harsh;
  uint64_t seed;
  long count, first, only;
  int jobs, batch, faults; /* faults: shrunk and printed by a job, before it gives up */
  bool print, cover;
} Options;

typedef struct Shared {
  Tally tally[JOBS_MOST];
  long failed[JOBS_MOST];
} Shared;

static char *read_text(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    fprintf(stderr, "generate: %s is not there; run it from the top of the tree\n", path);
    exit(66);
  }
  char *text = calloc(1, 1 << 16);
  if (!text) exit(71);
  fread(text, 1, (1 << 16) - 1, file);
  fclose(file);
  return text;
}

/* ---- one batch ---- */

static void tell(const Options *options, Program *program, bool narrow, const Fault *fault) {
  char *text = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  if (!file) exit(71);
  fprintf(file, "FAIL seed %llu, program %ld%s: %s\n", (unsigned long long)options->seed,
          program->number, narrow ? " (bits in f32)" : "", fault->kind);
  fprintf(file, "# %s\n# %d lines\n", fault->detail, program_lines(program));
  program_print(program, file);
  fprintf(file, "\n");
  fclose(file);
  fwrite(text, 1, length, stdout);
  fflush(stdout);
  free(text);
}

static void add_tally(Tally *sum, const Tally *more) {
  sum->near += more->near;
  sum->rough += more->rough;
  for (int i = 0; judge_checks[i]; i++) sum->compared[i] += more->compared[i];
}

static long judge_singly(const Options *options, const Judge *judge, Program *const *programs,
                         int count, bool narrow, Tally *tally, long room) {
  long failed = 0;
  for (int i = 0; i < count && failed < room; i++) {
    Tally unused = {0};
    Fault fault = judge_programs(judge, &programs[i], 1, narrow, &unused);
    add_tally(tally, &unused);
    if (!*fault.kind) continue;
    failed++;
    Program *small = shrink_program(judge, programs[i], narrow, &fault);
    tell(options, small, narrow, &fault);
  }
  return failed;
}

static void judge_batch(const Options *options, const Judge *judge, long first, int count,
                        Tally *tally, long *failed) {
  size_t mark = tree_mark();
  Program *programs[BATCH_MOST];
  for (int i = 0; i < count; i++) programs[i] = grow_program(options->seed, first + i);
  bool narrow = first / options->batch % 2 == 1;
  Tally before = *tally;
  Fault fault = judge_programs(judge, programs, count, narrow, tally);
  if (*fault.kind) {
    *tally = before;
    tally->programs += count;
    long alone = judge_singly(options, judge, programs, count, narrow, tally,
                              options->faults - *failed);
    *failed += alone;
    if (!alone) { /* only together: nothing to shrink */
      ++*failed;
      printf("FAIL seed %llu, programs %ld to %ld together: %s\n# %s\n\n",
             (unsigned long long)options->seed, first, first + count - 1, fault.kind, fault.detail);
      fflush(stdout);
    }
  }
  tree_release(mark);
}

static void work(const Options *options, int job, Shared *shared) {
  Judge judge = {.gd = options->gd,
                 .unfused = options->unfused,
                 .harsh = options->harsh,
                 .checks = read_text(CHECKS_PATH)};
  if (!scratch_make(judge.folder, "generate")) {
    perror("generate");
    exit(74);
  }
  for (long at = job * options->batch; at < options->count && shared->failed[job] < options->faults;
       at += options->jobs * options->batch) {
    long rest = options->count - at;
    judge_batch(options, &judge, options->first + at,
                rest < options->batch ? (int)rest : options->batch, &shared->tally[job],
                &shared->failed[job]);
  }
  char path[128];
  static const char *const names[] = {"check.gd", "bits.gd", "out", "err"};
  for (int i = 0; i < 4; i++) {
    snprintf(path, sizeof path, "%s/%s", judge.folder, names[i]);
    unlink(path);
  }
  rmdir(judge.folder);
}

/* ---- what occurred ---- */

typedef struct Cover {
  long *rules, *rows;
} Cover;

static void count_node(Node **place, void *context) {
  Cover *cover = context;
  const Node *node = *place;
  for (int i = 0; i < grow_rule_count(); i++)
    if (node->production && strcmp(node->production, grow_rule(i)) == 0) cover->rules[i]++;
  if (node->row) cover->rows[node->row - table_rows]++;
}

/* The least number of times that each of count programs' rules and rows must occur: once in two
 * hundred. */
static long enough(const Options *options) {
  return options->count < 200 ? 1 : options->count / 200;
}

/* Prints how often each rule and row occurred; the number of those that are too rare. */
static int show_cover(const Options *options, int row_count) {
  Cover cover = {calloc((size_t)grow_rule_count(), sizeof(long)),
                 calloc((size_t)row_count, sizeof(long))};
  if (!cover.rules || !cover.rows) exit(71);
  for (long k = 0; k < options->count; k++) {
    size_t mark = tree_mark();
    Program *program = grow_program(options->seed, options->first + k);
    program_walk(program, count_node, &cover);
    tree_release(mark);
  }
  int missing = 0, least = 0;
  long most = enough(options);
  printf("rules:");
  for (int i = 0; i < grow_rule_count(); i++) {
    printf(" %s %ld,", grow_rule(i), cover.rules[i]);
    missing += cover.rules[i] < most;
  }
  for (int i = 0; i < row_count; i++)
    if (cover.rows[i] < cover.rows[least]) least = i;
  printf("\nrows: %d, the rarest %s %ld times\n", row_count, table_rows[least].id,
         cover.rows[least]);
  for (int i = 0; i < grow_rule_count(); i++)
    if (cover.rules[i] < most)
      printf("FAIL the rule `%s` occurs less than %ld times\n", grow_rule(i), most);
  for (int i = 0; i < row_count; i++)
    if (cover.rows[i] < most) {
      printf("FAIL the row %s occurs less than %ld times\n", table_rows[i].id, most);
      missing++;
    }
  free(cover.rules);
  free(cover.rows);
  return missing;
}

/* ---- the tool itself ---- */

static char *text_of(const Options *options, long number) {
  char *text = NULL;
  size_t length = 0, mark = tree_mark();
  FILE *file = open_memstream(&text, &length);
  if (!file) exit(71);
  program_print(grow_program(options->seed, number), file);
  fclose(file);
  tree_release(mark);
  return text;
}

/* Does a program follow from the seed and its number alone, whatever was grown before it?  The
 * number of those that do not. */
static int grown_otherwise(const Options *options) {
  enum { TWICE = 50 };
  char *once[TWICE];
  int wrong = 0, count = options->count < TWICE ? (int)options->count : TWICE;
  for (int i = 0; i < count; i++) once[i] = text_of(options, options->first + i);
  for (int i = count; i-- > 0;) {
    char *again = text_of(options, options->first + i);
    if (strcmp(once[i], again) != 0 && ++wrong)
      printf("FAIL program %ld is not the same text twice\n", options->first + i);
    free(again);
    free(once[i]);
  }
  return wrong;
}

/* ---- the command ---- */

static int usage(void) {
  fputs("usage: generate GD [--seed S] [--count N] [--first K] [--unfused GD] [--harsh GD] [--jobs "
        "J] [--batch B] [--faults N] [--cover]\n"
        "       generate --print --seed S --only K\n",
        stderr);
  return 2;
}

static bool read_options(int argc, char **argv, Options *options) {
  for (int i = 1; i < argc; i++) {
    const char *word = argv[i];
    if (*word != '-') {
      options->gd = word;
      continue;
    }
    if (strcmp(word, "--print") == 0) {
      options->print = true;
      continue;
    }
    if (strcmp(word, "--cover") == 0) {
      options->cover = true;
      continue;
    }
    if (++i == argc) return false;
    if (strcmp(word, "--seed") == 0) options->seed = strtoull(argv[i], NULL, 10);
    else if (strcmp(word, "--count") == 0) options->count = atol(argv[i]);
    else if (strcmp(word, "--first") == 0) options->first = atol(argv[i]);
    else if (strcmp(word, "--only") == 0) {
      options->first = atol(argv[i]);
      options->count = 1;
    } else if (strcmp(word, "--unfused") == 0) options->unfused = argv[i];
    else if (strcmp(word, "--harsh") == 0) options->harsh = argv[i];
    else if (strcmp(word, "--jobs") == 0) options->jobs = atoi(argv[i]);
    else if (strcmp(word, "--batch") == 0) options->batch = atoi(argv[i]);
    else if (strcmp(word, "--faults") == 0) options->faults = atoi(argv[i]);
    else return false;
  }
  return (options->gd || options->print || options->cover) && options->batch > 0 &&
         options->batch <= BATCH_MOST && options->jobs > 0 && options->jobs <= JOBS_MOST;
}

static void print_script(const Options *options) {
  printf("let checking = true\nprecision(f64)\n%s", read_text(CHECKS_PATH));
  program_print(grow_program(options->seed, options->first), stdout);
}

/* How often each comparison was made; the number of those that are too rare, where it is asked. */
static int show_compared(const Options *options, const Tally *all) {
  int missing = 0;
  printf("compared:");
  for (int i = 0; judge_checks[i]; i++)
    printf(" %s %ld%s", judge_checks[i], all->compared[i], judge_checks[i + 1] ? "," : "\n");
  for (int i = 0; judge_checks[i] && options->cover; i++) {
    if (100 * all->compared[i] >= judge_least[i] * options->count ||
        (strcmp(judge_checks[i], "unfused") == 0 && !options->unfused))
      continue;
    printf("FAIL `%s` was compared less than %d times in 100 programs\n", judge_checks[i],
           judge_least[i]);
    missing++;
  }
  return missing;
}

/* All jobs; the number of failures. */
static long run_jobs(const Options *options) {
  Shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                        -1, 0);
  if (shared == MAP_FAILED) {
    perror("generate");
    exit(71);
  }
  pid_t jobs[JOBS_MOST];
  for (int job = 0; job < options->jobs; job++) {
    fflush(stdout);
    jobs[job] = fork();
    if (jobs[job] == 0) {
      work(options, job, shared);
      exit(0);
    }
  }
  Tally all = {0};
  long failed = 0;
  for (int job = 0; job < options->jobs; job++) {
    int status = 1;
    waitpid(jobs[job], &status, 0);
    if (status != 0) {
      printf("FAIL job %d of the tool ended with %d\n", job, status);
      failed++;
    }
    all.programs += shared->tally[job].programs;
    add_tally(&all, &shared->tally[job]);
    failed += shared->failed[job];
  }
  failed += show_compared(options, &all);
  if (100 * (all.near + all.rough) > ROUGH_PERCENT * all.programs + 100) {
    printf("FAIL too many are rough: more than %d in 100 programs\n", ROUGH_PERCENT);
    failed++;
  }
  printf("seed %llu: %ld programs, %ld failed, %ld rough: near a kink, %ld compared by shorter "
         "steps, %ld not compared\n",
         (unsigned long long)options->seed, all.programs, failed, all.near + all.rough, all.near,
         all.rough);
  return failed;
}

int main(int argc, char **argv) {
  Options options = {.seed = 1, .count = 500, .jobs = 2, .batch = 50, .faults = 5};
  if (!read_options(argc, argv, &options)) return usage();
  int row_count = table_read();
  if (options.print) {
    print_script(&options);
    return 0;
  }
  int wrong = grown_otherwise(&options) + (options.cover ? show_cover(&options, row_count) : 0);
  long failed = options.gd ? run_jobs(&options) : 0;
  return failed || wrong ? 1 : 0;
}
