/* image.c — pictures as tensors: which format it is, and from what it has to what is wanted.
 *
 * A picture that is wanted in another size is scaled by a triangle as wide as a pixel of the
 * smaller of the two grids, along each axis by itself: smaller pictures are means over what they
 * leave out, larger ones are interpolated (P. Heckbert, "Fundamentals of Texture Mapping and Image
 * Warping", 1989; what Pillow calls bilinear).  Grey is 0.299 red, 0.587 green, 0.114 blue (ITU-R
 * BT.601).
 */
#include "runtime/io/image.h"
#include "runtime/base/stop.h"
#include "runtime/io/image_read.h"

#include <math.h>
#include <string.h>

enum { HEAD_BYTES = 1 << 16 };

typedef enum Format { FORMAT_NONE, FORMAT_PNG, FORMAT_JPEG, FORMAT_PNM } Format;

static Format format_of(const Bytes *bytes) {
  const uint8_t *data = bytes->data;
  if (bytes->length >= 4 && memcmp(data, "\x89PNG", 4) == 0) return FORMAT_PNG;
  if (bytes->length >= 3 && memcmp(data, "\xFF\xD8\xFF", 3) == 0) return FORMAT_JPEG;
  if (bytes->length >= 3 && data[0] == 'P' && data[1] >= '1' && data[1] <= '6' &&
      strchr(" \t\r\n#", data[2]))
    return FORMAT_PNM;
  return FORMAT_NONE;
}

static bool fail_format(const Bytes *bytes, const char *path, Diag *diag) {
  const char *what = file_guess_format(bytes->data, bytes->length);
  if (bytes->length == 0) return file_fail_byte(diag, path, 0, "the file is empty: no picture");
  file_fail_byte(diag, path, 0, "this is not a PNG, JPEG or PNM picture%s%s",
                 what ? ": it looks like " : "", what ? what : "");
  return file_help_format(diag, what);
}

static bool read_head(const Bytes *bytes, const char *path, ImageHead *head, bool *more,
                      Diag *diag) {
  *more = false;
  switch (format_of(bytes)) {
    case FORMAT_PNG: return image_png_head(bytes, path, head, diag);
    case FORMAT_JPEG: return image_jpeg_head(bytes, path, head, more, diag);
    case FORMAT_PNM: return image_pnm_head(bytes, path, head, diag);
    default: return fail_format(bytes, path, diag);
  }
}

bool image_head(const Files *files, const char *path, ImageHead *head, Diag *diag) {
  Bytes bytes;
  bool more = false;
  *head = (ImageHead){0};
  if (!file_read_head(files, path, HEAD_BYTES, &bytes, diag)) return false;
  bool good = read_head(&bytes, path, head, &more, diag);
  if (!good && more && bytes.length == HEAD_BYTES) { /* a JPEG with much before its size */
    bytes_free(&bytes);
    diag_clear(diag);
    if (!file_read(files, path, &bytes, diag)) return false;
    good = read_head(&bytes, path, head, &more, diag);
  }
  bytes_free(&bytes);
  return good;
}

static bool read_pixels(const Files *files, const char *path, Image *image, Diag *diag) {
  Bytes bytes;
  *image = (Image){0};
  if (!file_read(files, path, &bytes, diag)) return false;
  bool good;
  switch (format_of(&bytes)) {
    case FORMAT_PNG: good = image_png(&bytes, files, path, image, diag); break;
    case FORMAT_JPEG: good = image_jpeg(&bytes, files, path, image, diag); break;
    case FORMAT_PNM: good = image_pnm(&bytes, files, path, image, diag); break;
    default: good = fail_format(&bytes, path, diag);
  }
  good = good && !stop_check(diag);
  bytes_free(&bytes);
  if (!good) tensor_release(&image->pixels);
  return good;
}

/* ---- from what it has to what is wanted ---- */

/* Channel `which` of `wanted` ones at a pixel. */
static float sample(const float *pixel, int channels, int wanted, int which) {
  bool grey = channels <= 2;
  if (wanted % 2 == 0 && which == wanted - 1) return channels % 2 == 0 ? pixel[channels - 1] : 1;
  if (grey) return pixel[0];
  if (wanted >= 3) return pixel[which];
  return 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}

/* [H, W, channels] to [wanted, H, W] of the same size. */
static void part_channels(const Image *image, int wanted, Tensor *to, int64_t first) {
  const float *from = tensor_data(&image->pixels);
  int64_t pixels = image->width * image->height;
  for (int c = 0; c < wanted; c++)
    for (int64_t i = 0; i < pixels; i++)
      tensor_set(to, first + c * pixels + i,
                 (double)sample(from + i * image->channels, image->channels, wanted, c));
}

/* Scales one axis: element j of `to` is a mean of the elements of `from` near it.  `lines` of them
 * lie beside each other, `step` apart along the axis. */
typedef struct Axis {
  int64_t from, to; /* sizes */
} Axis;

/* The weights of the elements from *start on for element j; how many. */
static int64_t weights_at(Axis axis, int64_t j, int64_t *start, double *weights) {
  double scale = (double)axis.from / (double)axis.to, reach = scale > 1 ? scale : 1, sum = 0;
  double middle = ((double)j + 0.5) * scale;
  int64_t low = (int64_t)floor(middle - reach), high = (int64_t)ceil(middle + reach);
  if (low < 0) low = 0;
  if (high > axis.from) high = axis.from;
  for (int64_t i = low; i < high; i++) {
    double away = fabs((double)i + 0.5 - middle) / reach;
    weights[i - low] = away < 1 ? 1 - away : 0;
    sum += weights[i - low];
  }
  for (int64_t i = low; i < high; i++) weights[i - low] /= sum;
  *start = low;
  return high - low;
}

/* Pixels [outer, axis.from, inner] to [outer, axis.to, inner]. */
static bool scale_axis(Tensor *pixels, int64_t outer, Axis axis, int64_t inner, Diag *diag) {
  if (axis.from == axis.to) return true;
  Tensor made, room;
  Shape shape = shape_of(3, (int64_t[]){outer, axis.to, inner});
  if (!tensor_new(&made, DTYPE_F32, &shape, diag)) return false;
  if (!tensor_new(&room, DTYPE_F64, &(Shape){1, {axis.from + 2}}, diag)) {
    tensor_release(&made);
    return false;
  }
  double *weights = tensor_data(&room);
  const float *from = tensor_data(pixels);
  float *to = tensor_data(&made);
  for (int64_t j = 0; j < axis.to && !stop_wanted(); j++) {
    int64_t start, count = weights_at(axis, j, &start, weights);
    for (int64_t o = 0; o < outer; o++)
      for (int64_t k = 0; k < inner; k++) {
        double sum = 0;
        const float *at = from + (o * axis.from + start) * inner + k;
        for (int64_t i = 0; i < count; i++) sum += weights[i] * (double)at[i * inner];
        to[(o * axis.to + j) * inner + k] = (float)sum;
      }
  }
  tensor_release(&room);
  tensor_release(pixels);
  *pixels = made;
  return !stop_check(diag);
}

static bool scale(Image *image, const ImageForm *form, Diag *diag) {
  int64_t channels = image->channels;
  bool good = scale_axis(&image->pixels, image->height, (Axis){image->width, form->width}, channels,
                         diag) &&
              scale_axis(&image->pixels, 1, (Axis){image->height, form->height},
                         form->width * channels, diag);
  image->width = form->width;
  image->height = form->height;
  return good;
}

bool image_fill(const Files *files, const char *path, const ImageForm *form, Tensor *tensor,
                int64_t first, Diag *diag) {
  Image image;
  if (!read_pixels(files, path, &image, diag)) return false;
  bool good = scale(&image, form, diag);
  if (good) part_channels(&image, form->channels, tensor, first);
  tensor_release(&image.pixels);
  return good;
}
