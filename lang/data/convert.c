/* convert.c — gd data convert TABLE.csv NUMBERS.npy: converts a table that is larger than memory,
 * once, to numbers that npy() maps.
 *
 * The columns are those that csv() would give as x; a text column becomes one column for each
 * class.  The target, if one is named, is the last column, as class numbers if it is text.
 */
#include "lang/data/convert.h"
#include "runtime/files.h"
#include "runtime/io/csv_convert.h"

#include "lang/data/data.h"
#include "lang/machine/call_site.h"
#include "lang/text/output.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* A conversion under way; freed whatever happens. */
typedef struct Converting {
  Held held;
  CsvConverted made;
  Text text;
} Converting;

static void converting_free(Held *held) {
  Converting *now = (Converting *)(void *)held;
  csv_converted_free(&now->made);
  text_free(&now->text);
  mem_free(now);
}

/* A column by its name; by its place, negative from the end, where the table has no names. */
static CsvName name_of(const Conversion *order, const char *text) {
  double place = 0;
  if (order->no_header && text && number_parse(text, strlen(text), &place) &&
      place == floor(place) && fabs(place) < CSV_COLUMNS_MOST)
    return (CsvName){.place = (int64_t)place};
  return (CsvName){.name = text};
}

static int64_t names_of(const Conversion *order, CsvName *names) {
  int64_t count = 0;
  for (char *at = order->drops; at && *at && count < CONVERT_NAMES;) {
    char *comma = strchr(at, ',');
    if (comma) *comma = 0;
    names[count++] = name_of(order, at);
    at = comma ? comma + 1 : NULL;
  }
  return count;
}

static void describe(Converting *now, const Conversion *order) {
  const Schema *schema = now->made.schema;
  Text *text = &now->text;
  text_format(text, "%s: %lld row%s of %lld column%s, f32\n", order->to, (long long)now->made.rows,
              now->made.rows == 1 ? "" : "s", (long long)now->made.columns,
              now->made.columns == 1 ? "" : "s");
  for (int64_t i = 0; i < schema->name_count; i++)
    text_format(text, "%lld %s\n", (long long)i, schema->names[i]);
  for (int64_t i = 0; i < schema->count; i++) {
    const SchemaColumn *column = &schema->columns[i];
    if (!column->target) continue;
    text_format(text, "%lld %s", (long long)(schema->name_count + column->slot), column->name);
    for (int64_t k = 0; column->text && k < column->class_count; k++)
      text_format(text, "%s%lld=%s", k ? ", " : ": ", (long long)k, column->classes[k]);
    text_char(text, '\n');
  }
}

/* What helps is an option of this command, or of `csv` in a script. */
static void help_for_command(Diag *diag) {
  if (strstr(diag->help, "missing: \"drop\""))
    diag_help(diag, "--missing drop leaves such rows out");
  else if (strstr(diag->help, "header: false"))
    diag_help(diag, "--no-header reads a file without names");
  else if (strncmp(diag->help, "drop: ", 6) == 0) diag_help(diag, "--drop leaves it out");
  else data_help_in_script(diag, "csv(path)");
}

void convert_run(Vm *vm, const Conversion *order) {
  CsvName target = name_of(order, order->target), drops[CONVERT_NAMES];
  CsvOptions options = {.dtype = DTYPE_F32,
                        .targets = {&target, order->target ? 1 : 0},
                        .drops = {drops, names_of(order, drops)},
                        .missing = order->drops_rows ? CSV_MISSING_DROP : CSV_MISSING_ERROR,
                        .missing_given = true,
                        .form.no_header = order->no_header,
                        .header_given = order->no_header};
  Converting *now = mem_zero(sizeof *now);
  now->held.free_whole = converting_free;
  vm_hold(vm, &now->held);
  Diag diag = {0};
  size_t done = 0;
  if (!csv_convert(&vm->files, order->from, order->to, &options, &now->made, &diag)) {
    help_for_command(&diag);
    raise_diag(vm, &diag);
  }
  const char *notice = now->made.notice;
  bool header = notice && strstr(notice, "header: false");
  data_notice(vm, &(CallSite){0}, order->from, notice, header ? "here --no-header does" : NULL);
  describe(now, order);
  if (!output_add(now->text.data, now->text.length, &done)) {
    vm_poll_signals(vm);
    diag_fail(&diag, STATUS_IO, (Span){0, 0, 0}, "standard output cannot be written: %s",
              strerror(errno));
    diag.silent = errno == EPIPE; /* the reader has closed the pipe */
    raise_diag(vm, &diag);
  }
  vm_drop(vm, &now->held);
}
