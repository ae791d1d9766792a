/* peers_test.c — messages, last words, and what the start compares, over a transport in memory.
 *
 * What process 1 sends is kept, and is then what process 0 receives.
 */
#include "runtime/peers/peers.h"

#include <criterion/criterion.h>
#include <string.h>

static Text kept;       /* what process 1 has sent */
static size_t taken;    /* of it, by process 0 */
static Carried at_end;  /* what a receiver meets after it */
static int closed_with; /* status that the transport was closed with */

static Carried keep(void *state, int to, const void *data, size_t bytes, double seconds) {
  const int *rank = state;
  (void)to, (void)seconds;
  if (*rank == 1) text_add(&kept, data, bytes);
  return CARRIED;
}

static Carried give(void *state, int from, void *data, size_t bytes, double seconds) {
  const int *rank = state;
  (void)from, (void)seconds;
  if (*rank == 1 || kept.length - taken < bytes) return at_end;
  memcpy(data, kept.data + taken, bytes);
  taken += bytes;
  return CARRIED;
}

static void closed(void *state, int status, double seconds) {
  (void)state, (void)seconds;
  closed_with = status;
}

/* From here on this is process `rank` of two. */
static void become(int rank) {
  static int ranks[2] = {0, 1};
  peers_close(0);
  peers_open(&(Transport){rank, 2, &ranks[rank], keep, give, closed}, 2);
  at_end = CARRIED_CLOSED;
}

static void expect(const Diag *diag, int status, const char *part) {
  cr_assert_eq(diag->status, status, "%d: %s", diag->status, diag->message);
  cr_assert_not_null(strstr(diag->message, part), "%s", diag->message);
}

static void clear(void) {
  peers_close(0);
  text_free(&kept);
}

Test(peers, alone_there_is_nobody, .fini = clear) {
  Diag diag = {0};
  char *said;
  cr_assert_eq(peers_rank(), 0);
  cr_assert_eq(peers_count(), 1);
  cr_assert(peers_greet("gd", &diag));
  cr_assert_eq(peers_agree(65, NULL, &said), 65);
}

Test(peers, a_message_arrives_whole, .fini = clear) {
  Diag diag = {0};
  int64_t number = 0;
  become(1);
  cr_assert(peers_send(0, &(int64_t){42}, sizeof number, &diag));
  cr_assert(peers_send(0, NULL, 0, &diag));
  become(0);
  cr_assert(peers_receive(1, &number, sizeof number, &diag));
  cr_assert(peers_receive(1, NULL, 0, &diag));
  cr_assert_eq(number, 42);
  cr_assert_null(peers_lost());
}

Test(peers, a_piece_may_be_none, .fini = clear) {
  Diag diag = {0};
  char bytes[4] = "";
  bool none = false;
  become(1);
  cr_assert(peers_send_none(0, &diag));
  cr_assert(peers_send(0, "abcd", 4, &diag));
  cr_assert(peers_send_none(0, &diag));
  become(0);
  cr_assert(peers_receive_piece(1, bytes, 4, &none, &diag));
  cr_assert(none);
  cr_assert(peers_receive_piece(1, bytes, 4, &none, &diag));
  cr_assert(!none && !memcmp(bytes, "abcd", 4));
  cr_assert_not(peers_receive(1, bytes, 4, &diag)); /* who cannot do without it */
  expect(&diag, STATUS_FAILED, "process 1 of 2 is at another point");
}

Test(peers, another_size_is_another_place_in_the_program, .fini = clear) {
  Diag diag = {0}, again = {0};
  char bytes[8];
  become(1);
  peers_send(0, "abcd", 4, &diag);
  become(0);
  cr_assert_not(peers_receive(1, bytes, 8, &diag));
  expect(&diag, STATUS_FAILED, "process 1 of 2 is at another point");
  cr_assert_not(peers_send(1, bytes, 8, &again));
  cr_assert_str_eq(again.message, diag.message);
  cr_assert_str_eq(peers_lost()->message, diag.message);
}

Test(peers, one_that_is_gone_and_one_that_is_silent, .fini = clear) {
  Diag diag = {0};
  char byte;
  become(0);
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  expect(&diag, STATUS_PEER, "process 1 of 2, on ?, is gone");
  become(0);
  at_end = CARRIED_LATE;
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  expect(&diag, STATUS_PEER, "has not responded for 2 s");
  cr_assert_not_null(strstr(diag.help, "resume: true"));
  become(0);
  at_end = CARRIED_STOPPED;
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  expect(&diag, STATUS_INTERRUPTED, "interrupted");
}

Test(peers, last_words_are_told_to_who_waits, .fini = clear) {
  Diag diag = {0};
  char byte, *said;
  become(1);
  cr_assert_eq(peers_agree(66, "error: no such file\n --> a.csv\n --> b.gd:3:1\n  |\n", &said), 66);
  become(0);
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  expect(&diag, 66, "in process 1 of 2, at a.csv, b.gd:3:1: no such file");
}

Test(peers, one_that_ended_well_went_another_way, .fini = clear) {
  Diag diag = {0};
  char byte, *said;
  become(1);
  cr_assert_eq(peers_agree(0, NULL, &said), 0);
  become(0);
  cr_assert_not(peers_receive(1, &byte, 1, &diag));
  expect(&diag, STATUS_FAILED, "its script took another path");
}

Test(peers, the_status_is_of_the_first_that_failed, .fini = clear) {
  char *said;
  become(1);
  peers_agree(3, "error: three\n", &said);
  cr_assert_null(said);
  become(0);
  cr_assert_eq(peers_agree(0, NULL, &said), 3);
  cr_assert_str_eq(said, "error: three\n");
  mem_free(said);
  peers_close(3);
  cr_assert_eq(closed_with, 3);
  cr_assert_eq(peers_count(), 1);
}

Test(peers, another_order_of_bytes_is_told, .fini = clear) {
  Diag diag = {0};
  char bytes[4];
  become(1);
  peers_send(0, "abcd", 4, &diag);
  for (int i = 0; i < 2; i++) {
    char byte = kept.data[i];
    kept.data[i] = kept.data[3 - i];
    kept.data[3 - i] = byte;
  }
  become(0);
  cr_assert_not(peers_receive(1, bytes, 4, &diag));
  expect(&diag, STATUS_USAGE, "another byte order");
  taken = 0;
  kept.data[0] = 'x';
  become(0);
  cr_assert_not(peers_receive(1, bytes, 4, &diag));
  expect(&diag, STATUS_USAGE, "another version");
}

/* Process 1 was started with `theirs`, process 0 with `own`. */
static bool greet(const char *own, const char *theirs, Diag *diag) {
  become(1);
  peers_greet(theirs, diag);
  become(0);
  diag_clear(diag);
  return peers_greet(own, diag);
}

Test(peers, the_start_is_the_same_everywhere, .fini = clear) {
  Diag diag = {0};
  cr_assert(greet("gd 1\nnet.gd\n", "gd 1\nnet.gd\n", &diag));
  cr_assert_eq(peers_near(), 2);
  cr_assert_not(greet("gd 1\nnet.gd\n", "gd 1\nold.gd\n", &diag));
  expect(&diag, STATUS_USAGE, "was started with `old.gd`, process 0");
  cr_assert_not(greet("gd 1\nnet.gd\n", "gd 1\n", &diag));
  expect(&diag, STATUS_USAGE, "with `net.gd`");
  cr_assert_not(greet("gd 1", "gd 12", &diag));
  expect(&diag, STATUS_USAGE, "was started with `gd 12`");
}
