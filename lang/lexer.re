/* lexer.re — the lexer: kind and span of each token (language.md section 1).
 *
 * Three layers, each a page.  `scan` gives the next token as it stands in the text, every newline included; re2c makes
 * it from the aligned rules below.  `string_piece` goes on inside a string, up to its closing quote or the `{` of
 * an interpolation.  `lexer_next` decides which newlines count and keeps the stack of open brackets.
 *
 * Newlines.  One is given as NL unless the innermost bracket is `(` or `[`, the token before it cannot end an
 * expression, or the next line begins with `|>`, `.name`, `else`, or a binary operator and a space.  For that, the token after
 * the newline is scanned ahead; nothing in `scan` depends on whether a newline is given.
 *
 * Words.  `model`, `loss` and their kin are given as words of the language when a name follows on the same line
 * (`test`: a string), `on` and `by` only where an expression has just ended; the grammar then takes them as names
 * where it has no use for the word.
 *
 * Mistakes go to the Report, and a token that lets the parser go on is given: `not` for `!`, `^` for `**`.  A token without
 * bytes (start == end) stands for a value that was reported already.  Each byte is looked at a bounded number of times.
 * The input has passed source_check: UTF-8, no NUL, no control bytes.
 *
 * To add an operator or a word: a rule here, a row in token.def, a rule in parser.y.
 */
#include "lang/lexer.h"

#include <stdio.h>
#include <string.h>

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

typedef struct TokenRow {
  const char *name;      /* "NAME" */
  const char *spelling;  /* "a name" */
  int flags;             /* of token.def */
} TokenRow;

static const TokenRow ROWS[] = {
#define TOKEN(KIND, SPELLING, FLAGS) [TOKEN_##KIND] = {#KIND, SPELLING, FLAGS},
#include "lang/token.def"
#undef TOKEN
};

int token_flags(int kind) { return kind >= 0 && kind < COUNT_OF(ROWS) ? ROWS[kind].flags : 0; }
const char *token_spelling(int kind) { return kind >= 0 && kind < COUNT_OF(ROWS) && ROWS[kind].spelling ? ROWS[kind].spelling : ""; }
const char *token_name(int kind) { return kind >= 0 && kind < COUNT_OF(ROWS) && ROWS[kind].name ? ROWS[kind].name : "?"; }

static Span span(const Lexer *lexer, uint32_t start, uint32_t end) { return (Span){lexer->file, start, end}; }

/* ---- tokens ---- */

static Token give(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  Token token = {(uint8_t)kind, lexer->fresh, (uint32_t)(start - text), (uint32_t)(end - text)};
  lexer->at = token.end;
  lexer->fresh = false;
  if (UNLIKELY(token.end - token.start > TOKEN_LIMIT)) {
    report_error(lexer->report, span(lexer, token.start, token.start + 1), "a token of %u bytes: the limit is %d", token.end - token.start, TOKEN_LIMIT);
    token.end = token.start; /* nothing reads it */
  }
  return token;
}

/* A value that stands for what was reported: no bytes, at `start`; the text goes on at `end`. */
static Token give_empty(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  Token token = give(lexer, kind, start, start);
  lexer->at = lexer->told = (uint32_t)(end - (const unsigned char *)lexer->text);
  return token;
}

static bool name_byte(unsigned char byte) {
  return byte >= 0x80 || byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool digit(unsigned char byte) { return byte >= '0' && byte <= '9'; }

bool lexer_word_is(const char *text, size_t length) {
  for (int i = 0; i < COUNT_OF(ROWS); i++)
    if ((ROWS[i].flags & WORD) && strlen(ROWS[i].spelling) == length && memcmp(ROWS[i].spelling, text, length) == 0) return true;
  return false;
}

/* `model` and its kin: a word of the language straight before a name (`test`: a string), elsewhere a name. */
static Token soft(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  const unsigned char *at = end;
  while (*at == ' ' || *at == '\t') at++;
  if (kind == TOKEN_TEST) return give(lexer, *at == '"' ? TOKEN_TEST : TOKEN_NAME, start, end);
  const unsigned char *stop = at;
  while (stop < at + 16 && name_byte(*stop)) stop++;
  bool name = stop > at && !digit(*at) && !lexer_word_is((const char *)at, (size_t)(stop - at));
  bool by = stop - at == 2 && memcmp(at, "by", 2) == 0 && *stop == ' '; /* `0..state by 2` */
  return give(lexer, name && !by ? kind : TOKEN_NAME, start, end);
}

/* `on` and `by`: only where an expression has just ended, and the statement with it has not. */
static Token particle(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  int inner = lexer->depth > 0 ? lexer->open[lexer->depth - 1].kind : TOKEN_LBRACE;
  bool after = !(lexer->fresh && inner == TOKEN_LBRACE) && (token_flags(lexer->last.kind) & ENDS) && !((token_flags(lexer->last.kind) & WORD) && (token_flags(lexer->last.kind) & STARTS));
  return give(lexer, after ? kind : TOKEN_NAME, start, end);
}

/* ---- numbers ---- */

static Token malformed(Lexer *lexer, const unsigned char *start, const unsigned char *wrong, const char *label) {
  const unsigned char *end = wrong;
  while (name_byte(*end) || (*end == '.' && name_byte(end[1]))) end++;
  uint32_t at = (uint32_t)(wrong - (const unsigned char *)lexer->text);
  Diag *diag = report_error(lexer->report, span(lexer, at, at + 1), "malformed number");
  diag_label(diag, "%s", label);
  return give_empty(lexer, TOKEN_NUMBER, start, end);
}

/* A number that ends at `end`, unless what follows shows that it was meant to go on (faults.md, A20). */
static Token number(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end) {
  unsigned char next = *end;
  if (LIKELY(!name_byte(next) && next != '.')) return give(lexer, kind, start, end);
  bool hex = end - start > 1 && (start[1] | 32) == 'x';
  if (next == '.' && end[1] == '.') return give(lexer, kind, start, end);
  if (next == '.' && digit(end[1])) return malformed(lexer, start, end, "a number has one point");
  if (next == '.') return malformed(lexer, start, end + 1, "a digit is expected after the point");
  if (next == '_') return malformed(lexer, start, end + 1, "a digit is expected after `_`");
  if (!hex && (next | 32) == 'e') {
    end += end[1] == '+' || end[1] == '-' ? 2 : 1;
    return malformed(lexer, start, end, "a digit of the exponent is expected here");
  }
  if (end - start == 1 && *start == '0' && (next | 32) == 'x') return malformed(lexer, start, end + 1, "a hexadecimal digit is expected here");
  return malformed(lexer, start, end, hex ? "not a hexadecimal digit" : "a name cannot begin inside a number");
}

static bool after_value(const Lexer *lexer, const unsigned char *start) {
  return (token_flags(lexer->last.kind) & ENDS) && lexer->last.end == (uint32_t)(start - (const unsigned char *)lexer->text);
}

/* `.0` straight after a value: an item of a tuple. */
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
  bool opening;               /* the token begins with the quote: STRING or HEAD, else TAIL or MID */
} Piece;

static Token not_closed(Lexer *lexer, const Piece *piece, const unsigned char *end) {
  uint32_t width = piece->is_long ? 3 : 1;
  Diag *diag = report_error(lexer->report, span(lexer, piece->quote, piece->quote + width), "string not closed");
  if (piece->is_long) lexer->open_text = true;
  else diag_help(diag, "a string of several lines stands between three quotes: \"\"\"");
  return give_empty(lexer, piece->opening ? TOKEN_STRING : TOKEN_TAIL, piece->start, end);
}

static void bad_escape(Lexer *lexer, const unsigned char *start, const unsigned char *end, const char *help) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  char shown[NAME_ROOM];
  name_shown((const char *)start, (size_t)(end - start), shown);
  Diag *diag = report_error(lexer->report, span(lexer, (uint32_t)(start - text), (uint32_t)(end - text)), "unknown escape `%s`", shown);
  diag_help(diag, "%s", help);
}

/* `\u{…}`: whether its digits are a code point that text may hold. */
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

static const char ESCAPES[] = "there are \\n \\t \\\" \\\\ and \\u{3b1}; a brace is written {{ or }}";

static void lone_brace(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 1), "`}` without `{` in a string"), "write `}}` for a brace");
}

/* From `cursor` to the end of this piece of a string. */
static Token string_piece(Lexer *lexer, const Piece *piece, const unsigned char *cursor) {
  const unsigned char *limit = (const unsigned char *)lexer->text + lexer->length, *marker, *start;
  for (;;) {
    start = cursor;
    /*!re2c
      [^\x00"\\{}\r\n]+                 { continue; }
      "\r"? "\n"                        { if (piece->is_long) continue; return not_closed(lexer, piece, start); }
      "{{" | "}}"                       { continue; }
      "{"                               { return give(lexer, piece->opening ? TOKEN_HEAD : TOKEN_MID, piece->start, cursor); }
      "}"                               { lone_brace(lexer, start); continue; }
      "\"\"\""                          { if (!piece->is_long) cursor = start + 1; break; }
      "\""                              { if (piece->is_long) continue; break; }
      "\\" ["nt\\]                      { continue; }
      "\\u{" [0-9a-fA-F]* "}"           { if (!code_point_ok(start + 3, cursor - 1)) bad_escape(lexer, start, cursor, "\\u{…} is a code point, 0 to 10ffff, no surrogate"); continue; }
      "\\u"                             { bad_escape(lexer, start, cursor, "a code point is written \\u{3b1}"); continue; }
      "\\" [^\x00\r\n]                  { bad_escape(lexer, start, cursor, ESCAPES); continue; }
      "\\"                              { if (*cursor && piece->is_long) bad_escape(lexer, start, cursor, ESCAPES); continue; }
      *                                 { continue; }
      $                                 { return not_closed(lexer, piece, start); }
    */
  }
  return give(lexer, piece->opening ? TOKEN_STRING : TOKEN_TAIL, piece->start, cursor);
}

static Token string(Lexer *lexer, const unsigned char *start, const unsigned char *end) {
  Piece piece = {start, (uint32_t)(start - (const unsigned char *)lexer->text), end - start == 3, true};
  return string_piece(lexer, &piece, end);
}

/* `:` or `}` where an interpolation is innermost: the string goes on, after its format if there is one. */
static Token resume(Lexer *lexer, const unsigned char *start) {
  const Open *open = &lexer->open[lexer->depth - 1];
  Piece piece = {start, open->at, open->long_string, false};
  const unsigned char *at = start;
  if (*at == ':')
    while (*at && *at != '}' && *at != '\n' && *at != '\r' && *at != '"' && *at != '{') at++;
  if (*at != '}') return not_closed(lexer, &piece, at + strcspn((const char *)at, "\r\n"));
  return string_piece(lexer, &piece, at + 1);
}

static bool interpolating(const Lexer *lexer) { return lexer->depth > 0 && lexer->open[lexer->depth - 1].kind == TOKEN_HEAD; }

/* ---- what is no token ---- */

/* Reports it, and gives the token that was meant. */
static Token instead(Lexer *lexer, int kind, const unsigned char *start, const unsigned char *end, const char *help) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  char shown[NAME_ROOM];
  name_shown((const char *)start, (size_t)(end - start), shown);
  Diag *diag = report_error(lexer->report, span(lexer, (uint32_t)(start - text), (uint32_t)(end - text)), "`%s` is not a word of the language", shown);
  diag_help(diag, "%s", help);
  return give(lexer, kind, start, end);
}

typedef struct Strange {
  uint32_t code;     /* code point */
  const char *name;  /* what it is called */
  const char *mend;  /* what to write, or NULL: it cannot be seen */
} Strange;

static const Strange STRANGE[] = {
  {0xa0, "no-break space", NULL},        {0xad, "soft hyphen", NULL},           {0x115f, "Hangul filler", NULL},
  {0x1160, "Hangul filler", NULL},       {0x180e, "Mongolian vowel separator", NULL}, {0x200b, "zero width space", NULL},
  {0x200c, "zero width non-joiner", NULL}, {0x200d, "zero width joiner", NULL}, {0x202f, "narrow no-break space", NULL},
  {0x2060, "word joiner", NULL},         {0x3000, "ideographic space", NULL},   {0x3164, "Hangul filler", NULL},
  {0xffa0, "Hangul filler", NULL},       {0xd7, "multiplication sign", "*"},    {0xb7, "middle dot", "*"},
  {0x22c5, "dot operator", "*"},         {0xf7, "division sign", "/"},          {0x2010, "hyphen", "-"},
  {0x2013, "dash", "-"},                 {0x2014, "dash", "-"},                 {0x2212, "minus sign", "-"},
  {0x2018, "quotation mark", "\""},      {0x2019, "quotation mark", "' or \""}, {0x201c, "quotation mark", "\""},
  {0x201d, "quotation mark", "\""},      {0x2026, "ellipsis", "..."},           {0x2192, "arrow", "->"},
  {0x2208, "element sign", "in"},        {0x2260, "not-equal sign", "!="},      {0x2264, "less-or-equal sign", "<="},
  {0x2265, "greater-or-equal sign", ">="},
};

/* Reports a character that begins no token and gives where to go on. */
static const unsigned char *strange(Lexer *lexer, const unsigned char *start) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  uint32_t code = 0, at = (uint32_t)(start - text);
  const unsigned char *end = start + text_decode((const char *)start, lexer->length - at, &code);
  const Strange *row = NULL;
  Diag *diag = NULL;
  for (int i = 0; i < COUNT_OF(STRANGE); i++)
    if (STRANGE[i].code == code) row = &STRANGE[i];
  Span where = span(lexer, at, (uint32_t)(end - text));
  if (row && row->mend) diag_help(report_error(lexer->report, where, "`%.*s` (U+%04X, %s) is not a word of the language", (int)(end - start), start, code, row->name), "write `%s`", row->mend);
  else if (row) diag_help(report_error(lexer->report, where, "U+%04X (%s), which cannot be seen, in the source", code, row->name), "remove it");
  else if (code >= 0x80) report_error(lexer->report, where, "`%.*s` (U+%04X) cannot stand here", (int)(end - start), start, code);
  else diag = report_error(lexer->report, where, "`%c` is not a word of the language", (char)code);
  if (code == '?') {
    diag_help(diag, "write `if c { a } else { b }`");
    lexer->told = at + (uint32_t)strcspn((const char *)start, "\n"); /* the rest of it is as foreign */
    return end;
  }
  /* What is glued to it, and the same character again, would only repeat the message. */
  size_t size = (size_t)(end - start);
  while (strncmp((const char *)end, (const char *)start, size) == 0) end += size;
  if (lexer->last.end == at && lexer->last.kind == TOKEN_NAME)
    while (name_byte(*end)) end++;
  lexer->told = (uint32_t)(end - text);
  return end;
}

/* `'` is a transpose straight after a value; elsewhere someone quotes. */
static Token tick(Lexer *lexer, const unsigned char *start, const unsigned char *end) {
  if (after_value(lexer, start)) return give(lexer, TOKEN_TICK, start, end);
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  while (*end && *end != '\'' && *end != '\n') end++;
  Diag *diag = report_error(lexer->report, span(lexer, at, at + 1), "`'` begins no string");
  diag_help(diag, "strings stand in double quotes: \"…\"; `x'` transposes");
  return give_empty(lexer, TOKEN_STRING, start, *end == '\'' ? end + 1 : end);
}

static bool line_starts(const Lexer *lexer, const unsigned char *start) {
  const unsigned char *text = (const unsigned char *)lexer->text;
  return start == text || start[-1] == '\n' || (start == text + 3 && lexer->text[0] == '\xef');
}

/* A line of seven marks that a merge has left; gives where the line ends. */
static const unsigned char *merge_marker(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 7), "merge conflict marker"), "choose one side and remove the marker");
  const unsigned char *end = start;
  while (*end && *end != '\n') end++;
  lexer->told = (uint32_t)(end - (const unsigned char *)lexer->text);
  return end;
}

static const unsigned char *slash_comment(Lexer *lexer, const unsigned char *start) {
  uint32_t at = (uint32_t)(start - (const unsigned char *)lexer->text);
  diag_help(report_error(lexer->report, span(lexer, at, at + 2), "`%.2s` begins no comment", (const char *)start), "a comment begins with `#`");
  const unsigned char *end = start;
  while (*end && *end != '\n') end++;
  return end;
}

/* ---- the rules ---- */

static Token scan(Lexer *lexer) {
  const unsigned char *text = (const unsigned char *)lexer->text, *limit = text + lexer->length;
  const unsigned char *cursor = text + lexer->at, *marker, *start;
  if (UNLIKELY(lexer->overflowed || report_full(lexer->report))) return give(lexer, TOKEN_END, limit, limit);
  for (;;) {
    start = cursor;
    /*!re2c
      blank+                            { continue; }
      "#" [^\x00\n]*                    { continue; }
      "\r"? "\n"                        { return give(lexer, TOKEN_NL, start, cursor); }
      ";"                               { return give(lexer, TOKEN_NL, start, cursor); }
      $                                 { return give(lexer, TOKEN_END, limit, limit); }

      "let"                             { return give(lexer, TOKEN_LET, start, cursor); }
      "fn"                              { return give(lexer, TOKEN_FN, start, cursor); }
      "in"                              { return give(lexer, TOKEN_IN, start, cursor); }
      "if"                              { return give(lexer, TOKEN_IF, start, cursor); }
      "else"                            { return give(lexer, TOKEN_ELSE, start, cursor); }
      "for"                             { return give(lexer, TOKEN_FOR, start, cursor); }
      "while"                           { return give(lexer, TOKEN_WHILE, start, cursor); }
      "return"                          { return give(lexer, TOKEN_RETURN, start, cursor); }
      "break"                           { return give(lexer, TOKEN_BREAK, start, cursor); }
      "continue"                        { return give(lexer, TOKEN_CONTINUE, start, cursor); }
      "import"                          { return give(lexer, TOKEN_IMPORT, start, cursor); }
      "and"                             { return give(lexer, TOKEN_AND, start, cursor); }
      "or"                              { return give(lexer, TOKEN_OR, start, cursor); }
      "not"                             { return give(lexer, TOKEN_NOT, start, cursor); }
      "true"                            { return give(lexer, TOKEN_TRUE, start, cursor); }
      "false"                           { return give(lexer, TOKEN_FALSE, start, cursor); }
      "none"                            { return give(lexer, TOKEN_NONE, start, cursor); }
      "model"                           { return soft(lexer, TOKEN_MODEL, start, cursor); }
      "loss"                            { return soft(lexer, TOKEN_LOSS, start, cursor); }
      "optimizer"                       { return soft(lexer, TOKEN_OPTIMIZER, start, cursor); }
      "param"                           { return soft(lexer, TOKEN_PARAM, start, cursor); }
      "buffer"                          { return soft(lexer, TOKEN_BUFFER, start, cursor); }
      "state"                           { return soft(lexer, TOKEN_STATE, start, cursor); }
      "test"                            { return soft(lexer, TOKEN_TEST, start, cursor); }
      "train"                           { return soft(lexer, TOKEN_TRAIN, start, cursor); }
      "race"                            { return soft(lexer, TOKEN_RACE, start, cursor); }
      "update"                          { return soft(lexer, TOKEN_UPDATE, start, cursor); }
      "on"                              { return particle(lexer, TOKEN_ON, start, cursor); }
      "by"                              { return particle(lexer, TOKEN_BY, start, cursor); }
      name_first name_rest*             { return give(lexer, TOKEN_NAME, start, cursor); }

      digits ("." digits)? exponent?    { return number(lexer, TOKEN_NUMBER, start, cursor); }
      hexadecimal                       { return number(lexer, TOKEN_NUMBER, start, cursor); }
      "." digits exponent?              { return after_value(lexer, start) ? field(lexer, start) : number(lexer, TOKEN_FRACTION, start, cursor); }
      "\""                              { return string(lexer, start, cursor); }
      "\"\"\""                          { return string(lexer, start, cursor); }

      "("                               { return give(lexer, TOKEN_LP, start, cursor); }
      ")"                               { return give(lexer, TOKEN_RP, start, cursor); }
      "["                               { return give(lexer, TOKEN_LB, start, cursor); }
      "]"                               { return give(lexer, TOKEN_RB, start, cursor); }
      "{"                               { return give(lexer, TOKEN_LBRACE, start, cursor); }
      "}"                               { return interpolating(lexer) ? resume(lexer, start) : give(lexer, TOKEN_RBRACE, start, cursor); }
      ":"                               { return interpolating(lexer) ? resume(lexer, start) : give(lexer, TOKEN_COLON, start, cursor); }
      ","                               { return give(lexer, TOKEN_COMMA, start, cursor); }
      "->"                              { return give(lexer, TOKEN_ARROW, start, cursor); }
      "="                               { return give(lexer, TOKEN_ASSIGN, start, cursor); }
      "+=" | "-=" | "*=" | "/=" | "^="  { return give(lexer, TOKEN_OPEQ, start, cursor); }
      "|>"                              { return give(lexer, TOKEN_PIPE, start, cursor); }
      "=="                              { return give(lexer, TOKEN_EQ, start, cursor); }
      "!="                              { return give(lexer, TOKEN_NE, start, cursor); }
      "<"                               { return give(lexer, TOKEN_LT, start, cursor); }
      "<="                              { return give(lexer, TOKEN_LE, start, cursor); }
      ">"                               { return give(lexer, TOKEN_GT, start, cursor); }
      ">="                              { return give(lexer, TOKEN_GE, start, cursor); }
      ".."                              { return give(lexer, TOKEN_DOTDOT, start, cursor); }
      "..."                             { return give(lexer, TOKEN_ELLIPSIS, start, cursor); }
      "."                               { return give(lexer, TOKEN_DOT, start, cursor); }
      "+"                               { return give(lexer, TOKEN_PLUS, start, cursor); }
      "-"                               { return give(lexer, TOKEN_MINUS, start, cursor); }
      "*"                               { return give(lexer, TOKEN_STAR, start, cursor); }
      "/"                               { return give(lexer, TOKEN_SLASH, start, cursor); }
      "%"                               { return give(lexer, TOKEN_PERCENT, start, cursor); }
      "@"                               { return give(lexer, TOKEN_AT, start, cursor); }
      "^"                               { return give(lexer, TOKEN_POW, start, cursor); }
      "'"                               { return tick(lexer, start, cursor); }

      "**"                              { return instead(lexer, TOKEN_POW, start, cursor, "the power is written `^`"); }
      "!"                               { return instead(lexer, TOKEN_NOT, start, cursor, "negation is written `not`"); }
      "&" | "&&"                        { return instead(lexer, TOKEN_AND, start, cursor, "write `and`"); }
      "|" | "||"                        { return instead(lexer, TOKEN_OR, start, cursor, "write `or`"); }
      "==="                             { return instead(lexer, TOKEN_EQ, start, cursor, "write `==`"); }
      "!==" | "<>"                      { return instead(lexer, TOKEN_NE, start, cursor, "write `!=`"); }
      ":="                              { return instead(lexer, TOKEN_ASSIGN, start, cursor, "`let x = …` declares, `x = …` assigns"); }
      "=>"                              { return instead(lexer, TOKEN_ASSIGN, start, cursor, "a function is written `fn(x) = …`"); }
      "%=" | "@="                       { return instead(lexer, TOKEN_OPEQ, start, cursor, "there are += -= *= /= ^=; else write `x = x % y`"); }
      "/*"                              { cursor = slash_comment(lexer, start); continue; }
      "//"                              { if (lexer->fresh) cursor = slash_comment(lexer, start); else return instead(lexer, TOKEN_SLASH, start, cursor, "a comment begins with `#`; a whole quotient is `floor(a / b)`"); continue; }
      "<<<<<<<" | "=======" | ">>>>>>>" | "|||||||"
                                        { if (line_starts(lexer, start)) cursor = merge_marker(lexer, start); else return instead(lexer, TOKEN_EQ, start, cursor, "equality is written `==`"); continue; }
      *                                 { cursor = strange(lexer, start); continue; }
    */
  }
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

static bool is_newline(const Lexer *lexer, Token token) { return token.kind == TOKEN_NL && lexer->text[token.start] != ';'; }

static bool blank_at(const Lexer *lexer, uint32_t at) {
  char byte = lexer->text[at];
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* Whether a line that begins with `next` continues the one before. */
static bool goes_on(const Lexer *lexer, Token next) {
  if (next.kind == TOKEN_PIPE || next.kind == TOKEN_ELSE) return true;
  if (next.kind == TOKEN_DOT) return name_byte((unsigned char)lexer->text[next.end]);
  return (token_flags(next.kind) & GOES_ON) && blank_at(lexer, next.end);
}

static void newline_in_interpolation(Lexer *lexer, Token newline) {
  int depth = lexer->depth;
  while (lexer->open[depth - 1].kind != TOKEN_HEAD) depth--;
  const Open *open = &lexer->open[depth - 1];
  Diag *diag = report_error(lexer->report, span(lexer, open->at, open->at + 1), "string not closed");
  diag_note(diag, span(lexer, newline.start, newline.end), "the `{ }` in it holds no newline");
  lexer->depth = depth - 1;
  lexer->interpolations--;
  lexer->told = newline.end;
}

/* What to give when a newline was met: it, or the first token of the next line. */
static Token after_newline(Lexer *lexer, Token newline) {
  if (UNLIKELY(lexer->interpolations > 0)) return newline_in_interpolation(lexer, newline), newline;
  Token next;
  do {
    lexer->fresh = true;
    next = scan(lexer);
  } while (is_newline(lexer, next));
  int inner = lexer->depth > 0 ? lexer->open[lexer->depth - 1].kind : TOKEN_LBRACE;
  if (inner != TOKEN_LBRACE || !(token_flags(lexer->last.kind) & ENDS) || goes_on(lexer, next)) return next;
  lexer->ahead = next;
  return newline;
}

static void push(Lexer *lexer, Token token) {
  if (lexer->depth == OPEN_LIMIT) {
    lexer->overflowed = true;
    return;
  }
  bool is_long = token.kind == TOKEN_HEAD && strncmp(lexer->text + token.start, "\"\"\"", 3) == 0;
  lexer->open[lexer->depth++] = (Open){token.kind, is_long, token.start};
  lexer->interpolations += token.kind == TOKEN_HEAD;
}

static void pop(Lexer *lexer, int kind) {
  int opened = kind == TOKEN_RP ? TOKEN_LP : kind == TOKEN_RB ? TOKEN_LB : kind == TOKEN_RBRACE ? TOKEN_LBRACE : TOKEN_HEAD;
  int depth = lexer->depth;
  /* A `}` closes its block whatever is still open in it; the parser tells of that. */
  if (kind == TOKEN_RBRACE)
    while (depth > 0 && (lexer->open[depth - 1].kind == TOKEN_LP || lexer->open[depth - 1].kind == TOKEN_LB)) depth--;
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
  return lexer->last = token;
}

void lexer_drop(Lexer *lexer, int depth, Token again) {
  for (; lexer->depth > depth; lexer->depth--) lexer->interpolations -= lexer->open[lexer->depth - 1].kind == TOKEN_HEAD;
  lexer->ahead = again;
  lexer->last.kind = TOKEN_NL;
}

/* ---- showing tokens ---- */

void token_found(const char *text, Token token, char *room, size_t size) {
  const char *spelling = token_spelling(token.kind);
  char shown[NAME_ROOM];
  if (token.kind == TOKEN_NL && text[token.start] == ';') snprintf(room, size, "`;`");
  else if (token.kind == TOKEN_END || token.kind == TOKEN_NL || token.kind == TOKEN_STRING || token.kind == TOKEN_HEAD) snprintf(room, size, "%s", spelling);
  else if (token.kind == TOKEN_MID || token.kind == TOKEN_TAIL) snprintf(room, size, "`%c`", text[token.start]);
  else if (token.start == token.end) snprintf(room, size, "%s", spelling);
  else snprintf(room, size, "`%s`", name_shown(text + token.start, token.end - token.start, shown));
}

void token_dump(Sources *sources, uint32_t file, Text *text) {
  const Source *source = source_at(sources, file);
  Report report = {0};
  Lexer lexer;
  lexer_start(&lexer, source, file, &report);
  unsigned line = 1, column = 1;
  uint32_t at = source->skip;
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    for (; at < token.start; at++) {
      column = source->text[at] == '\n' ? 1 : column + (((unsigned char)source->text[at] & 0xc0) != 0x80);
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
