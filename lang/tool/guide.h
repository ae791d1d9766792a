/* guide.h — the chapters of the guide, and the site's style and script, in the binary.
 *
 * guide.awk turns examples/guide/NN_NAME.md into build/gen/guide.c at build time.  A chapter is
 * Markdown whose blocks of gd are together one program.
 */
#ifndef GD_LANG_GUIDE_H
#define GD_LANG_GUIDE_H

typedef struct GuideChapter {
  const char *name; /* "first_steps" */
  const char *text; /* Markdown; its first line is the title */
} GuideChapter;

extern const GuideChapter GUIDE[]; /* in their order */
extern const int GUIDE_COUNT;
extern const char SITE_CSS[], SITE_JS[]; /* site.css, site.js */

#endif
