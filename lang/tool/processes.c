/* processes.c — the processes that run a script together: their start and their end.
 *
 * `--workers N` starts them on this machine.  Under mpirun or srun they have been started already;
 * `--workers 1` says that gd runs alone even there.  First they verify that they run the same
 * program: the version, the script, its arguments, the seed.  Processes that share processors
 * divide them.
 *
 * At the end process 0 waits for the statuses of the others.  MPI is finalised last, when all
 * output is written, since that call may not return.
 */
#include "lang/tool/processes.h"

#include "lang/lang.h"
#include "runtime/compute.h"
#include "runtime/peers/launch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 1 << 16 };

/* What another process than 0 has to say. */
static Text unsaid;

bool processes_wanted(const Options *options) {
  return options->workers > 1 || (!options->workers && launch_seen());
}

bool processes_keep(const char *text, size_t length) {
  if (peers_rank() == 0) return false;
  if (unsaid.length == 0) text_add(&unsaid, text, length);
  return true;
}

static int refuse(const Diag *diag, int rank) {
  if (rank > 0) return diag->status;
  fprintf(stderr, "error: %s\n", diag->message);
  if (*diag->help) fprintf(stderr, "help: %s\n", diag->help);
  return diag->status;
}

/* `train.gd (1f0c2b…)`: a script of other bytes is another one. */
static void add_script(Text *into, const char *text, const char *path) {
  uint64_t digest = 0;
  FILE *file = text ? NULL : fopen(path, "rbe");
  char *block = mem_alloc(BLOCK);
  if (text) digest = hash_bytes(text, strlen(text), 0);
  for (size_t got; file && (got = fread(block, 1, BLOCK, file)) > 0;)
    digest = hash_bytes(block, got, digest);
  text_format(into, "%s (%s%016llx)\n", text ? "-e" : path, text || file ? "" : "not read ",
              (unsigned long long)digest);
  mem_free(block);
  if (file) fclose(file);
}

/* What all were to be started with, a line each. */
static void describe(Text *into, const Options *options, const char *text, const char *file) {
  text_format(into, "gd %s, %s, %zu\n", GD_VERSION, __VERSION__, sizeof(Diag));
  add_script(into, text, file);
  text_string(into, "arguments");
  for (int i = 0; i < options->arg_count; i++) text_format(into, " %s", options->args[i]);
  text_format(into, "\n--seed %llu --max-steps %g\n", (unsigned long long)options->seed,
              options->max_steps);
}

static int greet(Options *options, const char *text, const char *file) {
  Diag diag = {0};
  Text with = {0};
  describe(&with, options, text, file);
  bool fine = peers_greet(with.data, &diag);
  text_free(&with);
  if (!fine) return refuse(&diag, peers_rank());
  if (!options->threads) {
    options->threads = team_size() / peers_near();
    if (options->threads < 1) options->threads = 1;
  }
  if (peers_rank() > 0) options->quiet_progress = true;
  return 0;
}

int processes_start(Options *options, const char *text, const char *file) {
  double seconds = options->peer_seconds > 0 ? options->peer_seconds : 60;
  Diag diag = {0};
  if (!processes_wanted(options)) return 0;
  fflush(stdout);
  if (options->workers > 1 && launch_seen()) {
    diag_fail(&diag, STATUS_USAGE, (Span){0, 0, 0},
              "mpirun or srun starts the processes: leave "
              "--workers out");
    return refuse(&diag, launch_rank());
  }
  if (options->workers > 1 && !sockets_start(options->workers, seconds)) {
    diag_fail(&diag, STATUS_MEMORY, (Span){0, 0, 0}, "%d processes cannot be started: %s",
              options->workers, strerror(errno));
    return refuse(&diag, 0);
  }
  if (!options->workers && !launch_join(seconds, &diag)) return refuse(&diag, launch_rank());
  return peers_count() == 1 ? 0 : greet(options, text, file);
}

int processes_agree(int status) {
  char *said = NULL;
  int first = peers_agree(status, unsaid.data, &said);
  if (said) fputs(said, stderr);
  mem_free(said);
  text_free(&unsaid);
  return first;
}

void processes_end(int status) { peers_close(status); }
