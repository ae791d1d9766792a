/* checkpoint_test.c — nothing but the very bytes that were written is ever read back. */
#include "runtime/io/checkpoint.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

TestSuite(checkpoint, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

/* A state of `n` elements that all tell the number `stamp`. */
static Checkpoint make_state(int stamp, int64_t n) {
  Checkpoint state = {0};
  Tensor tensor;
  text_format(&state.note, "{\"step\":%d}", stamp);
  cr_assert(tensor_new(&tensor, DTYPE_F32, &(Shape){1, {n}}, NULL));
  for (int64_t i = 0; i < n; i++) tensor_set(&tensor, i, stamp);
  named_add(&state.tensors, "net.W", 5, tensor);
  named_add(&state.tensors, "t", 1, tensor_scalar(DTYPE_I32, stamp));
  return state;
}

static void write_state(int stamp, int64_t n) {
  Checkpoint state = make_state(stamp, n);
  Diag diag;
  cr_assert(checkpoint_write(&ANYWHERE, "c", &state, &diag), "%s", diag.message);
  checkpoint_free(&state);
}

/* The stamp of a state that is whole; the test fails if it is not. */
static int stamp_of(const Checkpoint *state) {
  const Named *values = named_find(&state->tensors, "net.W", strlen("net.W")),
              *stamp = named_find(&state->tensors, "t", strlen("t"));
  cr_assert(values && stamp && state->tensors.count == 2);
  int told = (int)tensor_get(&stamp->tensor, 0);
  for (int64_t i = 0; i < tensor_count(&values->tensor); i++)
    cr_assert_eq(tensor_get(&values->tensor, i), told);
  char note[40];
  snprintf(note, sizeof note, "{\"step\":%d}", told);
  cr_assert_str_eq(state->note.data, note);
  return told;
}

static int read_state(Diag *warning, Diag *diag) {
  Checkpoint state;
  *diag = (Diag){0};
  if (!checkpoint_read(&ANYWHERE, "c", &state, warning, diag)) return -1;
  int stamp = stamp_of(&state);
  checkpoint_free(&state);
  return stamp;
}

Test(checkpoint, crc_of_the_standard) {
  cr_assert_eq(checkpoint_crc(0, "123456789", 9),
               0xE3069283u); /* RFC 3720, B.4 uses the same polynomial */
  uint8_t zeros[32] = {0};
  cr_assert_eq(checkpoint_crc(0, zeros, 32), 0x8A9136AAu);
  cr_assert_eq(checkpoint_crc(checkpoint_crc(0, "1234", 4), "56789", 5), 0xE3069283u);
}

Test(checkpoint, round_trip_of_every_dtype_and_size) {
  static const int64_t sizes[] = {0, 1, 7, 16383, 16384, 40000};
  for (int which = 0; which < COUNT_OF(sizes); which++) {
    Checkpoint state = {0}, back;
    Diag diag, warning;
    for (int type = 0; type < DTYPE_COUNT; type++) {
      Tensor tensor;
      char name[32];
      cr_assert(tensor_new(&tensor, (Dtype)type, &(Shape){2, {sizes[which], 1}}, &diag));
      for (size_t i = 0; i < tensor_bytes(&tensor); i++)
        ((uint8_t *)tensor_data(&tensor))[i] = (uint8_t)((i * 31 + (size_t)type) &
                                                         (type == DTYPE_BOOL ? 1 : 255));
      named_add(&state.tensors, name, (size_t)snprintf(name, sizeof name, "part.%d", type), tensor);
    }
    text_add(&state.note, "any\0bytes", 9);
    cr_assert(checkpoint_write(&ANYWHERE, "c", &state, &diag), "%s", diag.message);
    cr_assert(checkpoint_read(&ANYWHERE, "c", &back, &warning, &diag), "%s", diag.message);
    cr_assert_eq(warning.status, 0);
    cr_assert_eq(back.tensors.count, state.tensors.count);
    cr_assert(back.note.length == 9 && memcmp(back.note.data, "any\0bytes", 9) == 0);
    for (int64_t i = 0; i < state.tensors.count; i++) {
      const Named *was = &state.tensors.items[i], *is = &back.tensors.items[i];
      cr_assert_str_eq(was->name, is->name);
      cr_assert(was->tensor.dtype == is->tensor.dtype &&
                shape_equal(&was->tensor.shape, &is->tensor.shape));
      cr_assert_eq(
          memcmp(tensor_data(&was->tensor), tensor_data(&is->tensor), tensor_bytes(&was->tensor)),
          0);
    }
    checkpoint_free(&back);
    checkpoint_free(&state);
  }
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* F10: every bit of a small one. */
Test(checkpoint, any_flipped_bit_and_any_cut_is_refused, .timeout = 600) {
  static uint8_t file[1000];
  Diag diag;
  write_state(3, 5);
  size_t length = folder_get("c", file, sizeof file);
  cr_assert_lt(length, sizeof file);
  for (size_t bit = 0; bit < length * 8; bit++) {
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    folder_put("c", file, length);
    cr_assert_eq(read_state(NULL, &diag), -1, "bit %zu", bit);
    cr_assert_eq(diag.status, STATUS_MALFORMED);
    file[bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
  for (size_t cut = 0; cut < length; cut++) {
    folder_put("c", file, cut);
    cr_assert_eq(read_state(NULL, &diag), -1, "cut at %zu", cut);
  }
  folder_put("c", file, length + 1);
  cr_assert_eq(read_state(NULL, &diag), -1);
  folder_put("c", file, length);
  cr_assert_eq(read_state(NULL, &diag), 3);
  cr_assert_eq(mem_used_bytes(), 0u);
}

/* F9: zeros, a zeroed page, and whole good blocks of two checkpoints. */
Test(checkpoint, torn_writes_are_refused) {
  enum { SIZE = 300000 };
  static uint8_t old[SIZE], new[SIZE], torn[SIZE];
  Diag diag;
  write_state(1, 50000);
  size_t length = folder_get("c", old, SIZE);
  write_state(2, 50000);
  cr_assert_eq(folder_get("c", new, SIZE), length);
  cr_assert_eq(remove("c.previous"), 0);
  memset(torn, 0, 4096);
  folder_put("c", torn, 4096);
  cr_assert_eq(read_state(NULL, &diag), -1);
  memcpy(torn, new, length);
  memset(torn + length - 4096, 0, 4096);
  folder_put("c", torn, length);
  cr_assert_eq(read_state(NULL, &diag), -1);
  /* at the blocks' own borders, where each CRC is right */
  for (size_t border = 64; border < length; border += CHECKPOINT_BLOCK + 4) {
    memcpy(torn, old, border);
    memcpy(torn + border, new + border, length - border);
    folder_put("c", torn, length);
    int stamp = read_state(NULL, &diag);
    cr_assert(stamp == -1 || (border == 64 && stamp == 2), "border %zu",
              border); /* the heads are equal */
  }
}

Test(checkpoint, the_one_before_is_kept_and_used) {
  Diag diag, warning;
  write_state(1, 5);
  cr_assert_eq(folder_count(), 1);
  write_state(2, 5);
  write_state(3, 5);
  cr_assert_eq(folder_count(), 2);
  cr_assert_eq(read_state(&warning, &diag), 3);
  cr_assert_eq(warning.status, 0);
  folder_put("c", "gd-state but not really", 23);
  cr_assert_eq(read_state(&warning, &diag), 2);
  cr_assert(warning.warning && warning.status == STATUS_MALFORMED);
  cr_assert_not_null(strstr(warning.help, "c.previous"));
  cr_assert(checkpoint_exists(&ANYWHERE, "c"));
  cr_assert_eq(remove("c"), 0); /* deleted on purpose, so the one before it does not count */
  cr_assert_eq(read_state(&warning, &diag), -1);
  cr_assert_eq(diag.status, STATUS_MISSING);
  cr_assert_not(checkpoint_exists(&ANYWHERE, "c"));
}

/* A writer killed between keeping the old file and replacing it leaves both names on one file. */
Test(checkpoint, both_names_on_one_file) {
  Diag diag;
  write_state(1, 5);
  cr_assert_eq(link("c", "c.previous"), 0);
  write_state(2, 5);
  cr_assert_eq(folder_count(), 2);
  cr_assert_eq(read_state(NULL, &diag), 2);
}

Test(checkpoint, a_newer_version_is_told) {
  static uint8_t file[1000];
  Diag diag;
  write_state(1, 5);
  size_t length = folder_get("c", file, sizeof file);
  file[8] = 9;
  uint32_t crc = checkpoint_crc(0, file, 60);
  for (int i = 0; i < 4; i++) file[60 + i] = (uint8_t)(crc >> 8 * i);
  folder_put("c", file, length);
  cr_assert_eq(read_state(NULL, &diag), -1);
  cr_assert_not_null(strstr(diag.message, "version 9"), "%s", diag.message);
  cr_assert_not_null(strstr(diag.message, "written by gd"), "%s", diag.message);
}

/* F12: the same state gives the same bytes under any name, anywhere. */
Test(checkpoint, says_nothing_of_where_it_was_made) {
  static uint8_t one[1000], two[1000];
  Checkpoint state = make_state(1, 5);
  Diag diag;
  cr_assert(checkpoint_write(&ANYWHERE, "one", &state, &diag) &&
            checkpoint_write(&ANYWHERE, "two", &state, &diag));
  size_t length = folder_get("one", one, sizeof one);
  cr_assert_eq(folder_get("two", two, sizeof two), length);
  cr_assert_eq(memcmp(one, two, length), 0);
  checkpoint_free(&state);
}

Test(checkpoint, a_full_disk_loses_nothing) {
  Diag diag;
  write_state(1, 5);
  write_state(2, 5);
  signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &(struct rlimit){8192, 8192});
  Checkpoint state = make_state(3, 50000);
  cr_assert_not(checkpoint_write(&ANYWHERE, "c", &state, &diag));
  cr_assert_eq(diag.status, STATUS_IO);
  checkpoint_free(&state);
  cr_assert_eq(read_state(NULL, &diag), 2);
  cr_assert_eq(folder_count(), 2);
}

/* F5: killed at any moment, a writer leaves the old state or the new, whole. */
Test(checkpoint, a_killed_writer_leaves_a_whole_file, .timeout = 600) {
  Diag diag;
  write_state(0, 50000);
  int last = 0;
  for (int round = 0; round < 20; round++) {
    int ends[2];
    char byte;
    cr_assert_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
      for (int stamp = last + 1;; stamp++) {
        Checkpoint state = make_state(stamp, 50000);
        if (!checkpoint_write(&ANYWHERE, "c", &state, NULL)) _exit(1);
        checkpoint_free(&state);
        if (stamp == last + 1 && write(ends[1], "", 1) != 1) _exit(1);
      }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1,
                 "the writer failed by itself"); /* one is written, however slowly; then it dies in
                                                    another */
    close(ends[0]);
    nanosleep(&(struct timespec){0, 1000000L * (3 + 7 * round % 23)}, NULL);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    cr_assert(WIFSIGNALED(status), "the writer failed by itself");
    int stamp = read_state(NULL, &diag);
    cr_assert_gt(stamp, last, "%s", diag.message);
    last = stamp;
  }
  write_state(last, 5);
  cr_assert_leq(folder_count(), 2, "what the killed left over is removed");
}

/* F14: a reader beside a writer always finds a whole state. */
Test(checkpoint, readers_see_whole_states, .timeout = 600) {
  Diag diag;
  write_state(0, 20000);
  pid_t child = fork();
  if (child == 0)
    for (int stamp = 1;; stamp++) {
      Checkpoint state = make_state(stamp, 20000);
      if (!checkpoint_write(&ANYWHERE, "c", &state, NULL)) _exit(1);
      checkpoint_free(&state);
    }
  int last = 0;
  for (int i = 0; i < 300; i++) {
    Diag warning;
    int stamp = read_state(&warning, &diag);
    cr_assert_geq(stamp, last, "%s: %s", diag.where, diag.message);
    cr_assert_eq(warning.status, 0, "%s", warning.message);
    last = stamp;
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
}
