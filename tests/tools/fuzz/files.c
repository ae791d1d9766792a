/* files.c — fuzz targets whose input is a file: one reader each.
 *
 * A reader takes a path, so the bytes are put into a file in memory (memfd_create), whose name is
 * /proc/self/fd/N.
 *
 * Asked of every reader: it refuses with 65, the file being there; it never runs out of its budget,
 * which is more than any file of this size can honestly need (deflate makes 1,032 bytes of one, two
 * conversions widen by 8), so what a file claims is checked against what is there before memory is
 * taken for it; and what it reads, its twin for shapes reads as well, as the same dtypes and
 * shapes.
 */
#include "tests/tools/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/io/csv.h"

enum { BUDGET = 48 << 20 };
static const Files ANYWHERE = {0};

/* The name of a file that holds these bytes. */
static const char *file_of(const uint8_t *data, size_t size) {
  static int file = -1;
  static char path[40];
  if (file < 0) {
    file = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    mem_budget(BUDGET);
  }
  if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t)size) {
    perror("memfd");
    exit(2);
  }
  return path;
}

static void judge_refusal(const Diag *diag) {
  static Sources *none;
  if (!none) none = sources_new();
  if (diag->status != STATUS_MALFORMED) wrong("refused with %d: %s", diag->status, diag->message);
  if (!diag->where[0]) wrong("refused without a place: %s", diag->message);
  judge_diag(none, diag);
}

/* Both readers of a file, and what they must agree on. */
static void judge_tensor(const char *name, const Tensor *tensor, const Tensor *type) {
  char left[200], right[200];
  if (tensor->dtype == type->dtype && shape_equal(&tensor->shape, &type->shape)) return;
  wrong("%s is read as %s%s, but its shape as %s%s", name, dtype_name(tensor->dtype),
        shape_show(&tensor->shape, left), dtype_name(type->dtype), shape_show(&type->shape, right));
}

/* Every element is looked at, so that the sanitizer sees that it is there. */
static void touch(const Tensor *tensor) {
  double sum = 0;
  int64_t count = tensor->buffer ? shape_count(&tensor->shape) : 0;
  for (int64_t i = 0; i < count; i++) sum += tensor_get(tensor, i);
  volatile double kept = sum;
  (void)kept;
}

/* ---- one tensor ---- */

typedef bool Reader(const Files *files, const char *path, Tensor *tensor, Diag *diag);

static void run_array(const uint8_t *data, size_t size, Reader *read, Reader *read_shape) {
  const char *path = file_of(data, size);
  Tensor tensor = {0}, type = {0};
  Diag diag = {0}, shape_diag = {0};
  bool good = read(&ANYWHERE, path, &tensor, &diag),
       shape = read_shape(&ANYWHERE, path, &type, &shape_diag);
  if (good && !shape) wrong("it is read, but its shape is refused: %s", shape_diag.message);
  if (!good) judge_refusal(&diag);
  if (!shape) judge_refusal(&shape_diag);
  if (good) {
    judge_tensor("the array", &tensor, &type);
    touch(&tensor);
    tensor_release(&tensor);
  }
}

void run_idx(const uint8_t *data, size_t size) { run_array(data, size, idx_read, idx_shape); }
void run_npy(const uint8_t *data, size_t size) { run_array(data, size, npy_read, npy_shape); }

/* ---- several ---- */

static void judge_list(const NamedList *list) {
  for (int64_t i = 0; i < list->count; i++) {
    const Named *item = &list->items[i];
    if (named_find(list, item->name, strlen(item->name)) != item)
      wrong("two tensors are called `%s`", item->name);
    touch(&item->tensor);
  }
}

void run_npz(const uint8_t *data, size_t size) {
  const char *path = file_of(data, size);
  NamedList list = {0}, types = {0};
  Diag diag = {0}, shape_diag = {0};
  bool good = npz_read(&ANYWHERE, path, &list, &diag),
       shape = npz_shape(&ANYWHERE, path, &types, &shape_diag);
  if (good && !shape) wrong("it is read, but its shapes are refused: %s", shape_diag.message);
  if (!good) judge_refusal(&diag);
  if (!shape) judge_refusal(&shape_diag);
  if (good) {
    if (list.count != types.count)
      wrong("%lld tensors, %lld shapes", (long long)list.count, (long long)types.count);
    for (int64_t i = 0; i < list.count; i++)
      judge_tensor(list.items[i].name, &list.items[i].tensor, &types.items[i].tensor);
    judge_list(&list);
    named_free(&list);
  }
  if (shape) named_free(&types);
}

void run_safetensors(const uint8_t *data, size_t size) {
  NamedList list = {0};
  PairList pairs = {0};
  Diag diag = {0};
  if (!safetensors_read(&ANYWHERE, file_of(data, size), &list, &pairs, &diag)) {
    judge_refusal(&diag);
    return;
  }
  judge_list(&list);
  named_free(&list);
  pair_free(&pairs);
}

/* ---- csv ---- */

static const CsvName LABEL = {.name = "label"};
static const CsvName PLACES[] = {{.place = -2}, {.place = -1}, {.place = 0}, {.place = 1}};
static const char *const MARKS[] = {"red", "2"};
static const CsvKindOf KINDS[] = {{.column = {.place = 0}, .kind = COLUMN_CLASS},
                                  {.column = {.place = 0}, .kind = COLUMN_QUANTITY},
                                  {.column = {.place = 0}, .kind = COLUMN_DATE},
                                  {.column = {.place = 0}, .kind = COLUMN_KEEP}};

/* Options by what the bytes sum to. */
static CsvOptions csv_options(const uint8_t *data, size_t size) {
  unsigned sum = 0;
  for (size_t i = 0; i < size; i++) sum += data[i];
  CsvOptions options = {.form = {.no_header = sum % 5 == 0},
                        .missing = (CsvMissing)(sum / 5 % 5),
                        .dtype = sum / 25 % 2 ? DTYPE_F64 : DTYPE_F32};
  if (sum / 50 % 2) options.targets = (CsvNames){&PLACES[sum / 100 % 4], 1};
  if (sum / 400 % 4 == 0) options.targets = (CsvNames){&LABEL, 1};
  if (sum / 3 % 3 == 0) options.kinds = &KINDS[sum / 9 % 4], options.kind_count = 1;
  if (sum % 7 == 0) options.form.decimal = ',', options.form.thousands[0] = '.';
  if (sum % 11 == 0) options.form.comment[0] = '#', options.form.skip = 1;
  if (sum % 13 == 0) options.marks = MARKS, options.mark_count = COUNT_OF(MARKS);
  options.no_marks = sum % 17 == 0;
  options.form.encoding = sum % 19 == 0 ? CSV_LATIN1 : CSV_UTF8;
  return options;
}

static void judge_table(const Csv *csv, const Csv *shape) {
  const Schema *read = csv->schema, *seen = shape->schema;
  if (read->name_count != seen->name_count)
    wrong("%lld columns are read, %lld are seen", (long long)read->name_count,
          (long long)seen->name_count);
  for (int64_t i = 0; i < read->name_count; i++)
    if (strcmp(read->names[i], seen->names[i]) != 0)
      wrong("column `%s` is seen as `%s`", read->names[i], seen->names[i]);
  if (csv->has_target != shape->has_target) wrong("another target is seen");
  judge_tensor("x", &csv->x, &shape->x);
  if (csv->has_target) judge_tensor("y", &csv->y, &shape->y);
}

/* What was found out reads the same table again, also from its own text. */
static void judge_like(const char *path, const CsvOptions *options, const Csv *csv) {
  Text text = {0};
  Diag diag = {0};
  schema_write(csv->schema, &text);
  Schema *schema = schema_read(text.data, "schema", &diag);
  text_free(&text);
  if (!schema) wrong("its schema is refused: %s", diag.message);
  CsvOptions like = {.like = schema, .dtype = options->dtype};
  Csv again;
  if (!csv_read(&ANYWHERE, path, &like, &again, &diag))
    wrong("it is refused when it is read like itself: %s", diag.message);
  judge_tensor("x", &again.x, &csv->x);
  for (int64_t i = 0, count = tensor_count(&csv->x); i < count; i++)
    if (tensor_get(&csv->x, i) != tensor_get(&again.x, i)) wrong("x differs when read like itself");
  csv_free(&again);
  schema_release(schema);
}

void run_csv(const uint8_t *data, size_t size) {
  const char *path = file_of(data, size);
  CsvOptions options = csv_options(data, size);
  Csv csv = {0}, types = {0};
  Diag diag = {0}, shape_diag = {0};
  bool good = csv_read(&ANYWHERE, path, &options, &csv, &diag),
       shape = csv_shape(&ANYWHERE, path, &options, &types, &shape_diag);
  if (good && !shape) wrong("it is read, but its shape is refused: %s", shape_diag.message);
  /* a column that is not there is the script's mistake */
  bool elsewhere = options.targets.count || options.kind_count;
  if (!good && !(elsewhere && diag.status == STATUS_FAILED)) judge_refusal(&diag);
  if (!shape && !(elsewhere && shape_diag.status == STATUS_FAILED)) judge_refusal(&shape_diag);
  if (good) {
    judge_table(&csv, &types);
    judge_like(path, &options, &csv);
    touch(&csv.x);
    touch(&csv.y);
    touch(&csv.lines);
    csv_free(&csv);
  }
  if (shape) csv_free(&types);
}

/* ---- json, which the language reads ---- */

static void hear(void *context, const char *text, size_t length) {
  (void)context;
  judge_text("a message", text, length);
}

static int json_body(Session *session, void *context) {
  char text[120];
  int length = snprintf(text, sizeof text, "let value = json(\"%s\")\nlet text = str(value)",
                        (const char *)context);
  return session_text(session, "fuzz.gd", text, (size_t)length);
}

void run_json(const uint8_t *data, size_t size) {
  char path[40];
  snprintf(path, sizeof path, "%s", file_of(data, size));
  SessionOptions options = {.say = hear, .options = {.threads = 1, .max_memory = BUDGET}};
  int status = session_run(&options, json_body, path);
  if (status != 0 && status != STATUS_MALFORMED) wrong("a status of %d", status);
}
