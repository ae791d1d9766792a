/* lines.c — which lines of a session are still needed.
 *
 * Each line typed is a source of its own, with its text and its tree: four kilobytes, of which most are dead when the line has run.  What may
 * still refer to one: a function that is alive (its tree is run, its text shown by `?name`), a name of the session (its declaration is shown),
 * a value that remembers where it was made.  Everything else that names a place, nodes of plans that are kept for the next time above all,
 * does so by number and is told that the text is gone.
 *
 * The look goes over all objects, so it is taken when the lines at hand have doubled; a session's memory is then that of what it
 * holds, and each line pays for two looks at most.
 *
 * A new kind of object that keeps a Span gives it as `made` of its KindRow.
 */
#include "lang/tool/lines.h"

#include "lang/machine/kind.h"
#include "lang/names/scope.h"
#include "lang/text/source.h"

#ifdef GD_HARSH
enum { LINES_LEAST = 2 };
#else
enum { LINES_LEAST = 256 };
#endif

enum { NEED_TEXT = 1, NEED_TREE = 2 };

/* What is needed of each source, by its number. */
typedef struct Needs {
  uint8_t *of;       /* owned */
  uint32_t count;
} Needs;

static void need(Needs *needs, uint32_t file, uint8_t what) {
  if (file < needs->count) needs->of[file] |= what;
}

static void need_function(Needs *needs, const AstFunction *function) {
  need(needs, function->head_span.file, NEED_TEXT | NEED_TREE);
  if (function->body) need(needs, function->body->span.file, NEED_TEXT | NEED_TREE);
}

static void mark_object(Needs *needs, const Vm *vm, Object *object) {
  Value self = value_of((Kind)object->kind, object);
  const KindRow *row = kind_row(vm, self);
  if (self.kind == KIND_CLOSURE) need_function(needs, self.closure->function);
  else if (self.kind == KIND_TENSOR) need(needs, self.tensor->made.file, NEED_TEXT);
  else if (row && row->made) need(needs, row->made(object).file, NEED_TEXT);
}

static void mark_name(void *context, const Variable *variable) {
  need(context, variable->span.file, NEED_TEXT);
  if (variable->function) need_function(context, variable->function);
}

void lines_forget(Vm *vm, Lines *lines, const ModuleObject *module) {
  Sources *sources = vm->sources;
  if (++lines->since < LINES_LEAST || lines->since < lines->kept) return;
  Needs needs = {mem_zero(sources->count + 1), sources->count + 1};
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next) mark_object(&needs, vm, object);
  scope_each_global(module->scope, mark_name, &needs);
  *lines = (Lines){0};
  for (uint32_t file = 1; file <= sources->count; file++) {
    Source *source = source_at(sources, file);
    if (!source || !source->line) continue;
    if (!needs.of[file]) {
      sources_forget(sources, file);
      continue;
    }
    lines->kept++;
    if (!(needs.of[file] & NEED_TREE)) source_forget_tree(source);
  }
  mem_free(needs.of);
}
