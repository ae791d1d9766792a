/* strange.c — characters that are not part of the language: their names, and what was meant. */
#include "lang/syntax/strange.h"
#include "lang/syntax/token.h"

#include <string.h>

/* clang-format off */
static const Strange STRANGE[] = {
  {0xa0, "no-break space", NULL, 0},        {0xad, "soft hyphen", NULL, 0},           {0x115f, "Hangul filler", NULL, 0},
  {0x1160, "Hangul filler", NULL, 0},       {0x180e, "Mongolian vowel separator", NULL, 0}, {0x200b, "zero width space", NULL, 0},
  {0x200c, "zero width non-joiner", NULL, 0}, {0x200d, "zero width joiner", NULL, 0}, {0x202f, "narrow no-break space", NULL, 0},
  {0x2060, "word joiner", NULL, 0},         {0x3000, "ideographic space", NULL, 0},   {0x3164, "Hangul filler", NULL, 0},
  {0xffa0, "Hangul filler", NULL, 0},       {0xd7, "multiplication sign", "*", TOKEN_STAR},    {0xb7, "middle dot", "*", TOKEN_STAR},
  {0x22c5, "dot operator", "*", TOKEN_STAR}, {0xf7, "division sign", "/", TOKEN_SLASH}, {0x2215, "division slash", "/", TOKEN_SLASH},
  {0x2010, "hyphen", "-", TOKEN_MINUS},     {0x2013, "dash", "-", TOKEN_MINUS},       {0x2014, "dash", "-", TOKEN_MINUS},
  {0x2212, "minus sign", "-", TOKEN_MINUS}, {0xff0b, "full width plus sign", "+", TOKEN_PLUS}, {0xff1d, "full width equals sign", "=", TOKEN_ASSIGN},
  {0x2018, "quotation mark", "\"", TOKEN_STRING}, {0x2019, "quotation mark", "' or \"", TOKEN_TICK}, {0x201c, "quotation mark", "\"", TOKEN_STRING},
  {0x201d, "quotation mark", "\"", TOKEN_STRING}, {0x201e, "quotation mark", "\"", TOKEN_STRING}, {0xab, "quotation mark", "\"", TOKEN_STRING},
  {0x2032, "prime", "'", TOKEN_TICK},       {0x2026, "ellipsis", "...", TOKEN_ELLIPSIS}, {0x2192, "arrow", "->", TOKEN_ARROW},
  {0x21d2, "arrow", "->", TOKEN_ARROW},     {0x2190, "arrow", "=", TOKEN_ASSIGN},     {0x2254, "colon equals", "=", TOKEN_ASSIGN},
  {0x2208, "element sign", "in", TOKEN_IN}, {0x2260, "not-equal sign", "!=", TOKEN_NE}, {0x2264, "less-or-equal sign", "<=", TOKEN_LE},
  {0x2265, "greater-or-equal sign", ">=", TOKEN_GE}, {0x2227, "logical and", "and", TOKEN_AND}, {0x2228, "logical or", "or", TOKEN_OR},
  {0xac, "not sign", "not", TOKEN_NOT},     {0xff0c, "full width comma", ",", TOKEN_COMMA}, {0xff08, "full width parenthesis", "(", TOKEN_LP},
  {0xff09, "full width parenthesis", ")", TOKEN_RP}, {0xff1a, "full width colon", ":", TOKEN_COLON}, {0xff1b, "full width semicolon", ";", TOKEN_NL},
};
/* clang-format on */

const Strange *strange_find(uint32_t code) {
  for (int i = 0; i < COUNT_OF(STRANGE); i++)
    if (STRANGE[i].code == code) return &STRANGE[i];
  return NULL;
}

/* ---- letters in two pieces ---- */

typedef struct Mark {
  uint32_t code; /* a combining mark */
  const char *name;
  const char *pairs; /* each letter followed by its composed form with the mark */
} Mark;

static const Mark MARKS[] = {
    {0x300, "grave accent", "AÀEÈIÌOÒUÙNǸaàeèiìoòuùnǹ"},
    {0x301, "acute accent", "AÁEÉIÍOÓUÚYÝCĆLĹNŃRŔSŚZŹaáeéiíoóuúyýcćlĺnńrŕsśzź"},
    {0x302, "circumflex", "AÂEÊIÎOÔUÛCĈGĜHĤJĴSŜWŴYŶaâeêiîoôuûcĉgĝhĥjĵsŝwŵyŷ"},
    {0x303, "tilde", "AÃNÑOÕIĨUŨaãnñoõiĩuũ"},
    {0x304, "macron", "AĀEĒIĪOŌUŪaāeēiīoōuū"},
    {0x308, "diaeresis", "AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿ"},
    {0x30a, "ring above", "AÅUŮaåuů"},
    {0x30c, "caron", "CČDĎEĚNŇRŘSŠTŤZŽcčdďeěnňrřsštťzž"},
    {0x327, "cedilla", "CÇSŞTŢcçsştţ"},
    {0x328, "ogonek", "AĄEĘIĮUŲaąeęiįuų"},
};

/* The composed form of a letter and a mark; 0 when there is none. */
static uint32_t composed(const Mark *mark, unsigned char letter) {
  for (const char *at = mark->pairs; *at;) {
    uint32_t code;
    bool found = (unsigned char)*at == letter;
    at++;
    at += text_decode(at, strlen(at), &code);
    if (found) return code;
  }
  return 0;
}

static Diag *report_mark(Report *report, Span where, const char *at, uint32_t code) {
  const Mark *mark = NULL;
  for (int i = 0; i < COUNT_OF(MARKS); i++)
    if (MARKS[i].code == code) mark = &MARKS[i];
  unsigned char before = where.start > 0 ? (unsigned char)at[-1] : 0;
  uint32_t letter = mark ? composed(mark, before) : 0;
  Diag *diag = report_error(
      report, where,
      "U+%04X, a combining %s, is not allowed here: a letter of a name is one code point", code,
      mark ? mark->name : "mark");
  Text whole = {0};
  if (letter) text_code_point(&whole, letter);
  if (letter)
    diag_help(diag,
              "`%c` and the mark are two code points here: write `%s` (U+%04X), or save the text "
              "in the composed form (NFC)",
              before, whole.data, letter);
  else
    diag_help(
        diag,
        "save the text in the composed form (NFC); where there is none, write letters, as x_hat");
  text_free(&whole);
  return diag;
}

Diag *strange_report(Report *report, Span where, const char *at, uint32_t code,
                     const Strange *row) {
  int size = (int)(where.end - where.start);
  if (code >= 0x300 && code < 0x370) return report_mark(report, where, at, code);
  if (!row && code >= 0x80)
    return report_error(report, where, "`%.*s` (U+%04X) is not allowed here", size, at, code);
  if (!row) return report_error(report, where, "`%c` is not a word of the language", (char)code);
  Diag *diag =
      row->mend ? report_error(report, where, "`%.*s` (U+%04X, %s) is not a word of the language",
                               size, at, code, row->name)
                : report_error(report, where, "U+%04X (%s), an invisible character, in the source",
                               code, row->name);
  if (row->mend) diag_help(diag, "write `%s`", row->mend);
  else diag_help(diag, "remove it");
  return diag;
}

const char *strange_past_quote(const char *at) {
  static const char *const closers[] = {"”", "“", "’", "»", "\""};
  for (; *at && *at != '\n'; at++)
    for (int i = 0; i < COUNT_OF(closers); i++)
      if (strncmp(at, closers[i], strlen(closers[i])) == 0) return at + strlen(closers[i]);
  return at;
}
