/* predictions.c — the predictions of a trained net beside the true values, for the report.
 *
 * The loss shows what is predicted: `cross_entropy(net(x), y)` compares its first two arguments,
 * and so do the other losses of the library and those that a script declares.  The first such call
 * in the loss is taken.  Its two arguments are evaluated for the rows of the validation data, with
 * `training` false, and compared: classes by the largest score, a logit or a score by its sign,
 * numbers as they are.  The report has no such part if the loss cannot be read like this, or if the
 * arguments cannot be evaluated outside a step.
 */
#include "lang/train/predictions.h"
#include "lang/data/data.h"
#include "lang/train/facts.h"

#include "lang/eval/assign.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/report.h"
#include "lang/values/dict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  ROWS_MOST = 20000,
  ROWS_AT_ONCE = 1000,
  CLASSES_MOST = 40,
  POINTS_MOST = 1500,
  SHOWN_MOST = 24,
  CELLS_MOST = 3072, /* of an image */
  CELLS_SHOWN = 12   /* of another row */
};

typedef enum Sort { SORT_NONE, SORT_CLASSES, SORT_LOGIT, SORT_SIGN, SORT_NUMBERS } Sort;

/* A row, with how far off or how sure of the wrong class it is. */
typedef struct Miss {
  int64_t row;
  double target, predicted, how;
} Miss;

typedef struct Look {
  TrainRun *run;
  const Tensor *columns; /* the data that is looked at */
  int column_count;
  int64_t rows;
  const char *of;            /* "the validation data" */
  const Ast *score, *target; /* the arguments */
  Sort sort;
  int classes;
  int64_t *matrix; /* [classes, classes]: is, taken for; owned */
  int64_t seen, wrong;
  double squares;
  Miss misses[SHOWN_MOST]; /* the worst so far */
  int miss_count;
  Text truths, guesses; /* of numbers, as far as they are shown; owned */
  int64_t every;        /* so many of them between two that are shown */
} Look;

/* ---- which call ---- */

static Sort sort_of(Look *look, const Ast *callee) {
  static const struct {
    const char *name;
    Sort sort;
  } library[] = {{"cross_entropy", SORT_CLASSES},
                 {"nll", SORT_CLASSES},
                 {"binary_cross_entropy", SORT_LOGIT},
                 {"hinge", SORT_SIGN},
                 {"squared_hinge", SORT_SIGN},
                 {"mse", SORT_NUMBERS},
                 {"mae", SORT_NUMBERS},
                 {"huber", SORT_NUMBERS},
                 {"log_cosh", SORT_NUMBERS}};
  if (callee->kind != AST_NAME) return SORT_NONE;
  for (int i = 0; i < COUNT_OF(library) && callee->place == PLACE_STANDARD; i++)
    if (!strcmp(library[i].name, callee->text)) return library[i].sort;
  if (callee->place == PLACE_STANDARD) return SORT_NONE;
  const Value *value = variable_peek(look->run->vm, look->run->frame, callee);
  bool loss = value && value->kind == KIND_CLOSURE &&
              value->closure->function->kind == FUNCTION_LOSS;
  return loss ? SORT_CLASSES : SORT_NONE; /* or numbers: by their shapes */
}

static bool find_call(Look *look, const Ast *ast) {
  if (!ast) return false;
  if (ast->kind == AST_CALL && ast->count >= 2 && (look->sort = sort_of(look, ast->a)) != 0) {
    look->score = ast->items[0]->kind == AST_ARGUMENT ? ast->items[0]->a : ast->items[0];
    look->target = ast->items[1]->kind == AST_ARGUMENT ? ast->items[1]->a : ast->items[1];
    return true;
  }
  if (find_call(look, ast->a) || find_call(look, ast->b) || find_call(look, ast->c)) return true;
  for (uint32_t i = 0; i < ast_below(ast); i++)
    if (find_call(look, ast->items[i])) return true;
  return false;
}

/* ---- rows ---- */

static void bind_rows(Look *look, int64_t from, int64_t rows) {
  Vm *vm = look->run->vm;
  Value row = value_tuple(vm, look->column_count);
  for (int i = 0; i < look->column_count; i++) {
    const Tensor *column = &look->columns[i];
    Shape shape = column->shape;
    shape.dim[0] = rows;
    Tensor part;
    Diag diag = {0};
    if (!tensor_new(&part, column->dtype, &shape, &diag)) raise_diag(vm, &diag);
    size_t bytes = tensor_bytes(column) / (size_t)look->rows;
    memcpy(tensor_data(&part), (const char *)tensor_data(column) + (size_t)from * bytes,
           (size_t)rows * bytes);
    row.tuple->items[i] = value_tensor(vm, part);
  }
  Value bound = value_retain(look->column_count == 1 ? row.tuple->items[0] : row);
  eval_bind(vm, look->run->frame, look->run->pattern, bound);
  value_release(vm, bound);
  value_release(vm, row);
}

static void keep_miss(Look *look, Miss miss) {
  int at = look->miss_count;
  while (at > 0 && look->misses[at - 1].how < miss.how) at--;
  if (at == SHOWN_MOST) return;
  if (look->miss_count < SHOWN_MOST) look->miss_count++;
  memmove(&look->misses[at + 1], &look->misses[at],
          (size_t)(look->miss_count - at - 1) * sizeof(Miss));
  look->misses[at] = miss;
}

static void count_class(Look *look, Miss found) {
  look->matrix[(int64_t)found.target * look->classes + (int64_t)found.predicted]++;
  look->seen++;
  if (found.target == found.predicted) return;
  look->wrong++;
  keep_miss(look, found);
}

/* The class of each row by the largest of its scores, and the probability of it by their softmax.
 */
static bool see_classes(Look *look, const Tensor *score, const Tensor *target, int64_t from) {
  int64_t rows = score->shape.dim[0], classes = score->shape.dim[1];
  bool hot = target->shape.rank == 2 && target->shape.dim[1] == classes;
  for (int64_t row = 0; row < rows; row++) {
    int64_t best = 0, truth = 0;
    for (int64_t k = 1; k < classes; k++) {
      if (tensor_get(score, row * classes + k) > tensor_get(score, row * classes + best)) best = k;
      if (hot && tensor_get(target, row * classes + k) > tensor_get(target, row * classes + truth))
        truth = k;
    }
    double sum = 0, most = tensor_get(score, row * classes + best);
    for (int64_t k = 0; k < classes; k++) sum += exp(tensor_get(score, row * classes + k) - most);
    double wanted = hot ? (double)truth : tensor_get(target, row);
    if (!(wanted >= 0 && wanted < (double)classes)) return false;
    count_class(look, (Miss){from + row, floor(wanted), (double)best, 1 / sum});
  }
  return true;
}

/* One score a row: above 0 is the second class. */
static bool see_signs(Look *look, const Tensor *score, const Tensor *target, int64_t from) {
  for (int64_t row = 0; row < tensor_count(score); row++) {
    double s = tensor_get(score, row), sure = 1 / (1 + exp(-fabs(s)));
    double truth = tensor_get(target, row) > (look->sort == SORT_SIGN ? 0 : 0.5);
    count_class(look, (Miss){from + row, truth, s > 0, sure});
  }
  return true;
}

static void add_value(Text *text, double value) {
  if (text->length) text_char(text, ',');
  if (isfinite(value)) text_digits(text, value, 6);
  else text_string(text, "null");
}

static bool see_numbers(Look *look, const Tensor *score, const Tensor *target, int64_t from) {
  int64_t count = tensor_count(score), width = count / score->shape.dim[0];
  for (int64_t i = 0; i < count; i++) {
    double guess = tensor_get(score, i), truth = tensor_get(target, i);
    if ((from * width + i) % look->every == 0) {
      add_value(&look->truths, truth);
      add_value(&look->guesses, guess);
    }
    look->seen++;
    look->squares += (truth - guess) * (truth - guess);
    keep_miss(look, (Miss){from + i / width, truth, guess, fabs(truth - guess)});
  }
  return true;
}

/* What the values of these shapes are: settles the sort at the first rows. */
static bool settle(Look *look, const Tensor *score, const Tensor *target) {
  int64_t width = score->shape.rank == 2 ? score->shape.dim[1] : 1;
  bool same = tensor_count(score) == tensor_count(target);
  if (score->shape.rank < 1 || target->shape.rank < 1 || score->shape.dim[0] < 1) return false;
  if (look->sort == SORT_CLASSES && score->shape.rank == 2 && width > 1 &&
      (tensor_count(target) == score->shape.dim[0] || same)) {
    look->classes = width <= CLASSES_MOST ? (int)width : 0;
  } else if ((look->sort == SORT_LOGIT || look->sort == SORT_SIGN) && same &&
             tensor_count(score) == score->shape.dim[0]) {
    look->classes = 2;
  } else if (same) {
    look->sort = SORT_NUMBERS;
    look->every = tensor_count(score) / score->shape.dim[0] * look->rows / POINTS_MOST + 1;
    return true;
  }
  if (look->classes && !look->matrix)
    look->matrix = mem_zero((size_t)(look->classes * look->classes) * sizeof(int64_t));
  return look->classes > 0;
}

static bool see(Look *look, const Tensor *score, const Tensor *target, int64_t from) {
  if (from == 0 && !settle(look, score, target)) return false;
  if (look->sort == SORT_NUMBERS) return see_numbers(look, score, target, from);
  return look->sort == SORT_CLASSES ? see_classes(look, score, target, from)
                                    : see_signs(look, score, target, from);
}

static void look_at(Look *look, int64_t from) {
  const TrainRun *run = look->run;
  Vm *vm = run->vm;
  Value score = eval(vm, run->frame, look->score), target = eval(vm, run->frame, look->target);
  if (!value_is_tensor(score) || !value_is_tensor(target)) {
    look->sort = SORT_NONE;
    return;
  }
  Tensor scores = trace_elements(vm, score, look->score->span),
         targets = trace_elements(vm, target, look->target->span);
  if (!see(look, &scores, &targets, from)) look->sort = SORT_NONE;
  tensor_release(&scores);
  tensor_release(&targets);
  value_release(vm, score);
  value_release(vm, target);
}

/* In recordings, where buffers are assigned for the recording alone: the report leaves the net as
 * it is. */
static void look_body(Vm *vm, void *context) {
  Look *look = context;
  int64_t rows = look->rows < ROWS_MOST ? look->rows : ROWS_MOST;
  look->rows = rows > 0 ? look->rows : 0;
  for (int64_t from = 0; from < rows && look->sort != SORT_NONE; from += ROWS_AT_ONCE) {
    bind_rows(look, from, rows - from < ROWS_AT_ONCE ? rows - from : ROWS_AT_ONCE);
    Trace *trace = trace_open(vm, look->score->span, NULL);
    look_at(look, from);
    trace_close(vm, trace);
  }
}

/* ---- output ---- */

/* The rows and columns of a square or pictured row; 0 rows: it is none. */
static void image_of(const Shape *shape, int64_t size[3]) {
  size[0] = size[1] = 0;
  size[2] = 1;
  int rank = shape->rank;
  if (rank >= 3) {
    size[0] = shape->dim[rank - 2];
    size[1] = shape->dim[rank - 1];
    if (rank == 4) size[2] = shape->dim[1];
    if (rank == 3) size[2] = 1;
    if (size[2] != 3) size[2] = 1;
  } else if (rank == 2) {
    int64_t side = (int64_t)sqrt((double)shape->dim[1]);
    if (side * side == shape->dim[1] && side >= 7) size[0] = size[1] = side;
  }
  if (size[0] < 2 || size[1] < 2 || size[0] * size[1] * size[2] > CELLS_MOST) size[0] = 0;
}

static void add_row(const Look *look, Text *text, int64_t row) {
  const Tensor *x = &look->columns[0];
  int64_t width = tensor_count(x) / x->shape.dim[0], image[3];
  image_of(&x->shape, image);
  int64_t shown = image[0]              ? image[0] * image[1] * image[2]
                  : width < CELLS_SHOWN ? width
                                        : CELLS_SHOWN;
  if (image[0])
    text_format(text, ",\"image\":[%lld,%lld,%lld]", (long long)image[0], (long long)image[1],
                (long long)image[2]);
  else if (shown < width) text_string(text, ",\"more\":true");
  Text cells = {0};
  for (int64_t i = 0; i < shown; i++) {
    double value = tensor_get(x, row * width + i);
    if (i) text_char(&cells, ',');
    if (isfinite(value)) text_digits(&cells, value, image[0] ? 3 : 5);
    else text_string(&cells, "null");
  }
  text_string(text, ",\"x\":[");
  text_add(text, cells.data ? cells.data : "", cells.length);
  text_char(text, ']');
  text_free(&cells);
}

static void add_misses(const Look *look, Text *text) {
  text_string(text, ",\"wrong\":[");
  for (int i = 0; i < look->miss_count; i++) {
    const Miss *miss = &look->misses[i];
    text_format(text, "%s{\"row\":%lld,\"target\":", i ? "," : "", (long long)miss->row);
    facts_number(text, miss->target);
    text_string(text, ",\"predicted\":");
    facts_number(text, miss->predicted);
    if (look->classes) {
      text_string(text, ",\"p\":");
      text_digits(text, miss->how, 3);
    }
    add_row(look, text, miss->row);
    text_char(text, '}');
  }
  text_char(text, ']');
}

static void add_strings(Text *text, Value list) {
  text_char(text, '[');
  for (int64_t i = 0; list.kind == KIND_LIST && i < list.list->count; i++) {
    Value item = list.list->items[i];
    if (i) text_char(text, ',');
    if (item.kind == KIND_STRING) json_quoted(text, item.string->data, item.string->length);
    else text_string(text, "null");
  }
  text_char(text, ']');
}

/* The names of the classes, where the table has a text column with so many: its last, the target.
 */
static void add_class_names(const Look *look, Text *text, const DatasetObject *data) {
  const Value *found = NULL;
  for (int64_t i = 0; data->classes.kind == KIND_DICT && i < data->classes.dict->count; i++) {
    const Value *list = &dict_entries(data->classes.dict)[i].value;
    if (list->kind == KIND_LIST && list->list->count == look->classes) found = list;
  }
  if (!found) return;
  text_string(text, ",\"names\":");
  add_strings(text, *found);
}

static void add_result(const Look *look, Text *text, const DatasetObject *data) {
  text_format(text, ",\"result\":{\"kind\":\"%s\",\"rows\":%lld,\"of\":\"%s\"",
              look->classes ? "classes" : "numbers", (long long)look->seen, look->of);
  if (look->classes) {
    text_string(text, ",\"matrix\":[");
    for (int i = 0; i < look->classes; i++)
      for (int k = 0; k < look->classes; k++)
        text_format(text, "%s%lld%s",
                    k   ? ","
                    : i ? ",["
                        : "[",
                    (long long)look->matrix[i * look->classes + k],
                    k + 1 == look->classes ? "]" : "");
    text_char(text, ']');
    if (data) add_class_names(look, text, data);
  } else {
    text_string(text, ",\"true\":[");
    text_add(text, look->truths.data ? look->truths.data : "", look->truths.length);
    text_string(text, "],\"predicted\":[");
    text_add(text, look->guesses.data ? look->guesses.data : "", look->guesses.length);
    text_string(text, "],\"rms\":");
    facts_number(text, sqrt(look->squares / (double)look->seen));
  }
  add_misses(look, text);
  text_char(text, '}');
}

void predictions_add(TrainRun *run, Text *text) {
  Vm *vm = run->vm;
  if (!run->pattern || !run->objectives[0].loss) return;
  bool validates = run->validate_count > 0;
  Look *look = mem_zero(sizeof *look);
  *look = (Look){.run = run,
                 .columns = validates ? run->validate : run->columns,
                 .column_count = run->column_count,
                 .rows = validates ? run->validate_rows : run->rows,
                 .of = validates ? "the validation data" : "the training data"};
  Diag diag = {0};
  uint64_t draws = vm->draws;
  bool fine = find_call(look, run->objectives[0].loss) && vm_protect(vm, look_body, look, &diag) &&
              look->sort != SORT_NONE && look->seen > 0;
  vm->draws = draws;
  vm->run = &run->base;
  Value value = validates ? run->validate_value : run->data_value;
  bool set = value.kind == KIND_DATASET || value.kind == KIND_BATCHES;
  const DatasetObject *data = set ? value.dataset : NULL;
  if (fine) add_result(look, text, data);
  if (fine && data && data->names.kind == KIND_LIST) {
    text_string(text, ",\"names\":");
    add_strings(text, data->names);
  }
  mem_free(look->matrix);
  text_free(&look->truths);
  text_free(&look->guesses);
  mem_free(look);
}
