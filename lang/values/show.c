/* show.c — values as `print` shows them (LANGUAGE.md, section 2).
 *
 * Strings are unquoted at the top and quoted inside tuples and lists.  A tensor is shown as its
 * literal, elided where it is long (tensor_text).  Collections are values and cannot contain
 * themselves, but may be nested deeply: past SHOWN_DEPTH levels an ellipsis is shown.  A long list
 * is elided like a tensor.
 *
 * Showing a traced tensor computes it, which may raise, so nothing here holds memory that a longjmp
 * would leak: the text is built in a string of the language (value_show_safe) or in the caller's
 * Text, which the caller frees on an error.
 */
#include "lang/values/show.h"

#include "lang/machine/call_site.h"
#include "lang/machine/closure.h"
#include "lang/machine/kind.h"
#include "lang/machine/list.h"
#include "lang/machine/range.h"
#include "lang/machine/string.h"
#include "lang/machine/tensor_value.h"
#include "lang/machine/tuple.h"
#include "lang/machine/value.h"
#include "lang/tensors/domain.h"
#include "lang/tensors/trace_value.h"
#include "lang/values/text_value.h"

#include <stdio.h>
#include <string.h>

static void show_quoted(Vm *vm, Text *text, const StringObject *string) {
  text_char(text, '"');
  for (size_t i = 0; i < string->length; i++) {
    text_weigh(vm, text);
    unsigned char c = (unsigned char)string->data[i];
    if (c == '\n') text_string(text, "\\n");
    else if (c == '\t') text_string(text, "\\t");
    else if (c == '"' || c == '\\') text_format(text, "\\%c", c);
    else if (c == '{' || c == '}') text_format(text, "%c%c", c, c);
    else if (c < 0x20 || c == 0x7F) text_format(text, "\\u{%x}", c);
    else text_char(text, (char)c);
  }
  text_char(text, '"');
}

static void show_items(Showing *showing, const Value *items, int64_t count,
                       const char *const *names) {
  if (++showing->depth > SHOWN_DEPTH) {
    text_string(showing->text, "…");
    count = 0;
  }
  for (int64_t i = 0; i < count; i++) {
    text_weigh(showing->vm, showing->text);
    if (i) text_string(showing->text, ", ");
    if (count > SHOWN_ITEMS && i == SHOWN_ITEMS / 2) {
      text_string(showing->text, "…, ");
      i = count - SHOWN_ITEMS / 2;
    }
    if (names && names[i]) text_format(showing->text, "%s: ", names[i]);
    show_item(showing, items[i], true);
  }
  showing->depth--;
}

static void show_line(Showing *showing, const TupleObject *tuple) {
  if (showing->depth) text_string(showing->text, "history(");
  tuple->show(tuple, showing->text);
  if (showing->depth) text_char(showing->text, ')');
}

static void show_tuple(Showing *showing, const TupleObject *tuple) {
  if (tuple->show) {
    show_line(showing, tuple);
    return;
  }
  text_char(showing->text, '(');
  show_items(showing, tuple->items, tuple->count, tuple->names);
  bool comma = tuple->count == 1 && !(tuple->names && tuple->names[0]); /* (10,), unlike (10) */
  text_string(showing->text, comma ? ",)" : ")");
}

static void show_closure(Text *text, const AstFunction *function) {
  static const char *const words[] = {[FUNCTION_PLAIN] = "fn",
                                      [FUNCTION_LOSS] = "loss",
                                      [FUNCTION_MODEL] = "model",
                                      [FUNCTION_OPTIMIZER] = "optimizer"};
  text_format(text, "%s%s%s(", words[function->kind], function->name ? " " : "",
              function->name ? function->name : "");
  for (int i = 0; i < function->param_count; i++)
    text_format(text, "%s%s%s", i ? ", " : "", function->params[i].name,
                function->params[i].rest ? "..." : "");
  text_char(text, ')');
}

void show_argument(Showing *showing, const char *name, Value value, bool *some) {
  text_format(showing->text, "%s%s: ", *some ? ", " : "", name);
  show_item(showing, value, true);
  *some = true;
}

/* As it lies there, without asking the trace for its elements. */
static void show_still(Text *text, Value value) {
  const Tensor *tensor = value.kind == KIND_PARAM ? &value.param->value : &value.tensor->tensor;
  char shape[200];
  if (tensor->buffer) {
    tensor_text(tensor, text);
    return;
  }
  text_format(text, "%s%s, node %d", dtype_name(tensor->dtype), shape_show(&tensor->shape, shape),
              (int)(value.kind == KIND_PARAM ? value.param->node : value.tensor->node));
  text_format(text, " of trace %u",
              value.kind == KIND_PARAM ? value.param->trace : value.tensor->trace);
}

static void show_tensor(Showing *showing, Value value) {
  if (showing->still) {
    show_still(showing->text, value);
    return;
  }
  Tensor tensor = trace_elements(showing->vm, value, showing->vm->current_span);
  tensor_text(&tensor, showing->text);
  tensor_release(&tensor);
  trace_effect(showing->vm);
}

static void show_native(Text *text, const NativeObject *native) {
  text_format(text, "fn %s",
              native->row                 ? native->row->signature
              : native->native->signature ? native->native->signature
                                          : native->native->name);
}

void show_item(Showing *showing, Value value, bool quoted) {
  Text *text = showing->text;
  switch ((Kind)value.kind) {
    case KIND_NONE: text_string(text, "none"); break;
    case KIND_BOOL: text_string(text, value.truth ? "true" : "false"); break;
    case KIND_NUMBER: text_number(text, value.number); break;
    case KIND_STRING:
      if (quoted) show_quoted(showing->vm, text, value.string);
      else text_add(text, value.string->data, value.string->length);
      break;
    case KIND_TENSOR:
    case KIND_PARAM: show_tensor(showing, value); break;
    case KIND_TUPLE: show_tuple(showing, value.tuple); break;
    case KIND_LIST:
      text_char(text, '[');
      show_items(showing, value.list->items, value.list->count, NULL);
      text_char(text, ']');
      break;
    case KIND_RANGE: range_show(value.range, text); break;
    case KIND_CLOSURE: show_closure(text, value.closure->function); break;
    case KIND_NATIVE: show_native(text, value.native); break;
    default:
      if (kind_row(showing->vm, value) && kind_row(showing->vm, value)->show)
        kind_row(showing->vm, value)->show(showing, value);
      else text_string(text, kind_name(value));
      break;
  }
}

void value_show(Vm *vm, Value value, bool quoted, Text *text) {
  Showing showing = {.vm = vm, .text = text};
  show_item(&showing, value, quoted);
}

typedef struct Shown {
  Value value;
  bool quoted;
  Text text;
} Shown;

static void show_protected(Vm *vm, void *context) {
  Shown *shown = context;
  value_show(vm, shown->value, shown->quoted, &shown->text);
}

void value_show_safe(Vm *vm, Value value, bool quoted, Text *text, Span span) {
  if (value.kind < KIND_TENSOR) { /* nothing to compute */
    value_show(vm, value, quoted, text);
    return;
  }
  Span at = vm->current_span;
  Shown shown = {value, quoted, {0}};
  Diag diag = {0};
  vm->current_span = span;
  bool fine = vm_protect(vm, show_protected, &shown, &diag);
  vm->current_span = at;
  if (fine) text_add(text, shown.text.data ? shown.text.data : "", shown.text.length);
  text_free(&shown.text);
  if (fine) return;
  text_free(text);
  raise_diag(vm, &diag);
}

static void print_protected(Vm *vm, void *context) {
  Shown *shown = context;
  show_item(&(Showing){.vm = vm, .text = &shown->text, .still = true}, shown->value, true);
}

void value_print(Vm *vm, Value value) {
  Shown shown = {.value = value};
  Diag diag = {0};
  /* a limit or an interrupt may end the showing */
  bool fine = vm_protect(vm, print_protected, &shown, &diag);
  if (value_object(value))
    fprintf(stderr, "%s, %u holders: ", kind_name(value), value.object->refs);
  else fprintf(stderr, "%s: ", kind_name(value));
  fprintf(stderr, "%.*s%s\n", (int)shown.text.length, shown.text.data ? shown.text.data : "",
          fine ? "" : " …");
  text_free(&shown.text);
}

void value_show_type(Value value, Text *text) {
  const Tensor *tensor = value.kind == KIND_TENSOR  ? &value.tensor->tensor
                         : value.kind == KIND_PARAM ? &value.param->value
                                                    : NULL;
  char shape[200];
  const char *name = kind_name(value);
  text_string(text, strncmp(name, "a ", 2) == 0    ? name + 2
                    : strncmp(name, "an ", 3) == 0 ? name + 3
                                                   : name);
  if (tensor)
    text_format(text, " %s%s", dtype_name(tensor->dtype), shape_show(&tensor->shape, shape));
}
