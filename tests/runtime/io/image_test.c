/* image_test.c — pictures: what each format gives, and what is refused before memory is taken
 * (G44).  Where there is no libpng or no libjpeg, what needs them is not tested. */
#include "runtime/io/image.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

TestSuite(image, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

/* Reads the picture as it is: its elements, row by row and channel by channel. */
static void check(const char *path, const char *expected) {
  ImageHead head;
  Diag diag = {0};
  Tensor tensor;
  Text text = {0};
  cr_assert(image_head(&ANYWHERE, path, &head, &diag), "%s", diag.message);
  ImageForm form = {head.height, head.width, head.channels + head.alpha};
  Shape shape = shape_of(3, (int64_t[]){form.channels, form.height, form.width});
  cr_assert(tensor_new(&tensor, DTYPE_F64, &shape, &diag));
  cr_assert(image_fill(&ANYWHERE, path, &form, &tensor, 0, &diag), "%s", diag.message);
  for (int64_t i = 0, count = tensor_count(&tensor); i < count; i++)
    text_format(&text, "%s%.3g", i ? " " : "", tensor_get(&tensor, i));
  cr_assert_str_eq(text.data, expected);
  text_free(&text);
  tensor_release(&tensor);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void refuse(const char *path, const char *words) {
  ImageHead head;
  Diag diag = {0};
  Tensor tensor;
  bool good = image_head(&ANYWHERE, path, &head, &diag);
  if (good) {
    ImageForm form = {1, 1, 1};
    cr_assert(tensor_zeros(&tensor, DTYPE_F32, &(Shape){3, {1, 1, 1}}, &diag));
    good = image_fill(&ANYWHERE, path, &form, &tensor, 0, &diag);
    tensor_release(&tensor);
  }
  cr_assert_not(good, "%s", words);
  cr_assert_eq(diag.status, STATUS_MALFORMED, "%s", diag.message);
  cr_assert_not_null(strstr(diag.message, words), "%s, not %s", diag.message, words);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void put(const char *text, size_t length) { folder_put("p", text, length); }
#define PUT(text) put(text, sizeof text - 1)

/* ---- PNM ---- */

Test(image, pnm_plain_and_raw) {
  PUT("P2\n# a comment\n3 1 # another\n10\n0 5 10\n");
  check("p", "0 0.5 1");
  PUT("P3 1 2 4 0 1 2 3 4 0");
  check("p", "0 0.75 0.25 1 0.5 0");
  PUT("P1 3 1\n01 1");
  check("p", "1 0 0");
  PUT("P4\n9 1\n\x80\x80");
  check("p", "0 1 1 1 1 1 1 1 0");
  PUT("P5 2 1 255\n\x00\xFF");
  check("p", "0 1");
  PUT("P5 1 1 1023 \x02\x00");
  check("p", "0.5");
  PUT("P6 1 1 255\n\xFF\x00\x33");
  check("p", "1 0 0.2");
}

Test(image, pnm_that_is_none) {
  PUT("P6 99999999999 1 255\n");
  refuse("p", "the width is 99999999999");
  PUT("P5 1000000000 1000000000 255\n\x01");
  refuse("p", "are unpacked");
  PUT("P5 1 1 0\n\x01");
  refuse("p", "greatest value is 0");
  PUT("P5 1 1 65536\n\x01");
  refuse("p", "greatest value is 65536");
  PUT("P5 0 1 255\n");
  refuse("p", "the width is 0");
  PUT("P2 # a comment without an end");
  refuse("p", "ends before");
  PUT("P5 2 2 255\n\x01\x02\x03");
  refuse("p", "but 3 follow");
  PUT("P5 1 1 255\n\x01\x02");
  refuse("p", "more data follows");
  PUT("P2 1 1 9 10");
  refuse("p", "a sample is 10");
  PUT("P5 1 1 9\n\x0A");
  refuse("p", "a sample is 10");
  PUT("P1 1 1 2");
  refuse("p", "a bit must be 0 or 1");
  PUT("GIF89a");
  refuse("p", "a GIF image");
  PUT("");
  refuse("p", "empty");
}

Test(image, scaling_down_is_a_mean_and_up_is_between) {
  Tensor tensor;
  Diag diag = {0};
  PUT("P2 4 1 8 0 8 0 8");
  cr_assert(tensor_new(&tensor, DTYPE_F64, &(Shape){3, {1, 1, 1}}, &diag));
  cr_assert(image_fill(&ANYWHERE, "p", &(ImageForm){1, 1, 1}, &tensor, 0, &diag));
  cr_assert_float_eq(tensor_get(&tensor, 0), 0.5, 1e-6);
  tensor_release(&tensor);
  PUT("P2 2 1 8 0 8");
  cr_assert(tensor_new(&tensor, DTYPE_F64, &(Shape){3, {1, 1, 4}}, &diag));
  cr_assert(image_fill(&ANYWHERE, "p", &(ImageForm){1, 4, 1}, &tensor, 0, &diag));
  const double between[] = {0, 0.25, 0.75, 1};
  for (int i = 0; i < 4; i++) cr_assert_float_eq(tensor_get(&tensor, i), between[i], 1e-6);
  tensor_release(&tensor);
}

/* ---- PNG ---- */

static bool has_library(const char *name) { return dlopen(name, RTLD_NOW) != NULL; }

typedef struct Made {
  uint8_t bytes[1024];
  size_t length;
} Made;

static void add_number(Made *made, size_t number) {
  for (int shift = 24; shift >= 0; shift -= 8)
    made->bytes[made->length++] = (uint8_t)(number >> shift);
}

static void add_chunk(Made *made, const char *name, const void *data, size_t length) {
  add_number(made, length);
  size_t start = made->length;
  memcpy(made->bytes + made->length, name, 4);
  memcpy(made->bytes + made->length + 4, data, length);
  made->length += 4 + length;
  add_number(made, crc32(0, made->bytes + start, (uInt)(4 + length)));
}

typedef struct Png {
  uint8_t width, height, depth, kind, interlaced;
  const char *palette; /* PLTE, of three colours; or NULL */
  const char *rows;    /* each with the byte of its filter in front */
  size_t length;
} Png;

static Made begin(const Png *png) {
  Made made = {.length = 8};
  memcpy(made.bytes, "\x89PNG\r\n\x1A\n", 8);
  uint8_t head[13] = {0,         0, 0, png->width,     0, 0, 0, png->height, png->depth,
                      png->kind, 0, 0, png->interlaced};
  add_chunk(&made, "IHDR", head, sizeof head);
  if (png->palette) add_chunk(&made, "PLTE", png->palette, 9);
  return made;
}

static Made whole(const Png *png) {
  Made made = begin(png);
  uint8_t packed[256];
  uLongf length = sizeof packed;
  compress(packed, &length, (const Bytef *)png->rows, (uLong)png->length);
  add_chunk(&made, "IDAT", packed, length);
  add_chunk(&made, "IEND", "", 0);
  return made;
}

static void put_made(const Made *made) { folder_put("p", made->bytes, made->length); }

static void put_png(Png png) {
  Made made = whole(&png);
  put_made(&made);
}

Test(image, png_of_each_kind) {
  if (!has_library("libpng16.so.16")) return;
  put_png((Png){2, 1, 8, 0, 0, NULL, "\0\x00\xFF", 3});
  check("p", "0 1");
  put_png((Png){1, 1, 8, 2, 0, NULL, "\0\xFF\x00\x33", 4});
  check("p", "1 0 0.2");
  put_png((Png){1, 1, 8, 6, 0, NULL, "\0\xFF\x00\x33\x99", 5});
  check("p", "1 0 0.2 0.6");
  put_png((Png){1, 1, 8, 4, 0, NULL, "\0\x33\x99", 3});
  check("p", "0.2 0.6");
  put_png((Png){2, 1, 16, 0, 0, NULL, "\0\x80\x00\x00\x01", 5});
  check("p", "0.5 1.53e-05");
  put_png((Png){4, 1, 2, 0, 0, NULL, "\0\x1B", 2});
  check("p", "0 0.333 0.667 1");
  put_png((Png){2, 1, 2, 3, 0, "\x00\x00\x00\xFF\x00\x00\x00\x00\xFF", "\0\x60", 2});
  check("p", "1 0 0 0 0 1");
  put_png((Png){2, 2, 8, 0, 1, NULL, "\0\x33\0\x66\0\x99\xFF", 7});
  check("p", "0.2 0.4 0.6 1");
}

Test(image, png_that_is_damaged) {
  static const Png PLAIN = {2, 1, 8, 0, 0, NULL, "\0\x00\xFF", 3};
  Made made = whole(&PLAIN);
  for (size_t length = 4; length < made.length - 12 && has_library("libpng16.so.16"); length++) {
    folder_put("p", made.bytes, length);
    refuse("p", "");
  }
  made.bytes[18] = 1; /* a width of 258, and so a wrong checksum */
  put_made(&made);
  if (has_library("libpng16.so.16")) refuse("p", "damaged");
  memset(made.bytes + 16, 0x7F, 8);
  put_made(&made);
  refuse("p", "damaged: 2139062143 x 2139062143 pixels do not fit in a file");
  memset(made.bytes + 16, 0xFF, 8);
  put_made(&made);
  refuse("p", "no PNG has that");
  memset(made.bytes + 16, 0, 8);
  put_made(&made);
  refuse("p", "no PNG has that");
  if (!has_library("libpng16.so.16")) return;
  put_png((Png){2, 1, 2, 3, 0, "\x00\x00\x00\xFF\x00\x00\x00\x00\xFF", "\0\x30", 2});
  refuse("p", "colour 3, and its palette has 3");
}

/* ---- JPEG: eight columns, three white rows and three black ones ---- */

static const uint8_t JPEG[] = {
    0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01,
    0x00, 0x01, 0x00, 0x00, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x03, 0x02, 0x02, 0x03, 0x02, 0x02, 0x03,
    0x03, 0x03, 0x03, 0x04, 0x03, 0x03, 0x04, 0x05, 0x08, 0x05, 0x05, 0x04, 0x04, 0x05, 0x0a, 0x07,
    0x07, 0x06, 0x08, 0x0c, 0x0a, 0x0c, 0x0c, 0x0b, 0x0a, 0x0b, 0x0b, 0x0d, 0x0e, 0x12, 0x10, 0x0d,
    0x0e, 0x11, 0x0e, 0x0b, 0x0b, 0x10, 0x16, 0x10, 0x11, 0x13, 0x14, 0x15, 0x15, 0x15, 0x0c, 0x0f,
    0x17, 0x18, 0x16, 0x14, 0x18, 0x12, 0x14, 0x15, 0x14, 0xff, 0xc0, 0x00, 0x0b, 0x08, 0x00, 0x06,
    0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xff, 0xc4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07, 0xff, 0xc4, 0x00, 0x1a,
    0x10, 0x00, 0x01, 0x05, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x07, 0x00, 0x04, 0x19, 0x56, 0x95, 0xd4, 0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00,
    0x3f, 0x00, 0x29, 0x9a, 0xb3, 0x7d, 0x58, 0x7f, 0x9c, 0xfb, 0xb1, 0x7f, 0xff, 0xd9};

Test(image, jpeg) {
  ImageHead head;
  Diag diag = {0};
  folder_put("p", JPEG, sizeof JPEG);
  cr_assert(image_head(&ANYWHERE, "p", &head, &diag));
  cr_assert_eq(head.width, 8);
  cr_assert_eq(head.height, 6);
  cr_assert_eq(head.channels, 1);
  if (!has_library("libjpeg.so.62")) return;
  Tensor tensor;
  cr_assert(tensor_new(&tensor, DTYPE_F32, &(Shape){3, {1, 6, 8}}, &diag));
  cr_assert(image_fill(&ANYWHERE, "p", &(ImageForm){6, 8, 1}, &tensor, 0, &diag), "%s",
            diag.message);
  for (int64_t i = 0; i < 48; i++) cr_assert_float_eq(tensor_get(&tensor, i), i < 24, 0.01);
  tensor_release(&tensor);
  for (size_t length = 3; length < sizeof JPEG - 2; length += 3) {
    folder_put("p", JPEG, length);
    refuse("p", "");
  }
}

Test(image, jpeg_of_inks_and_without_a_size) {
  uint8_t bytes[sizeof JPEG];
  memcpy(bytes, JPEG, sizeof JPEG);
  uint8_t *frame = memchr(bytes + 88, 0xC0, 10);
  frame[8] = 4;
  folder_put("p", bytes, sizeof bytes);
  refuse("p", "CMYK");
  frame[4] = frame[5] = 0;
  folder_put("p", bytes, sizeof bytes);
  refuse("p", "a picture of 8 x 0");
}

/* ---- folders ---- */

Test(image, folders_are_classes_in_order_of_their_names) {
  ImageFolder folder;
  Diag diag = {0};
  mkdir("pets", 0755);
  mkdir("pets/dog", 0755);
  mkdir("pets/cat", 0755);
  mkdir("pets/cat/young", 0755);
  folder_put("pets/dog/1.PNG", "", 0);
  folder_put("pets/cat/b.jpg", "", 0);
  folder_put("pets/cat/a.ppm", "", 0);
  folder_put("pets/cat/young/c.pgm", "", 0);
  folder_put("pets/cat/.hidden.png", "", 0);
  folder_put("pets/readme.txt", "", 0);
  cr_assert(image_folder(&ANYWHERE, "pets", &folder, &diag), "%s", diag.message);
  cr_assert_eq(folder.count, 4);
  cr_assert_eq(folder.class_count, 2);
  cr_assert_eq(folder.passed, 1);
  cr_assert_str_eq(folder.names[0], "cat");
  cr_assert_str_eq(folder.paths[0], "pets/cat/a.ppm");
  cr_assert_str_eq(folder.paths[2], "pets/cat/young/c.pgm");
  cr_assert_eq(folder.class[2], 0);
  cr_assert_eq(folder.class[3], 1);
  image_folder_free(&folder);
  folder_put("pets/here.png", "", 0);
  cr_assert_not(image_folder(&ANYWHERE, "pets", &folder, &diag));
  cr_assert_not_null(strstr(diag.message, "beside folders"));
  diag_clear(&diag);
  cr_assert_not(image_folder(&ANYWHERE, "none", &folder, &diag));
  cr_assert_eq(diag.status, STATUS_MISSING);
  cr_assert_eq(mem_used_bytes(), 0u);
}
