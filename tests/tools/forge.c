/* forge.c — checkpoints in which one thing is not true, with all checksums right.
 *
 *   forge GD SCRIPT [-j JOBS] [--every N]
 *
 * SCRIPT (forge.gd, forge_plain.gd) trains, the first with everything that a checkpoint holds; it
 * is cut in the middle of an epoch.  Of that checkpoint every number, name, dtype, shape, every
 * field, every line of the note and every number of the head is replaced in turn, the file is given
 * right sums again, and SCRIPT goes on from it.  It must end with 65, name the field, and have
 * changed neither model nor optimizers; or, where what it goes on with is the same, end as it would
 * have.
 *
 * Some numbers may be anything: weights, states, what a loss or metric was.  A forger may claim
 * other ones, and nobody can tell; they are taken as they stand where they are finite.  TRUSTED
 * lists their fields.
 *
 * `--every N` tries one of N forgeries, for flavours in which a start of gd takes long.
 *
 * All is told from the file itself: a field that is new is forged without a word here, and must be
 * refused.  The last line says how many fields and numbers were visited, and it is an error if they
 * are not all.
 */
#include "runtime/io/checkpoint.h"
#include "tests/tools/scratch.h"

#include <assert.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HEAD_BYTES = 64, ITEMS_MOST = 200, DIMS_MOST = 12, JOBS_MOST = 16, OUTPUT_MOST = 1 << 16 };

/* One record of the table, as it will be written: any of it may be wrong. */
typedef struct Item {
  char name[80];
  uint32_t length, dtype, rank, reserved;
  uint64_t dim[DIMS_MOST];
  uint8_t *data; /* owned */
  size_t bytes;
} Item;

typedef struct Forgery {
  Item items[ITEMS_MOST];
  int count;
  char *note; /* owned */
  size_t note_length;
  int head_at; /* a number of the head that is replaced, or -1 */
  uint64_t head_value;
} Forgery;

/* What must come of it. */
typedef enum Wanted {
  NAMED,   /* 65, with the field's name; or an end like that of the true one */
  REFUSED, /* 65 */
  TAKEN,   /* 65, or taken as it stands */
  TOLD     /* a setting: the training goes on, and it is told */
} Wanted;

typedef struct Outcome {
  int status;
  char out[OUTPUT_MOST], err[OUTPUT_MOST];
} Outcome;

static const char *gd, *folder;
static char *script;            /* owned */
static Forgery original;        /* the true one */
static Outcome expected, found; /* of the true one; of the last forged */
static int job, jobs = 1;       /* this process does each `jobs`th */
static int every = 1;           /* one of so many is tried */
static int made, failed, numbers, fields, lines;

/* Fields whose numbers may be any finite ones. */
static const char *const TRUSTED[] = {
    "mean.",        "target.",     "best.",  "state.",    "metric.",       "history.", "seconds",
    "stalled.best", "keep.values", "block.", "grad_norm", "metrics.epoch", NULL};

static bool trusted(const char *name) {
  for (int i = 0; TRUSTED[i]; i++)
    if (!strncmp(name, TRUSTED[i], strlen(TRUSTED[i]))) return true;
  return false;
}

/* ---- files ---- */

static char *in_folder(const char *name) {
  static char path[4200];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

static void put(uint8_t *at, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static void add(Text *text, uint64_t value, size_t size) {
  uint8_t bytes[8];
  put(bytes, value, size);
  text_add(text, (const char *)bytes, size);
}

/* Table, note and elements, as runtime/io/checkpoint.c lays them out. */
static void make_body(const Forgery *forgery, Text *body, uint64_t sizes[3]) {
  static const char zeros[8];
  for (int i = 0; i < forgery->count; i++) {
    const Item *item = &forgery->items[i];
    add(body, item->length, 4);
    add(body, item->dtype, 4);
    add(body, item->rank, 4);
    add(body, item->reserved, 4);
    for (uint32_t k = 0; k < item->rank && k < DIMS_MOST; k++) add(body, item->dim[k], 8);
    text_add(body, item->name,
             item->length < sizeof item->name ? item->length : strlen(item->name));
  }
  sizes[0] = body->length;
  text_add(body, forgery->note, forgery->note_length);
  sizes[1] = forgery->note_length;
  for (int i = 0; i < forgery->count; i++) {
    text_add(body, (const char *)forgery->items[i].data, forgery->items[i].bytes);
    text_add(body, zeros, -forgery->items[i].bytes & 7);
  }
  sizes[2] = body->length - sizes[0] - sizes[1];
}

static void make_head(const Forgery *forgery, const uint64_t sizes[3], uint8_t head[HEAD_BYTES]) {
  memset(head, 0, HEAD_BYTES);
  memcpy(head, "gd-state", 8);
  put(head + 8, CHECKPOINT_VERSION, 4);
  put(head + 12, CHECKPOINT_BLOCK, 4);
  for (int i = 0; i < 3; i++) put(head + 16 + 8 * i, sizes[i], 8);
  memcpy(head + 40, "gd 0.1", 6);
  if (forgery->head_at >= 0)
    put(head + forgery->head_at, forgery->head_value, forgery->head_at < 16 ? 4 : 8);
  put(head + 60, checkpoint_crc(0, head, 60), 4);
}

static void digest_add(uint64_t digest[2], const uint8_t *bytes, size_t length) {
  digest[0] = hash_bytes(bytes, length, digest[0]);
  digest[1] = hash_mix(digest[1] + 0x9e3779b97f4a7c15u, hash_bytes(bytes, length, ~digest[0]));
}

static void write_forgery(const Forgery *forgery) {
  uint8_t head[HEAD_BYTES], *block = malloc(CHECKPOINT_BLOCK + 4);
  uint64_t sizes[3], digest[2] = {0, 0};
  Text body = {0};
  make_body(forgery, &body, sizes);
  make_head(forgery, sizes, head);
  unlink(in_folder("run.ckpt.previous"));
  FILE *file = fopen(in_folder("run.ckpt"), "wb");
  assert(file && block);
  fwrite(head, 1, HEAD_BYTES, file);
  digest_add(digest, head, HEAD_BYTES);
  for (size_t at = 0; at < body.length; at += CHECKPOINT_BLOCK) {
    size_t part = body.length - at < CHECKPOINT_BLOCK ? body.length - at : CHECKPOINT_BLOCK;
    memcpy(block, body.data + at, part);
    put(block + part, checkpoint_crc(0, block, part), 4);
    digest_add(digest, block, part + 4);
    fwrite(block, 1, part + 4, file);
  }
  put(block, digest[0], 8);
  put(block + 8, digest[1], 8);
  fwrite(block, 1, 16, file);
  fclose(file);
  free(block);
  text_free(&body);
}

static void read_text(const char *name, char into[OUTPUT_MOST]) {
  FILE *file = fopen(in_folder(name), "rb");
  size_t length = file ? fread(into, 1, OUTPUT_MOST - 1, file) : 0;
  into[length] = 0;
  if (file) fclose(file);
}

/* ---- running ---- */

static void become_gd(void) {
  if (chdir(folder) != 0) _exit(99);
  int in = open("script", O_RDONLY), out = open("out", O_CREAT | O_TRUNC | O_WRONLY, 0600),
      err = open("err", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  dup2(in, 0);
  dup2(out, 1);
  dup2(err, 2);
  alarm(60);
  execl(gd, gd, "--threads", "1", (char *)NULL);
  _exit(99);
}

static void run_gd(Outcome *outcome) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) become_gd();
  waitpid(child, &status, 0);
  outcome->status = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
  read_text("out", outcome->out);
  read_text("err", outcome->err);
}

/* The script as gd gets it: its limit before. */
static void write_script(int limit) {
  FILE *file = fopen(in_folder("script"), "wb");
  assert(file);
  fprintf(file, "let limit = %d\n%s", limit, script);
  fclose(file);
}

static bool unchanged(void) { return !strncmp(found.out, "unchanged true\n", 15); }

/* What is wrong with what came of it, or NULL. */
static const char *judge(Wanted wanted, const char *name) {
  if (found.status == 65) {
    if (!unchanged()) return "the model or an optimizer was changed";
    if (wanted == NAMED && !strstr(found.err, name)) return "the message does not name the field";
    return wanted == TOLD ? "a changed setting was refused" : NULL;
  }
  if (wanted == TAKEN && found.status == 1 && strstr(found.err, "NaN or infinite"))
    return NULL; /* it led nowhere, and that was told */
  if (found.status != 0) return "a status that is neither 0 nor 65";
  if (wanted == TOLD) return strstr(found.err, "resumed with another") ? NULL : "it was not told";
  if (wanted == TAKEN) return NULL;
  return strcmp(found.out, expected.out) ? "taken, and the training ended otherwise" : NULL;
}

static void attempt(const Forgery *forgery, Wanted wanted, const char *name, const char *what) {
  int turn = made++;
  if (turn % every != 0 || turn / every % jobs != job) return;
  write_forgery(forgery);
  run_gd(&found);
  const char *wrong = judge(wanted, name);
  if (!wrong) return;
  failed++;
  printf("FAIL %s: %s: %s (status %d)\n%.300s%s\n", name, what, wrong, found.status, found.err,
         strlen(found.err) > 300 ? "…" : "");
}

/* ---- forging ---- */

static Forgery copy_of(const Forgery *from) {
  Forgery copy = *from;
  copy.note = malloc(from->note_length + 200);
  memcpy(copy.note, from->note, from->note_length);
  for (int i = 0; i < from->count; i++) {
    copy.items[i].data = calloc(1, from->items[i].bytes + 64);
    memcpy(copy.items[i].data, from->items[i].data, from->items[i].bytes);
  }
  return copy;
}

static void let_go(Forgery *forgery) {
  for (int i = 0; i < forgery->count; i++) free(forgery->items[i].data);
  free(forgery->note);
}

static double element(const Item *item, size_t index) {
  double wide;
  float narrow;
  if (item->dtype == DTYPE_F64) return memcpy(&wide, item->data + 8 * index, 8), wide;
  assert(item->dtype == DTYPE_F32);
  return memcpy(&narrow, item->data + 4 * index, 4), (double)narrow;
}

static void set_element(Item *item, size_t index, double value) {
  float narrow = fabs(value) > 3e38 ? (float)copysign((double)INFINITY, value) : (float)value;
  if (item->dtype == DTYPE_F64) memcpy(item->data + 8 * index, &value, 8);
  else memcpy(item->data + 4 * index, &narrow, 4);
}

static size_t element_count(const Item *item) {
  return item->bytes / (item->dtype == DTYPE_F64 ? 8 : 4);
}

/* The first number of the next field that has one. */
static double anothers(int field) {
  for (int i = 1; i < original.count; i++) {
    const Item *item = &original.items[(field + i) % original.count];
    if (item->bytes) return element(item, 0);
  }
  return 0;
}

static bool may_be_anything(const char *name) {
  return strstr(name, "val_") || strstr(name, "history.metric") || !strncmp(name, "metric.", 7) ||
         !strcmp(name, "history.lr") || !strcmp(name, "stalled.best") ||
         !strcmp(name, "keep.values");
}

static void forge_numbers(int field) {
  const Item *item = &original.items[field];
  for (size_t i = 0; i < element_count(item); i++) {
    double true_one = element(item, i);
    const double values[] = {-1,
                             0,
                             true_one + 1,
                             0.5,
                             1e15,
                             4294967296.0,
                             1e300,
                             (double)INFINITY,
                             -(double)INFINITY,
                             (double)NAN,
                             anothers(field),
                             element(item, (i + 1) % element_count(item))};
    numbers++;
    for (int k = 0; k < COUNT_OF(values); k++) {
      if (values[k] == true_one) continue;
      Forgery forgery = copy_of(&original);
      char what[80];
      bool finite = isfinite(values[k]) && (item->dtype == DTYPE_F64 || fabs(values[k]) < 3e38);
      set_element(&forgery.items[field], i, values[k]);
      snprintf(what, sizeof what, "[%zu] is %g, not %g", i, values[k], true_one);
      attempt(&forgery,
              trusted(item->name) && (finite || may_be_anything(item->name)) ? TAKEN : NAMED,
              item->name, what);
      let_go(&forgery);
    }
  }
}

/* Other dtypes hold the same numbers, so that nothing else is wrong with the file. */
static void forge_dtype(int field) {
  const Item *item = &original.items[field];
  for (uint32_t dtype = 0; dtype < DTYPE_COUNT; dtype++) {
    if (dtype == item->dtype) continue;
    Forgery forgery = copy_of(&original);
    Item *forged = &forgery.items[field];
    forged->dtype = dtype;
    forged->bytes = element_count(item) * dtype_bytes((Dtype)dtype);
    forged->data = realloc(forged->data, forged->bytes + 64);
    memset(forged->data, 0, forged->bytes);
    attempt(&forgery, NAMED, item->name, "another dtype");
    let_go(&forgery);
  }
  for (int k = 0; k < 2; k++) {
    Forgery forgery = copy_of(&original);
    forgery.items[field].dtype = k ? UINT32_MAX : DTYPE_COUNT;
    attempt(&forgery, NAMED, item->name, "no dtype");
    let_go(&forgery);
  }
}

static void reshape(Item *item, uint32_t rank, uint64_t count) {
  size_t each = item->dtype == DTYPE_F64 ? 8 : 4;
  size_t before = item->bytes;
  for (uint32_t i = 0; i < rank; i++) item->dim[i] = 1;
  if (rank) item->dim[rank - 1] = count;
  item->rank = rank;
  item->bytes = count * each;
  item->data = realloc(item->data, item->bytes + 64);
  if (item->bytes > before) memset(item->data + before, 0, item->bytes - before);
}

/* Shapes with as many elements as they say, and sizes that nothing stands behind. */
static void forge_shape(int field) {
  const Item *item = &original.items[field];
  uint64_t count = element_count(item);
  const struct {
    uint32_t rank;
    uint64_t count;
  } shapes[] = {{0, 1},     {1, 0}, {1, count + 1}, {1, count ? count - 1 : 7}, {1, 1}, {2, count},
                {3, count}, {8, 1}, {1, 5000}};
  for (int k = 0; k < COUNT_OF(shapes); k++) {
    if (item->rank == shapes[k].rank && item->rank == 1 && count == shapes[k].count) continue;
    Forgery forgery = copy_of(&original);
    reshape(&forgery.items[field], shapes[k].rank, shapes[k].count);
    attempt(&forgery, NAMED, item->name, "another shape");
    let_go(&forgery);
  }
  const uint64_t sizes[] = {(uint64_t)-1,      0,       (uint64_t)1 << 62,
                            (uint64_t)1 << 63, 1000000, ((uint64_t)1 << 61) + 1};
  for (uint32_t axis = 0; axis < item->rank; axis++)
    for (int k = 0; k < COUNT_OF(sizes); k++) {
      if (sizes[k] == item->dim[axis]) continue;
      Forgery forgery = copy_of(&original);
      forgery.items[field].dim[axis] = sizes[k];
      attempt(&forgery, sizes[k] && count ? NAMED : REFUSED, item->name,
              "a size that nothing stands behind");
      let_go(&forgery);
    }
}

static void forge_record(int field) {
  const Item *item = &original.items[field];
  const struct {
    size_t at;
    uint32_t value;
    const char *what;
  } records[] = {{offsetof(Item, length), 0, "no name"},
                 {offsetof(Item, length), UINT32_MAX, "a name of 4 GiB"},
                 {offsetof(Item, length), 1 << 20, "a name beyond the table"},
                 {offsetof(Item, rank), 9, "rank 9"},
                 {offsetof(Item, rank), UINT32_MAX, "rank -1"},
                 {offsetof(Item, reserved), 1, "a word that must be 0"}};
  for (int k = 0; k < COUNT_OF(records); k++) {
    Forgery forgery = copy_of(&original);
    memcpy((char *)&forgery.items[field] + records[k].at, &records[k].value, 4);
    attempt(&forgery, REFUSED, item->name, records[k].what);
    let_go(&forgery);
  }
}

static void rename_field(int field, const char *name, uint32_t length, const char *what) {
  Forgery forgery = copy_of(&original);
  Item *item = &forgery.items[field];
  memset(item->name, 0, sizeof item->name);
  memcpy(item->name, name, length);
  item->length = length;
  attempt(&forgery, REFUSED, original.items[field].name, what);
  let_go(&forgery);
}

static void forge_name(int field) {
  const Item *item = &original.items[field], *next = &original.items[(field + 1) % original.count];
  char longer[80];
  int length = snprintf(longer, sizeof longer, "%sx", item->name);
  rename_field(field, longer, (uint32_t)length, "a longer name");
  rename_field(field, item->name, item->length - 1, "a shorter name");
  rename_field(field, next->name, next->length, "another's name");
  rename_field(field, "a\0b", 3, "a name with NUL");
  rename_field(field, "\x1b[31m\xff", 6, "a name of control bytes");
  Forgery swapped = copy_of(&original);
  Item *a = &swapped.items[field], *b = &swapped.items[(field + 1) % original.count];
  for (size_t i = 0; i < sizeof a->name; i++) {
    char byte = a->name[i];
    a->name[i] = b->name[i];
    b->name[i] = byte;
  }
  a->length = next->length;
  b->length = item->length;
  attempt(&swapped, trusted(item->name) && trusted(next->name) ? TAKEN : NAMED, "`",
          "two names exchanged");
  let_go(&swapped);
}

static void forge_presence(int field) {
  Forgery forgery = copy_of(&original);
  free(forgery.items[field].data);
  memmove(&forgery.items[field], &forgery.items[field + 1],
          (size_t)(forgery.count - field - 1) * sizeof(Item));
  forgery.count--;
  attempt(&forgery, NAMED, original.items[field].name, "not there");
  let_go(&forgery);
  forgery = copy_of(&original);
  forgery.items[forgery.count] = forgery.items[field];
  forgery.items[forgery.count].data = calloc(1, forgery.items[field].bytes + 64);
  forgery.count++;
  attempt(&forgery, NAMED, original.items[field].name, "there twice");
  snprintf(forgery.items[forgery.count - 1].name, sizeof forgery.items[0].name, "%.60s.more",
           original.items[field].name);
  forgery.items[forgery.count - 1].length = (uint32_t)strlen(forgery.items[forgery.count - 1].name);
  attempt(&forgery, NAMED, forgery.items[forgery.count - 1].name, "one too many");
  let_go(&forgery);
}

/* ---- the note and the head ---- */

/* The bytes from `at` to `end` of the note replaced. */
static void forge_note(size_t at, size_t end, const char *by, Wanted wanted, const char *line,
                       const char *what) {
  Forgery forgery = copy_of(&original);
  size_t length = strlen(by);
  memcpy(forgery.note + at, by, length);
  memcpy(forgery.note + at + length, original.note + end, original.note_length - end);
  forgery.note_length = original.note_length - (end - at) + length;
  attempt(&forgery, wanted, line, what);
  let_go(&forgery);
}

static void forge_lines(void) {
  bool settings = false;
  for (size_t at = 0, end; at < original.note_length; at = end) {
    char line[200];
    for (end = at; original.note[end] != '\n';) end++;
    snprintf(line, sizeof line, "note: %.*s", (int)(end - at), original.note + at);
    end++;
    size_t blank = at + strcspn(original.note + at, " \n");
    lines++;
    forge_note(at, end, "", REFUSED, line, "a line not there");
    forge_note(at, end, "x y\n", REFUSED, line, "another line");
    forge_note(at, at, "x y\n", REFUSED, line, "a line too many");
    forge_note(at, end, "\n", REFUSED, line, "an empty line");
    if (!strncmp(original.note + at, "settings\n", 9)) {
      settings = true;
      continue;
    }
    static const char *const values[] = {" -1\n", " 1e300\n", " nan\n", " \n",
                                         " %s%n\x1b[31m\xff\n"};
    for (int k = 0; k < COUNT_OF(values); k++)
      forge_note(blank, end, values[k], settings ? TOLD : REFUSED, line, "another value");
  }
  forge_note(0, original.note_length, "", REFUSED, "note", "none");
}

static void forge_head(void) {
  static const int at[] = {8, 12, 16, 24, 32};
  static const uint64_t values[] = {
      0, 2, (uint64_t)-1, (uint64_t)1 << 32, (uint64_t)1 << 62, (uint64_t)1 << 63, 65537};
  for (int i = 0; i < COUNT_OF(at); i++)
    for (int k = 0; k < COUNT_OF(values); k++) {
      Forgery forgery = copy_of(&original);
      forgery.head_at = at[i];
      forgery.head_value = values[k];
      attempt(&forgery, REFUSED, "head", "another number");
      let_go(&forgery);
    }
}

/* ---- the whole ---- */

static void read_original(void) {
  Checkpoint checkpoint;
  Diag diag = {0};
  Files files = {0};
  if (!checkpoint_read(&files, in_folder("run.ckpt"), &checkpoint, NULL, &diag)) {
    printf("FAIL the true checkpoint cannot be read: %s\n", diag.message);
    exit(1);
  }
  original = (Forgery){
      .count = (int)checkpoint.tensors.count, .note_length = checkpoint.note.length, .head_at = -1};
  original.note = calloc(1, checkpoint.note.length + 1);
  memcpy(original.note, checkpoint.note.data, checkpoint.note.length);
  assert(original.count < ITEMS_MOST - 1);
  for (int i = 0; i < original.count; i++) {
    const Named *named = &checkpoint.tensors.items[i];
    Item *item = &original.items[i];
    size_t bytes = tensor_bytes(&named->tensor);
    *item = (Item){.length = (uint32_t)strlen(named->name),
                   .dtype = named->tensor.dtype,
                   .rank = (uint32_t)named->tensor.shape.rank,
                   .data = calloc(1, bytes + 64),
                   .bytes = bytes};
    snprintf(item->name, sizeof item->name, "%s", named->name);
    for (uint32_t k = 0; k < item->rank; k++) item->dim[k] = (uint64_t)named->tensor.shape.dim[k];
    if (bytes) memcpy(item->data, tensor_data(&named->tensor), bytes);
  }
  checkpoint_free(&checkpoint);
}

static int forge_all(void) {
  for (int i = 0; i < original.count; i++) {
    fields++;
    forge_numbers(i);
    forge_dtype(i);
    forge_shape(i);
    forge_record(i);
    forge_name(i);
    forge_presence(i);
  }
  forge_lines();
  forge_head();
  size_t all = 0;
  for (int i = 0; i < original.count; i++) all += element_count(&original.items[i]);
  if ((size_t)numbers != all || fields != original.count)
    failed++, printf("FAIL %d of %zu numbers, %d of %d fields were forged\n", numbers, all, fields,
                     original.count);
  return failed;
}

/* Each job has a folder of its own. */
static int run_job(const char *base) {
  static char own[4100];
  snprintf(own, sizeof own, "%s/%d", base, job);
  mkdir(own, 0700);
  folder = own;
  write_script(14);
  write_forgery(&original);
  run_gd(&expected);
  if (expected.status != 0 || strncmp(expected.out, "unchanged false\n", 16) != 0) {
    printf("FAIL the true checkpoint is refused (status %d): %s\n", expected.status, expected.err);
    return 1;
  }
  return forge_all();
}

static void read_script(const char *path) {
  FILE *file = fopen(path, "rb");
  script = calloc(1, OUTPUT_MOST);
  if (!file || !fread(script, 1, OUTPUT_MOST - 1, file)) exit(2);
  fclose(file);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  gd = realpath(argv[1], NULL);
  read_script(argv[2]);
  for (int i = 3; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "-j")) jobs = atoi(argv[i + 1]);
    else if (!strcmp(argv[i], "--every")) every = atoi(argv[i + 1]);
    else return 2;
  }
  if (!gd || jobs < 1 || jobs > JOBS_MOST || every < 1) return 2;
  char base[SCRATCH_PATH], sweep[80];
  if (!scratch_make(base, "forge")) return perror("forge"), 73;
  folder = base;
  write_script(10);
  run_gd(&expected);
  read_original();
  bool bad = false;
  for (job = 0; job < jobs; job++) {
    fflush(stdout);
    if (fork() == 0) {
      bool wrong = run_job(base) != 0;
      if (job == 0)
        printf("forge: %d fields, %d numbers and %d lines of a note, %d of %d forgeries\n", fields,
               numbers, lines, (made + every - 1) / every, made);
      fflush(stdout);
      _exit(wrong);
    }
  }
  for (int status; wait(&status) > 0;) bad |= status != 0;
  snprintf(sweep, sizeof sweep, "rm -rf %s", base);
  if (system(sweep) != 0) bad = true;
  printf("forge: %s\n", bad ? "some were believed" : "none was believed");
  return bad;
}
