/* image_jpeg.c — JPEG, through libjpeg, which is loaded when first needed.
 *
 * The library's record of a picture differs from version to version, but not up to the fields that
 * are used here, and how long it is, and which version the library is, its own refusals tell: so
 * any of them will do (6b, 8, libjpeg-turbo; libjpeg.txt of the sources).  What the library
 * only warns of (a file that ends within the picture, data that make no sense) is a mistake, as it
 * fills the rest with grey.
 */
#include "runtime/base/dynamic.h"
#include "runtime/base/stop.h"
#include "runtime/io/image_read.h"

#include <setjmp.h>
#include <string.h>

enum {
  SPACE_GREY = 1,
  SPACE_RGB = 2,
  SPACE_CMYK = 4,
  SPACE_YCCK = 5,
  MESSAGE_LENGTH = 200,
  RECORD_MOST = 4096
};

struct Picture;

/* jpeg_error_mgr */
typedef struct Errors {
  void (*error_exit)(struct Picture *picture);
  void (*emit_message)(struct Picture *picture, int level);
  void (*output_message)(struct Picture *picture);
  void (*format_message)(struct Picture *picture, char *text);
  void (*reset_error_mgr)(struct Picture *picture);
  int code;
  union {
    int i[8];
    char s[80];
  } values;
  int trace_level;
  long warnings;
  const char *const *table;
  int last;
  const char *const *others;
  int first_other, last_other;
} Errors;

/* The first fields of jpeg_decompress_struct. */
typedef struct Picture {
  Errors *err;
  void *mem, *progress, *client_data;
  int is_decompressor, global_state;
  void *src;
  unsigned image_width, image_height;
  int num_components, jpeg_color_space;
  int out_color_space;
  unsigned scale_num, scale_denom;
  double output_gamma;
  int buffered_image, raw_data_out, dct_method, do_fancy_upsampling, do_block_smoothing;
  int quantize_colors, dither_mode, two_pass_quantize, desired_number_of_colors;
  int enable_1pass_quant, enable_external_quant, enable_2pass_quant;
  unsigned output_width, output_height;
  int out_color_components, output_components;
} Picture;

#define JPEG(FUNCTION)                                                                          \
  FUNCTION(Errors *, std_error, (Errors * errors))                                              \
  FUNCTION(void, CreateDecompress, (Picture * picture, int version, size_t size))               \
  FUNCTION(void, destroy_decompress, (Picture * picture))                                       \
  FUNCTION(void, mem_src, (Picture * picture, const unsigned char *data, unsigned long length)) \
  FUNCTION(int, read_header, (Picture * picture, int required))                                 \
  FUNCTION(int, start_decompress, (Picture * picture))                                          \
  FUNCTION(unsigned, read_scanlines, (Picture * picture, unsigned char **rows, unsigned count)) \
  FUNCTION(int, finish_decompress, (Picture * picture))

/* The library once it is loaded, with its version and the length of its record: the process's. */
#define MEMBER(result, name, parameters) result(*name) parameters;
static struct { JPEG(MEMBER) } jpeg;
#undef MEMBER
static bool loaded;

/* A picture being read. */
typedef struct Reading {
  union {
    Picture picture; /* first: the library passes it back */
    char room[RECORD_MOST];
  } record;
  Errors errors;
  const char *path;
  const Files *files;
  Diag *diag;
  Image *image;
  Tensor row; /* held */
  jmp_buf back;
  bool created;
} Reading;

static bool load_library(const char *path, Diag *diag) {
  static const char *const files[] = {"libjpeg.so.62", "libjpeg.so.8", "libjpeg.so.9", "libjpeg.so",
                                      "libjpeg.dylib"};
  if (loaded) return true;
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool whole = handle != NULL;
#define FIND(result, name, parameters) \
  whole = whole && dynamic_find(handle, "jpeg_", #name, &jpeg.name);
  JPEG(FIND)
#undef FIND
  loaded = whole;
  if (whole) return true;
  file_fail(diag, STATUS_MISSING, path,
            "reading a JPEG picture needs libjpeg, which is not on this system");
  return diag_help(
      diag,
      "its package is called libjpeg62-turbo, libjpeg8 or libjpeg-turbo; or convert it to PPM");
}

static NORETURN void on_error(Picture *picture) {
  Reading *reading = (Reading *)(void *)picture;
  longjmp(reading->back, 1);
}

/* Warnings have level -1; the rest is chatter. */
static void on_message(Picture *picture, int level) {
  if (level < 0) on_error(picture);
}

static void on_output(Picture *picture) { (void)picture; }

static void tell(Reading *reading) {
  char text[MESSAGE_LENGTH] = "";
  if (reading->diag->message[0]) return;
  reading->errors.format_message(&reading->record.picture, text);
  file_fail_byte(reading->diag, reading->path, 0, "the JPEG is damaged: %.120s", text);
}

/* What the library says its version is, or the length of its record, when it is given a wrong
 * one; 0 where it takes it. */
static int asked(Reading *reading, int version, size_t size) {
  reading->record.picture.err = &reading->errors;
  if (setjmp(reading->back)) return reading->errors.values.i[0];
  jpeg.CreateDecompress(&reading->record.picture, version, size);
  return 0;
}

static bool create(Reading *reading) {
  jpeg.std_error(&reading->errors);
  reading->errors.error_exit = on_error;
  reading->errors.emit_message = on_message;
  reading->errors.output_message = on_output;
  int version = asked(reading, 0, 0), size = asked(reading, version, 0);
  bool fits = version > 0 && size >= (int)sizeof(Picture) && size <= RECORD_MOST;
  reading->created = fits && asked(reading, version, (size_t)size) == 0;
  return reading->created || file_fail(reading->diag, STATUS_MISSING, reading->path,
                                       "gd cannot call this libjpeg (version %d)", version);
}

static bool read_rows(Reading *reading, const Bytes *bytes) {
  Picture *picture = &reading->record.picture;
  Image *image = reading->image;
  if (setjmp(reading->back)) return tell(reading), false;
  jpeg.mem_src(picture, bytes->data, (unsigned long)bytes->length);
  jpeg.read_header(picture, 1);
  picture->out_color_space = image->channels == 1 ? SPACE_GREY : SPACE_RGB;
  jpeg.start_decompress(picture);
  int64_t samples = image->width * image->channels;
  bool fits = picture->output_width == image->width && picture->output_height == image->height &&
              picture->output_components == image->channels;
  if (!fits)
    return file_fail_byte(reading->diag, reading->path, 0,
                          "the JPEG is damaged: it states two sizes");
  if (!image_reserve(image, reading->files, reading->path, reading->diag) ||
      !tensor_zeros(&reading->row, DTYPE_U8, &(Shape){1, {samples}}, reading->diag))
    return false;
  unsigned char *row = tensor_data(&reading->row);
  float *to = tensor_data(&image->pixels);
  for (int64_t y = 0; y < image->height && !stop_wanted(); y++) {
    jpeg.read_scanlines(picture, &row, 1);
    for (int64_t i = 0; i < samples; i++) to[y * samples + i] = (float)row[i] / 255.0f;
  }
  if (!stop_wanted()) jpeg.finish_decompress(picture);
  return true;
}

bool image_jpeg(const Bytes *bytes, const Files *files, const char *path, Image *image,
                Diag *diag) {
  ImageHead head;
  bool more;
  if (!image_jpeg_head(bytes, path, &head, &more, diag)) return false;
  *image = (Image){.width = head.width, .height = head.height, .channels = head.channels};
  if (!image_reserve(image, files, path, diag)) return false; /* before the library sees it */
  tensor_release(&image->pixels);
  if (!load_library(path, diag)) return false;
  Reading *reading = mem_zero(sizeof *reading);
  reading->path = path;
  reading->files = files;
  reading->diag = diag;
  reading->image = image;
  bool good = create(reading) && read_rows(reading, bytes);
  if (reading->created) jpeg.destroy_decompress(&reading->record.picture);
  tensor_release(&reading->row);
  if (!good) tensor_release(&image->pixels);
  mem_free(reading);
  return good;
}

/* ---- the head, without the library ---- */

/* Markers one after the other until the one that begins a frame (ITU-T T.81, B.1). */
bool image_jpeg_head(const Bytes *bytes, const char *path, ImageHead *head, bool *more,
                     Diag *diag) {
  const uint8_t *data = bytes->data;
  *more = false;
  for (size_t at = 2; at + 4 <= bytes->length;) {
    if (data[at] != 0xFF)
      return file_fail_byte(diag, path, (int64_t)at, "the JPEG is damaged: a marker is missing");
    uint8_t marker = data[at + 1];
    if (marker == 0xFF) { /* filling */
      at++;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) { /* without a length */
      at += 2;
      continue;
    }
    size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
    bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
                 marker != 0xCC;
    if (marker == 0xD9 || marker == 0xDA || length < 2)
      return file_fail_byte(diag, path, (int64_t)at, "the JPEG is damaged: its size is missing");
    if (!frame) {
      at += 2 + length;
      continue;
    }
    if (at + 10 > bytes->length) break;
    int components = data[at + 9];
    *head = (ImageHead){.height = data[at + 5] << 8 | data[at + 6],
                        .width = data[at + 7] << 8 | data[at + 8],
                        .channels = components == 1 ? 1 : 3};
    if (head->width < 1 || head->height < 1)
      return file_fail_byte(diag, path, (int64_t)at, "a picture of %lld x %lld pixels",
                            (long long)head->width, (long long)head->height);
    if (components == 1 || components == 3) return true;
    file_fail_byte(diag, path, (int64_t)at + 9,
                   "%d components: only JPEG pictures with 1 or 3 are read, not CMYK", components);
    return diag_help(diag, "convert it to RGB first");
  }
  *more = true;
  return file_fail_byte(diag, path, (int64_t)bytes->length, "the file ends within its header");
}
