/* sockets_test.c — processes of one machine: they gather, one ends, one is slow, one is stopped.
 *
 * Each test is a process of its own, which sockets_start forks; those that it makes end with their
 * part.
 */
#include "runtime/peers/sockets.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static void start(int count, double seconds) { cr_assert(sockets_start(count, seconds)); }

static NORETURN void leave(void) {
  char *said;
  peers_agree(0, NULL, &said);
  peers_close(0);
  _exit(0);
}

Test(sockets, all_have_what_each_one_gave) {
  Diag diag = {0};
  Text own = {0}, all = {0};
  size_t ends[PEERS_MOST];
  char *said, sum = 0;
  start(3, 60);
  for (int i = 0; i <= peers_rank(); i++) text_char(&own, (char)('a' + peers_rank()));
  bool fine = peers_gather(&own, &all, ends, &diag) && !strcmp(all.data, "abbccc") && ends[1] == 3;
  if (peers_rank() == 0) sum = 1;
  fine = peers_spread(&sum, 1, &diag) && sum == 1 && fine;
  text_free(&own);
  text_free(&all);
  if (peers_rank() > 0) {
    if (fine) leave();
    _exit(1);
  }
  cr_assert(fine, "%s", diag.message);
  cr_assert_eq(peers_agree(0, NULL, &said), 0, "%s", said);
  peers_close(0);
}

Test(sockets, one_that_is_killed_is_gone) {
  Diag diag = {0};
  char byte;
  start(2, 60);
  if (peers_rank() == 1) raise(SIGKILL);
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  cr_assert_eq(diag.status, STATUS_PEER);
  cr_assert_not_null(strstr(diag.message, "is gone"), "%s", diag.message);
  peers_close(STATUS_PEER);
}

Test(sockets, one_that_is_slow_is_waited_for) {
  Diag diag = {0};
  char byte = 'x', *said;
  start(2, 1);
  if (peers_rank() == 1) {
    usleep(1600 * 1000);
    peers_send(0, &byte, 1, &diag);
    leave();
  }
  cr_assert(peers_receive(1, &byte, 1, &diag), "%s", diag.message);
  cr_assert_eq(peers_agree(0, NULL, &said), 0);
  peers_close(0);
}

Test(sockets, one_that_is_stopped_is_lost) {
  Diag diag = {0};
  char byte;
  start(2, 0.2);
  if (peers_rank() == 1) raise(SIGSTOP);
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  cr_assert_not_null(strstr(diag.message, "has not responded"), "%s", diag.message);
  peers_close(STATUS_PEER); /* ends the stopped one, and waits for it */
}
