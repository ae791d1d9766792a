/* summary.c — summary(net), summary(net, x, …): the parts of a model as a table.
 *
 * With inputs the model is called once on them, and every model among its parts that is called is
 * listed with the shape of its (last) output.
 */
#include "lang/models/summary.h"
#include "lang/data/shown.h"
#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/list.h"
#include "lang/machine/raise.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/models/model.h"
#include "lang/tensors/trace_value.h"
#include "lang/text/output.h"

#include <stdio.h>
#include <string.h>

typedef struct Inner {
  const ModelObject *model; /* borrowed */
  char path[240];
  char output[200]; /* shape; empty until it is called */
} Inner;

typedef struct Summary {
  Inner *items; /* owned */
  int count;
} Summary;

/* ---- the models among the parts ---- */

static void inner_add(Summary *summary, const ModelObject *model, const char *path) {
  summary->items = mem_grow(summary->items, ((size_t)summary->count + 1) * sizeof(Inner));
  Inner *inner = &summary->items[summary->count++];
  *inner = (Inner){.model = model};
  snprintf(inner->path, sizeof inner->path, "%s", path);
}

/* What an inner model is looked for in. */
typedef struct Above {
  Summary *summary;
  Vm *vm;
  const char *path;
} Above;

static void inner_collect(const Above *at, Value value);

static bool inner_below(void *context, const char *name, int64_t number, Value value) {
  const Above *above = context;
  char path[240], digits[24];
  snprintf(digits, sizeof digits, "%lld", (long long)number);
  text_print(path, sizeof path, "%.150s%s%.80s", above->path, *above->path ? "." : "",
             name ? name : digits);
  inner_collect(&(Above){above->summary, above->vm, path}, value);
  return false;
}

static void inner_collect(const Above *at, Value value) {
  Summary *summary = at->summary;
  if (value.kind == KIND_MODEL) {
    for (int i = 0; i < summary->count; i++)
      if (summary->items[i].model == value.model) return;
    inner_add(summary, value.model, at->path);
  }
  parts_each(at->vm, value, inner_below, (void *)(uintptr_t)at);
}

/* The shape of a tensor, those of a tuple's items; of anything else what it is. */
static void output_write(Vm *vm, Value value, Text *text) {
  if (value_is_tensor(value)) {
    Type type = trace_type(vm, value, (Span){0});
    char shape[200];
    text_string(text, shape_show(&type.shape, shape));
  } else if (value.kind == KIND_TUPLE && !value.tuple->through) {
    for (int i = 0; i < value.tuple->count; i++) {
      text_string(text, i ? ", " : "(");
      if (value.tuple->names && value.tuple->names[i])
        text_format(text, "%s: ", value.tuple->names[i]);
      output_write(vm, value.tuple->items[i], text);
    }
    text_string(text, value.tuple->count == 1 ? ",)" : value.tuple->count ? ")" : "()");
  } else text_string(text, kind_name(value));
}

static void heard(Vm *vm, const ModelObject *model, const Value *args, int count, Value result) {
  (void)args, (void)count;
  Summary *summary = vm->summary;
  for (int i = 0; i < summary->count; i++) {
    if (summary->items[i].model != model) continue;
    Text text = {0};
    output_write(vm, result, &text);
    snprintf(summary->items[i].output, sizeof summary->items[i].output, "%s", text.data);
    text_free(&text);
  }
}

/* What is told of a model that was not called itself: its methods may have been. */
static const char *not_called(const Summary *summary, const Inner *inner) {
  size_t length = strlen(inner->path);
  for (const Inner *part = inner + 1; part < summary->items + summary->count; part++)
    if (!strncmp(part->path, inner->path, length) && part->path[length] == '.' && *part->output)
      return "by its parts";
  return "not called";
}

/* ---- the tables ---- */

static const char *part_name(const Part *part) {
  return *part->path ? part->path : part->param->name ? part->param->name : "param";
}

static void params_table(const Parts *parts, Text *text) {
  size_t width = 4;
  for (int i = 0; i < parts->count; i++) {
    size_t length = strlen(part_name(&parts->items[i]));
    width = length > width ? length : width;
  }
  int64_t trained = 0, others = 0;
  text_format(text, "%-*s  %-16s %12s\n", (int)width, "part", "shape", "count");
  for (int i = 0; i < parts->count; i++) {
    const ParamObject *param = parts->items[i].param;
    char shape[200];
    int64_t count = tensor_count(&param->value);
    *(param->buffer || param->frozen ? &others : &trained) += count;
    text_format(text, "%-*s  %-16s %12lld%s\n", (int)width, part_name(&parts->items[i]),
                shape_show(&param->value.shape, shape), (long long)count,
                param->buffer   ? "  buffer"
                : param->frozen ? "  frozen"
                                : "");
  }
  text_format(text, "%-*s  %-16s %12lld\n", (int)width, "", "trained", (long long)trained);
  if (others)
    text_format(text, "%-*s  %-16s %12lld\n", (int)width, "", "not trained", (long long)others);
}

static void outputs_table(const Summary *summary, Text *text) {
  size_t width = 5;
  for (int i = 0; i < summary->count; i++) {
    size_t length = strlen(summary->items[i].path);
    width = length > width ? length : width;
  }
  text_format(text, "%-*s  %-16s %s\n", (int)width, "model", "kind", "output");
  for (int i = 0; i < summary->count; i++) {
    const Inner *inner = &summary->items[i];
    int beyond = *inner->path ? 0 : (int)strlen("·") - 1; /* bytes that take no column */
    text_format(text, "%-*s  %-16s %s\n", (int)width + beyond, *inner->path ? inner->path : "·",
                inner->model->made_by->function->name,
                *inner->output ? inner->output : not_called(summary, inner));
  }
}

typedef struct SummaryJob {
  const CallSite *site;
  Value model;
  const ListObject *inputs;
} SummaryJob;

static void call_once(Vm *vm, void *context) {
  SummaryJob *job = context;
  value_release(vm,
                vm_call(vm, job->site, job->model, job->inputs->items, (int)job->inputs->count));
}

Value native_summary(Vm *vm, const CallSite *site, Value *args, int count) {
  (void)count;
  if (args[0].kind == KIND_UNKNOWN) raise_unknown(vm);
  if (args[0].kind == KIND_DATASET) {
    shown_summary(vm, site, args[0]);
    return value_none();
  }
  if (args[0].kind != KIND_MODEL && args[0].kind != KIND_PARAM)
    raise_kind(vm, site->span, args[0], "summary of a model or a data set", NULL);
  Text text = {0};
  const ListObject *inputs = args[1].list;
  if (inputs->count && args[0].kind == KIND_MODEL) {
    Summary summary = {0};
    inner_collect(&(Above){&summary, vm, ""}, args[0]);
    vm->summary = &summary;
    vm->on_model_call = heard;
    Diag diag = {0};
    bool fine = vm_protect(vm, call_once, &(SummaryJob){site, args[0], inputs}, &diag);
    vm->on_model_call = NULL;
    vm->summary = NULL;
    if (fine) outputs_table(&summary, &text);
    mem_free(summary.items);
    if (!fine) raise_diag(vm, &diag);
  }
  Parts *parts = parts_of(vm, args[0], "");
  params_table(parts, &text);
  parts_free(vm, parts);
  size_t done = 0;
  if (!vm->checking) output_add(text.data, text.length, &done);
  text_free(&text);
  return value_none();
}
