/* csv_convert.c — a table of text to an NPY file, in pieces; see csv_convert.h.
 *
 * The first reading is that of csv_shape, of the mapped file: it finds the kinds, the classes and
 * how many rows there are, which the head of an NPY file says first.  The second reads pieces like
 * that schema.
 */
#include "runtime/io/csv_convert.h"
#include "runtime/base/stop.h"
#include "runtime/io/csv_stream.h"
#include "runtime/io/npy.h"

#include <string.h>

#ifdef GD_HARSH
enum { PIECE_BYTES = 64 };
#else
enum { PIECE_BYTES = 4 << 20 };
#endif

typedef struct Converting {
  const Files *files;
  const char *path;
  CsvOptions options; /* of a piece */
  CsvStream stream;
  Writer writer;
  CsvConverted *made;
  int64_t rows; /* written so far */
  Tensor room;  /* rows to be written; held */
  Diag *diag;
} Converting;

static bool is_blank(const Bytes *bytes, size_t from) {
  return from + strspn((const char *)bytes->data + from, " \t\r\n") >= bytes->length;
}

/* The rows of a piece: x, then the targets. */
static bool write_rows(Converting *now, const Csv *csv) {
  int64_t rows = csv->x.shape.dim[0], features = csv->x.shape.dim[1], columns = now->made->columns,
          targets = columns - features;
  Shape shape = shape_of(2, (int64_t[]){rows, columns});
  now->rows += rows;
  if (!targets)
    return writer_add(&now->writer, tensor_data(&csv->x), tensor_bytes(&csv->x), now->diag);
  if (!tensor_new(&now->room, csv->x.dtype, &shape, now->diag)) return false;
  size_t size = dtype_bytes(csv->x.dtype);
  for (int64_t row = 0; row < rows; row++) {
    memcpy((char *)tensor_data(&now->room) + (size_t)(row * columns) * size,
           (const char *)tensor_data(&csv->x) + (size_t)(row * features) * size,
           (size_t)features * size);
    for (int64_t k = 0; k < targets; k++)
      tensor_set(&now->room, row * columns + features + k, tensor_get(&csv->y, row * targets + k));
  }
  bool good = writer_add(&now->writer, tensor_data(&now->room), tensor_bytes(&now->room),
                         now->diag);
  tensor_release(&now->room);
  return good;
}

/* Takes the piece. */
static bool convert_piece(Converting *now, Bytes piece) {
  Csv csv;
  if (!csv_read_bytes(piece, now->path, &now->options, &csv, now->diag)) return false;
  bool good = write_rows(now, &csv);
  csv_free(&csv);
  return good;
}

static bool convert_all(Converting *now) {
  for (;;) {
    Bytes piece;
    CsvOptions *options = &now->options;
    if (!csv_stream_next(&now->stream, &piece, &options->moved_at, &options->moved_by, now->diag))
      return false;
    if (!piece.length) break;
    if (is_blank(&piece, options->moved_at)) bytes_free(&piece);
    else if (!convert_piece(now, piece)) return false;
  }
  return now->rows == now->made->rows ||
         file_fail(now->diag, STATUS_IO, now->path,
                   "the file changed while it was read: it had %lld rows, then %lld",
                   (long long)now->made->rows, (long long)now->rows);
}

static bool write_all(Converting *now, const char *to) {
  Text head = {0};
  Shape shape = shape_of(2, (int64_t[]){now->made->rows, now->made->columns});
  npy_head(now->options.dtype, &shape, &head);
  bool good = csv_stream_open(&now->stream, now->files, now->path, &now->made->schema->form,
                              PIECE_BYTES, now->diag) &&
              writer_open(&now->writer, now->files, to, now->diag);
  if (good) {
    good = writer_add(&now->writer, head.data, head.length, now->diag) && convert_all(now);
    if (good) good = writer_close(&now->writer, now->diag);
    else writer_abandon(&now->writer);
  }
  csv_stream_close(&now->stream);
  text_free(&head);
  return good;
}

bool csv_convert(const Files *files, const char *from, const char *to, const CsvOptions *options,
                 CsvConverted *made, Diag *diag) {
  Csv csv;
  *made = (CsvConverted){0};
  if (!csv_shape(files, from, options, &csv, diag)) return false;
  made->schema = schema_retain(csv.schema);
  made->rows = csv.x.shape.dim[0];
  made->columns = csv.x.shape.dim[1];
  if (csv.notice) made->notice = mem_text(csv.notice, strlen(csv.notice));
  if (csv.has_target) made->columns += csv.y.shape.rank > 1 ? csv.y.shape.dim[1] : 1;
  csv_free(&csv);
  Converting now = {.files = files,
                    .path = from,
                    .made = made,
                    .stream.parts.file = -1,
                    .diag = diag,
                    .options = {.like = made->schema, .dtype = options->dtype}};
  if (write_all(&now, to)) return true;
  csv_converted_free(made);
  return false;
}

void csv_converted_free(CsvConverted *made) {
  schema_release(made->schema);
  mem_free(made->notice);
  *made = (CsvConverted){0};
}
