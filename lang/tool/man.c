/* man.c — gd(1) in the man macros: commands, options, variables, exit statuses.
 *
 * In running text a line must not begin with a point or a quote, and `\` and `-` are written as
 * escapes, so that a dash can be copied.
 */
#include "lang/tool/man.h"
#include "lang/lang.h"

#include <string.h>

/* A text, its lines as they are; `code` and `"` need nothing. */
static void add_text(const char *text, Text *out) {
  bool start = true, bold = false;
  for (; *text; text++) {
    if (start && (*text == '.' || *text == '\'')) text_string(out, "\\&");
    start = *text == '\n';
    if (start && text[1] == '\n') {
      text_string(out, "\n.PP");
      continue;
    }
    switch (*text) {
      case '\\': text_string(out, "\\e"); break;
      case '-': text_string(out, "\\-"); break;
      case '`':
        bold = !bold;
        text_string(out, bold ? "\\fB" : "\\fR");
        break;
      default: text_char(out, *text);
    }
  }
  if (bold) text_string(out, "\\fR");
}

static void add_entry(const char *head, const char *text, Text *out) {
  text_string(out, ".TP\n\\fB");
  add_text(head, out);
  text_string(out, "\\fR\n");
  add_text(text, out);
  text_char(out, '\n');
}

/* The pages of a kind, each as an entry. */
static void add_pages(const Manual *manual, ManualKind kind, Text *out) {
  for (int i = 0; i < manual->count; i++) {
    const ManualPage *page = &manual->pages[i];
    if (page->kind != kind) continue;
    add_entry(kind == MANUAL_STATUS ? page->name : page->signature, page->text, out);
  }
}

/* Paragraphs inside an entry keep its indent. */
static void indent_paragraphs(Text *out) {
  for (size_t i = 0; i + 3 < out->length; i++)
    if (strncmp(out->data + i, "\n.PP", 4) == 0) memcpy(out->data + i, "\n.IP", 4);
}

static void add_synopsis(const Manual *manual, Text *out) {
  text_string(out, ".SH SYNOPSIS\n");
  for (int i = 0; i < manual->count; i++) {
    if (manual->pages[i].kind != MANUAL_COMMAND) continue;
    text_string(out, ".nf\n\\fB");
    add_text(manual->pages[i].signature, out);
    text_string(out, "\\fR\n.fi\n");
  }
}

int man_write(const Manual *manual, Text *out) {
  text_string(out, ".TH GD 1 \"\" \"gd " GD_VERSION "\" \"User Commands\"\n.SH NAME\n"
                   "gd \\- declare models, losses and optimizers, and train them\n");
  add_synopsis(manual, out);
  text_string(
      out,
      ".SH DESCRIPTION\n\\fBgd\\fR runs programs of a small language in which models, "
      "losses and optimizers are declared\nand trained by gradient descent. Results go to standard "
      "output, progress and errors to standard error.\n\\fBgd doc\\fR has the manual of "
      "the language, \\fBgd doc \\-\\-html\\fR \\fIDIR\\fR the same as a site.\n"
      ".SH COMMANDS\n");
  add_pages(manual, MANUAL_COMMAND, out);
  text_string(out, ".SH OPTIONS\n");
  add_pages(manual, MANUAL_OPTION, out);
  text_string(out, ".SH ENVIRONMENT\n");
#define VARIABLE(name, sentence) add_entry(name, sentence, out);
#include "lang/tool/variables.def"
#undef VARIABLE
  text_string(out, ".SH EXIT STATUS\n");
  add_pages(manual, MANUAL_STATUS, out);
  text_string(out, ".SH EXAMPLE\n.nf\n"
                   "gd new flowers && cd flowers && gd main.gd\n"
                   "gd \\-e 'print(grad(fn(x) = x^3)(2))'\n.fi\n");
  indent_paragraphs(out);
  return 0;
}
