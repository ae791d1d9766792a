/* image_pnm.c — PBM, PGM and PPM, plain and raw (http://netpbm.sourceforge.net/doc/pnm.html).
 *
 * A head of words between blanks and comments: P1 to P6, width, height, and but for bitmaps the
 * greatest value; then the samples, as decimal numbers (P1 to P3) or bytes (P4 to P6; two, most
 * significant first, where the greatest value is over 255).  One picture is read, and the file ends
 * with it.
 */
#include "runtime/io/image_read.h"

#include <string.h>

enum { SIDE_MOST = 1 << 30, VALUE_MOST = 65535 };

typedef struct Pnm {
  const Bytes *bytes;
  const char *path;
  Diag *diag;
  size_t at;
  int64_t number; /* of the form: 1 to 6 */
  int64_t width, height, most;
} Pnm;

static bool blank(uint8_t byte) { return strchr(" \t\r\n\v\f", byte) != NULL && byte; }

static void skip_blanks(Pnm *pnm) {
  const Bytes *bytes = pnm->bytes;
  while (pnm->at < bytes->length) {
    uint8_t byte = bytes->data[pnm->at];
    if (byte == '#')
      while (pnm->at < bytes->length && bytes->data[pnm->at] != '\n') pnm->at++;
    else if (blank(byte)) pnm->at++;
    else return;
  }
}

/* The next number of the head or of plain samples, at most `most`. */
static bool read_number(Pnm *pnm, const char *what, int64_t least, int64_t most, int64_t *value) {
  const Bytes *bytes = pnm->bytes;
  skip_blanks(pnm);
  size_t start = pnm->at;
  *value = 0;
  while (pnm->at < bytes->length && bytes->data[pnm->at] >= '0' && bytes->data[pnm->at] <= '9') {
    if (*value <= most) *value = *value * 10 + bytes->data[pnm->at] - '0';
    pnm->at++;
  }
  if (start == bytes->length)
    return file_fail_byte(pnm->diag, pnm->path, (int64_t)start, "the file ends before %s", what);
  if (start == pnm->at)
    return file_fail_byte(pnm->diag, pnm->path, (int64_t)start, "%s is not a number", what);
  if (*value >= least && *value <= most) return true;
  return file_fail_byte(pnm->diag, pnm->path, (int64_t)start, "%s is %.*s, not from %lld to %lld",
                        what, (int)(pnm->at - start < 24 ? pnm->at - start : 24),
                        (const char *)bytes->data + start, (long long)least, (long long)most);
}

static bool read_head(Pnm *pnm) {
  pnm->number = pnm->bytes->data[1] - '0';
  pnm->at = 2;
  pnm->most = 1;
  if (!read_number(pnm, "the width", 1, SIDE_MOST, &pnm->width) ||
      !read_number(pnm, "the height", 1, SIDE_MOST, &pnm->height))
    return false;
  bool bitmap = pnm->number == 1 || pnm->number == 4;
  return bitmap || read_number(pnm, "the greatest value", 1, VALUE_MOST, &pnm->most);
}

static int channels_of(const Pnm *pnm) { return pnm->number == 3 || pnm->number == 6 ? 3 : 1; }

bool image_pnm_head(const Bytes *bytes, const char *path, ImageHead *head, Diag *diag) {
  Pnm pnm = {.bytes = bytes, .path = path, .diag = diag};
  if (!read_head(&pnm)) return false;
  *head = (ImageHead){.width = pnm.width, .height = pnm.height, .channels = channels_of(&pnm)};
  return true;
}

/* P1 to P3: numbers; those of a bitmap may stand without blanks, and 1 is black. */
static bool read_plain(Pnm *pnm, float *to, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    int64_t value = 0;
    if (pnm->number == 1) {
      skip_blanks(pnm);
      if (pnm->at >= pnm->bytes->length)
        return file_fail_byte(pnm->diag, pnm->path, (int64_t)pnm->at,
                              "the file ends within its samples");
      uint8_t byte = pnm->bytes->data[pnm->at++];
      if (byte != '0' && byte != '1')
        return file_fail_byte(pnm->diag, pnm->path, (int64_t)pnm->at - 1, "a bit must be 0 or 1");
      value = byte == '0';
    } else if (!read_number(pnm, "a sample", 0, pnm->most, &value)) {
      return false;
    }
    to[i] = (float)value / (float)pnm->most;
  }
  skip_blanks(pnm);
  return true;
}

static bool read_bits(Pnm *pnm, float *to) {
  const uint8_t *data = pnm->bytes->data + pnm->at;
  int64_t row = (pnm->width + 7) / 8;
  for (int64_t y = 0; y < pnm->height; y++)
    for (int64_t x = 0; x < pnm->width; x++)
      to[y * pnm->width + x] = data[y * row + x / 8] >> (7 - x % 8) & 1 ? 0 : 1;
  return true;
}

static bool read_bytes(Pnm *pnm, float *to, int64_t count) {
  const uint8_t *data = pnm->bytes->data + pnm->at;
  for (int64_t i = 0; i < count; i++) {
    int64_t value = pnm->most < 256 ? data[i] : data[2 * i] << 8 | data[2 * i + 1];
    if (value > pnm->most)
      return file_fail_byte(pnm->diag, pnm->path, (int64_t)pnm->at + i * (pnm->most < 256 ? 1 : 2),
                            "a sample is %lld, more than the greatest value %lld", (long long)value,
                            (long long)pnm->most);
    to[i] = (float)value / (float)pnm->most;
  }
  return true;
}

/* One blank follows the head; then there are as many bytes as the samples take. */
static bool raw_bytes(Pnm *pnm, int64_t count, int64_t *bytes) {
  if (pnm->at >= pnm->bytes->length || !blank(pnm->bytes->data[pnm->at]))
    return file_fail_byte(pnm->diag, pnm->path, (int64_t)pnm->at,
                          "a blank must follow the header of the picture");
  pnm->at++;
  *bytes = pnm->number == 4  ? (pnm->width + 7) / 8 * pnm->height
           : pnm->most < 256 ? count
                             : 2 * count;
  int64_t there = (int64_t)(pnm->bytes->length - pnm->at);
  if (*bytes <= there) return true;
  return file_fail_byte(pnm->diag, pnm->path, (int64_t)pnm->bytes->length,
                        "the header says %lld x %lld pixels, %lld bytes, but %lld follow",
                        (long long)pnm->width, (long long)pnm->height, (long long)*bytes,
                        (long long)there);
}

bool image_pnm(const Bytes *bytes, const Files *files, const char *path, Image *image, Diag *diag) {
  Pnm pnm = {.bytes = bytes, .path = path, .diag = diag};
  if (!read_head(&pnm)) return false;
  *image = (Image){.width = pnm.width, .height = pnm.height, .channels = channels_of(&pnm)};
  if (!image_reserve(image, files, path, diag)) return false;
  int64_t count = tensor_count(&image->pixels), taken = 0;
  float *to = tensor_data(&image->pixels);
  bool good = pnm.number <= 3
                  ? read_plain(&pnm, to, count)
                  : raw_bytes(&pnm, count, &taken) &&
                        (pnm.number == 4 ? read_bits(&pnm, to) : read_bytes(&pnm, to, count));
  size_t end = pnm.at + (size_t)taken;
  if (good && end < bytes->length)
    good = file_fail_byte(diag, path, (int64_t)end, "more data follows the picture");
  if (!good) tensor_release(&image->pixels);
  return good;
}
