/* build_string.c — the constructors of strings: the values of escapes, the pieces of
 * interpolations.
 *
 * Escapes and formats were checked by the lexer.
 */
#include "lang/syntax/build_string.h"

#include <ctype.h>
#include <string.h>

/* The bytes of a string token between its quotes and braces. */
static void inside_of(const char *text, Token token, const char **first, const char **end) {
  *first = text + token.start;
  *end = text + token.end;
  if (*first == *end) return; /* reported by the lexer */
  size_t size = token.end - token.start;
  if (token.kind == TOKEN_STRING || token.kind == TOKEN_HEAD) {
    bool is_long = size >= 4 && memcmp(*first, "\"\"\"", 3) == 0;
    *first += is_long ? 3 : 1;
    if (is_long && **first == '\r') ++*first;
    if (is_long && **first == '\n') ++*first;
  } else {
    *first = memchr(*first, '}', size);
    ++*first;
  }
  if (token.kind == TOKEN_HEAD || token.kind == TOKEN_MID) --*end;
  else *end -= *end - *first >= 3 && memcmp(*end - 3, "\"\"\"", 3) == 0 ? 3 : 1;
}

/* Adds what the escape at `at` (after its backslash) stands for; returns where the text goes on. */
static const char *add_escape(Text *value, const char *at) {
  if (*at == 'n') text_char(value, '\n');
  else if (*at == 't') text_char(value, '\t');
  else if (*at == '"' || *at == '\\') text_char(value, *at);
  else if (*at == 'u' && at[1] == '{') {
    uint32_t code = 0;
    for (at += 2; isxdigit((unsigned char)*at); at++)
      code = code * 16 + (uint32_t)(*at <= '9' ? *at - '0' : (*at | 32) - 'a' + 10);
    if (code <= 0x10ffff) text_code_point(value, code);
  }
  return at + 1;
}

Ast *build_string(Parser *b, Token token) {
  const char *at, *end;
  inside_of(b->source->text, token, &at, &end);
  Ast *ast = node_new(b, AST_STRING, node_span(b, token));
  Text value = {0};
  while (at < end) {
    const char *plain = at;
    while (at < end && *at != '\\' && *at != '{' && *at != '}' && *at != '\r') at++;
    text_add(&value, plain, (size_t)(at - plain));
    if (at == end) break;
    if (*at == '\\') {
      at = add_escape(&value, at + 1);
    } else {
      /* a doubled brace counts once; lines end in \n whatever the file has */
      if (*at != '\r') text_char(&value, *at);
      at += *at == '\r' ? 1 : 2;
    }
  }
  ast->text = arena_text(&b->source->arena, value.data ? value.data : "", value.length);
  ast->length = (uint32_t)value.length;
  text_free(&value);
  return ast;
}

/* ---- interpolation ---- */

static Ast *format_node(Parser *b, Ast *expr) {
  Ast *ast = node_new(b, AST_FORMAT, expr->span);
  ast->a = expr;
  ast->text = "";
  return ast;
}

/* Sets the format of the last FORMAT from the beginning of `next`, the piece after it. */
static void take_format(Parser *b, AstList *pieces, Token next) {
  Ast *format = pieces->items[pieces->count - 1];
  const char *text = node_text(b, next);
  if (next.start == next.end || *text != ':') return;
  const char *end = memchr(text, '}', next.end - next.start);
  format->length = (uint32_t)(end - text - 1);
  format->text = arena_text(&b->source->arena, text + 1, format->length);
  format->op_span = (Span){b->file, next.start + 1, next.start + 1 + format->length};
}

/* The first place is reserved for the head, which is known only at the end. */
AstList *pieces_start(Parser *b, Ast *expr) {
  Ast *format = format_node(b, expr);
  AstList *pieces = list_start(b, format);
  return list_add(b, pieces, format);
}

AstList *pieces_add(Parser *b, AstList *pieces, Token mid, Ast *expr) {
  take_format(b, pieces, mid);
  list_add(b, pieces, build_string(b, mid));
  return list_add(b, pieces, format_node(b, expr));
}

Ast *build_interpolation(Parser *b, Token head, AstList *pieces, Token tail) {
  Ast *ast = node_stretch(b, AST_INTERPOLATION, head, tail);
  take_format(b, pieces, tail);
  pieces->items[0] = build_string(b, head);
  list_add(b, pieces, build_string(b, tail));
  node_take(ast, pieces);
  return ast;
}
