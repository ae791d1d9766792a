/* launch.c — processes that mpirun or srun has started: finds and loads the plugin of their MPI.
 *
 * A launcher is known by what it puts into the environment.  The plugin (mpi/plugin.c, built once
 * for each MPI) lies beside the program, as after `make`, or in ../lib/gd, as after `make install`.
 * A process that was started alone loads nothing.
 */
#include "runtime/peers/launch.h"
#include "runtime/base/dynamic.h"
#include "runtime/base/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Launcher {
  const char *size, *rank; /* variables it sets; `size` NULL: only the rank is known */
  const char *name;        /* of the MPI it belongs to; NULL: of none */
  const char *plugin, *library, *development; /* our file; Debian's packages */
} Launcher;

#define OPEN_MPI "Open MPI", "gd-openmpi.so", "libopenmpi3", "libopenmpi-dev"
#define MPICH "MPICH", "gd-mpich.so", "libmpich12", "libmpich-dev"

/* The first that fits.  srun without an MPI starts processes that know nothing of each other. */
static const Launcher LAUNCHERS[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", OPEN_MPI},
    {"PMI_SIZE", "PMI_RANK", MPICH},
    {NULL, "PMIX_RANK", OPEN_MPI},
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", NULL, NULL, NULL, NULL},
};

static int number(const char *variable) {
  const char *text = variable ? getenv(variable) : NULL;
  return text ? atoi(text) : -1;
}

static const Launcher *find(void) {
  for (int i = 0; i < COUNT_OF(LAUNCHERS); i++) {
    int size = number(LAUNCHERS[i].size);
    if (number(LAUNCHERS[i].rank) < 0 || (LAUNCHERS[i].size && size < 0)) continue;
    return size == 1 ? NULL : &LAUNCHERS[i];
  }
  return NULL;
}

bool launch_seen(void) { return find() != NULL; }

int launch_rank(void) {
  const Launcher *launcher = find();
  return launcher ? number(launcher->rank) : 0;
}

/* The plugin's file, in one of two places; false: it is in neither. */
static bool place(const char *plugin, char path[PATH_MAX]) {
  static const char *const folders[] = {"", "../lib/gd/"};
  char program[PATH_MAX / 2] = "";
  if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) return false;
  char *name = strrchr(program, '/');
  if (name) name[1] = 0;
  for (int i = 0; i < COUNT_OF(folders); i++) {
    snprintf(path, PATH_MAX, "%s%s%s", program, folders[i], plugin);
    if (access(path, R_OK) == 0) return true;
  }
  return false;
}

static bool refuse(const Launcher *by, Diag *diag, const char *why) {
  diag_clear(diag);
  diag_fail(diag, STATUS_MEMORY, (Span){0, 0, 0}, "%s started several processes, and %s",
            by->name ? by->name : "srun", why);
  return false;
}

typedef bool (*Open)(Transport *into, const volatile int *stop, double seconds, char *why,
                     size_t room);

/* Process 0 alone reads standard input and prints. */
static void settle(void) {
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) return;
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
}

bool launch_join(double seconds, Diag *diag) {
  const Launcher *by = find();
  char path[PATH_MAX], why[200] = "";
  Open open_mpi = NULL;
  Transport transport = {0};
  if (!by->name) {
    refuse(by, diag, "no MPI for them was found");
    return diag_help(diag, "srun --mpi=pmix (Open MPI) or srun --mpi=pmi2 (MPICH)");
  }
  if (!place(by->plugin, path)) {
    refuse(by, diag, "this gd was built without that MPI");
    return diag_help(diag, "apt-get install %s, then `make` again; `--workers 1` runs alone",
                     by->development);
  }
  void *library = dynamic_open(&(const char *){path}, 1);
  if (!dynamic_find(library, "", "gd_mpi_open", &open_mpi)) {
    refuse(by, diag, "its library cannot be loaded");
    return diag_help(diag, "apt-get install %s; `--workers 1` runs alone", by->library);
  }
  if (!open_mpi(&transport, &stop_asked, seconds, why, sizeof why)) return refuse(by, diag, why);
  if (transport.rank > 0) settle();
  peers_open(&transport, seconds);
  return true;
}
