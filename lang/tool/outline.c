/* outline.c — one walk over a tree that binds names to declarations.
 *
 * The rules of scope are those of names/resolve.c: a block has its own names; a `let` is visible
 * after its end; functions, models, losses and optimizers in their whole block; arguments in their
 * function; the names of a loop, a comprehension or a `train` inside it.  This walk is separate
 * because resolve.c leaves only slots in the tree; it reports no errors, and needs no Vm.
 *
 * It does not recurse along a left spine: the left operand is visited last, in the same call.
 */
#include "lang/tool/outline.h"

#include "lang/syntax/parse.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 1024 };

/* A name that is known now; the later ones hide the earlier. */
typedef struct Known {
  const char *name;
  int symbol;
  int below; /* the next of this bucket, or -1 */
} Known;

typedef struct Walker {
  Outline *outline;
  Known *known; /* owned: a stack */
  int count, capacity;
  int buckets[BUCKETS]; /* the last entry of each, or -1 */
  int container;
  uint32_t end; /* of the block being walked */
  int depth;    /* of what has names of its own; 1: the text's top level */
} Walker;

static void visit(Walker *walker, const Ast *ast);
static const Ast *visit_parts(Walker *walker, const Ast *ast);

/* ---- names ---- */

static unsigned bucket_of(const char *name) {
  return (unsigned)(hash_mix((uint64_t)(uintptr_t)name, 1) % BUCKETS);
}

static Mention *mention(Walker *walker, const char *name, Span span, int symbol) {
  Outline *outline = walker->outline;
  if (outline->mention_count == outline->mention_capacity) {
    outline->mention_capacity = outline->mention_capacity ? 2 * outline->mention_capacity : 256;
    outline->mentions = mem_grow(outline->mentions,
                                 (size_t)outline->mention_capacity * sizeof *outline->mentions);
  }
  Mention *made = &outline->mentions[outline->mention_count++];
  *made = (Mention){.name = name, .span = span, .symbol = symbol, .module = -1};
  return made;
}

static int add_symbol(Walker *walker, Symbol symbol) {
  Outline *outline = walker->outline;
  if (outline->symbol_count == outline->symbol_capacity) {
    outline->symbol_capacity = outline->symbol_capacity ? 2 * outline->symbol_capacity : 64;
    outline->symbols = mem_grow(outline->symbols,
                                (size_t)outline->symbol_capacity * sizeof *outline->symbols);
  }
  int index = outline->symbol_count++, around = walker->container;
  symbol.container = around;
  symbol.top = walker->depth == 1;
  symbol.invisible = walker->end;
  symbol.first = symbol.last = symbol.next = -1;
  outline->symbols[index] = symbol;
  Symbol *container = around < 0 ? NULL : &outline->symbols[around];
  int *first = container ? &container->first : &outline->first,
      *last = container ? &container->last : &outline->last;
  if (*last >= 0) outline->symbols[*last].next = index;
  else *first = index;
  *last = index;
  return index;
}

static int declare(Walker *walker, const char *name, SymbolKind kind, Span span, Span whole,
                   uint32_t visible) {
  if (name_is_blank(name)) return -1;
  int symbol = add_symbol(
      walker,
      (Symbol){.name = name, .kind = kind, .span = span, .whole = whole, .visible = visible});
  if (walker->count == walker->capacity) {
    walker->capacity = walker->capacity ? 2 * walker->capacity : 64;
    walker->known = mem_grow(walker->known, (size_t)walker->capacity * sizeof *walker->known);
  }
  unsigned bucket = bucket_of(name);
  walker->known[walker->count] = (Known){name, symbol, walker->buckets[bucket]};
  walker->buckets[bucket] = walker->count++;
  mention(walker, name, span, symbol)->written = true;
  return symbol;
}

static int find(const Walker *walker, const char *name) {
  int at = walker->buckets[bucket_of(name)];
  while (at >= 0 && walker->known[at].name != name) at = walker->known[at].below;
  return at < 0 ? -1 : walker->known[at].symbol;
}

static void forget(Walker *walker, int count) {
  while (walker->count > count) {
    const Known *known = &walker->known[--walker->count];
    walker->buckets[bucket_of(known->name)] = known->below;
  }
}

static void declare_pattern(Walker *walker, const Ast *pattern, SymbolKind kind, Span whole,
                            uint32_t visible) {
  if (!pattern) return;
  if (pattern->text) declare(walker, pattern->text, kind, pattern->span, whole, visible);
  else
    for (uint32_t i = 0; i < pattern->count; i++)
      declare_pattern(walker, pattern->items[i], kind, whole, visible);
}

/* ---- declarations ---- */

static SymbolKind kind_of(const Ast *ast) {
  switch ((AstKind)ast->kind) {
    case AST_LOSS: return SYMBOL_LOSS;
    case AST_MODEL: return SYMBOL_MODEL;
    case AST_OPTIMIZER: return SYMBOL_OPTIMIZER;
    case AST_PARAM: return SYMBOL_PARAM;
    case AST_BUFFER: return SYMBOL_BUFFER;
    case AST_STATE: return SYMBOL_STATE;
    default: return SYMBOL_FUNCTION;
  }
}

static bool is_declaration(const Ast *ast) {
  return ast->kind == AST_FN || ast->kind == AST_LOSS || ast->kind == AST_MODEL ||
         ast->kind == AST_OPTIMIZER;
}

/* Functions are known in their whole block. */
static void hoist(Walker *walker, const Ast *block) {
  for (uint32_t i = 0; i < block->count; i++) {
    const Ast *ast = block->items[i];
    if (!ast || !is_declaration(ast)) continue;
    const AstFunction *function = ast->function;
    int symbol = declare(walker, function->name, kind_of(ast), function->name_span, ast->span,
                         block->span.start);
    if (symbol >= 0) walker->outline->symbols[symbol].function = function;
  }
}

static void visit_list(Walker *walker, Ast *const *items, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) visit(walker, items[i]);
}

static void visit_function(Walker *walker, const AstFunction *function, Span whole) {
  int count = walker->count, container = walker->container;
  uint32_t end = walker->end;
  if (function->name) walker->container = find(walker, function->name);
  walker->end = whole.end;
  walker->depth++;
  for (int i = 0; i < function->param_count; i++) {
    const AstParam *param = &function->params[i];
    visit(walker, param->shape);
    visit(walker, param->fallback);
    declare(walker, param->name, SYMBOL_PARAMETER, param->span, param->span, param->span.end);
  }
  visit(walker, function->result);
  visit(walker, function->body);
  walker->depth--;
  forget(walker, count);
  walker->container = container;
  walker->end = end;
}

static void visit_block(Walker *walker, const Ast *block) {
  int count = walker->count;
  uint32_t end = walker->end;
  walker->end = block->span.end;
  walker->depth++;
  hoist(walker, block);
  visit_list(walker, block->items, block->count);
  walker->depth--;
  forget(walker, count);
  walker->end = end;
}

/* What has names of its own, and a body in which they are known. */
static void visit_with(Walker *walker, const Ast *ast, SymbolKind kind, const Ast *first,
                       const Ast *second) {
  int count = walker->count;
  uint32_t end = walker->end;
  walker->end = ast->span.end;
  walker->depth++;
  declare_pattern(walker, ast->pattern, kind, ast->span, ast->span.start);
  visit(walker, first);
  visit(walker, second);
  visit_list(walker, ast->clauses, ast->clause_count);
  walker->depth--;
  forget(walker, count);
  walker->end = end;
}

static void visit_import(Walker *walker, const Ast *ast) {
  const char *start = ast->text;
  for (const char *at = ast->text; *at; at++)
    if (*at == '/') start = at + 1;
  size_t length = strcspn(start, ".");
  if (!length) return;
  int symbol = declare(walker, names_intern(walker->outline->names, start, length), SYMBOL_IMPORT,
                       ast->span, ast->span, ast->span.end);
  if (symbol >= 0) walker->outline->symbols[symbol].path = ast->text;
}

/* The import that a NAME means, or -1. */
static int import_of(const Walker *walker, const Ast *ast) {
  int symbol = ast->kind == AST_NAME ? find(walker, ast->text) : -1;
  return symbol >= 0 && walker->outline->symbols[symbol].kind == SYMBOL_IMPORT ? symbol : -1;
}

static void visit_field(Walker *walker, const Ast *ast) {
  if (!ast->text) return; /* an item: `t.0` */
  Mention *made = mention(walker, ast->text, ast->op_span, -1);
  made->module = import_of(walker, ast->a);
  made->field = made->module < 0;
}

/* The names of arguments: of a function of this text, its parameters; of a module's, told apart
 * when somebody asks.  A parameter may be declared further down, so they are bound at the end. */
static void visit_arguments(Walker *walker, const Ast *call) {
  const Ast *callee = call->a;
  int function = callee->kind == AST_NAME ? find(walker, callee->text) : -1,
      module = callee->kind == AST_FIELD && callee->text ? import_of(walker, callee->a) : -1;
  for (uint32_t i = 0; i < call->count; i++) {
    const Ast *argument = call->items[i];
    if (argument->kind != AST_ARGUMENT || !argument->text) continue;
    Mention *made = mention(walker, argument->text, argument->op_span, function);
    made->argument = true;
    made->module = module;
    made->of = function < 0 && (module >= 0 || callee->kind == AST_NAME) ? callee->text : NULL;
  }
}

/* The `"w"` of `wrt: "w"`: a parameter of what grad takes. */
static void visit_quoted(Walker *walker, const Ast *string, const Ast *of) {
  const size_t length = string->length;
  if (string->kind != AST_STRING) return;
  const bool plain = string->span.end - string->span.start == length + 2;
  const Span inside = {string->span.file, string->span.start + plain, string->span.end - plain};
  Mention *made = mention(walker, names_intern(walker->outline->names, string->text, length),
                          inside, -1);
  made->argument = made->quoted = true;
  if (!plain) return; /* in parentheses, or with escapes: bound to nothing */
  if (of->kind == AST_NAME) made->symbol = find(walker, of->text);
  if (of->kind == AST_FIELD && of->text) made->module = import_of(walker, of->a);
  if (made->module >= 0 || (of->kind == AST_NAME && made->symbol < 0)) made->of = of->text;
  if (of->kind == AST_FUNCTION) made->literal = of->function;
}

/* The strings of `grad(f, wrt: "w")`, of a tuple of them, and of `grad(f, "w")`. */
static void visit_wrt(Walker *walker, const Ast *call) {
  const char *callee = call->a->kind == AST_NAME ? call->a->text : "";
  const Ast *wrt = NULL, *of = call->count ? call->items[0] : NULL;
  const bool second = strcmp(callee, "grad") == 0 || strcmp(callee, "value_and_grad") == 0 ||
                      strcmp(callee, "jacobian") == 0 || strcmp(callee, "hessian") == 0;
  for (uint32_t i = 0; i < call->count; i++) {
    const Ast *argument = call->items[i];
    if (argument->kind != AST_ARGUMENT) continue;
    if (argument->text ? strcmp(argument->text, "wrt") == 0 : i == 1 && second) wrt = argument->a;
  }
  if (!wrt) return;
  of = of->kind == AST_ARGUMENT ? of->a : of;
  const bool several = wrt->kind == AST_TUPLE || wrt->kind == AST_BRACKET;
  for (uint32_t i = 0; several && i < wrt->count; i++) visit_quoted(walker, wrt->items[i], of);
  if (!several) visit_quoted(walker, wrt, of);
}

/* The symbol of a parameter of `fn(w) = …`, by its place; -1: there is none of this name. */
static int literal_parameter(const Outline *outline, const Mention *made) {
  for (int i = 0; i < made->literal->param_count; i++) {
    const AstParam *param = &made->literal->params[i];
    for (int k = 0; param->name == made->name && k < outline->symbol_count; k++)
      if (outline->symbols[k].span.start == param->span.start) return k;
  }
  return -1;
}

static void bind_arguments(Outline *outline) {
  for (int i = 0; i < outline->mention_count; i++) {
    Mention *made = &outline->mentions[i];
    if (made->literal) made->symbol = literal_parameter(outline, made);
    else if (made->argument && made->symbol >= 0)
      made->symbol = outline_parameter(outline, made->symbol, made->name);
  }
}

static void visit_test(Walker *walker, const Ast *ast) {
  int container = walker->container;
  walker->container = add_symbol(walker, (Symbol){.name = ast->text,
                                                  .kind = SYMBOL_TEST,
                                                  .span = ast->span,
                                                  .whole = ast->span,
                                                  .visible = ast->span.end});
  visit(walker, ast->b);
  walker->container = container;
}

static void visit_member(Walker *walker, const Ast *ast) {
  visit(walker, ast->b);
  visit(walker, ast->a);
  declare(walker, ast->text, kind_of(ast), ast->op_span, ast->span, ast->span.end);
}

static void mark_written(Walker *walker, const Ast *target) {
  for (uint32_t i = 0; target->kind == AST_TUPLE && i < target->count; i++)
    mark_written(walker, target->items[i]);
  while (target->kind == AST_INDEX || target->kind == AST_FIELD) target = target->a;
  if (target->kind != AST_NAME) return;
  for (int i = walker->outline->mention_count; i-- > 0;)
    if (walker->outline->mentions[i].span.start == target->span.start) {
      walker->outline->mentions[i].written = true;
      return;
    }
}

/* ---- the walk ---- */

/* Whatever has no names of its own: the parts, but `a`, which is returned. */
static const Ast *visit_parts(Walker *walker, const Ast *ast) {
  visit_list(walker, ast->items, ast->count);
  visit_list(walker, ast->clauses, ast->clause_count);
  visit(walker, ast->c);
  visit(walker, ast->b);
  return ast->a;
}

static void visit(Walker *walker, const Ast *ast) {
  while (ast) {
    switch ((AstKind)ast->kind) {
      case AST_NAME: mention(walker, ast->text, ast->span, find(walker, ast->text)); return;
      case AST_FIELD:
        visit_field(walker, ast);
        ast = ast->a;
        break;
      case AST_CALL:
        visit_arguments(walker, ast);
        visit_wrt(walker, ast);
        ast = visit_parts(walker, ast);
        break;
      case AST_NUMBERS: return;
      case AST_BLOCK: visit_block(walker, ast); return;
      case AST_FUNCTION:
      case AST_FN:
      case AST_LOSS:
      case AST_MODEL:
      case AST_OPTIMIZER: visit_function(walker, ast->function, ast->span); return;
      case AST_LET:
        visit(walker, ast->a);
        declare_pattern(walker, ast->pattern, SYMBOL_VARIABLE, ast->span, ast->span.end);
        return;
      case AST_PARAM:
      case AST_BUFFER:
      case AST_STATE: visit_member(walker, ast); return;
      case AST_ASSIGN:
      case AST_OPASSIGN:
        visit(walker, ast->b);
        visit(walker, ast->a);
        mark_written(walker, ast->a);
        return;
      case AST_FOR:
        visit(walker, ast->a);
        visit_with(walker, ast, SYMBOL_VARIABLE, ast->b, NULL);
        return;
      case AST_COMPREHENSION:
        visit(walker, ast->a);
        visit_with(walker, ast, SYMBOL_VARIABLE, ast->b, NULL);
        return;
      case AST_TRAIN:
      case AST_RACE:
      case AST_UPDATE:
        visit_list(walker, ast->items, ast->count);
        visit(walker, ast->b);
        visit_with(walker, ast, SYMBOL_VARIABLE, NULL, NULL);
        return;
      case AST_IMPORT: visit_import(walker, ast); return;
      case AST_TEST: visit_test(walker, ast); return;
      default: ast = visit_parts(walker, ast); break;
    }
  }
}

static int by_place(const void *left, const void *right) {
  const Mention *a = left, *b = right;
  return (a->span.start > b->span.start) - (a->span.start < b->span.start);
}

Outline *outline_make(const char *name, const char *text, size_t length) {
  Outline *outline = mem_zero(sizeof *outline);
  outline->sources = sources_new();
  outline->names = names_new();
  outline->first = outline->last = -1;
  Diag diag = {0};
  Report report = {0};
  uint32_t file = source_load_text(outline->sources, name, text, length, &diag);
  const Ast *tree = file ? parse_source(outline->sources, file, outline->names, &report) : NULL;
  report_clear(&report);
  if (!tree) return outline_free(outline), NULL;
  outline->tree = tree;
  Walker *walker = mem_zero(sizeof *walker);
  walker->outline = outline;
  walker->container = -1;
  for (int i = 0; i < BUCKETS; i++) walker->buckets[i] = -1;
  visit(walker, tree);
  mem_free(walker->known);
  mem_free(walker);
  for (int i = 0; i < outline->symbol_count; i++) /* known to the end of the file */
    if (outline->symbols[i].top) outline->symbols[i].invisible = (uint32_t)length;
  bind_arguments(outline);
  if (outline->mention_count)
    qsort(outline->mentions, (size_t)outline->mention_count, sizeof *outline->mentions, by_place);
  return outline;
}

void outline_free(Outline *outline) {
  if (!outline) return;
  sources_free(outline->sources);
  names_free(outline->names);
  mem_free(outline->symbols);
  mem_free(outline->mentions);
  mem_free(outline);
}

const Mention *outline_at(const Outline *outline, uint32_t at) {
  int low = 0, high = outline ? outline->mention_count : 0;
  while (low < high) { /* the first that begins behind `at` */
    int middle = low + (high - low) / 2;
    if (outline->mentions[middle].span.start <= at) low = middle + 1;
    else high = middle;
  }
  /* mentions do not lie in each other; one may end where the next begins */
  for (int i = low - 1; i >= 0 && i >= low - 2; i--)
    if (at <= outline->mentions[i].span.end) return &outline->mentions[i];
  return NULL;
}

int outline_top(const Outline *outline, const char *name) {
  int found = -1;
  for (int i = 0; outline && i < outline->symbol_count; i++) {
    const Symbol *symbol = &outline->symbols[i];
    bool named = symbol->top && symbol->kind != SYMBOL_TEST && symbol->kind != SYMBOL_IMPORT;
    if (named && strcmp(symbol->name, name) == 0) found = i;
  }
  return found;
}

int outline_parameter(const Outline *outline, int function, const char *name) {
  for (int at = outline->symbols[function].first; at >= 0; at = outline->symbols[at].next) {
    const Symbol *symbol = &outline->symbols[at];
    if (symbol->kind == SYMBOL_PARAMETER && strcmp(symbol->name, name) == 0) return at;
  }
  return -1;
}
