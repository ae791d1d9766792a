/* layout.c — the one layout of a text: `gd fmt`, and formatting in an editor.
 *
 * The layout works on tokens and comments, not on the tree, because comments and line breaks are
 * part of it.  The author decides where a line ends; this file decides all other white space:
 *
 *   lines     a line break stays where it was, two or more of them become one empty line, none at
 *             the start of a file or block or before its `}`.  A block with a line break directly
 *             in it has its `{` and `}` at the ends of lines; `else` follows the `}` of such a
 *             block
 *   indents   two blanks inside a block or an open bracket, counted once for all brackets that
 *             a line opens, and two for a line that continues a statement
 *   blanks    one around binary operators but `^` and `..`, after `,` and `:`, inside `{ }`; none
 *             inside `( )` and `[ ]`, and around the `:` of an index
 *   comments  kept as they are; behind code three blanks before them, more where whole lines one
 *             below the other have one: then all begin in one column, if 100 columns suffice
 *   `;`       only between statements of one line
 *
 * The tree cannot change: the result is scanned again, and must have the same tokens, statement
 * ends and comments.  Laying out the result again changes nothing, since the layout depends only on
 * breaks, tokens and comments, which are kept.
 */
#include "lang/syntax/layout.h"
#include "lang/syntax/lexer.h"

#include <string.h>

enum { INDENT = 2, BEFORE_COMMENT = 3, COLUMNS = 100 };

/* A token or comment, and what separates it from the one before. */
typedef struct Item {
  uint8_t kind;        /* TOKEN_…; TOKEN_NL: a comment */
  bool apart;          /* a statement or clause ends before it */
  uint32_t lines;      /* line breaks before it */
  uint32_t start, end; /* bytes of the source */
} Item;

typedef struct Items {
  const char *text; /* borrowed */
  Item *items;      /* owned; the last one is TOKEN_END */
  size_t count, capacity;
} Items;

static bool is_comment(const Item *item) { return item->kind == TOKEN_NL; }

/* ---- reading ---- */

static void add(Items *items, Item item) {
  if (items->count == items->capacity) {
    items->capacity = items->capacity ? 2 * items->capacity : 256;
    items->items = mem_grow(items->items, items->capacity * sizeof *items->items);
  }
  items->items[items->count++] = item;
}

/* Adds the comments between two tokens; returns the line breaks after the last of them. */
static uint32_t read_gap(Items *items, uint32_t at, uint32_t end) {
  const char *text = items->text;
  uint32_t lines = 0;
  while (at < end) {
    lines += text[at] == '\n';
    if (text[at] != '#') {
      at++;
      continue;
    }
    uint32_t start = at;
    while (at < end && text[at] != '\n') at++;
    uint32_t stop = at;
    while (text[stop - 1] == ' ' || text[stop - 1] == '\t' || text[stop - 1] == '\r') stop--;
    add(items, (Item){TOKEN_NL, false, lines, start, stop});
    lines = 0;
  }
  return lines;
}

static Items read_items(const Source *source) {
  Items items = {.text = source->text};
  Report report = {0};
  Lexer *lexer = mem_alloc(sizeof *lexer);
  lexer_start(lexer, source, 1, &report);
  bool apart = false;
  uint32_t at = source->skip;
  for (;;) {
    Token token = lexer_next(lexer);
    if (token.kind == TOKEN_NL) {
      apart = true;
      continue;
    }
    uint32_t start = token.kind == TOKEN_END ? source->length : token.start;
    uint32_t lines = read_gap(&items, at, start);
    add(&items, (Item){token.kind, apart, lines, start, token.kind ? token.end : start});
    apart = false;
    at = token.end;
    if (token.kind == TOKEN_END) break;
  }
  report_clear(&report);
  mem_free(lexer);
  return items;
}

/* ---- where lines end ---- */

typedef struct Opened {
  size_t item;  /* the bracket */
  int indent;   /* of the line on which it stands */
  uint8_t kind; /* TOKEN_LP, TOKEN_LB, TOKEN_LBRACE; TOKEN_NL: the file itself */
  uint8_t word; /* the token that began the statement in progress, in a block */
  bool lines;   /* the block has a line break directly in it */
} Opened;

typedef struct Brackets {
  Opened open[OPEN_LIMIT + 1];
  int depth; /* the innermost; 0 is the file */
} Brackets;

static void brackets_open(Brackets *brackets, size_t item, uint8_t kind, int indent) {
  if (brackets->depth < OPEN_LIMIT) brackets->depth++;
  brackets->open[brackets->depth] = (Opened){item, indent, kind, TOKEN_NL, false};
}

static bool opens(const Item *item) { return (token_flags(item->kind) & OPENS) != 0; }
static bool closes(const Item *item) { return (token_flags(item->kind) & CLOSES) != 0; }

/* The block from `open` to `close` has lines of its own. */
static void break_block(Item *items, size_t open, size_t close) {
  if (close == open + 1) {
    items[close].lines = 0;
    return;
  }
  Item *first = &items[open + 1];
  if (!first->lines && !is_comment(first)) first->lines = 1;
  if (first->lines > 1) first->lines = 1;
  items[close].lines = 1;
}

static void break_blocks(Items *all, Brackets *brackets) {
  Item *items = all->items;
  brackets->depth = 0;
  for (size_t i = 0; i < all->count; i++) {
    Item *item = &items[i];
    Opened *inner = &brackets->open[brackets->depth];
    bool first = brackets->depth && i == inner->item + 1;
    bool breaks = is_comment(item) || (item->lines && (item->apart || first || closes(item)));
    if (inner->kind == TOKEN_LBRACE && breaks) inner->lines = true;
    if (opens(item)) brackets_open(brackets, i, item->kind, 0);
    if (!closes(item) || !brackets->depth) continue;
    if (inner->kind == TOKEN_LBRACE && inner->lines) break_block(items, inner->item, i);
    brackets->depth--;
  }
}

/* `else` stands behind the `}` of a block of several lines. */
static void join_else(Items *all) {
  for (size_t i = 1; i < all->count; i++)
    if (all->items[i].kind == TOKEN_ELSE && all->items[i - 1].kind == TOKEN_RBRACE &&
        all->items[i - 1].lines)
      all->items[i].lines = 0;
}

/* ---- blanks in a line ---- */

/* Can an expression have ended with it? */
static bool ends_value(uint8_t kind) {
  int flags = token_flags(kind);
  return (flags & ENDS) && !((flags & WORD) && (flags & STARTS));
}

static bool is_unary(const Item *item, const Item *before) {
  return item->kind == TOKEN_MINUS && (!before || item->apart || !ends_value(before->kind));
}

/* Do a point before `..` and one behind it stay off the operator?  `1. .. 2`, `1 .. .5`: a blank on
 * one side brings one on the other. */
static bool points_beside(const char *text, const Item *range) {
  return text[range[-1].end - 1] == '.' || text[range[1].start] == '.';
}

static bool touches_left(const char *text, const Item *before, const Item *item) {
  if (item->kind == TOKEN_RP || item->kind == TOKEN_RB) return true;
  if (before->kind == TOKEN_COMMA || item->apart) return false;
  switch (item->kind) {
    case TOKEN_COMMA:
    case TOKEN_COLON:
    case TOKEN_TICK:
    case TOKEN_ELLIPSIS:
    case TOKEN_MID:
    case TOKEN_TAIL:
    case TOKEN_POW: return true;
    case TOKEN_DOT:
      return (before->kind != TOKEN_NUMBER && before->kind != TOKEN_FRACTION) ||
             item->start == before->end;
    case TOKEN_DOTDOT: return !points_beside(text, item);
    case TOKEN_FRACTION: return item->start == before->end && ends_value(before->kind);
    case TOKEN_LP: return before->kind == TOKEN_FN || ends_value(before->kind);
    case TOKEN_LB: return ends_value(before->kind);
    default: return false;
  }
}

static bool touches_right(const char *text, const Item *before, const Item *item, bool unary,
                          uint8_t bracket) {
  switch (before->kind) {
    case TOKEN_LP:
    case TOKEN_LB:
    case TOKEN_DOT: return true;
    case TOKEN_POW: return !before->lines; /* at a line's beginning a blank makes it go on */
    case TOKEN_HEAD:
    case TOKEN_MID: return item->kind != TOKEN_LBRACE;
    case TOKEN_DOTDOT: return !before->lines && !points_beside(text, before);
    case TOKEN_COLON: return bracket == TOKEN_LB;
    case TOKEN_MINUS: return unary;
    default: return false;
  }
}

/* ---- lines ---- */

typedef struct Line {
  size_t start, end;   /* its code, in Layout.code */
  const Item *comment; /* behind the code, or alone; or NULL */
  int indent, width;   /* blanks before it; columns of both */
  int column;          /* where the comment begins */
  bool empty_before;   /* an empty line stands above it */
} Line;

typedef struct Layout {
  const Items *all;
  Brackets brackets;
  Text code; /* all lines one after the other, without indents */
  Line *lines;
  size_t count, capacity;
  size_t next; /* an item: the token that next_token gave last */
} Layout;

static int columns_of(const char *text, size_t length) {
  int columns = 0;
  for (size_t i = 0; i < length; i++)
    columns = text[i] == '\n' ? 0 : columns + (((unsigned char)text[i] & 0xc0) != 0x80);
  return columns;
}

/* The token after the comments at `i`, which is never less than in the call before: comments are
 * passed once, however many follow each other. */
static const Item *next_token(Layout *layout, size_t i) {
  const Item *items = layout->all->items;
  if (layout->next < i) layout->next = i;
  while (is_comment(&items[layout->next])) layout->next++;
  return &items[layout->next];
}

/* Of a line that begins with `item`: the bracket that the last of its leading closers closes, or
 * the innermost. */
static int indent_of(Layout *layout, size_t i) {
  const Items *all = layout->all;
  const Opened *open = layout->brackets.open;
  int depth = layout->brackets.depth;
  if (closes(&all->items[i])) {
    while (depth > 1 && closes(&all->items[i + 1]) && !all->items[i + 1].lines) depth--, i++;
    return depth ? open[depth].indent : 0;
  }
  int inside = depth ? open[depth].indent + INDENT : 0;
  if (depth && open[depth].kind != TOKEN_LBRACE) return inside;
  const Item *token = next_token(layout, i);
  bool begins = token->apart || closes(token) || token->kind == TOKEN_END ||
                open[depth].word == TOKEN_NL ||
                (token->kind == TOKEN_ELSE && open[depth].word == TOKEN_IF);
  return inside + (begins ? 0 : INDENT);
}

static Line *line_begin(Layout *layout, size_t i) {
  if (layout->count == layout->capacity) {
    layout->capacity = layout->capacity ? 2 * layout->capacity : 256;
    layout->lines = mem_grow(layout->lines, layout->capacity * sizeof *layout->lines);
  }
  const Item *item = &layout->all->items[i];
  Line *line = &layout->lines[layout->count++];
  bool first = i == 0 || (layout->all->items[i - 1].kind == TOKEN_LBRACE);
  *line = (Line){.start = layout->code.length,
                 .end = layout->code.length,
                 .indent = indent_of(layout, i),
                 .empty_before = item->lines > 1 && !first && item->kind != TOKEN_RBRACE};
  return line;
}

static void add_token(Layout *layout, const Item *item) {
  const char *text = layout->all->text;
  for (uint32_t i = item->start; i < item->end; i++)
    if (text[i] != '\r') text_char(&layout->code, text[i]);
}

/* The brackets and the statement in progress, once the token is there. */
static void go_past(Layout *layout, size_t i, const Item *item, int indent) {
  Brackets *brackets = &layout->brackets;
  if (closes(item) && brackets->depth) brackets->depth--;
  else if (item->apart || brackets->open[brackets->depth].word == TOKEN_NL)
    brackets->open[brackets->depth].word = item->kind;
  if (opens(item)) brackets_open(brackets, i, item->kind, indent);
}

static void lay_out(Layout *layout) {
  const Items *all = layout->all;
  const Item *before = NULL;
  Line *line = NULL;
  bool unary = false;
  layout->brackets.depth = 0;
  layout->brackets.open[0] = (Opened){.kind = TOKEN_NL, .word = TOKEN_NL};
  for (size_t i = 0; i + 1 < all->count; i++) {
    const Item *item = &all->items[i];
    bool begins = !line || item->lines;
    if (begins) line = line_begin(layout, i);
    if (is_comment(item)) {
      line->comment = item;
      continue;
    }
    bool minus = is_unary(item, before);
    if (!begins) {
      bool both = before->kind != TOKEN_LBRACE && item->kind != TOKEN_RBRACE;
      uint8_t bracket = layout->brackets.open[layout->brackets.depth].kind;
      if (item->apart && both) text_char(&layout->code, ';');
      if (!touches_left(all->text, before, item) &&
          !touches_right(all->text, before, item, unary, bracket))
        text_char(&layout->code, ' ');
    }
    add_token(layout, item);
    line->end = layout->code.length;
    go_past(layout, i, item, line->indent);
    unary = minus;
    before = item;
  }
}

/* ---- comments behind code ---- */

static bool has_both(const Line *line) { return line->comment && line->end > line->start; }

/* Can its comment stand in a column with others?  Not behind a bracket that is left open: what
 * comes below is another thing. */
static bool may_align(const Layout *layout, const Line *line) {
  return has_both(line) && !strchr("([{", layout->code.data[line->end - 1]);
}

/* The lines from `first` to before `end` are one below the other: their comments begin in one
 * column, unless one of them would be too long then. */
static void align(Layout *layout, size_t first, size_t end) {
  const char *text = layout->all->text;
  int widest = 0, longest = 0;
  for (size_t i = first; i < end; i++) {
    const Item *comment = layout->lines[i].comment;
    int length = columns_of(text + comment->start, comment->end - comment->start);
    if (layout->lines[i].width > widest) widest = layout->lines[i].width;
    if (length > longest) longest = length;
  }
  bool fits = widest + BEFORE_COMMENT + longest <= COLUMNS;
  for (size_t i = first; i < end; i++)
    layout->lines[i].column = (fits ? widest : layout->lines[i].width) + BEFORE_COMMENT;
}

static void align_comments(Layout *layout) {
  for (size_t i = 0; i < layout->count; i++) {
    Line *line = &layout->lines[i];
    size_t length = line->end - line->start;
    const char *code = length ? layout->code.data + line->start : "";
    bool raw = length && memchr(code, '\n', length);
    line->width = (raw ? 0 : line->indent) + (length ? columns_of(code, length) : 0);
  }
  for (size_t i = 0; i < layout->count;) {
    size_t end = i + 1;
    while (end < layout->count && may_align(layout, &layout->lines[i]) &&
           may_align(layout, &layout->lines[end]) && !layout->lines[end].empty_before &&
           layout->lines[end].indent == layout->lines[i].indent)
      end++;
    if (has_both(&layout->lines[i])) align(layout, i, end);
    i = end;
  }
}

static void write_lines(const Layout *layout, Text *out) {
  const char *text = layout->all->text;
  for (size_t i = 0; i < layout->count; i++) {
    const Line *line = &layout->lines[i];
    if (line->empty_before) text_char(out, '\n');
    text_format(out, "%*s", line->indent, "");
    if (line->end > line->start)
      text_add(out, layout->code.data + line->start, line->end - line->start);
    if (has_both(line)) text_format(out, "%*s", line->column - line->width, "");
    if (line->comment)
      text_add(out, text + line->comment->start, line->comment->end - line->comment->start);
    text_char(out, '\n');
  }
}

/* ---- the promise ---- */

static bool same_text(const Items *a, const Item *x, const Items *b, const Item *y) {
  uint32_t i = x->start, j = y->start;
  for (;; i++, j++) {
    while (i < x->end && a->text[i] == '\r') i++;
    if (i == x->end || j == y->end) return i == x->end && j == y->end;
    if (a->text[i] != b->text[j]) return false;
  }
}

/* Does a statement end before item number i, where that says something? */
static bool separated(const Items *all, size_t i) {
  const Item *item = &all->items[i];
  if (!item->apart) return false;
  while (i > 0 && is_comment(&all->items[i - 1])) i--;
  return i > 0 && all->items[i - 1].kind != TOKEN_LBRACE && item->kind != TOKEN_RBRACE &&
         item->kind != TOKEN_END;
}

static bool same_items(const Items *a, const Items *b, uint32_t *at) {
  for (size_t i = 0; i < a->count; i++) {
    const Item *x = &a->items[i];
    *at = x->start;
    if (i >= b->count || x->kind != b->items[i].kind || separated(a, i) != separated(b, i) ||
        !same_text(a, x, b, &b->items[i]))
      return false;
  }
  return a->count == b->count;
}

bool layout_text(const Source *source, Text *out, uint32_t *at) {
  size_t before = out->length;
  Items all = read_items(source);
  Layout *layout = mem_zero(sizeof *layout);
  layout->all = &all;
  break_blocks(&all, &layout->brackets);
  join_else(&all);
  lay_out(layout);
  align_comments(layout);
  write_lines(layout, out);
  if (!out->data) text_string(out, "");
  Source result = {.text = out->data + before, .length = (uint32_t)(out->length - before)};
  Items again = read_items(&result);
  bool same = same_items(&all, &again, at);
  mem_free(again.items);
  mem_free(all.items);
  mem_free(layout->lines);
  text_free(&layout->code);
  mem_free(layout);
  return same;
}
