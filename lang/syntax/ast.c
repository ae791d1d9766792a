/* ast.c — names of node kinds, interned names, and the dump of the tree.
 *
 * Names is a hash table from text to one copy of it, so everything after the parser compares names
 * by pointer.  Each table has its own random seed, so a script cannot choose names that collide
 * (FAULTS.md, B14).  Names are also kept in order of first appearance, so no output depends on the
 * seed.
 *
 * ast_print walks the tree with an explicit stack: a sum of 100,000 terms is a tree 100,000 levels
 * deep.  Past INDENT_MOST levels the indentation stops growing and the level is written as a
 * number, or the dump would be quadratic.
 */
#include "lang/syntax/ast.h"

#include <string.h>
#include <time.h>

static const char *const KINDS[] = {
#define AST(KIND, role, runner, sentence) #KIND,
#include "lang/syntax/ast.def"
#undef AST
};

static const uint8_t ROLES[] = {
#define AST(KIND, role, runner, sentence) ROLE_##role,
#include "lang/syntax/ast.def"
#undef AST
};

AstRole ast_role(const Ast *ast) { return (AstRole)ROLES[ast->kind]; }

const Ast *ast_clause(const Ast *ast, const char *key) {
  for (uint32_t i = 0; i < ast->clause_count; i++)
    if (ast->clauses[i]->text && !strcmp(ast->clauses[i]->text, key)) return ast->clauses[i];
  return NULL;
}

bool ast_assigns(const Ast *ast) {
  for (; ast; ast = ast->a) { /* along a long sum without recursion */
    if (ast->kind == AST_ASSIGN || ast->kind == AST_OPASSIGN) return true;
    if (ast_assigns(ast->b) || ast_assigns(ast->c)) return true;
    for (uint32_t i = 0; i < ast_below(ast); i++)
      if (ast_assigns(ast->items[i])) return true;
  }
  return false;
}

const char *ast_kind_name(int kind) {
  return kind >= 0 && kind < COUNT_OF(KINDS) ? KINDS[kind] : "?";
}

const char *binary_name(int op) {
  static const char *const names[] = {"+",  "-",  "*", "/",  "%", "@", "^",
                                      "==", "!=", "<", "<=", ">", ">="};
  return op >= 0 && op < COUNT_OF(names) ? names[op] : "?";
}

/* ---- names ---- */

typedef struct Name {
  const char *text; /* in the arena, with a final NUL */
  size_t length;    /* bytes */
  uint64_t hash;    /* of text, with the table's seed */
} Name;

struct Names {
  Arena arena; /* the texts */
  Name *items; /* owned: in order of first appearance */
  int count, capacity;
  int32_t *buckets;    /* owned: index in items plus 1, 0 where empty; open addressing */
  size_t bucket_count; /* a power of two, at least twice count */
  uint64_t seed;
};

Names *names_new(void) {
  Names *names = mem_zero(sizeof *names);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  names->seed = hash_mix((uint64_t)(uintptr_t)names,
                         (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32);
  names->bucket_count = 256;
  names->buckets = mem_zero(names->bucket_count * sizeof *names->buckets);
  return names;
}

void names_free(Names *names) {
  if (!names) return;
  arena_free(&names->arena);
  mem_free(names->items);
  mem_free(names->buckets);
  mem_free(names);
}

static void rehash(Names *names) {
  mem_free(names->buckets);
  names->bucket_count *= 2;
  names->buckets = mem_zero(names->bucket_count * sizeof *names->buckets);
  for (int i = 0; i < names->count; i++) {
    size_t at = names->items[i].hash & (names->bucket_count - 1);
    while (names->buckets[at]) at = (at + 1) & (names->bucket_count - 1);
    names->buckets[at] = i + 1;
  }
}

/* The bucket of a name, or the empty one where it belongs. */
static size_t bucket_of(const Names *names, const char *text, size_t length, uint64_t hash) {
  size_t at = hash & (names->bucket_count - 1);
  for (; names->buckets[at]; at = (at + 1) & (names->bucket_count - 1)) {
    const Name *name = &names->items[names->buckets[at] - 1];
    if (name->hash == hash && name->length == length && memcmp(name->text, text, length) == 0)
      break;
  }
  return at;
}

const char *names_intern(Names *names, const char *text, size_t length) {
  uint64_t hash = hash_bytes(text, length, names->seed);
  size_t at = bucket_of(names, text, length, hash);
  if (names->buckets[at]) return names->items[names->buckets[at] - 1].text;
  if (names->count == names->capacity) {
    names->capacity = names->capacity ? names->capacity * 2 : 128;
    names->items = mem_grow(names->items, (size_t)names->capacity * sizeof *names->items);
  }
  const char *copy = arena_text(&names->arena, text, length);
  names->items[names->count++] = (Name){copy, length, hash};
  names->buckets[at] = names->count;
  if ((size_t)names->count * 2 > names->bucket_count) rehash(names);
  return copy;
}

int names_count(const Names *names) { return names->count; }

const char *names_at(const Names *names, int index) {
  return index >= 0 && index < names->count ? names->items[index].text : NULL;
}

/* ---- the tree printed ---- */

enum { INDENT_MOST = 40 };

typedef struct Visit {
  const Ast *ast;    /* NULL: only `label` is printed */
  const char *label; /* its role in its parent: "a", or a parameter's name */
  int depth;
} Visit;

typedef struct Walk {
  Visit *stack; /* owned: what is still to be printed, the next on top */
  size_t count, capacity;
} Walk;

static void later(Walk *walk, const Ast *ast, const char *label, int depth) {
  if (!ast) return;
  if (walk->count == walk->capacity) {
    walk->capacity = walk->capacity ? walk->capacity * 2 : 64;
    walk->stack = mem_grow(walk->stack, walk->capacity * sizeof *walk->stack);
  }
  walk->stack[walk->count++] = (Visit){ast, label, depth};
}

static void list_later(Walk *walk, Ast *const *items, uint32_t count, const char *label,
                       int depth) {
  for (uint32_t i = count; i-- > 0;) later(walk, items[i], label, depth);
}

/* Children are pushed last first. */
static void function_later(Walk *walk, const AstFunction *function, int depth) {
  later(walk, function->body, "body", depth);
  later(walk, function->result, "result", depth);
  for (int i = function->param_count; i-- > 0;) {
    later(walk, function->params[i].fallback, function->params[i].name, depth);
    later(walk, function->params[i].shape, function->params[i].name, depth);
  }
}

static void children_later(Walk *walk, const Ast *ast, int depth) {
  list_later(walk, ast->clauses, ast->clause_count, "clause", depth);
  if (ast->function) function_later(walk, ast->function, depth);
  later(walk, ast->c, "c", depth);
  later(walk, ast->b, "b", depth);
  later(walk, ast->a, "a", depth);
  later(walk, ast->pattern, "pattern", depth);
  list_later(walk, ast->items, ast->count, "", depth);
}

static bool is_text_kind(int kind) {
  return kind == AST_STRING || kind == AST_FORMAT || kind == AST_IMPORT || kind == AST_TEST;
}

static void print_params(const AstFunction *function, Text *text) {
  text_string(text, " (");
  for (int i = 0; i < function->param_count; i++) {
    if (i) text_string(text, ", ");
    text_string(text, function->params[i].name);
    if (function->params[i].rest) text_string(text, "...");
  }
  text_char(text, ')');
}

/* The shape, then all of them. */
static void print_numbers(const AstNumbers *numbers, Text *text) {
  for (int i = 0; i < numbers->rank; i++)
    text_format(text, "%s%u", i ? ", " : " [", (unsigned)numbers->dim[i]);
  text_string(text, "]:");
  for (uint32_t i = 0; i < numbers->count; i++) {
    text_char(text, ' ');
    text_number(text, numbers->items[i].value);
  }
}

static void print_node(const Ast *ast, Text *text) {
  text_string(text, ast_kind_name(ast->kind));
  if (ast->kind == AST_BINARY || ast->kind == AST_OPASSIGN)
    text_format(text, " %s", binary_name(ast->op));
  if (ast->kind == AST_UNARY) text_string(text, ast->op == UNARY_NOT ? " not" : " -");
  if (ast->kind == AST_NUMBER || (ast->kind == AST_FIELD && !ast->text)) {
    text_char(text, ' ');
    text_number(text, ast->number);
  }
  if (ast->kind == AST_NUMBERS) print_numbers(ast->numbers, text);
  if (ast->kind == AST_SUBSCRIPT && ast->op) text_string(text, " :");
  if (ast->kind == AST_ARGUMENT && ast->op) text_string(text, " ...");
  if (ast->kind == AST_DIMENSION && ast->op) text_string(text, " ..");
  if (is_text_kind(ast->kind)) {
    text_string(text, " \"");
    text_escaped(text, ast->text, ast->length);
    text_char(text, '"');
  } else if (ast->text) {
    text_format(text, " %s", ast->text);
  }
  if (ast->kind == AST_SHAPE && ast->op) text_string(text, " []");
  for (uint32_t i = 0; ast->names && i < ast->count; i++)
    text_format(text, " %s", ast->names[i] ? ast->names[i] : "_");
  if (ast->function && ast->function->name) text_format(text, " %s", ast->function->name);
  if (ast->function) print_params(ast->function, text);
}

void ast_print(const Ast *ast, Text *text) {
  Walk walk = {0};
  later(&walk, ast, "", 0);
  while (walk.count > 0) {
    Visit visit = walk.stack[--walk.count];
    text_format(text, "%*s", 2 * (visit.depth < INDENT_MOST ? visit.depth : INDENT_MOST), "");
    if (visit.depth > INDENT_MOST) text_format(text, "[%d] ", visit.depth);
    if (visit.label[0]) text_format(text, "%s: ", visit.label);
    print_node(visit.ast, text);
    text_char(text, '\n');
    children_later(&walk, visit.ast, visit.depth + 1);
  }
  mem_free(walk.stack);
}
