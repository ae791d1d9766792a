/* output_test.c — printed text reaches whoever waits for it. */
#include "lang/text/output.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(output);

/* What can be read now, without waiting; -1: nothing. */
static ssize_t look(int from, char *into, size_t room) { return recv(from, into, room, MSG_DONTWAIT); }

/* A connection on which each write is a message of its own. */
static int listen_to_output(void) {
  int ends[2];
  cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  cr_assert_neq(dup2(ends[1], STDOUT_FILENO), -1);
  return ends[0];
}

Test(output, few_lines_go_at_once) {
  char room[64];
  int from = listen_to_output();
  cr_assert(output_add("one\n", 4));
  cr_assert_eq(look(from, room, sizeof room), 4);
  cr_assert(output_add("two\n", 4));
  cr_assert_eq(look(from, room, sizeof room), 4);
  cr_assert_eq(memcmp(room, "two\n", 4), 0);
}

Test(output, many_lines_share_writes) {
  enum { LINES = 3000 };
  char room[8192];
  int from = listen_to_output(), writes = 0;
  size_t bytes = 0;
  ssize_t got;
  for (int i = 0; i < LINES; i++) {
    cr_assert(output_add("x\n", 2));
    while ((got = look(from, room, sizeof room)) > 0) bytes += (size_t)got, writes++;
  }
  output_settle(); /* what the last lines left behind */
  while ((got = look(from, room, sizeof room)) > 0) bytes += (size_t)got, writes++;
  cr_assert_eq(bytes, 2u * LINES);
  cr_assert_lt(writes, LINES / 2, "%d writes", writes);
}
