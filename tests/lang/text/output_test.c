/* output_test.c — printed text reaches whoever waits for it. */
#include "lang/text/output.h"
#include "runtime/compute.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(output);

/* What can be read now, without waiting; -1: nothing. */
static ssize_t look(int from, char *into, size_t size) {
  return recv(from, into, size, MSG_DONTWAIT);
}

/* A connection on which each write is a message of its own. */
static int listen_to_output(void) {
  int ends[2];
  cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
  cr_assert_neq(dup2(ends[1], STDOUT_FILENO), -1);
  return ends[0];
}

static bool add(const char *text, size_t length) {
  size_t done = 0;
  return output_add(text, length, &done);
}

Test(output, few_lines_go_at_once) {
  char buffer[64];
  int from = listen_to_output();
  cr_assert(add("one\n", 4));
  cr_assert_eq(look(from, buffer, sizeof buffer), 4);
  cr_assert(add("two\n", 4));
  cr_assert_eq(look(from, buffer, sizeof buffer), 4);
  cr_assert_eq(memcmp(buffer, "two\n", 4), 0);
}

Test(output, many_lines_share_writes) {
  enum { LINES = 3000 };
  char buffer[8192];
  int from = listen_to_output(), writes = 0;
  size_t bytes = 0;
  ssize_t got;
  for (int i = 0; i < LINES; i++) {
    cr_assert(add("x\n", 2));
    while ((got = look(from, buffer, sizeof buffer)) > 0) bytes += (size_t)got, writes++;
  }
  output_settle(); /* what the last lines left behind */
  while ((got = look(from, buffer, sizeof buffer)) > 0) bytes += (size_t)got, writes++;
  cr_assert_eq(bytes, 2u * LINES);
  cr_assert_lt(writes, LINES / 2, "%d writes", writes);
}

/* Nobody reads: whoever prints waits, until a stop is wanted, and then knows how far it came. */
Test(output, a_full_pipe_is_waited_for_until_a_stop) {
  int ends[2];
  cr_assert_eq(pipe(ends), 0);
  cr_assert_neq(dup2(ends[1], STDOUT_FILENO), -1);
  char text[4096];
  memset(text, 'x', sizeof text);
  bool fine = true;
  size_t total = 0, done = 0, capacity = (size_t)fcntl(ends[1], F_GETPIPE_SZ);
  stop_asked = 1; /* from the beginning: the pipe can be written, so it is */
  for (; fine && total <= 2 * capacity; total += done) {
    done = 0;
    fine = output_add(text, sizeof text, &done);
  }
  cr_assert(!fine);
  cr_assert_geq(total, capacity);
  cr_assert_leq(total,
                capacity + sizeof text); /* what the C library still holds is the last part */
  output_abandon();
  cr_assert_eq(fflush(stdout), 0);
}

/* A reader that is gone is an error, with or without a stop: the call must not be made again. */
Test(output, a_closed_pipe_is_an_error_during_a_stop) {
  int ends[2];
  signal(SIGPIPE, SIG_IGN);
  cr_assert_eq(pipe(ends), 0);
  cr_assert_neq(dup2(ends[1], STDOUT_FILENO), -1);
  close(ends[0]);
  stop_asked = 1;
  cr_assert(!add("one\n", 4));
  cr_assert(ferror(stdout));
  errno = 0;
  cr_assert(!add("two\n", 4));
  cr_assert_eq(errno, EPIPE); /* also when an earlier flush met it */
}
