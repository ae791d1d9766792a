/* image_png.c — PNG, through libpng, which is loaded when first needed.
 *
 * The library is declared here by hand, as few of its functions are used and it need not be there
 * when gd is built (http://www.libpng.org/pub/png/libpng-1.6.html).  Any of its versions will do:
 * it is given its own version string.  Palettes, fewer than 8 bits and transparent colours are
 * expanded; 16-bit samples keep their bits; samples are as stored, without a curve for brightness,
 * as most readers have it.  A wrong checksum and a colour outside the palette are mistakes.
 */
#include "runtime/base/dynamic.h"
#include "runtime/base/stop.h"
#include "runtime/io/image_read.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

enum {
  COLOR_PALETTE = 3,
  CRC_QUIT = 1,
  HEAD_LENGTH = 33 /* signature and IHDR */
};

typedef void Message(void *png, const char *text);
typedef void Reader(void *png, unsigned char *into, size_t length);

#define PNG(FUNCTION)                                                                      \
  FUNCTION(const char *, get_libpng_ver, (const void *png))                                \
  FUNCTION(void *, create_read_struct,                                                     \
           (const char *version, void *context, Message *fail, Message *warn))             \
  FUNCTION(void *, create_info_struct, (void *png))                                        \
  FUNCTION(void, destroy_read_struct, (void **png, void **info, void **end))               \
  FUNCTION(void *, get_error_ptr, (const void *png))                                       \
  FUNCTION(void *, get_io_ptr, (const void *png))                                          \
  FUNCTION(void, set_read_fn, (void *png, void *context, Reader *reader))                  \
  FUNCTION(void, set_crc_action, (void *png, int critical, int ancillary))                 \
  FUNCTION(void, set_user_limits, (void *png, uint32_t width, uint32_t height))            \
  FUNCTION(void, read_info, (void *png, void *info))                                       \
  FUNCTION(unsigned char, get_color_type, (const void *png, const void *info))             \
  FUNCTION(void, set_expand, (void *png))                                                  \
  FUNCTION(int, set_interlace_handling, (void *png))                                       \
  FUNCTION(void, read_update_info, (void *png, void *info))                                \
  FUNCTION(unsigned char, get_channels, (const void *png, const void *info))               \
  FUNCTION(unsigned char, get_bit_depth, (const void *png, const void *info))              \
  FUNCTION(size_t, get_rowbytes, (const void *png, const void *info))                      \
  FUNCTION(uint32_t, get_PLTE, (const void *png, void *info, void **colors, int *count))   \
  FUNCTION(uint32_t, get_tRNS,                                                             \
           (const void *png, void *info, unsigned char **alpha, int *count, void **color)) \
  FUNCTION(void, set_packing, (void *png))                                                 \
  FUNCTION(void, read_row, (void *png, unsigned char *row, unsigned char *shown))          \
  FUNCTION(void, read_end, (void *png, void *info))

/* The library once it is loaded: the process's, as callbacks of the library need it. */
#define MEMBER(result, name, parameters) result(*name) parameters;
static struct { PNG(MEMBER) } png;
#undef MEMBER
static bool loaded;

static bool load_library(const char *path, Diag *diag) {
  static const char *const files[] = {"libpng16.so.16", "libpng16.so", "libpng.so",
                                      "libpng16.dylib"};
  if (loaded) return true;
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool whole = handle != NULL;
#define FIND(result, name, parameters) \
  whole = whole && dynamic_find(handle, "png_", #name, &png.name);
  PNG(FIND)
#undef FIND
  loaded = whole;
  if (whole) return true;
  file_fail(diag, STATUS_MISSING, path,
            "reading a PNG picture needs libpng, which is not on this system");
  return diag_help(diag, "its package is called libpng16-16 or libpng; or convert it to PPM");
}

/* A picture being read. */
typedef struct Reading {
  const Bytes *bytes;
  const Files *files;
  const char *path;
  Diag *diag;
  Image *image;
  size_t at;
  void *png, *info; /* owned */
  Tensor packed;    /* all rows as the library gives them; held */
  jmp_buf back;
} Reading;

/* The library's errors end in read_all. */
static NORETURN void on_error(void *made, const char *text) {
  Reading *reading = png.get_error_ptr(made);
  if (!reading->diag->message[0])
    file_fail_byte(reading->diag, reading->path, (int64_t)reading->at, "the PNG is damaged: %.120s",
                   text);
  longjmp(reading->back, 1);
}

static void on_warning(void *made, const char *text) { (void)made, (void)text; }

static void on_read(void *made, unsigned char *into, size_t length) {
  Reading *reading = png.get_io_ptr(made);
  if (length > reading->bytes->length - reading->at) {
    file_fail_byte(reading->diag, reading->path, (int64_t)reading->bytes->length,
                   "the file ends within the picture");
    longjmp(reading->back, 1);
  }
  memcpy(into, reading->bytes->data + reading->at, length);
  reading->at += length;
}

/* ---- the head, without the library ---- */

static int64_t number_at(const uint8_t *at) {
  return (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static bool has_chunk(const Bytes *bytes, const char *name) {
  for (size_t at = 8; at + 8 <= bytes->length;) {
    int64_t length = number_at(bytes->data + at);
    if (memcmp(bytes->data + at + 4, name, 4) == 0) return true;
    if (length > (int64_t)(bytes->length - at - 8)) return false;
    at += 12 + (size_t)length;
  }
  return false;
}

/* Deflate makes at most 1032 bytes of one: a head that promises more is damaged, and not too large
 * a picture. */
static bool promises_too_much(const Bytes *bytes, const ImageHead *head) {
  static const double samples[] = {1, 1, 3, 1, 2, 1, 4}; /* by colour type */
  const uint8_t *data = bytes->data;
  double bits = samples[data[25]] * data[24] * (double)head->width * (double)head->height;
  return bits / 8 > 1032.0 * (double)bytes->length;
}

bool image_png_head(const Bytes *bytes, const char *path, ImageHead *head, Diag *diag) {
  static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  const uint8_t *data = bytes->data;
  if (bytes->length < HEAD_LENGTH)
    return file_fail_byte(diag, path, (int64_t)bytes->length, "the file ends within its header");
  if (memcmp(data, signature, 8) != 0 || memcmp(data + 8, "\0\0\0\rIHDR", 8) != 0)
    return file_fail_byte(diag, path, 8, "the PNG is damaged: it does not begin with its header");
  *head = (ImageHead){.width = number_at(data + 16), .height = number_at(data + 20)};
  int kind = data[25];
  if (head->width < 1 || head->height < 1 || head->width > INT32_MAX || head->height > INT32_MAX)
    return file_fail_byte(diag, path, 16, "a picture of %lld x %lld pixels: no PNG has that size",
                          (long long)head->width, (long long)head->height);
  if (kind > 6 || kind == 1 || kind == 5)
    return file_fail_byte(diag, path, 25, "the PNG is damaged: %d is not a colour type", kind);
  if (promises_too_much(bytes, head))
    return file_fail_byte(
        diag, path, 16, "the PNG is damaged: %lld x %lld pixels do not fit in a file of this size",
        (long long)head->width, (long long)head->height);
  head->channels = kind & 2 ? 3 : 1;
  head->alpha = (kind & 4) || has_chunk(bytes, "tRNS");
  return true;
}

/* ---- the samples ---- */

static void start(Reading *reading) {
  png.set_read_fn(reading->png, reading, on_read);
  png.set_crc_action(reading->png, CRC_QUIT, CRC_QUIT);
  png.set_user_limits(reading->png, INT32_MAX, INT32_MAX); /* image_reserve decides */
  png.read_info(reading->png, reading->info);
}

static NORETURN void give_up(Reading *reading) {
  if (!reading->diag->message[0])
    file_fail_byte(reading->diag, reading->path, 0, "the PNG is damaged: its rows do not fit");
  longjmp(reading->back, 1);
}

/* The colours of a palette, three bytes each, and the transparency of the first of them. */
typedef struct Palette {
  unsigned char *colors, *alpha; /* the library's */
  int count, alphas;
} Palette;

static Palette palette_of(Reading *reading) {
  Palette palette = {0};
  void *colors = NULL, *none = NULL;
  png.get_PLTE(reading->png, reading->info, &colors, &palette.count);
  palette.colors = colors;
  png.get_tRNS(reading->png, reading->info, &palette.alpha, &palette.alphas, &none);
  return palette;
}

static void take_colors(Reading *reading, const uint8_t *packed, float *to) {
  Palette palette = palette_of(reading);
  int channels = reading->image->channels;
  for (int64_t i = 0, n = reading->image->width * reading->image->height; i < n; i++) {
    int which = packed[i];
    if (which >= palette.count) {
      file_fail_byte(reading->diag, reading->path, 0,
                     "the PNG is damaged: colour %d, and its palette has %d", which, palette.count);
      give_up(reading);
    }
    for (int c = 0; c < 3; c++)
      to[i * channels + c] = (float)palette.colors[3 * which + c] / 255.0f;
    if (channels == 4)
      to[i * 4 + 3] = which < palette.alphas ? (float)palette.alpha[which] / 255.0f : 1;
  }
}

static void take_samples(const Reading *reading, bool wide, const uint8_t *packed, float *to) {
  for (int64_t i = 0, n = tensor_count(&reading->image->pixels); i < n; i++)
    to[i] = wide ? (float)(packed[2 * i] << 8 | packed[2 * i + 1]) / 65535.0f
                 : (float)packed[i] / 255.0f;
}

static void read_rows(Reading *reading) {
  Image *image = reading->image;
  bool colors = png.get_color_type(reading->png, reading->info) == COLOR_PALETTE;
  int passes = png.set_interlace_handling(reading->png);
  if (colors) png.set_packing(reading->png);
  else png.set_expand(reading->png);
  png.read_update_info(reading->png, reading->info);
  int stored = png.get_channels(reading->png, reading->info);
  image->channels = !colors ? stored : palette_of(reading).alphas ? 4 : 3;
  bool wide = png.get_bit_depth(reading->png, reading->info) == 16;
  int64_t row = image->width * stored * (wide ? 2 : 1);
  Shape shape = shape_of(2, (int64_t[]){image->height, row});
  if (png.get_rowbytes(reading->png, reading->info) != (size_t)row ||
      !image_reserve(image, reading->files, reading->path, reading->diag) ||
      !tensor_zeros(&reading->packed, DTYPE_U8, &shape, reading->diag))
    give_up(reading);
  uint8_t *packed = tensor_data(&reading->packed);
  for (int pass = 0; pass < passes; pass++)
    for (int64_t y = 0; y < image->height && !stop_wanted(); y++)
      png.read_row(reading->png, packed + y * row, NULL);
  if (stop_wanted()) return;
  png.read_end(reading->png, NULL);
  if (colors) take_colors(reading, packed, tensor_data(&image->pixels));
  else take_samples(reading, wide, packed, tensor_data(&image->pixels));
}

static bool read_all(Reading *reading) {
  if (setjmp(reading->back)) return false;
  reading->png = png.create_read_struct(png.get_libpng_ver(NULL), reading, on_error, on_warning);
  reading->info = reading->png ? png.create_info_struct(reading->png) : NULL;
  if (!reading->info)
    return file_fail(reading->diag, STATUS_MEMORY, reading->path,
                     "libpng has not enough memory for it");
  start(reading);
  read_rows(reading);
  return true;
}

bool image_png(const Bytes *bytes, const Files *files, const char *path, Image *image, Diag *diag) {
  ImageHead head;
  if (!image_png_head(bytes, path, &head, diag)) return false;
  *image = (Image){.width = head.width, .height = head.height, .channels = head.channels};
  if (!image_reserve(image, files, path, diag)) return false; /* before the library sees it */
  tensor_release(&image->pixels);
  if (!load_library(path, diag)) return false;
  Reading *reading = mem_zero(sizeof *reading);
  *reading = (Reading){.bytes = bytes, .files = files, .path = path, .diag = diag, .image = image};
  bool good = read_all(reading);
  if (reading->png) png.destroy_read_struct(&reading->png, &reading->info, NULL);
  tensor_release(&reading->packed);
  if (!good) tensor_release(&image->pixels);
  mem_free(reading);
  return good;
}
