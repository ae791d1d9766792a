/* node.c — nodes of the tree and lists of them, as every constructor makes them. */
#include "lang/syntax/node.h"

#include <string.h>

Ast *node_new(Parser *b, AstKind kind, Span span) {
  Ast **spare = b->spare[0] ? &b->spare[0] : &b->spare[1], *ast = *spare;
  *spare = NULL;
  if (LIKELY(!ast)) ast = arena_alloc(&b->source->arena, sizeof *ast);
  else *ast = (Ast){0};
  ast->kind = (uint8_t)kind;
  ast->span = span;
  return ast;
}

/* A node that spans from one token to another. */
Ast *node_stretch(Parser *b, AstKind kind, Token first, Token last) {
  return node_new(b, kind, (Span){b->file, first.start, last.end});
}

/* The interned name; names with letters other than Latin are recorded for lookalike_check. */
const char *node_name(Parser *b, Token token) {
  const char *text = node_text(b, token);
  size_t length = token.end - token.start;
  int before = names_count(b->names);
  const char *name = names_intern(b->names, text, length);
  if (LIKELY(names_count(b->names) == before)) return name;
  bool ascii = true;
  for (size_t i = 0; i < length; i++) ascii = ascii && (unsigned char)text[i] < 0x80;
  if (ascii) return name;
  if ((b->odd_count & (b->odd_count - 1)) == 0) { /* full at every power of two */
    OddName *more = arena_alloc(&b->source->arena,
                                (size_t)(b->odd_count ? b->odd_count * 2 : 1) * sizeof *more);
    if (b->odd_count) memcpy(more, b->odd, (size_t)b->odd_count * sizeof *more);
    b->odd = more;
  }
  b->odd[b->odd_count++] = (OddName){name, node_span(b, token)};
  return name;
}

/* ---- lists ---- */

AstList *list_add(Parser *b, AstList *list, Ast *item) {
  if (!item) return list;
  if (list->count == list->capacity) {
    uint32_t capacity = list->capacity ? list->capacity * 2 : 4;
    Ast **items = arena_alloc(&b->source->arena, capacity * sizeof *items);
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->capacity = capacity;
  }
  list->items[list->count++] = item;
  return list;
}

AstList *list_start(Parser *b, Ast *item) {
  return list_add(b, arena_alloc(&b->source->arena, sizeof(AstList)), item);
}

AstList *list_comma(AstList *list) {
  list->comma = true;
  return list;
}

AstList *list_for(Parser *b, Ast *item, Ast *pattern, Ast *over, Ast *condition) {
  AstList *list = list_start(b, item);
  list->pattern = pattern;
  list->over = over;
  list->condition = condition;
  return list;
}

void node_take(Ast *ast, const AstList *list) {
  if (!list) return;
  ast->items = list->items;
  ast->count = list->count;
}
