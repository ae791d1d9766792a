/* lines.c — frees the lines of a session that are no longer needed.
 *
 * Each line is a source of its own, with its text and its tree: four kilobytes, most of them dead
 * once the line has run.  A line is still needed by a live function (its tree is run, its text
 * shown by `?name`), by a param (its expression is run again by `restarts:`), by a name of the
 * session (its declaration is shown), and by a value that records where it was made.  All other
 * places, above all in the nodes of cached plans, refer to it by number, and source_at returns NULL
 * for a freed one.
 *
 * The check visits all objects, so it runs when the number of lines has doubled: a session's memory
 * is proportional to what it holds, and the cost is at most two visits for each line.
 *
 * A new kind of object with a Span returns it by `made` of its KindRow.
 */
#include "lang/tool/lines.h"

#include "lang/machine/closure.h"
#include "lang/machine/kind.h"
#include "lang/machine/module_value.h"
#include "lang/machine/tensor_value.h"
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
  uint8_t *of; /* owned */
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
  else if (row && row->made)
    need(needs, row->made(object).file,
         self.kind == KIND_PARAM ? NEED_TEXT | NEED_TREE : NEED_TEXT);
}

static void mark_name(void *context, const Variable *variable) {
  need(context, variable->span.file, NEED_TEXT);
  if (variable->function) need_function(context, variable->function);
}

void lines_free_unneeded(Vm *vm, Lines *lines, const ModuleObject *module) {
  Sources *sources = vm->sources;
  if (++lines->since < LINES_LEAST || lines->since < lines->kept) return;
  Needs needs = {mem_zero(sources->count + 1), sources->count + 1};
  for (Object *object = vm->objects.next; object != &vm->objects; object = object->next)
    mark_object(&needs, vm, object);
  scope_each_global(module->scope, mark_name, &needs);
  *lines = (Lines){0};
  for (uint32_t file = 1; file <= sources->count; file++) {
    Source *source = source_at(sources, file);
    if (!source || !source->line) continue;
    if (!needs.of[file]) {
      sources_remove(sources, file);
      continue;
    }
    lines->kept++;
    if (!(needs.of[file] & NEED_TREE)) source_free_tree(source);
  }
  mem_free(needs.of);
}
