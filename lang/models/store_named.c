/* store_named.c — save of tensors by name: a dict, a tuple with names, the history of a training.
 *
 *     save((a: x, b: y), "both.npz")     as `npz` and `safetensors` read them
 *     save((day: t, price: p), "p.csv")  columns [N] of one length, under their names
 *     save(history, "h.csv")             its columns by epoch, those as long as its loss
 *
 * An item is a tensor, a number, or a list that makes a tensor.  Of a history, what is none of them
 * (how it stopped) is left out; in any other value it is an error that names it.
 */
#include "lang/models/store_named.h"

#include "lang/data/data.h"
#include "lang/data/shown.h"
#include "lang/machine/call_site.h"
#include "lang/machine/raise.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/tensors/bracket.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/dict.h"
#include "runtime/files.h"

#include <string.h>

/* Freed whatever happens. */
typedef struct Columns {
  Held held;
  NamedList list;
} Columns;

static void columns_free(Held *held) {
  Columns *columns = (Columns *)(void *)held;
  named_free(&columns->list);
  mem_free(columns);
}

static bool is_history(Value value) { return value.kind == KIND_TUPLE && value.tuple->show; }

bool store_has_names(Value value) {
  if (value.kind == KIND_DICT) return true;
  if (value.kind != KIND_TUPLE || !value.tuple->names) return false;
  for (int i = 0; i < value.tuple->count; i++)
    if (!value.tuple->names[i]) return false;
  return value.tuple->count > 0;
}

static void add_item(Vm *vm, const CallSite *site, Columns *columns, bool history, Value key,
                     Value item) {
  Span span = site_at(site, 0);
  if (key.kind != KIND_STRING) raise_kind(vm, span, key, "the names must be strings", NULL);
  bool fits = value_is_tensor(item) || item.kind == KIND_NUMBER || item.kind == KIND_BOOL ||
              item.kind == KIND_LIST || item.kind == KIND_RANGE;
  if (!fits && history) return;
  if (!fits) {
    char wanted[120];
    text_print(wanted, sizeof wanted, "`%.60s` must be a tensor or a model", key.string->data);
    raise_kind(vm, span, item, wanted,
               "write(path, to_json(value)) writes all kinds of values, as JSON");
  }
  Value made = tensor_of(vm, site, item);
  named_add(&columns->list, key.string->data, key.string->length, trace_elements(vm, made, span));
  value_release(vm, made);
}

static void add_items(Vm *vm, const CallSite *site, Columns *columns, Value value) {
  if (value.kind == KIND_DICT) {
    const DictEntry *entries = dict_entries(value.dict);
    for (int64_t i = 0; i < value.dict->count; i++)
      add_item(vm, site, columns, false, entries[i].key, entries[i].value);
    return;
  }
  for (int i = 0; i < value.tuple->count; i++) {
    const char *name = value.tuple->names[i];
    Value key = value_string(vm, name, strlen(name));
    add_item(vm, site, columns, is_history(value), key, value.tuple->items[i]);
    value_release(vm, key);
  }
}

/* ---- as CSV ---- */

static int64_t length_of(const Tensor *column) {
  return column->shape.rank ? column->shape.dim[0] : 1;
}

/* Those that are as long as the first (of a history as its loss), in front; their count. */
static int64_t choose_columns(Vm *vm, const CallSite *site, NamedList *list, bool history) {
  const Named *loss = history ? named_find(list, "loss", 4) : NULL;
  const int64_t rows = list->count ? length_of(loss ? &loss->tensor : &list->items[0].tensor) : 0;
  int64_t kept = 0;
  for (int64_t i = 0; i < list->count; i++) {
    const Tensor *column = &list->items[i].tensor;
    bool fits = column->shape.rank <= 1 && length_of(column) == rows;
    if (history) fits = fits && column->shape.rank == 1;
    if (!fits && !history) {
      char shown[200];
      raise_help(vm, site_at(site, 0), "save(value, \"x.npz\") keeps tensors of any shapes",
                 "the columns of a CSV file are tensors [N] of one length: `%.60s` is %s, the "
                 "first has %lld row%s",
                 list->items[i].name, shape_show(&column->shape, shown), (long long)rows,
                 rows == 1 ? "" : "s");
    }
    if (!fits) continue;
    Named item = list->items[i];
    list->items[i] = list->items[kept];
    list->items[kept++] = item;
  }
  return kept;
}

static bool write_rows(const NamedList *list, int64_t count, Writer *writer, Diag *diag) {
  Text text = {0};
  bool good = true;
  const int64_t rows = count ? length_of(&list->items[0].tensor) : 0;
  for (int64_t row = -1; good && row < rows; row++) {
    for (int64_t i = 0; i < count; i++) {
      const Tensor *column = &list->items[i].tensor;
      if (i) text_char(&text, ',');
      if (row < 0) shown_cell(&text, list->items[i].name);
      else shown_number(&text, tensor_get(column, row), column->dtype);
    }
    text_char(&text, '\n');
    if (text.length < 1 << 16 && row + 1 < rows) continue;
    good = !stop_check(diag) && writer_add(writer, text.data, text.length, diag);
    text.length = 0;
  }
  text_free(&text);
  return good;
}

static bool write_csv(const Files *files, const char *path, const NamedList *list, int64_t count,
                      Diag *diag) {
  Writer writer;
  if (!writer_open(&writer, files, path, diag)) return false;
  if (write_rows(list, count, &writer, diag)) return writer_close(&writer, diag);
  writer_abandon(&writer);
  return false;
}

void store_named(Vm *vm, const CallSite *site, Value value, const char *path) {
  Columns *columns = mem_zero(sizeof *columns);
  columns->held.free_whole = columns_free;
  vm_hold(vm, &columns->held);
  add_items(vm, site, columns, value);
  NamedList *list = &columns->list;
  if (!list->count) raise_at(vm, site_at(site, 0), "there is nothing to save: it holds no tensor");
  const char *ending = strrchr(path, '.');
  Diag diag = {0};
  bool fine;
  if (strcmp(ending, ".csv") == 0) {
    int64_t count = choose_columns(vm, site, list, is_history(value));
    fine = write_csv(&vm->files, path, list, count, &diag);
  } else if (strcmp(ending, ".npz") == 0) fine = npz_write(&vm->files, path, list, &diag);
  else fine = safetensors_write(&vm->files, path, list, NULL, &diag);
  vm_drop(vm, &columns->held);
  if (!fine) data_fail(vm, site, &diag);
}
