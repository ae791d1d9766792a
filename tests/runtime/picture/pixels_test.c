/* pixels_test.c — images in the forms of terminals, where libchafa is there. */
#include "runtime/pictures.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(pixels);

/* A square of 4 pixels, red over blue, as the form writes it. */
static Text written(PixelForm form) {
  const uint8_t bytes[] = {0, 0, 255, 255, 0, 0, 255, 255, 255, 0, 0, 255, 255, 0, 0, 255};
  PixelImage image = {bytes, 2, 2, 8};
  Text text = {0};
  bool fine = pixels_write(form, &image, 2, 1, 8, 16, &text);
  cr_assert_eq(fine, text.length > 0);
  if (!fine) cr_skip_test("libchafa is not installed");
  cr_assert_eq(text.data[text.length - 1], '\n');
  return text;
}

static void check_begins(PixelForm form, const char *begins, const char *holds) {
  Text text = written(form);
  cr_assert(!strncmp(text.data, begins, strlen(begins)), "%.20s", text.data + 1);
  cr_assert_not_null(strstr(text.data, holds));
  text_free(&text);
}

Test(pixels, kitty_sends_a_command) { check_begins(PIXELS_KITTY, "\x1b_G", "a=T"); }
Test(pixels, sixel_begins_as_a_device_string) { check_begins(PIXELS_SIXEL, "\x1bP", "\x1b\\"); }
Test(pixels, iterm_has_a_file_inline) { check_begins(PIXELS_ITERM, "\x1b]1337;File=", "inline=1"); }

Test(pixels, nothing_is_written_without_a_form) {
  Text text = {0};
  cr_assert_not(pixels_write(PIXELS_NONE, &(PixelImage){0}, 2, 1, 8, 16, &text));
  cr_assert_eq(text.length, 0);
}

Test(pixels, a_terminal_says_what_it_knows) {
  char one[] = "TERM=xterm-kitty", other[] = "TERM=dumb";
  char *kitty[] = {one, NULL}, *dumb[] = {other, NULL};
  if (pixels_known(kitty) == PIXELS_NONE) cr_skip_test("libchafa is not installed");
  cr_assert_eq(pixels_known(kitty), PIXELS_KITTY);
  cr_assert_eq(pixels_known(dumb), PIXELS_NONE);
}

Test(pixels, forms_have_names) {
  cr_assert_eq(pixels_named("sixel"), PIXELS_SIXEL);
  cr_assert_eq(pixels_named("iterm"), PIXELS_ITERM);
  cr_assert_eq(pixels_named("none"), PIXELS_NONE);
}
