/* format.h — formats of an interpolation: `{x:.3}`, `{name:>10}`. */
#ifndef GD_LANG_FORMAT_H
#define GD_LANG_FORMAT_H

#include "runtime/compute.h"

/* A format, `[[fill]align][sign][0][width][,][.digits][e f g d x %]`. */
typedef struct Format {
  char fill[5]; /* one code point, a space unless given */
  char align;   /* '<', '>', '^', '=' (sign first, then padding), or 0: by kind */
  char sign;    /* '-', '+' or ' ' */
  bool grouped; /* a comma every three digits */
  int width;    /* 0: none */
  int digits;   /* -1: none */
  char type;    /* e f g d x %, or 0 */
} Format;

/* false when it is not a format */
bool format_parse(const char *text, size_t length, Format *format);
/* Adds the formatted number; false when the type needs a whole number and this is not one.  Without
 * type and digits a number, and an element of a tensor, has the digits that `print` shows. */
bool format_number(const Format *format, double number, Text *text);
bool format_element(const Format *format, const Tensor *tensor, int64_t index, Text *text);
void format_string(const Format *format, const char *string, size_t length, Text *text);

#endif
