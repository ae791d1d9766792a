/* script_help.c — `gd file.gd --help`: the options of a script, found in its text.
 *
 * Nothing runs.  An option is a call option("name", default) anywhere in the text.  Its description
 * is the `##` lines directly above its line.  A script without options gets `--help` as an argument
 * like any other, if it uses `args`.
 */
#include "lang/tool/script_help.h"

#include "lang/syntax/parse.h"

#include <stdio.h>
#include <string.h>

typedef struct Walk {
  const Ast **stack; /* owned: what is still to be looked at */
  size_t count, capacity;
} Walk;

static void later(Walk *walk, const Ast *ast) {
  if (!ast) return;
  if (walk->count == walk->capacity) {
    walk->capacity = walk->capacity ? 2 * walk->capacity : 64;
    walk->stack = mem_grow(walk->stack, walk->capacity * sizeof *walk->stack);
  }
  walk->stack[walk->count++] = ast;
}

static void children_later(Walk *walk, const Ast *ast) { /* the last first */
  for (uint32_t i = ast->clause_count; i-- > 0;) later(walk, ast->clauses[i]);
  if (ast->function) {
    later(walk, ast->function->body);
    for (int i = ast->function->param_count; i-- > 0;)
      later(walk, ast->function->params[i].fallback);
  }
  later(walk, ast->c);
  later(walk, ast->b);
  for (uint32_t i = ast->count; i-- > 0;) later(walk, ast->items[i]);
  later(walk, ast->a);
}

static bool is_named(const Ast *ast, const char *name) {
  return ast && ast->kind == AST_NAME && strcmp(ast->text, name) == 0;
}

static bool is_option(const Ast *ast) {
  return ast->kind == AST_CALL && is_named(ast->a, "option") && ast->count > 0 &&
         ast->items[0]->a->kind == AST_STRING;
}

/* The `##` lines above the line of `at`, joined. */
static void add_comment(const Source *source, uint32_t at, Text *out) {
  size_t start = out->length;
  source_doc(source, at, out);
  for (size_t i = start; i < out->length; i++)
    if (out->data[i] == '\n') out->data[i] = ' ';
}

static void add_option(const Source *source, const Ast *call, Text *out) {
  const Ast *fallback = call->count > 1 ? call->items[1]->a : NULL;
  char left[80];
  if (fallback)
    text_print(left, sizeof left, "--%.30s %.*s", call->items[0]->a->text,
               (int)(fallback->span.end - fallback->span.start),
               source->text + fallback->span.start);
  else text_print(left, sizeof left, "--%.30s", call->items[0]->a->text);
  text_format(out, "  %-24s ", left);
  add_comment(source, call->span.start, out);
  while (out->length && out->data[out->length - 1] == ' ') out->length--;
  text_char(out, '\n');
}

bool script_help(Vm *vm, uint32_t file, Text *out) {
  Report report = {0};
  const Ast *body = parse_source(vm->sources, file, vm->names, &report);
  bool errors = !body;
  report_clear(&report);
  if (errors) return false; /* running it reports them */
  Walk walk = {0};
  bool args = false;
  int count = 0;
  const Source *source = source_at(vm->sources, file);
  for (later(&walk, body); walk.count;) {
    const Ast *ast = walk.stack[--walk.count];
    args = args || is_named(ast, "args");
    if (is_option(ast)) {
      if (!count++) text_string(out, "options\n");
      add_option(source, ast, out);
    }
    children_later(&walk, ast);
  }
  mem_free((void *)walk.stack);
  if (!count && !args) text_string(out, "the script has no options\n");
  return count || !args;
}
