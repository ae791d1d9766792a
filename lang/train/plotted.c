/* plotted.c — see plotted.h.
 *
 * The picture is the library's `plot` of the history.  `true` draws in the terminal.  "live"
 * redraws it there during the training.  A path writes a file.  A tuple with names gives arguments
 * of `plot` (`plot: (save: "run.svg", log: "y")`).
 */
#include "lang/train/plotted.h"

#include "lang/run/history.h"
#include "lang/train/clause.h"
#include "lang/train/progress.h"

#include "lang/eval/eval.h"
#include "lang/eval/standard_value.h"
#include "lang/machine/call_site.h"
#include "lang/machine/string.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/text/output.h"
#include "runtime/files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The parameters of `plot` in their order (stdlib/pictures.gd); the first is the history. */
static const char *const PARAMETERS[] = {"x",   "y",     "of",   "title", "x_label", "y_label",
                                         "log", "names", "save", "width", "height"};

static int parameter(const char *name) {
  for (int i = 2; name && i < COUNT_OF(PARAMETERS); i++)
    if (!strcmp(PARAMETERS[i], name)) return i;
  return -1;
}

static bool ends_with(const StringObject *path, const char *ending) {
  size_t length = strlen(ending);
  return path->length > length && !strcmp(path->data + path->length - length, ending);
}

static void want_path(Vm *vm, Span span, const StringObject *path) {
  if (!ends_with(path, ".svg") && !ends_with(path, ".png"))
    raise_help(vm, span, "plot: \"run.svg\", or plot: true for the terminal",
               "pictures are saved as .svg or .png");
  Diag diag = {0};
  if (vm->checking) return;
  if (file_path_check(path->data, path->length, &diag) &&
      file_check_writable(&vm->files, path->data, &diag))
    return;
  if (!diag.span.file) diag.span = span;
  raise_diag(vm, &diag);
}

static void want_arguments(Vm *vm, Span span, const TupleObject *tuple) {
  for (int i = 0; i < tuple->count; i++) {
    const char *name = tuple->names ? tuple->names[i] : NULL;
    int which = parameter(name);
    if (which < 0)
      raise_help(vm, span, "plot: (save: \"run.svg\", log: \"y\", title: \"rates\")",
                 "`plot:` takes the arguments of `plot` by name, and `%.64s` is not one",
                 name ? name : "a value without a name");
    if (!strcmp(name, "save") && tuple->items[i].kind == KIND_STRING)
      want_path(vm, span, tuple->items[i].string);
  }
}

bool plotted_is_live(Value plot) {
  return plot.kind == KIND_STRING && !strcmp(plot.string->data, "live");
}

Value plotted_read(Vm *vm, Frame *frame, const Ast *ast) {
  const Ast *clause = clause_value(ast, "plot");
  if (!clause) return value_none();
  Value value = eval(vm, frame, clause);
  switch ((Kind)value.kind) {
    case KIND_UNKNOWN:
    case KIND_NONE: return value_none();
    case KIND_BOOL: return value.truth ? value : value_none();
    case KIND_STRING:
      if (!plotted_is_live(value)) want_path(vm, clause->span, value.string);
      return value;
    case KIND_TUPLE: want_arguments(vm, clause->span, value.tuple); return value;
    default:
      raise_help(vm, clause->span, "plot: true, or plot: \"run.svg\"",
                 "`plot:` must be true, the path of a picture or arguments of `plot`, this is %s",
                 kind_name(value));
  }
}

/* lines: of the terminal; 0: as many as `plot` takes */
static void draw(Vm *vm, const Ast *ast, Value plot, Value history, int lines) {
  Value args[COUNT_OF(PARAMETERS)];
  for (int i = 0; i < COUNT_OF(args); i++) args[i] = value_none();
  args[0] = history;
  if (lines) args[parameter("height")] = value_number(lines);
  if (plot.kind == KIND_STRING && !plotted_is_live(plot)) args[parameter("save")] = plot;
  for (int i = 0; plot.kind == KIND_TUPLE && i < plot.tuple->count; i++)
    args[parameter(plot.tuple->names[i])] = plot.tuple->items[i];
  Span span = ast_clause(ast, "plot")->op_span;
  CallSite site = {.span = span, .callee = span};
  value_release(vm, standard_library_call(vm, &site, "plot", args, COUNT_OF(args)));
}

void plotted_draw(Vm *vm, const Ast *ast, Value plot, Value history) {
  if (plot.kind == KIND_NONE || history.kind != KIND_TUPLE) return;
  if (plotted_is_live(plot) && ast->kind == AST_TRAIN && output_redraws(STDOUT_FILENO))
    return; /* it is there */
  draw(vm, ast, plot, history, 0);
}

enum { LIVE_LINES = 14 };
static const double LIVE_SECONDS = 0.3;

void plotted_live(TrainRun *run, bool last) {
  if (!run->live || !output_redraws(STDOUT_FILENO) || run->history.epochs == 0) return;
  double now = clock_seconds();
  if (!last && run->live_drawn && now - run->live_at < LIVE_SECONDS) return;
  run->live_at = now;
  progress_clear(run);
  if (run->live_drawn) {
    char up[32];
    size_t done = 0;
    int length = snprintf(up, sizeof up, "\x1b[%dA\x1b[J", LIVE_LINES);
    output_add(up, (size_t)length, &done);
  }
  run->live_drawn = true;
  Value history = history_value(run);
  draw(run->vm, run->ast, value_bool(true), history, LIVE_LINES);
  value_release(run->vm, history);
  output_settle();
}
