/* doc.c — `gd doc`: shows pages, searches them, and writes the site, gd(1), completions and
 * scripts.
 *
 * A name may stand for several pages (`seed` is a function and an option): all are shown.  An
 * unknown name is wrong use (status 2), with the nearest name; a search that finds nothing is a
 * failure (1).
 *
 * The scripts of --examples are golden scripts (tests/README.md), so the tests run the same
 * examples that the pages show.
 */
#include "lang/tool/doc.h"
#include "runtime/files.h"

#include "lang/library/natives.h"
#include "lang/syntax/nearest.h"
#include "lang/tool/completion.h"
#include "lang/tool/man.h"
#include "lang/tool/markdown.h"
#include "lang/tool/page.h"
#include "lang/tool/site.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- as JSON ---- */

static void add_json(const Manual *manual, const ManualPage *page, Text *out) {
  const ManualPage *related[MANUAL_RELATED];
  int count = manual_related(manual, page, related);
  ManualParameter parameters[MANUAL_PARAMETERS];
  int parameter_count = manual_parameters(page, parameters);
  json_t *names = json_array(), *list = json_array();
  for (int i = 0; i < count; i++) json_array_append_new(names, json_string(related[i]->name));
  for (int i = 0; i < parameter_count; i++)
    json_array_append_new(list, json_pack("{s:s#, s:s?}", "form", parameters[i].text,
                                          (size_t)parameters[i].length, "sentence",
                                          parameters[i].sentence));
  Text example = {0};
  page_example(page, &example);
  json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o}", "name", page->name, "kind",
                             page->what, "form", page->signature, "text", page->text, "parameters",
                             list, "example", example.data ? example.data : "", "related", names);
  char *text = json_dumps(object, JSON_COMPACT);
  text_format(out, "%s\n", text ? text : "{}");
  json_free(text);
  json_decref(object);
  text_free(&example);
}

/* ---- pages that hold words ---- */

static void add_row(const ManualPage *page, Text *out) {
  size_t before = out->length;
  text_format(out, "  %-22s ", page->name);
  if (out->length - before > 26) text_format(out, "\n  %-22s ", "");
  page_first(page, 70, out);
  text_char(out, '\n');
}

static bool holds_word(const char *text, const char *word, size_t length) {
  for (; *text; text++)
    if (strncasecmp(text, word, length) == 0) return true;
  return false;
}

/* Does it hold every word?  2: each of them in its name or its signature. */
static int holds(const ManualPage *page, const char *words) {
  int how = 2;
  for (const char *word = words + strspn(words, " \t"); *word; word += strspn(word, " \t")) {
    size_t length = strcspn(word, " \t");
    bool in_name = holds_word(page->name, word, length) ||
                   (page->kind == MANUAL_CHAPTER && holds_word(page->signature, word, length));
    if (!in_name) how = 1;
    if (!in_name && !holds_word(page->signature, word, length) &&
        !holds_word(page->text, word, length))
      return 0;
    word += length;
  }
  return how;
}

enum { PAGES_OFFERED = 8 };

/* Adds rows of pages that hold every word, names first; how many there are. */
static int add_rows(const Manual *manual, const char *words, int most, Text *out) {
  int found = 0;
  for (int how = 2; how > 0; how--)
    for (int i = 0; i < manual->count; i++) {
      if (holds(&manual->pages[i], words) != how) continue;
      if (found++ < most) add_row(&manual->pages[i], out);
    }
  if (found > most) text_format(out, "  and %d more\n", found - most);
  return found;
}

/* ---- by name ---- */

static int say_unknown(Session *session, const Manual *manual, const char *name, bool json,
                       Text *out) {
  Nearest nearest = nearest_to(name);
  Text help = {0};
  char shown[NAME_SIZE];
  Diag diag = {0};
  diag_fail(&diag, STATUS_USAGE, (Span){0}, "there is no page for `%s`",
            name_shown(name, strlen(name), shown));
  if (manual_suggest(manual, &nearest, &help)) diag_help(&diag, "%s", help.data);
  else if (!json && add_rows(manual, name, PAGES_OFFERED, out))
    diag_help(&diag, "these pages mention it");
  else diag_help(&diag, "`gd doc -s TEXT` looks for words in every page");
  text_free(&help);
  session_say(session, &diag);
  return STATUS_USAGE;
}

/* The chapters of a name, or all else; how many. */
static int show_pages(const Manual *manual, const char *name, bool chapters, bool json, Text *out) {
  int found = 0;
  for (int i = -1; (i = manual_find(manual, name, i + 1)) >= 0;) {
    const ManualPage *page = &manual->pages[i];
    if ((page->kind == MANUAL_CHAPTER) != chapters) continue;
    if (!json && out->length) text_char(out, '\n');
    if (json) add_json(manual, page, out);
    else if (chapters) markdown_text(page, out);
    else page_write(manual, page, out);
    found++;
  }
  return found;
}

/* A chapter is long: `images`, the function, stands before the chapter on images. */
static int show_name(Session *session, const Manual *manual, const char *name, bool json,
                     Text *out) {
  int found = show_pages(manual, name, false, json, out);
  found += show_pages(manual, name, true, json, out);
  return found ? 0 : say_unknown(session, manual, name, json, out);
}

static int show_names(Session *session, const Manual *manual, const DocWish *wish, Text *out) {
  /* several words may be one name, shapes do not fit, or what is looked for, learning rate */
  Text joined = {0};
  for (int i = 0; i < wish->name_count; i++)
    text_format(&joined, "%s%s", i ? " " : "", wish->names[i]);
  int status = 0;
  bool whole = wish->name_count > 1 && manual_find(manual, joined.data, 0) >= 0, all = true;
  for (int i = 0; i < wish->name_count; i++) all &= manual_find(manual, wish->names[i], 0) >= 0;
  bool words = wish->name_count > 1 && !whole && !all && !wish->json &&
               add_rows(manual, joined.data, INT_MAX, out);
  if (whole) status = show_name(session, manual, joined.data, wish->json, out);
  for (int i = 0; !whole && !words && i < wish->name_count; i++) {
    int now = show_name(session, manual, wish->names[i], wish->json, out);
    if (now) status = now;
  }
  text_free(&joined);
  return status;
}

/* ---- contents and search ---- */

static int show_contents(const Manual *manual, Text *out) {
  for (int s = 0; s < manual->section_count; s++) {
    size_t at = 0;
    text_format(out, "%s%s\n  ", s ? "\n" : "", manual->sections[s].title);
    for (int i = 0; i < manual->count; i++) {
      const ManualPage *page = &manual->pages[i];
      if (page->section != s) continue;
      size_t length = strlen(page->name) + 2;
      if (at + length > PAGE_COLUMNS) {
        while (out->data[out->length - 1] == ' ') out->length--;
        text_string(out, "\n  ");
        at = 0;
      }
      text_format(out, "%s  ", page->name);
      at += length;
    }
    while (out->data[out->length - 1] == ' ') out->length--;
    text_char(out, '\n');
  }
  text_string(out,
              "\n`gd doc NAME` shows a page, `gd doc -s TEXT` looks for words in all of them\n");
  return 0;
}

static int search(Session *session, const Manual *manual, const DocWish *wish, Text *out) {
  int found = 0;
  bool empty = !wish->search[strspn(wish->search, " \t")];
  if (!wish->json && !empty) found = add_rows(manual, wish->search, INT_MAX, out);
  for (int how = 2; how > 0 && wish->json && !empty; how--)
    for (int i = 0; i < manual->count; i++) {
      if (holds(&manual->pages[i], wish->search) != how) continue;
      add_json(manual, &manual->pages[i], out);
      found++;
    }
  if (found) return 0;
  char shown[NAME_SIZE];
  Diag diag = {0};
  diag_fail(&diag, STATUS_FAILED, (Span){0}, "no page contains `%s`",
            name_shown(wish->search, strlen(wish->search), shown));
  diag_help(&diag, "fewer or shorter words find more; `gd doc` lists every page");
  session_say(session, &diag);
  return STATUS_FAILED;
}

/* ---- scripts that test the examples ---- */

static void add_expected(const char *prints, Text *out) {
  for (const char *line = prints; *line;) {
    int length = (int)strcspn(line, "\n");
    text_format(out, "# expect: %.*s\n", length, line);
    line += length + (line[length] == '\n');
  }
}

/* The script of a page; empty when it has no example. */
static void add_script(const ManualPage *page, Text *out) {
  if (page->kind == MANUAL_CHAPTER) {
    markdown_program(page, out);
    return;
  }
  manual_example(page, out);
  if (!out->length) return;
  text_char(out, '\n');
  if (page->kind == MANUAL_ERROR)
    text_format(out, "# expect stderr: %s\n# status: %d\n", page->prints, page->status);
  else if (page->prints && *page->prints) add_expected(page->prints, out);
}

static int write_examples(Session *session, const Manual *manual, const char *folder) {
  Diag diag = {0};
  if (mkdir(folder, 0777) != 0 && errno != EEXIST)
    diag_fail(&diag, STATUS_CREATE, (Span){0}, "%.200s: %s", folder, strerror(errno));
  for (int i = 0; i < manual->count && !diag.status; i++) {
    const ManualPage *page = &manual->pages[i];
    Text script = {0};
    add_script(page, &script);
    char path[600], stem[64];
    snprintf(stem, sizeof stem, "%s", page->name);
    for (char *at = stem; *at; at++)
      if (!isalnum((unsigned char)*at)) *at = '_';
    snprintf(path, sizeof path, "%.400s/%s_%s_%d.gd", folder, manual->sections[page->section].file,
             stem, i);
    if (script.length) file_write(&session->vm->files, path, script.data, script.length, &diag);
    text_free(&script);
  }
  if (diag.status) session_say(session, &diag);
  return diag.status;
}

static int list_names(const Manual *manual, Text *out) {
  for (int i = 0; i < manual->count; i++) text_format(out, "%s\n", manual->pages[i].name);
  return 0;
}

int doc_run(Session *session, const DocWish *wish) {
  Manual manual;
  Text out = {0};
  int status;
  manual_open(&manual, session->vm);
  if (wish->html) status = site_write(session, &manual, wish->html);
  else if (wish->examples) status = write_examples(session, &manual, wish->examples);
  else if (wish->completion) status = completion_write(session, wish->completion, &out);
  else if (wish->man) status = man_write(&manual, &out);
  else if (wish->list) status = list_names(&manual, &out);
  else if (wish->search) status = search(session, &manual, wish, &out);
  else if (wish->name_count) status = show_names(session, &manual, wish, &out);
  else status = show_contents(&manual, &out);
  if (out.length) fwrite(out.data, 1, out.length, stdout);
  text_free(&out);
  manual_close(&manual);
  return status;
}
