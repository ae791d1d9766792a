/* letter_case.h — letters in upper and lower case, and which code points are blanks, as Unicode has
 * them in every language alike.
 *
 * A letter may become up to three.  What the place in a word decides (the sigma at its end) is the
 * caller's matter.
 */
#ifndef GD_LANG_LETTER_CASE_H
#define GD_LANG_LETTER_CASE_H

#include <stdbool.h>
#include <stdint.h>

enum { LETTERS_MOST = 3 };

/* how many letters there are of it */
int letter_upper(uint32_t c, uint32_t letters[LETTERS_MOST]);
int letter_lower(uint32_t c, uint32_t letters[LETTERS_MOST]);
/* Does it have another case? */
bool letter_has_case(uint32_t c);
/* Unicode's White_Space: U+00A0 and U+3000 too */
bool letter_is_blank(uint32_t c);

#endif
