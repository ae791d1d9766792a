/* scope.c — names, blocks and frames: where a variable lives.
 *
 * One hash table per module maps an interned name (a pointer) to the innermost variable of that
 * name; a variable points to the one it hides.  Opening a block costs nothing; closing it removes
 * its variables from the table; the globals stay.  So a lookup is one probe however deep the blocks
 * are.
 *
 * A variable's place is known only when its block ends: until then an inner function may still
 * capture it.  So every use adds a Patch (where to write the place and slot), and block_close
 * applies them all.  Globals have their slot from the start.  Slots of a frame are never reused: a
 * block's variables are released at its end, and a frame with some more slots costs less than one
 * more rule.
 *
 * A captured variable lives in a cell.  A function captures through each function between it and
 * the variable's own, as in Lua: a use adds an entry in every function on the way.
 *
 * A double declaration is reported with both positions (FAULTS.md, B13).
 */
#include "lang/names/resolve.h"
#include "lang/names/warn.h"

#include <string.h>

const char *shown_name(const char *name, char buffer[NAME_SIZE]) {
  return name_shown(name, strlen(name), buffer);
}

typedef struct NameSlot {
  const char *name;    /* NULL: free */
  Variable *innermost; /* NULL: no variable of that name at present */
} NameSlot;

void *resolver_alloc(Resolver *resolver, size_t bytes) {
  return arena_alloc(&resolver->scope->arena, bytes);
}

/* ---- the table ---- */

static uint32_t home_of(const Scope *scope, const char *name) {
  return (uint32_t)hash_mix((uintptr_t)name, 0x6a09e667f3bcc909u) & scope->table_mask;
}

static NameSlot *probe(const Scope *scope, const char *name) {
  uint32_t at = home_of(scope, name);
  while (scope->table[at].name && scope->table[at].name != name) at = (at + 1) & scope->table_mask;
  return &scope->table[at];
}

static void table_grow(Scope *scope) {
  NameSlot *old = scope->table;
  uint32_t count = scope->table_mask + 1;
  scope->table_mask = 2 * count - 1;
  scope->table = mem_zero(2 * (size_t)count * sizeof(NameSlot));
  for (uint32_t i = 0; i < count; i++)
    if (old[i].name) *probe(scope, old[i].name) = old[i];
  mem_free(old);
}

static NameSlot *slot_for(Scope *scope, const char *name) {
  NameSlot *slot = probe(scope, name);
  if (slot->name) return slot;
  if (2 * ++scope->table_count > scope->table_mask) {
    table_grow(scope);
    slot = probe(scope, name);
  }
  slot->name = name;
  return slot;
}

Scope *scope_new(bool session) {
  Scope *scope = mem_zero(sizeof *scope);
  scope->session = session;
  scope->table_mask = 31;
  scope->table = mem_zero(32 * sizeof(NameSlot));
  return scope;
}

void scope_free(Scope *scope) {
  if (!scope) return;
  arena_free(&scope->arena);
  mem_free(scope->table);
  mem_free(scope);
}

Variable *scope_global(const Scope *scope, const char *name) {
  return probe(scope, name)->innermost;
}

void scope_each_global(const Scope *scope, void (*visit)(void *context, const Variable *variable),
                       void *context) {
  for (uint32_t i = 0; scope->table && i <= scope->table_mask; i++)
    if (scope->table[i].name && scope->table[i].innermost)
      visit(context, scope->table[i].innermost);
}

void scope_truncate(Scope *scope, Variable *last, int global_count) {
  Variable *gone = last ? last->next : scope->first, *reversed = NULL;
  while (gone) { /* newest first, so that hidden variables come back in order */
    Variable *next = gone->next;
    gone->next = reversed;
    reversed = gone;
    gone = next;
  }
  for (; reversed; reversed = reversed->next)
    probe(scope, reversed->name)->innermost = reversed->shadowed;
  if (last) last->next = NULL;
  else scope->first = NULL;
  scope->last = last;
  scope->global_count = global_count;
}

/* ---- blocks and variables ---- */

void block_open(Resolver *resolver, Block *block) {
  *block = (Block){.outer = resolver->block, .unit = resolver->unit};
  resolver->block = block;
}

void variable_patch(Resolver *resolver, Variable *variable, uint8_t *place, int32_t *slot) {
  if (!variable->unit) { /* a global: its place is known already */
    *place = PLACE_GLOBAL;
    *slot = variable->slot;
    return;
  }
  Patch *patch = resolver_alloc(resolver, sizeof *patch);
  *patch = (Patch){variable->patches, place, slot};
  variable->patches = patch;
}

/* Of a name that its block declares twice (an error), only the first hides one outside. */
static void remove_name(const Scope *scope, const Variable *variable) {
  const Variable *hidden = variable->shadowed;
  if (variable->name && !(hidden && hidden->block == variable->block))
    probe(scope, variable->name)->innermost = variable->shadowed;
}

void block_close(Resolver *resolver, int32_t *slot, uint32_t *length) {
  Block *block = resolver->block;
  Unit *unit = block->unit;
  int32_t first = unit->slots;
  warn_unused(resolver, block);
  for (Variable *variable = block->first; variable; variable = variable->next) {
    if (variable->slot < 0) variable->slot = unit->slots++;
    uint8_t place = variable->captured ? PLACE_CELL : PLACE_LOCAL;
    for (Patch *patch = variable->patches; patch; patch = patch->next) {
      *patch->place = place;
      *patch->slot = variable->slot;
    }
    remove_name(resolver->scope, variable);
  }
  if (slot) *slot = first;
  if (length) *length = (uint32_t)(unit->slots - first);
  resolver->block = block->outer;
}

static bool at_top(const Resolver *resolver) {
  return !resolver->unit->function && !resolver->block->outer;
}

static void say_twice(Resolver *resolver, const Variable *first, Span span, VariableKind kind) {
  char buffer[NAME_SIZE];
  Diag *diag = report_error(resolver->report, span, "`%s` is declared twice in this block",
                            shown_name(first->name, buffer));
  diag_label(diag, "declared again here");
  diag_note(diag, first->span, "first declared here");
  if (kind == VARIABLE_LET && first->kind == VARIABLE_LET)
    diag_help(diag, "an assignment, `%s = …`, needs no `let`", shown_name(first->name, buffer));
}

static void place_global(Resolver *resolver, Variable *variable, const Variable *before) {
  Scope *scope = resolver->scope;
  variable->unit = NULL;
  /* at a REPL the new one takes the old one's slot */
  variable->slot = before ? before->slot : scope->global_count++;
  if (scope->last) scope->last->next = variable;
  else scope->first = variable;
  scope->last = variable;
}

Variable *declare(Resolver *resolver, const char *name, Span span, VariableKind kind) {
  NameSlot *slot = name ? slot_for(resolver->scope, name) : NULL;
  Variable *before = slot ? slot->innermost : NULL;
  bool global = at_top(resolver);
  bool twice = before && before->block == (global ? NULL : resolver->block);
  if (twice && !(resolver->scope->session && global)) say_twice(resolver, before, span, kind);
  Variable *variable = resolver_alloc(resolver, sizeof *variable);
  *variable = (Variable){.name = name,
                         .span = span,
                         .kind = kind,
                         .slot = -1,
                         .unit = resolver->unit,
                         .block = resolver->block,
                         .shadowed = before};
  if (slot) slot->innermost = variable;
  warn_hidden(resolver, variable, before);
  if (global) {
    variable->block = NULL; /* it outlives the block of this body */
    place_global(resolver, variable, before && !before->unit ? before : NULL);
    return variable;
  }
  Block *block = resolver->block;
  if (block->last) block->last->next = variable;
  else block->first = variable;
  block->last = variable;
  return variable;
}

Variable *variable_in_block(const Resolver *resolver, const char *name) {
  Variable *variable = probe(resolver->scope, name)->innermost;
  const Block *block = at_top(resolver) ? NULL : resolver->block;
  return variable && variable->block == block ? variable : NULL;
}

Variable *variable_find(const Resolver *resolver, const char *name, Variable **later) {
  *later = NULL;
  for (Variable *variable = probe(resolver->scope, name)->innermost; variable;
       variable = variable->shadowed) {
    if (variable->declared) return variable;
    if (!*later) *later = variable;
  }
  return NULL;
}

void offer_names(const Resolver *resolver, Nearest *nearest) {
  const Scope *scope = resolver->scope;
  for (uint32_t i = 0; i <= scope->table_mask; i++)
    if (scope->table[i].name && scope->table[i].innermost)
      nearest_offer(nearest, scope->table[i].name);
}

/* ---- frames and captures ---- */

static int capture(Resolver *resolver, Unit *unit, Variable *variable) {
  for (Captured *captured = unit->first; captured; captured = captured->next)
    if (captured->variable == variable) return captured->index;
  if (unit->outer == variable->unit) variable->captured = true;
  else capture(resolver, unit->outer, variable);
  Captured *captured = resolver_alloc(resolver, sizeof *captured);
  *captured = (Captured){NULL, variable, unit->captured_count++};
  if (unit->last) unit->last->next = captured;
  else unit->first = captured;
  unit->last = captured;
  return captured->index;
}

void variable_use(Resolver *resolver, Variable *variable, Ast *name) {
  variable->used = true;
  if (!variable->unit || variable->unit == resolver->unit) {
    variable_patch(resolver, variable, &name->place, &name->slot);
    return;
  }
  name->place = PLACE_CAPTURE;
  name->slot = capture(resolver, resolver->unit, variable);
}

void unit_open(Resolver *resolver, Unit *unit, AstFunction *function) {
  *unit = (Unit){.outer = resolver->unit, .function = function};
  resolver->unit = unit;
}

void unit_close(Resolver *resolver) {
  Unit *unit = resolver->unit;
  AstFunction *function = unit->function;
  resolver->unit = unit->outer;
  function->frame_size = unit->slots;
  function->capture_count = unit->captured_count;
  function->captures = resolver_alloc(resolver, (size_t)unit->captured_count * sizeof(Capture) + 1);
  for (Captured *captured = unit->first; captured; captured = captured->next) {
    Capture *source = &function->captures[captured->index];
    if (captured->variable->unit == unit->outer) {
      /* always a cell */
      variable_patch(resolver, captured->variable, &source->place, &source->slot);
    } else {
      source->place = PLACE_CAPTURE;
      source->slot = capture(resolver, unit->outer, captured->variable);
    }
  }
}
