/* lexer.re — the lexer: kind and span of each token (LANGUAGE.md section 1).
 *
 * Three layers, each a page.  `scan` returns the next token of the text, every newline included;
 * re2c generates it from the aligned rules below.  `string_piece` continues inside a string, up to
 * its closing quote or the `{` of an interpolation.  `lexer_next` decides which newlines count and
 * keeps the stack of open brackets.
 *
 * Newlines.  A newline is returned as NL unless the innermost bracket is `(` or `[`, the token
 * before it cannot end an expression, or the next line begins with `|>`, `.name`, `else`, or a
 * binary operator and a space.  So the token after the newline is scanned ahead; nothing in `scan`
 * depends on whether a newline is returned.
 *
 * Words.  `model`, `loss` and the other soft keywords are keywords only when a name follows on the
 * same line (`test`: a string), `on` and `by` only where an expression has just ended.  The grammar
 * accepts them as names wherever the keyword has no meaning.
 *
 * Characters that look like another's, and marks, are told in strange.c.  Errors go to the Report,
 * and a token that lets the parser continue is returned: `not` for `!`,
 * `^` for `**`.  A token without bytes (start == end) stands for a value that was reported already.
 * Each byte is looked at a bounded number of times.  The input has passed source_check: UTF-8, no
 * NUL, no control bytes.
 *
 * To add an operator or a word: a rule here, a row in token.def, a rule in parser.y.
 */
#include "lang/syntax/lexer.h"
#include "lang/syntax/ast.h"
#include "lang/syntax/strange.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
/*!include:re2c "unicode_categories.re" */
/*!re2c
  re2c:flags:utf-8 = 1;
  re2c:define:YYCTYPE = "unsigned char";
  re2c:define:YYCURSOR = cursor;
  re2c:define:YYLIMIT = limit;
  re2c:define:YYMARKER = marker;
  re2c:yyfill:enable = 0;
  re2c:eof = 0;

  digits     = [0-9] ("_"? [0-9])*;
  hexadecimal = "0" [xX] [0-9a-fA-F] ("_"? [0-9a-fA-F])*;
  exponent   = [eE] [+-]? digits;
  filler     = [\u115f\u1160\u3164\uffa0];
  name_first = (L | [_] | [\u2207]) \ filler;
  script     = [\xb2\xb3\xb9\u2070\u2074-\u2079\u2080-\u2089];
  name_rest  = name_first | Nd | script;
  blank      = [ \t];
*/
/* clang-format on */

static Span span(const Lexer *lexer, uint32_t start, uint32_t end) {
  return (Span){lexer->file, start, end};
}

/* The character at `at`; at the end of the text the place there, which has no bytes. */
static Span character(const Lexer *lexer, uint32_t at) {
  uint32_t end = at < lexer->length ? at + 1 : at;
  while (end > at && end < lexer->length && ((unsigned char)lexer->text[end] & 0xc0) == 0x80) end++;
  return span(lexer, at, end);
}

/* ---- tokens ---- */

static Token give(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  Token token = {(uint8_t)kind, lexer->fresh, (uint32_t)(start - text), (uint32_t)(end - text)};
  lexer->at = token.end;
  lexer->fresh = false;
  if (UNLIKELY(token.end - token.start > TOKEN_LIMIT)) {
    report_error(lexer->report, span(lexer, token.start, token.start + 1),
                 "a token of %u bytes: the limit is %d", token.end - token.start, TOKEN_LIMIT);
    token.end = token.start; /* nothing reads it */
  }
  return token;
}

/* A token without bytes at `start`, for a value that was reported; the text continues at `end`. */
static Token give_empty(Lexer *lexer, int kind, const unsigned char *start,
                        const unsigned char *end) {
  Token token = give(lexer, kind, start, start);
  lexer->at = lexer->reported = (uint32_t)(end - (const unsigned char *)lexer->text);
  return token;
}

static bool name_byte(unsigned char byte) {
  return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') ||
         (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

/* `model` and the other soft keywords: a keyword directly before a name (`test`: a string),
 * elsewhere a name. */
static Token soft(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  const unsigned char *at = end;
  while (*at == ' ' || *at == '\t') at++;
  if (kind == TOKEN_TEST) return give(lexer, *at == '"' ? TOKEN_TEST : TOKEN_NAME, start, end);
  const unsigned char *stop = at;
  while (stop < at + 16 && name_byte(*stop)) stop++;
  bool name = stop > at && !digit(*at) && !token_is_word((const char *)at, (size_t)(stop - at));
  bool by = stop - at == 2 && memcmp(at, "by", 2) == 0 && *stop == ' '; /* `0..state by 2` */
  return give(lexer, name && !by ? kind : TOKEN_NAME, start, end);
}

/* `on` and `by`: keywords only where an expression has just ended and its statement has not. */
static Token particle(Lexer *lexer, int kind, const unsigned char *start,
                      const unsigned char *end) {
  int inner = lexer->depth > 0 ? lexer->open[lexer->depth - 1].kind : TOKEN_LBRACE;
  bool after = !(lexer->fresh && inner == TOKEN_LBRACE) && (token_flags(lexer->last.kind) & ENDS) &&
               !((token_flags(lexer->last.kind) & WORD) &&
                 (token_flags(lexer->last.kind) & STARTS));
  return give(lexer, after ? kind : TOKEN_NAME, start, end);
}

static const Strange *strange_at(const Lexer *lexer, const unsigned char *at, uint32_t *code,
                                 size_t *size) {
  *size = text_decode((const char *)at,
                      lexer->length - (size_t)(at - (const unsigned char *)lexer->text), code);
  if (*size ==
      0) { /* no UTF-8: a line at the prompt that is completed, or dumped, was not checked yet */
    *size = 1;
    *code = 0xdc00u + *at;
  }
  return strange_find(*code);
}

/* ---- numbers ---- */

static Token malformed(Lexer *lexer, const unsigned char *start, const unsigned char *wrong,
                       const char *label) {
  const unsigned char *end = wrong;
  while (name_byte(*end) || (*end == '.' && name_byte(end[1]))) end++;
  uint32_t at = (uint32_t)(wrong - (const unsigned char *)lexer->text);
  Diag *diag = report_error(lexer->report, character(lexer, at), "malformed number");
  diag_label(diag, "%s", label);
  return give_empty(lexer, TOKEN_NUMBER, start, end);
}

/* Only digits, so that a point may end it? */
static bool whole(const unsigned char *start, const unsigned char *end) {
  while (start < end && (digit(*start) || *start == '_')) start++;
  return start == end;
}

/* A number that ends at `end`, unless what follows shows that more was meant (FAULTS.md, A20). */
static Token number(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  unsigned char next = *end;
  if (LIKELY(!name_byte(next) && next != '.')) return give(lexer, kind, start, end);
  uint32_t code = 0;
  size_t size;
  if (next >= 0x80 && strange_at(lexer, end, &code, &size))
    return give(lexer, kind, start, end); /* `2×3`: reported with the next token */
  bool hex = end - start > 1 && (start[1] | 32) == 'x';
  if (next == '.' && end[1] == '.') return give(lexer, kind, start, end);
  if (next == '.' && !name_byte(end[1]) && whole(start, end))
    return give(lexer, kind, start, end + 1); /* `2.` */
  if (next == '.' && digit(end[1]))
    return malformed(lexer, start, end, "a number has only one point");
  if (next == '.') return malformed(lexer, start, end + 1, "a digit is expected after the point");
  if (next == '_') return malformed(lexer, start, end + 1, "a digit is expected after `_`");
  if (!hex && (next | 32) == 'e') {
    end += end[1] == '+' || end[1] == '-' ? 2 : 1;
    return malformed(lexer, start, end, "a digit of the exponent is expected here");
  }
  if (end - start == 1 && *start == '0' && (next | 32) == 'x')
    return malformed(lexer, start, end + 1, "a hexadecimal digit is expected here");
  return malformed(lexer, start, end,
                   hex ? "not a hexadecimal digit" : "a name cannot begin inside a number");
}

static bool after_value(const Lexer *lexer, const unsigned char *start) {
  return (token_flags(lexer->last.kind) & ENDS) &&
         lexer->last.end == (uint32_t)(start - (const unsigned char *)lexer->text);
}

/* `.0` directly after a value: an item of a tuple. */
static Token field(Lexer *lexer, const unsigned char *start) {
  const unsigned char *end = start + 1;
  while (digit(*end)) end++;
  if (!name_byte(*end)) return give(lexer, TOKEN_FRACTION, start, end);
  return malformed(lexer, start, end, "an item of a tuple is its number: `t.0`");
}

/* ---- strings ---- */

typedef struct Piece {
  const unsigned char *start; /* first byte of the token: quote, `}` or `:` */
  uint32_t quote;             /* where the string opened */
  bool is_long;               /* three quotes */
  bool opening; /* the token begins with the quote: STRING or HEAD, else TAIL or MID */
} Piece;

static Token not_closed(Lexer *lexer, const Piece *piece, const unsigned char *end) {
  /* In an interpolation this ends the string around it, whose `{` is not closed: reported when the
   * line ends. */
  if (piece->opening && !piece->is_long && lexer->interpolations > 0)
    return give_empty(lexer, TOKEN_STRING, piece->start, end);
  uint32_t width = piece->is_long ? 3 : 1;
  Diag *diag = report_error(lexer->report, span(lexer, piece->quote, piece->quote + width),
                            "string not closed");
  if (piece->is_long) lexer->open_text = true;
  else diag_help(diag, "a string of several lines is written between three quotes: \"\"\"");
  return give_empty(lexer, piece->opening ? TOKEN_STRING : TOKEN_TAIL, piece->start, end);
}

static void bad_escape(Lexer *lexer, const unsigned char *start, const unsigned char *end,
                       const char *help) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  char shown[NAME_SIZE];
  name_shown((const char *)start, (size_t)(end - start), shown);
  Diag *diag = report_error(lexer->report,
                            span(lexer, (uint32_t)(start - text), (uint32_t)(end - text)),
                            "unknown escape `%s`", shown);
  diag_help(diag, "%s", help);
}

/* Do the digits of `\u{…}` give a code point that text may hold? */
static bool code_point_ok(const unsigned char *digits, const unsigned char *end) {
  uint32_t code = 0;
  if (digits == end || end - digits > 8) return false;
  for (; digits < end; digits++) {
    unsigned char byte = *digits | 32;
    if (code > 0x10ffff) return false;
    code = code * 16 + (uint32_t)(*digits <= '9' ? *digits - '0' : byte - 'a' + 10);
  }
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

static const char ESCAPES[] =
    "there are \\n \\t \\\" \\\\ and \\u{3b1}; a brace is written {{ or }}";
static const char CODE_POINT[] = "write a code point as \\u{3b1}";
static const char CODE_POINTS[] = "\\u{…} must be a code point, 0 to 10ffff and not a surrogate";

static void lone_brace(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 1), "`}` without `{` in a string"),
            "write `}}` for a brace");
}

/* From `cursor` to the end of this piece of a string. */
static Token string_piece(Lexer *lexer, const Piece *piece, const unsigned char *cursor) {
  const unsigned char *limit = (const unsigned char *)lexer->text + lexer->length, *marker, *start;
  for (;;) {
    start = cursor;
    /* clang-format off */
    /*!re2c
      [^\x00"\\{}\r\n]+                 { continue; }
      "\r"? "\n"                        { if (piece->is_long) continue;
                                          return not_closed(lexer, piece, start); }
      "{{" | "}}"                       { continue; }
      "{"                               { int kind = piece->opening ? TOKEN_HEAD : TOKEN_MID;
                                          return give(lexer, kind, piece->start, cursor); }
      "}"                               { lone_brace(lexer, start); continue; }
      "\"\"\""                          { if (!piece->is_long) cursor = start + 1; break; }
      "\""                              { if (piece->is_long) continue; break; }
      "\\" ["nt\\]                      { continue; }
      "\\u{" [0-9a-fA-F]* "}"           { if (!code_point_ok(start + 3, cursor - 1))
                                            bad_escape(lexer, start, cursor, CODE_POINTS);
                                          continue; }
      "\\u"                             { bad_escape(lexer, start, cursor, CODE_POINT); continue; }
      "\\" [^\x00\r\n]                  { bad_escape(lexer, start, cursor, ESCAPES); continue; }
      "\\"                              { bool more = *cursor && piece->is_long;
                                          if (more) bad_escape(lexer, start, cursor, ESCAPES);
                                          continue; }
      *                                 { continue; }
      $                                 { return not_closed(lexer, piece, start); }
    */
    /* clang-format on */
  }
  return give(lexer, piece->opening ? TOKEN_STRING : TOKEN_TAIL, piece->start, cursor);
}

static Token string(Lexer *lexer, const unsigned char *start, const unsigned char *end) {
  Piece piece = {start, (uint32_t)(start - (const unsigned char *)lexer->text), end - start == 3,
                 true};
  return string_piece(lexer, &piece, end);
}

static void brace_not_closed(Lexer *lexer, const Open *open, const char *label) {
  Diag *diag = report_error(lexer->report, span(lexer, open->brace, open->brace + 1),
                            "the `{` of a string is not closed");
  diag_label(diag, "%s", label);
  diag_note(diag, span(lexer, open->at, open->at + 1), "the string begins here");
  diag_help(diag, "a literal brace is written {{");
}

/* Past the `}` that closes the format in which the `{` at `at` stands; the end of the line when
 * there is none. */
static const unsigned char *past_format(const unsigned char *at) {
  for (int depth = 1; *at && *at != '\n' && *at != '"'; at++) {
    depth += (*at == '{') - (*at == '}');
    if (depth == 0) return at + 1;
  }
  return at;
}

/* A format that does not end: at a newline, at the string's end, or because a part of it is an
 * interpolation. */
static Token bad_format(Lexer *lexer, const Piece *piece, const unsigned char *at) {
  const Open *open = &lexer->open[lexer->depth - 1];
  uint32_t place = (uint32_t)(at - (const unsigned char *)lexer->text);
  if (*at != '{') {
    brace_not_closed(lexer, open, "its format ends with a `}`");
    return give_empty(lexer, TOKEN_TAIL, piece->start,
                      *at == '"' ? at + 1 : at + strcspn((const char *)at, "\r\n"));
  }
  Diag *diag = report_error(lexer->report, span(lexer, place, place + 1),
                            "a format cannot contain `{`");
  diag_help(diag,
            "width and digits are constants, as in {x:>8.3f}; the expression comes before the `:`");
  const unsigned char *end = past_format(at);
  if (end[-1] != '}')
    return give_empty(lexer, TOKEN_TAIL, piece->start, *end == '"' ? end + 1 : end);
  Token token = string_piece(lexer, piece, end);
  lexer->reported = token.end;
  return token;
}

/* `:` or `}` where an interpolation is innermost: continues the string, after its format if there
 * is one. */
static Token resume(Lexer *lexer, const unsigned char *start) {
  const Open *open = &lexer->open[lexer->depth - 1];
  Piece piece = {start, open->at, open->long_string, false};
  const unsigned char *at = start;
  if (*at == ':')
    while (*at && *at != '}' && *at != '\n' && *at != '\r' && *at != '"' && *at != '{') at++;
  return *at == '}' ? string_piece(lexer, &piece, at + 1) : bad_format(lexer, &piece, at);
}

static bool interpolating(const Lexer *lexer) {
  return lexer->depth > 0 && lexer->open[lexer->depth - 1].kind == TOKEN_HEAD;
}

/* ---- what is no token ---- */

/* Reports the token, and returns the one that was meant. */
static Token instead(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end,
                     const char *help) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  char shown[NAME_SIZE];
  name_shown((const char *)start, (size_t)(end - start), shown);
  Diag *diag = report_error(lexer->report,
                            span(lexer, (uint32_t)(start - text), (uint32_t)(end - text)),
                            "`%s` is not a word of the language", shown);
  diag_help(diag, "%s", help);
  return give(lexer, kind, start, end);
}

/* Reports a character that begins no token, and returns the token that was meant, so that no
 * further errors follow.  If there is none, returns TOKEN_END, and the text continues at
 * *cursor. */
static Token strange(Lexer *lexer, const unsigned char *start, const unsigned char **cursor) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  uint32_t code = 0, at = (uint32_t)(start - text);
  size_t size;
  const Strange *row = strange_at(lexer, start, &code, &size);
  const unsigned char *end = start + size;
  Diag *diag = strange_report(lexer->report, span(lexer, at, (uint32_t)(end - text)),
                              (const char *)start, code, row);
  bool glued = lexer->last.end == at && lexer->last.kind == TOKEN_NAME;
  int kind = row ? row->kind : code >= 0x80 && !glued ? TOKEN_NAME : 0;
  if (kind == TOKEN_TICK && !after_value(lexer, start)) kind = TOKEN_STRING;
  if (kind == TOKEN_STRING)
    return give_empty(lexer, kind, start,
                      (const unsigned char *)strange_past_quote((const char *)end));
  if (kind && kind != TOKEN_NAME) {
    lexer->reported = (uint32_t)(end - text);
    return give(lexer, kind, start, end);
  }
  if (code == '?') {
    diag_help(diag, "write `if c { a } else { b }`");
    end = start + strcspn((const char *)start, "\n"); /* the rest of the line is foreign too */
  }
  /* The word attached to it, and repetitions of the character, would only repeat the message. */
  while (code != '?' && strncmp((const char *)end, (const char *)start, size) == 0) end += size;
  while ((glued || kind) && name_byte(*end)) end++;
  if (kind) return give_empty(lexer, kind, start, end);
  lexer->reported = (uint32_t)(end - text);
  *cursor = end;
  return (Token){.kind = TOKEN_END};
}

/* `'` is a transpose directly after a value; elsewhere it is meant as a quote. */
static Token tick(Lexer *lexer, const unsigned char *start, const unsigned char *end) {
  if (after_value(lexer, start)) return give(lexer, TOKEN_TICK, start, end);
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  while (*end && *end != '\'' && *end != '\n') end++;
  Diag *diag = report_error(lexer->report, span(lexer, at, at + 1), "`'` does not begin a string");
  diag_help(diag, "strings are written in double quotes: \"…\"; `x'` transposes");
  return give_empty(lexer, TOKEN_STRING, start, *end == '\'' ? end + 1 : end);
}

static bool line_starts(const Lexer *lexer, const unsigned char *start) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  return start == text || start[-1] == '\n' || (start == text + 3 && lexer->text[0] == '\xef');
}

/* A line of seven marks left by a merge; returns the end of the line. */
static const unsigned char *merge_marker(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 7), "merge conflict marker"),
            "choose one side and remove the marker");
  const unsigned char *end = start;
  while (*end && *end != '\n') end++;
  lexer->reported = (uint32_t)(end - (const unsigned char *)lexer->text);
  return end;
}

static const unsigned char *slash_comment(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 2), "`%.*s` does not begin a comment",
                         2, (const char *)start),
            "a comment begins with `#`");
  const unsigned char *end = start;
  while (*end && *end != '\n') end++;
  return end;
}

/* ---- the rules ---- */

static const char UNNAMED[] = "a function without a name is written `fn(x) = …`";

/* `a | b`; or `|x| x + 1`, of which the first bar is reported. */
static Token bar(Lexer *lexer, const unsigned char *start, const unsigned char *end) {
  const Report *report = lexer->report;
  bool value = token_flags(lexer->last.kind) & ENDS,
       second = value && report->count && !strcmp(report->items[report->count - 1].help, UNNAMED);
  if (second) return give(lexer, TOKEN_OR, start, end);
  return instead(lexer, TOKEN_OR, start, end, value ? "write `or`" : UNNAMED);
}

/* What a character is elsewhere: between values, and before one. */
typedef struct Between {
  int kind; /* of the token that stands for it between values */
  const char *between, *before;
} Between;

static const Between TILDE = {TOKEN_OR, "a draw is `let y = normal(n, mean: m, std: s)`",
                              "negation is written `not`"};
static const Between BACKSLASH = {TOKEN_SLASH, "`solve(A, b)` solves A x = b", UNNAMED};

static Token between(Lexer *lexer, const unsigned char *start, const unsigned char *end,
                     Between is) {
  bool value = token_flags(lexer->last.kind) & ENDS;
  return instead(lexer, value ? is.kind : TOKEN_NOT, start, end, value ? is.between : is.before);
}

static const char PAIRS[] = "a dict is written `dict((\"a\", 1), (\"b\", 2))`";
static const char NAMELESS[] = "a function is written `fn(x) = …`";
static const char QUOTIENT[] = "a comment begins with `#`; a whole quotient is `floor(a / b)`";

#define GIVE(KIND) return give(lexer, TOKEN_##KIND, start, cursor)
#define SOFTLY(KIND) return soft(lexer, TOKEN_##KIND, start, cursor)
#define INSTEAD(KIND, HELP) return instead(lexer, TOKEN_##KIND, start, cursor, HELP)

static Token scan_range(Lexer *lexer) {
  const unsigned char *text = (const unsigned char *)lexer->text, *limit = text + lexer->length;
  const unsigned char *cursor = text + lexer->at, *marker, *start;
  if (UNLIKELY(lexer->overflowed || report_full(lexer->report)))
    return give(lexer, TOKEN_END, limit, limit);
  for (;;) {
    start = cursor;
    if (UNLIKELY(start >= limit)) return give(lexer, TOKEN_END, limit, limit);
    /* clang-format off */
    /*!re2c
      blank+                            { continue; }
      "#" [^\x00\n]*                    { continue; }
      "\r"? "\n"                        { GIVE(NL); }
      ";"                               { GIVE(NL); }
      $                                 { return give(lexer, TOKEN_END, limit, limit); }

      "let"                             { GIVE(LET); }
      "fn"                              { GIVE(FN); }
      "in"                              { GIVE(IN); }
      "if"                              { GIVE(IF); }
      "else"                            { GIVE(ELSE); }
      "for"                             { GIVE(FOR); }
      "while"                           { GIVE(WHILE); }
      "return"                          { GIVE(RETURN); }
      "break"                           { GIVE(BREAK); }
      "continue"                        { GIVE(CONTINUE); }
      "import"                          { GIVE(IMPORT); }
      "and"                             { GIVE(AND); }
      "or"                              { GIVE(OR); }
      "not"                             { GIVE(NOT); }
      "true"                            { GIVE(TRUE); }
      "false"                           { GIVE(FALSE); }
      "none"                            { GIVE(NONE); }
      "model"                           { SOFTLY(MODEL); }
      "loss"                            { SOFTLY(LOSS); }
      "optimizer"                       { SOFTLY(OPTIMIZER); }
      "param"                           { SOFTLY(PARAM); }
      "buffer"                          { SOFTLY(BUFFER); }
      "state"                           { SOFTLY(STATE); }
      "test"                            { SOFTLY(TEST); }
      "train"                           { SOFTLY(TRAIN); }
      "race"                            { SOFTLY(RACE); }
      "update"                          { SOFTLY(UPDATE); }
      "on"                              { return particle(lexer, TOKEN_ON, start, cursor); }
      "by"                              { return particle(lexer, TOKEN_BY, start, cursor); }
      name_first name_rest*             { GIVE(NAME); }

      digits ("." digits)? exponent?    { return number(lexer, TOKEN_NUMBER, start, cursor); }
      hexadecimal                       { return number(lexer, TOKEN_NUMBER, start, cursor); }
      "." digits exponent?              { if (after_value(lexer, start)) return field(lexer, start);
                                          return number(lexer, TOKEN_FRACTION, start, cursor); }
      "\""                              { return string(lexer, start, cursor); }
      "\"\"\""                          { return string(lexer, start, cursor); }

      "("                               { GIVE(LP); }
      ")"                               { GIVE(RP); }
      "["                               { GIVE(LB); }
      "]"                               { GIVE(RB); }
      "{"                               { GIVE(LBRACE); }
      "}"                               { if (interpolating(lexer)) return resume(lexer, start);
                                          GIVE(RBRACE); }
      ":"                               { if (interpolating(lexer)) return resume(lexer, start);
                                          GIVE(COLON); }
      ","                               { GIVE(COMMA); }
      "->"                              { GIVE(ARROW); }
      "="                               { GIVE(ASSIGN); }
      "+=" | "-=" | "*=" | "/=" | "^="  { GIVE(OPEQ); }
      "|>"                              { GIVE(PIPE); }
      "=="                              { GIVE(EQ); }
      "!="                              { GIVE(NE); }
      "<"                               { GIVE(LT); }
      "<="                              { GIVE(LE); }
      ">"                               { GIVE(GT); }
      ">="                              { GIVE(GE); }
      ".."                              { GIVE(DOTDOT); }
      "..."                             { GIVE(ELLIPSIS); }
      "."                               { GIVE(DOT); }
      "+"                               { GIVE(PLUS); }
      "-"                               { GIVE(MINUS); }
      "*"                               { GIVE(STAR); }
      "/"                               { GIVE(SLASH); }
      "%"                               { GIVE(PERCENT); }
      "@"                               { GIVE(AT); }
      "^"                               { GIVE(POW); }
      "'"                               { return tick(lexer, start, cursor); }

      "**"                              { INSTEAD(POW, "the power is written `^`"); }
      "**="                             { INSTEAD(OPEQ, "the power is written `^`: `x ^= y`"); }
      "~="                              { INSTEAD(NE, "write `!=`"); }
      "~"                               { return between(lexer, start, cursor, TILDE); }
      "!"                               { INSTEAD(NOT, "negation is written `not`"); }
      "&" | "&&"                        { INSTEAD(AND, "write `and`"); }
      "|" | "||"                        { return bar(lexer, start, cursor); }
      "\\"                              { return between(lexer, start, cursor, BACKSLASH); }
      "==="                             { INSTEAD(EQ, "write `==`"); }
      "!==" | "<>"                      { INSTEAD(NE, "write `!=`"); }
      ":="                              { if (interpolating(lexer)) return resume(lexer, start);
                                          INSTEAD(ASSIGN,
                                                  "`let x = …` declares, `x = …` assigns"); }
      "=>"                              { bool key = lexer->last.kind == TOKEN_STRING;
                                          INSTEAD(ASSIGN, key ? PAIRS : NAMELESS); }
      "%=" | "@="                       { INSTEAD(OPEQ,
                                          "there are += -= *= /= ^=; else write `x = x % y`"); }
      "/*"                              { cursor = slash_comment(lexer, start); continue; }
      "//="                             { if (!lexer->fresh)
                                            INSTEAD(OPEQ, "write `x = idiv(x, y)`");
                                          cursor = slash_comment(lexer, start);
                                          continue; }
      "//"                              { if (!lexer->fresh) INSTEAD(SLASH, QUOTIENT);
                                          cursor = slash_comment(lexer, start);
                                          continue; }
      "<<<<<<<" | "=======" | ">>>>>>>" | "|||||||"
                                        { if (!line_starts(lexer, start))
                                            INSTEAD(EQ, "equality is written `==`");
                                          cursor = merge_marker(lexer, start);
                                          continue; }
      *                                 { Token token = strange(lexer, start, &cursor);
                                          if (token.kind != TOKEN_END) return token;
                                          continue; }
    */
    /* clang-format on */
  }
}

static Token scan(Lexer *lexer) {
  Token token = scan_range(lexer);
  while (UNLIKELY(token.kind == TOKEN_END && lexer->range_count > 0)) {
    lexer_ranges(lexer, lexer->ranges, lexer->range_count);
    token = scan_range(lexer);
  }
  return token;
}

/* ---- which newlines count, and the open brackets ---- */

void lexer_start(Lexer *lexer, const Source *source, uint32_t file, Report *report) {
  memset(lexer, 0, offsetof(Lexer, open));
  lexer->text = source->text;
  lexer->length = source->length;
  lexer->file = file;
  lexer->at = source->skip;
  lexer->fresh = true;
  lexer->ahead.kind = TOKEN_NL;
  lexer->report = report;
}

void lexer_ranges(Lexer *lexer, const TextRange *ranges, int count) {
  lexer->at = ranges[0].from;
  lexer->length = ranges[0].to;
  lexer->fresh = true;
  lexer->ranges = ranges + 1;
  lexer->range_count = count - 1;
}

static bool is_newline(const Lexer *lexer, Token token) {
  return token.kind == TOKEN_NL && lexer->text[token.start] != ';';
}

static bool blank_at(const Lexer *lexer, uint32_t at) {
  char byte = lexer->text[at];
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Does a line that begins with `next` continue the one before? */
static bool goes_on(const Lexer *lexer, Token next) {
  if (next.kind == TOKEN_PIPE || next.kind == TOKEN_ELSE) return true;
  if (next.kind == TOKEN_DOT) return name_byte((unsigned char)lexer->text[next.end]);
  return (token_flags(next.kind) & GOES_ON) && blank_at(lexer, next.end);
}

static void newline_in_interpolation(Lexer *lexer, Token newline) {
  int depth = lexer->depth;
  while (lexer->open[depth - 1].kind != TOKEN_HEAD) depth--;
  const Open *open = &lexer->open[depth - 1];
  brace_not_closed(lexer, open, "it cannot contain a newline");
  lexer->depth = depth - 1;
  lexer->interpolations--;
  lexer->reported = newline.end;
}

/* What a newline becomes: NL, or the first token of the next line. */
static Token after_newline(Lexer *lexer, Token newline) {
  if (UNLIKELY(lexer->interpolations > 0)) return newline_in_interpolation(lexer, newline), newline;
  Token next;
  do {
    lexer->fresh = true;
    next = scan(lexer);
  } while (is_newline(lexer, next));
  int inner = lexer->depth > 0 ? lexer->open[lexer->depth - 1].kind : TOKEN_LBRACE;
  if (inner != TOKEN_LBRACE || !(token_flags(lexer->last.kind) & ENDS) || goes_on(lexer, next))
    return next;
  lexer->ahead = next;
  return newline;
}

static void push(Lexer *lexer, Token token) {
  if (lexer->depth == OPEN_LIMIT) {
    lexer->overflowed = true;
    return;
  }
  bool is_long = token.kind == TOKEN_HEAD && strncmp(lexer->text + token.start, "\"\"\"", 3) == 0;
  lexer->open[lexer->depth++] = (Open){token.kind, is_long, token.start,
                                       token.end ? token.end - 1 : 0};
  lexer->interpolations += token.kind == TOKEN_HEAD;
}

static void pop(Lexer *lexer, int kind) {
  int opened = kind == TOKEN_RP       ? TOKEN_LP
               : kind == TOKEN_RB     ? TOKEN_LB
               : kind == TOKEN_RBRACE ? TOKEN_LBRACE
                                      : TOKEN_HEAD;
  int depth = lexer->depth;
  /* A `}` closes its block whatever is still open in it; the parser reports that. */
  if (kind == TOKEN_RBRACE)
    while (depth > 0 &&
           (lexer->open[depth - 1].kind == TOKEN_LP || lexer->open[depth - 1].kind == TOKEN_LB))
      depth--;
  lexer->unclosed = depth < lexer->depth ? lexer->open[lexer->depth - 1] : (Open){0};
  if (depth == 0 || lexer->open[depth - 1].kind != opened) return;
  lexer->depth = depth - 1;
  lexer->interpolations -= opened == TOKEN_HEAD;
}

Token lexer_next(Lexer *lexer) {
  Token token = lexer->ahead.kind == TOKEN_NL ? scan(lexer) : lexer->ahead;
  lexer->ahead.kind = TOKEN_NL;
  if (is_newline(lexer, token)) token = after_newline(lexer, token);
  if ((token_flags(token.kind) & OPENS) || token.kind == TOKEN_HEAD) push(lexer, token);
  else if ((token_flags(token.kind) & CLOSES) || token.kind == TOKEN_TAIL) pop(lexer, token.kind);
  else if (token.kind == TOKEN_MID && interpolating(lexer))
    lexer->open[lexer->depth - 1].brace = token.end - 1;
  return lexer->last = token;
}

void lexer_unwind(Lexer *lexer, int depth, Token again) {
  for (; lexer->depth > depth; lexer->depth--)
    lexer->interpolations -= lexer->open[lexer->depth - 1].kind == TOKEN_HEAD;
  lexer->ahead = again;
  lexer->last.kind = TOKEN_NL;
}

/* ---- the dump ---- */

void lexer_dump(Sources *sources, uint32_t file, Text *text) {
  const Source *source = source_at(sources, file);
  Diag diag;
  if (!source_check(source, file, &diag))
    return; /* the lexer needs clean text; running it reports the error */
  Report report = {0};
  Lexer lexer;
  lexer_start(&lexer, source, file, &report);
  unsigned line = 1, column = 1;
  uint32_t at = source->skip;
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    for (; at < token.start; at++) {
      column = source->text[at] == '\n'
                   ? 1
                   : column + (((unsigned char)source->text[at] & 0xc0) != 0x80);
      line += source->text[at] == '\n';
    }
    text_format(text, "%u:%u %s", line, column, token_name(token.kind));
    if (token.kind != TOKEN_NL) {
      text_char(text, ' ');
      text_escaped(text, source->text + token.start, token.end - token.start);
    }
    text_char(text, '\n');
  }
  report_clear(&report);
}
