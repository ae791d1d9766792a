/* sockets.h — processes of one machine, joined by sockets. */
#ifndef GD_RUNTIME_PEERS_SOCKETS_H
#define GD_RUNTIME_PEERS_SOCKETS_H

#include "runtime/peers/peers.h"

enum { SOCKETS_MOST = 32 };

/* Forks count - 1 processes, which return from it as this one does.  Call it before there are
 * threads.  False: the system refuses; then there are none. */
bool sockets_start(int count, double seconds);

#endif
