/* launch.h — processes that mpirun or srun has started. */
#ifndef GD_RUNTIME_PEERS_LAUNCH_H
#define GD_RUNTIME_PEERS_LAUNCH_H

#include "runtime/peers/peers.h"

/* Is this one of several processes that a launcher has started?  Its environment says so. */
bool launch_seen(void);
int launch_rank(void); /* which one, as the launcher says: before, and without, MPI */

/* Loads the plugin for that launcher's MPI and joins the others: this process then has peers, if
 * there are any.  False with a Diag that says what to install. */
bool launch_join(double seconds, Diag *diag);

#endif
