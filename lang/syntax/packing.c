/* packing.c — brackets of plain numbers, packed while they are read.
 *
 * A table written as a literal may have millions of numbers, and a node of the tree takes 150
 * bytes.  So the numbers of an open bracket are kept on a stack of the parser, sixteen bytes each,
 * and the nodes that the grammar made for them are reused.  A bracket of numbers closes as one
 * NUMBERS node; a bracket of NUMBERS nodes of one shape is packed in the same way, with one more
 * axis.  When an item of another form follows, the items so far become nodes again, with their
 * places, and the bracket is an ordinary one.
 *
 * On the stack, the numbers of a NUMBERS item are followed by an entry with its place.  If a syntax
 * error leaves numbers above those of an open bracket, the next item removes them; a bracket that
 * is never closed leaves its numbers until the end of the parse.
 */
#include "lang/syntax/packing.h"

#include <string.h>

struct Packing {
  uint32_t first; /* of its numbers on the stack */
  uint32_t count; /* of its items */
  uint32_t size;  /* numbers of an item */
  int rank;       /* of an item; 0: a number */
  uint32_t dim[NUMBERS_AXES];
  AstList *next; /* of a spare list */
};

static uint32_t entries(const Packing *packing) { return packing->size + (packing->rank > 0); }

/* A number, or a minus with a number directly behind it. */
static bool is_number(const Ast *item) {
  if (item->kind == AST_NUMBER) return true;
  return item->kind == AST_UNARY && item->op == UNARY_MINUS && item->a->kind == AST_NUMBER &&
         item->span.start == item->op_span.start && item->op_span.end == item->a->span.start;
}

static bool can_pack(const Ast *item) {
  return is_number(item) || (item->kind == AST_NUMBERS && item->numbers->rank < NUMBERS_AXES);
}

static bool fits(const Packing *packing, const Ast *item) {
  if (packing->rank == 0) return is_number(item);
  return item->kind == AST_NUMBERS && item->numbers->rank == packing->rank &&
         memcmp(item->numbers->dim, packing->dim, sizeof packing->dim) == 0;
}

/* ---- the stack ---- */

static void push(Parser *b, double value, Span span) {
  if (b->number_count == b->number_capacity) {
    b->number_capacity = b->number_capacity ? b->number_capacity * 2 : 64;
    b->numbers = mem_grow(b->numbers, b->number_capacity * sizeof *b->numbers);
  }
  b->numbers[b->number_count++] = (AstNumber){value, span.start, span.end};
}

/* Takes an item that fits; its nodes are used again. */
static void take(Parser *b, Packing *packing, Ast *item) {
  b->number_count = packing->first + (size_t)packing->count * entries(packing);
  if (item->kind == AST_NUMBERS) {
    const AstNumbers *numbers = item->numbers;
    for (uint32_t i = 0; i < numbers->count; i++)
      push(b, numbers->items[i].value,
           (Span){b->file, numbers->items[i].start, numbers->items[i].end});
    push(b, 0, item->span);
    b->spare_blocks[numbers->rank - 1] = item->numbers;
  } else if (item->kind == AST_UNARY) {
    push(b, -item->a->number, item->span);
    b->spare[1] = item->a;
  } else {
    push(b, item->number, item->span);
  }
  packing->count++;
  b->spare[0] = item;
}

/* ---- nodes ---- */

/* Room for so many numbers; what it has of others is set by the caller. */
static AstNumbers *block_of(Parser *b, int rank, uint32_t count) {
  AstNumbers *spare = b->spare_blocks[rank - 1];
  b->spare_blocks[rank - 1] = NULL;
  if (spare && spare->count >= count && spare->count / 2 <= count) return spare;
  return arena_take(&b->source->arena, sizeof(AstNumbers) + (size_t)count * sizeof spare->items[0]);
}

static Ast *numbers_node(Parser *b, Span span, const AstNumbers *shape, uint32_t count) {
  AstNumbers *numbers = block_of(b, shape->rank, count);
  *numbers = *shape;
  numbers->count = count;
  Ast *ast = node_new(b, AST_NUMBERS, span);
  ast->numbers = numbers;
  return ast;
}

/* The node of an item on the stack. */
static Ast *item_node(Parser *b, const Packing *packing, const AstNumber *at) {
  if (packing->rank > 0) {
    Span span = {b->file, at[packing->size].start, at[packing->size].end};
    AstNumbers shape = {.rank = packing->rank};
    memcpy(shape.dim, packing->dim, sizeof shape.dim);
    Ast *ast = numbers_node(b, span, &shape, packing->size);
    memcpy(ast->numbers->items, at, packing->size * sizeof *at);
    return ast;
  }
  Span span = {b->file, at->start, at->end};
  bool minus = b->source->text[at->start] == '-';
  Ast *number = node_new(b, AST_NUMBER, minus ? (Span){b->file, at->start + 1, at->end} : span);
  number->number = minus ? -at->value : at->value;
  if (!minus) return number;
  Ast *ast = node_new(b, AST_UNARY, span);
  ast->op = UNARY_MINUS;
  ast->op_span = (Span){b->file, at->start, at->start + 1};
  ast->a = number;
  return ast;
}

/* Its items become nodes. */
static void unpack(Parser *b, AstList *list) {
  const Packing packing = *list->packing;
  list->packing = NULL;
  for (uint32_t i = 0; i < packing.count; i++)
    list_add(b, list,
             item_node(b, &packing, b->numbers + packing.first + (size_t)i * entries(&packing)));
  b->number_count = packing.first;
}

/* ---- the list of a bracket ---- */

AstList *bracket_start(Parser *b, Ast *item) {
  if (!item || !can_pack(item)) return list_start(b, item);
  Packing packing = {.first = (uint32_t)b->number_count, .size = 1};
  if (item->kind == AST_NUMBERS) {
    packing.size = item->numbers->count;
    packing.rank = item->numbers->rank;
    memcpy(packing.dim, item->numbers->dim, sizeof packing.dim);
  }
  take(b, &packing, item);
  AstList *list = b->spare_lists;
  if (list) {
    b->spare_lists = list->packing->next;
  } else {
    list = arena_alloc(&b->source->arena, sizeof *list);
    list->packing = arena_alloc(&b->source->arena, sizeof packing);
  }
  *list->packing = packing;
  return list;
}

AstList *bracket_add(Parser *b, AstList *list, Ast *item) {
  if (item && list->packing) {
    if (fits(list->packing, item)) {
      take(b, list->packing, item);
      return list;
    }
    unpack(b, list);
  }
  return list_add(b, list, item);
}

Ast *bracket_close(Parser *b, Token open, AstList *list, Token close) {
  const Packing packing = *list->packing;
  AstNumbers shape = {.rank = packing.rank + 1, .dim = {packing.count}};
  memcpy(shape.dim + 1, packing.dim, (size_t)packing.rank * sizeof shape.dim[0]);
  *list = (AstList){.packing = list->packing};
  list->packing->next = b->spare_lists;
  b->spare_lists = list;
  Ast *ast = numbers_node(b, (Span){b->file, open.start, close.end}, &shape,
                          packing.count * packing.size);
  for (uint32_t i = 0; i < packing.count; i++)
    memcpy(ast->numbers->items + (size_t)i * packing.size,
           b->numbers + packing.first + (size_t)i * entries(&packing),
           packing.size * sizeof(AstNumber));
  b->number_count = packing.first;
  return ast;
}
