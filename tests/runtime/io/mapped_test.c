/* mapped_test.c — files as tensors that are not read: the same elements, and what happens when the
 * file changes under them (G46). */
#include "runtime/io/array.h"
#include "runtime/io/mapped.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const Files ANYWHERE = {0};
enum { COUNT = 1200000 }; /* f32: more than is read */

static volatile int mended;

static void on_bus(int number, siginfo_t *info, void *context) {
  (void)context;
  if (mapped_zero_fill(info->si_addr)) mended++;
  else signal(number, SIG_DFL);
}

/* Writes x.npy, 0, 1, 2, …, and maps it. */
static Tensor mapped(void) {
  Tensor tensor, read;
  Diag diag = {0};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_bus;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGBUS, &action, NULL);
  cr_assert(tensor_new(&tensor, DTYPE_F32, &(Shape){1, {COUNT}}, &diag));
  for (int64_t i = 0; i < COUNT; i++) tensor_set(&tensor, i, (double)i);
  cr_assert(npy_write(&ANYWHERE, "x.npy", &tensor, &diag), "%s", diag.message);
  tensor_release(&tensor);
  mapped_enable();
  cr_assert(npy_read(&ANYWHERE, "x.npy", &read, &diag), "%s", diag.message);
  return read;
}

TestSuite(mapped, .init = folder_make, .fini = folder_remove);

Test(mapped, elements_cost_no_memory_and_are_private) {
  Tensor read = mapped(), again;
  Diag diag = {0};
  cr_assert(mapped_is(&read));
  cr_assert(mem_used_bytes() < 10000, "%zu bytes", mem_used_bytes());
  for (int64_t i = 0; i < COUNT; i += 997) cr_assert_eq(tensor_get(&read, i), (double)i);
  cr_assert_eq(((const char *)tensor_data(&read))[(size_t)COUNT * 4 + 63], 0); /* readable */
  tensor_set(&read, 5, -1);
  cr_assert(npy_read(&ANYWHERE, "x.npy", &again, &diag));
  cr_assert_eq(tensor_get(&again, 5), 5);
  cr_assert(mapped_unchanged(&read, &diag));
  tensor_release(&again);
  tensor_release(&read);
  cr_assert_eq(mem_used_bytes(), 0u);
}

Test(mapped, another_file_under_the_name_changes_nothing) {
  Tensor read = mapped(), other = mapped();
  Diag diag = {0};
  cr_assert(mapped_unchanged(&read, &diag));
  cr_assert_eq(tensor_get(&read, COUNT - 1), COUNT - 1);
  tensor_release(&read);
  tensor_release(&other);
}

Test(mapped, a_file_that_is_touched_is_told) {
  Tensor read = mapped();
  Diag diag = {0};
  struct timespec then[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
  cr_assert_eq(utimensat(AT_FDCWD, "x.npy", then, 0), 0);
  cr_assert_not(mapped_unchanged(&read, &diag));
  cr_assert_eq(diag.status, STATUS_IO);
  cr_assert_not_null(strstr(diag.message, "changed"), "%s", diag.message);
  tensor_release(&read);
}

Test(mapped, a_file_that_is_cut_ends_nothing) {
  Tensor read = mapped();
  Diag diag = {0};
  cr_assert_not(mapped_lost(&diag));
  cr_assert_eq(truncate("x.npy", 100000), 0);
  cr_assert_eq(tensor_get(&read, 10), 10);
  cr_assert_eq(tensor_get(&read, COUNT - 1), 0);
  cr_assert(mended > 0);
  cr_assert(mapped_lost(&diag));
  cr_assert_eq(diag.status, STATUS_IO);
  cr_assert_not_null(strstr(diag.message, "then 100000"), "%s", diag.message);
  tensor_release(&read);
  diag_clear(&diag);
  cr_assert_not(mapped_lost(&diag));
}

Test(mapped, bytes_of_idx_from_any_offset) {
  Tensor read;
  Diag diag = {0};
  enum { LENGTH = 5000000 };
  uint8_t *bytes = mem_zero(LENGTH + 9);
  const uint8_t head[8] = {
      0, 0, 8, 1, LENGTH >> 24, LENGTH >> 16 & 255, LENGTH >> 8 & 255, LENGTH & 255};
  memcpy(bytes, head, 8);
  bytes[8 + 4321] = 77;
  folder_put("x.idx", bytes, LENGTH + 8);
  mapped_enable();
  cr_assert(idx_read(&ANYWHERE, "x.idx", &read, &diag), "%s", diag.message);
  cr_assert(mapped_is(&read));
  cr_assert_eq(tensor_get(&read, 4321), 77);
  tensor_release(&read);
  folder_put("x.idx", bytes, LENGTH + 9); /* one more than it says */
  cr_assert_not(idx_read(&ANYWHERE, "x.idx", &read, &diag));
  cr_assert_eq(diag.status, STATUS_MALFORMED);
  mem_free(bytes);
}
