/* analysis.c — one `gd check` of an editor's text.
 *
 * The text is checked as a file of its name would be (check.c): nothing is trained, nothing is
 * written.  During the check the evaluator reports each `let` and each call of a layer.  The last
 * value of each is kept, for hints and for the meaning of a name.  Each check has a new Vm, which
 * takes a thousandth of a second, so that it depends only on the text and the files that it reads.
 * Of a text with unknown names, the statements that do not depend on them are still checked.
 * A check that takes longer than SECONDS_MOST is stopped, and returns what it has found.
 *
 * A check runs the script, so it may take any time, and a key pressed meanwhile must not wait for
 * it.  So it is abandoned as soon as a message comes from the editor.  That message is answered
 * with the result for the previous text, whose places are moved by each change (analysis_move).
 */
#include "lang/tool/analysis.h"

#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/module.h"
#include "lang/eval/standard_value.h"
#include "lang/gradients/explain.h"
#include "lang/machine/closure.h"
#include "lang/machine/module_value.h"
#include "lang/machine/signals.h"
#include "lang/machine/tensor_value.h"
#include "lang/models/model.h"
#include "lang/names/scope.h"
#include "lang/names/standard.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"
#include "lang/tool/registry.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS_MOST = 10, STEPS_MOST = 200000, ITEMS_SHOWN = 6, DEPTH_SHOWN = 3 };

/* ---- a value's type in words ---- */

static const char *const TYPES[] = {
#define KIND(NAME, functions, phrase, type) type,
#include "lang/machine/kinds.def"
#undef KIND
};

typedef struct Items {
  Vm *vm;
  Text *out;
  int count, depth;
  bool shaped;
} Items;

static bool show_type(Vm *vm, Value value, int depth, Text *out);

static bool show_item(void *context, const char *name, int64_t number, Value value) {
  Items *items = context;
  if (number < 0 && !name) return false;
  if (items->count++) text_string(items->out, ", ");
  if (items->count > ITEMS_SHOWN) return text_string(items->out, "…"), true;
  if (name) text_format(items->out, "%.64s: ", name);
  if (show_type(items->vm, value, items->depth + 1, items->out)) items->shaped = true;
  return false;
}

static bool show_tensor(Vm *vm, Value value, Text *out) {
  char shape[200];
  Type type = trace_type(vm, value, (Span){0});
  text_format(out, "%s%s", dtype_name(type.dtype), shape_show(&type.shape, shape));
  return true;
}

static bool show_type(Vm *vm, Value value, int depth, Text *out) {
  switch ((Kind)value.kind) {
    case KIND_TENSOR:
    case KIND_PARAM: return show_tensor(vm, value, out);
    case KIND_MODEL: text_format(out, "%.64s", value.model->made_by->function->name); return false;
    case KIND_UNSET:
    case KIND_UNKNOWN: text_char(out, '?'); return false;
    case KIND_TUPLE:
      if (depth < DEPTH_SHOWN) {
        Items items = {vm, out, 0, depth, false};
        text_char(out, '(');
        fields_each(vm, value, show_item, &items);
        text_char(out, ')');
        return items.shaped;
      }
      break;
    default: break;
  }
  text_string(out, TYPES[value.kind]);
  return false;
}

bool analysis_type(Vm *vm, Value value, Text *out) { return show_type(vm, value, 0, out); }

/* ---- what the check tells ---- */

static void find(Analysis *analysis, Span span, bool layer, Value value) {
  if (span.file != analysis->file || value.kind <= KIND_NONE || value.kind == KIND_UNKNOWN) return;
  if (analysis->finding_count == analysis->finding_capacity) {
    analysis->finding_capacity = analysis->finding_capacity ? 2 * analysis->finding_capacity : 64;
    analysis->findings = mem_grow(analysis->findings,
                                  (size_t)analysis->finding_capacity * sizeof(Finding));
  }
  Finding *finding = &analysis->findings[analysis->finding_count++];
  Text text = {0};
  *finding = (Finding){.start = span.start, .end = span.end, .layer = layer};
  finding->shaped = analysis_type(analysis->vm, value, &text);
  if (text.length < sizeof finding->text) memcpy(finding->text, text.data, text.length + 1);
  else finding->text[0] = 0;
  text_free(&text);
}

static void find_pattern(Analysis *analysis, Frame *frame, const Ast *pattern) {
  const Value *value = pattern->text && !name_is_blank(pattern->text)
                           ? variable_peek(analysis->vm, frame, pattern)
                           : NULL;
  if (value && value->kind == KIND_CELL) value = &value->cell->value;
  if (value) find(analysis, pattern->span, false, *value);
  for (uint32_t i = 0; !pattern->text && i < pattern->count; i++)
    find_pattern(analysis, frame, pattern->items[i]);
}

static void on_let(void *context, Vm *vm, Frame *frame, const Ast *let) {
  (void)vm;
  find_pattern(context, frame, let->pattern);
}

static void on_model_call(Vm *vm, const struct ModelObject *model, const Value *args, int count,
                          Value result) {
  (void)model, (void)args, (void)count;
  find(vm->checker->on_let_context, vm->current_span, true, result);
}

static void on_diag(void *context, const Diag *diag) {
  Analysis *analysis = context;
  if (analysis->diag_count == ANALYSIS_DIAGS || diag->status == STATUS_LIMIT || diag->silent)
    return;
  for (int i = 0; i < analysis->diag_count; i++)
    if (analysis->diags[i].span.file == diag->span.file &&
        analysis->diags[i].span.start == diag->span.start &&
        strcmp(analysis->diags[i].message, diag->message) == 0)
      return;
  analysis->diags[analysis->diag_count++] = *diag;
}

/* ---- the check ---- */

static int by_place(const void *left, const void *right) {
  const Diag *a = left, *b = right;
  if (a->span.file != b->span.file) return a->span.file < b->span.file ? -1 : 1;
  if (a->span.start != b->span.start) return a->span.start < b->span.start ? -1 : 1;
  return strcmp(a->message, b->message);
}

static int by_start(const void *left, const void *right) {
  const Finding *a = left, *b = right;
  if (a->start != b->start) return a->start < b->start ? -1 : 1;
  return (a->end > b->end) - (a->end < b->end);
}

/* Of each place the last finding; the sort must not exchange equals, so they are thinned first. */
static void thin(Analysis *analysis) {
  int kept = 0;
  for (int i = 0; i < analysis->finding_count; i++) {
    Finding *finding = &analysis->findings[i];
    int same = kept;
    while (same > 0 && by_start(&analysis->findings[same - 1], finding) != 0 && kept - same < 64)
      same--;
    bool known = same > 0 && by_start(&analysis->findings[same - 1], finding) == 0;
    analysis->findings[known ? same - 1 : kept] = *finding;
    kept += !known;
  }
  if (kept) qsort(analysis->findings, (size_t)kept, sizeof *analysis->findings, by_start);
  analysis->finding_count = kept;
}

typedef struct Check {
  Analysis *analysis;
  Report *report;
} Check;

static void check_module(Vm *vm, void *context) {
  Check *check = context;
  Analysis *analysis = check->analysis;
  vm->checking = true;
  vm->checker->on_let = on_let;
  vm->checker->on_let_context = analysis;
  vm->on_model_call = on_model_call;
  analysis->module = module_new(vm, "main", false);
  module_run(vm, analysis->module, analysis->file, check->report, NULL);
}

/* It may be given up anywhere. */
static void check(Analysis *analysis, Report *report) {
  Vm *vm = analysis->vm;
  Diag diag = {0};
  vm_protect(vm, check_module, &(Check){analysis, report}, &diag);
  vm->on_model_call = NULL;
  vm->checking = false;
}

static Vm *make_vm(const Vm *like) {
  Options options = like->options;
  options.dump = 0;
  options.max_seconds = SECONDS_MOST;
  Vm *vm = vm_new(&options, &REGISTRY);
  vm->stack_low = like->stack_low;
  module_open_texts(vm, module_opened_texts(like));
  return vm;
}

static void check_text(Analysis *analysis, const char *name, const char *text, size_t length) {
  Report report = {0};
  Diag diag = {0};
  analysis->file = source_load_text(analysis->vm->sources, name, text, length, &diag);
  if (analysis->file) check(analysis, &report);
  else on_diag(analysis, &diag);
  for (int i = 0; i < report.count; i++) {
    on_diag(analysis, &report.items[i]);
    analysis->partial |= !report.items[i].warning && report.items[i].status == STATUS_MALFORMED;
  }
  report_clear(&report);
}

Analysis *analysis_make(const Vm *like, const char *name, const char *text, size_t length,
                        int input) {
  Analysis *analysis = mem_zero(sizeof *analysis);
  analysis->vm = make_vm(like);
  analysis->diags = mem_zero(ANALYSIS_DIAGS * sizeof *analysis->diags);
  analysis->vm->on_diag = on_diag;
  analysis->vm->on_diag_context = analysis;
  if (input >= 0) signals_watch(input);
  check_text(analysis, name, text, length);
  if (input >= 0 && signals_unwatch()) return analysis_free(analysis), NULL;
  const ModuleObject *module = analysis->module;
  for (int i = 0; module && i < module->global_count && !analysis->partial; i++)
    if (module->globals[i].kind != KIND_UNSET) analysis->valued = true;
  qsort(analysis->diags, (size_t)analysis->diag_count, sizeof *analysis->diags, by_place);
  thin(analysis);
  return analysis;
}

void analysis_free(Analysis *analysis) {
  if (!analysis) return;
  vm_free(analysis->vm);
  mem_free(analysis->diags);
  mem_free(analysis->findings);
  mem_free(analysis);
}

/* ---- gradients ---- */

typedef struct Asked {
  const Analysis *analysis;
  const char *name;
  Text *out;
  bool (*explain)(Vm *vm, Value f, Text *out);
  bool found;
} Asked;

static void hear_nothing(void *context, const Diag *diag) { (void)context, (void)diag; }

/* A function of the text, else one of the library, or an operation: none in C. */
static Value function_named(Vm *vm, const Asked *asked) {
  const ModuleObject *module = asked->analysis->module;
  const char *name = names_intern(vm->names, asked->name, strlen(asked->name));
  const Variable *own = scope_global(module->scope, name);
  if (own && own->slot >= 0 && own->slot < module->global_count) return module->globals[own->slot];
  Report report = {0};
  int slot = standard_is(vm, name) ? standard_find(vm, name, 0, &report) : STANDARD_NONE;
  report_clear(&report);
  StandardKind kind = slot > STANDARD_TRAINING ? vm->standard->entries[slot].kind
                                               : STANDARD_QUESTION;
  bool explained = kind == STANDARD_ROW || kind == STANDARD_LIBRARY;
  return explained ? *standard_value(vm, slot) : (Value){0};
}

static void explain_named(Vm *vm, void *context) {
  Asked *asked = context;
  Value f = function_named(vm, asked);
  bool differentiable = f.kind == KIND_CLOSURE || f.kind == KIND_NATIVE;
  asked->found = differentiable && asked->explain(vm, f, asked->out);
}

static bool ask_about(const Analysis *analysis, Asked asked, int input) {
  Vm *vm = analysis->vm;
  Options options = vm->options;
  Diag diag = {0};
  vm->options.max_seconds = 0;
  vm->options.max_steps = vm->steps_taken + STEPS_MOST;
  vm->on_diag = hear_nothing;
  vm->files.silent = true;
  output_mute(true);
  if (input >= 0) signals_watch(input);
  vm_protect(vm, explain_named, &asked, &diag);
  bool told = input >= 0 && signals_unwatch();
  output_mute(false);
  vm->options = options;
  return asked.found && !told;
}

bool analysis_gradient(const Analysis *analysis, const char *name, int input, Text *out) {
  return ask_about(analysis, (Asked){analysis, name, out, explain_formulas, false}, input);
}

bool analysis_check_gradient(const Analysis *analysis, const char *name, int input, Text *out) {
  return ask_about(analysis, (Asked){analysis, name, out, explain_check, false}, input);
}

/* ---- changes of the text ---- */

/* Where a byte is after a change; inside of what is gone, its beginning. */
static uint32_t moved(uint32_t at, uint32_t start, uint32_t end, uint32_t length) {
  return at >= end ? at - end + start + length : at > start ? start : at;
}

static void move_span(const Analysis *analysis, Span *span, uint32_t start, uint32_t end,
                      uint32_t length) {
  if (span->file != analysis->file) return;
  span->start = moved(span->start, start, end, length);
  span->end = moved(span->end, start, end, length);
}

void analysis_move(Analysis *analysis, uint32_t start, uint32_t end, uint32_t length) {
  int kept = 0;
  for (int i = 0; analysis && i < analysis->finding_count; i++) {
    Finding finding = analysis->findings[i];
    bool before = finding.end <= start, behind = finding.start >= end;
    if (!before && !behind && !finding.layer) continue;
    finding.start = moved(finding.start, start, end, length);
    finding.end = before ? finding.end : moved(finding.end, start, end, length);
    analysis->findings[kept++] = finding;
  }
  if (!analysis) return;
  analysis->finding_count = kept;
  for (int i = 0; i < analysis->diag_count; i++) {
    Diag *diag = &analysis->diags[i];
    move_span(analysis, &diag->span, start, end, length);
    move_span(analysis, &diag->met, start, end, length);
    for (int k = 0; k < diag->call_count; k++)
      move_span(analysis, &diag->calls[k].span, start, end, length);
    for (int k = 0; k < diag->note_count; k++)
      move_span(analysis, &diag->notes[k].span, start, end, length);
  }
}

const Finding *analysis_finding(const Analysis *analysis, uint32_t start, uint32_t end) {
  int low = 0, high = analysis ? analysis->finding_count : 0;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (analysis->findings[middle].start < start) low = middle + 1;
    else high = middle;
  }
  for (; analysis && low < analysis->finding_count && analysis->findings[low].start == start; low++)
    if (analysis->findings[low].end == end) return &analysis->findings[low];
  return NULL;
}
