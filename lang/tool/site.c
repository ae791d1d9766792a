/* site.c — the manual as a website: a page for each section and chapter, an index, a search.
 *
 * It needs no server: the search has its index in a script (search.js).  Style and behaviour are
 * site.css and site.js.  A name in backquotes is a link to its page.
 */
#include "lang/tool/site.h"
#include "runtime/files.h"

#include "lang/library/natives.h"
#include "lang/tool/guide.h"
#include "lang/tool/markdown.h"
#include "lang/tool/page.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Site {
  Session *session;
  const Manual *manual;
  const char *folder;
  char address[200]; /* of the last link */
  Diag diag;
} Site;

/* ---- addresses ---- */

/* "Adam", "batch", "seed", "x2b" of +; a name that comes again in its section gets its number. */
static void add_anchor(const Manual *manual, const ManualPage *page, Text *out) {
  const char *name = page->name + strspn(page->name, "-");
  if (!*name) name = page->name;
  for (const char *at = name; *at; at++) {
    if (*at == ':' && !at[1]) break;
    if (isalnum((unsigned char)*at) || *at == '_') text_char(out, *at);
    else if (*at == ' ') text_char(out, '_');
    else text_format(out, "x%02x", (unsigned char)*at);
  }
  int before = 0;
  for (const ManualPage *other = manual->pages; other < page; other++)
    before += other->section == page->section && strcmp(other->name, page->name) == 0;
  if (before) text_format(out, "_%d", before + 1);
}

static void add_address(const Manual *manual, const ManualPage *page, Text *out) {
  if (page->kind == MANUAL_CHAPTER) {
    text_format(out, "guide_%s.html", page->name);
    return;
  }
  text_format(out, "%s.html#", manual->sections[page->section].file);
  add_anchor(manual, page, out);
}

static const char *link_of(void *context, const char *name, size_t length) {
  Site *site = context;
  char wanted[80];
  size_t word = 0;
  if (length >= sizeof wanted) return NULL;
  while (word < length && (isalnum((unsigned char)name[word]) || name[word] == '_')) word++;
  if (word < length && name[word] == ':') word++;
  if (word < length && (name[word] != '(' || name[word + 1] == ')')) word = length;
  memcpy(wanted, name, word);
  wanted[word] = '\0';
  int at = word ? manual_find(site->manual, wanted, 0) : -1;
  if (at < 0) return NULL;
  Text address = {0};
  add_address(site->manual, &site->manual->pages[at], &address);
  snprintf(site->address, sizeof site->address, "%s", address.data);
  text_free(&address);
  return site->address;
}

/* ---- a document ---- */

static void add_item(Text *out, const char *address, const char *title, bool here) {
  text_format(out, "<li%s><a href=\"%s\">", here ? " class=\"here\"" : "", address);
  markdown_escape(title, strlen(title), out);
  text_string(out, "</a></li>\n");
}

static void add_navigation(const Manual *manual, const char *file, Text *out) {
  char address[120];
  text_string(out, "<nav><button id=\"theme\" title=\"dark or light\">◐</button>"
                   "<button id=\"contents\" title=\"contents\">☰</button>"
                   "<a class=\"name\" href=\"index.html\">gd</a>\n"
                   "<input id=\"search\" type=\"search\" placeholder=\"Search (/)\" "
                   "autocomplete=\"off\" aria-label=\"Search\">\n<ul id=\"found\"></ul>\n"
                   "<div class=\"rooms\"><h2>Guide</h2><ul>\n");
  for (int i = 0; i < manual->count; i++) {
    const ManualPage *page = &manual->pages[i];
    if (page->kind != MANUAL_CHAPTER) continue;
    snprintf(address, sizeof address, "guide_%s.html", page->name);
    add_item(out, address, page->signature, strncmp(file, address, strlen(file)) == 0);
  }
  text_string(out, "</ul><h2>Reference</h2><ul>\n");
  for (int s = 1; s < manual->section_count; s++) {
    snprintf(address, sizeof address, "%s.html", manual->sections[s].file);
    add_item(out, address, manual->sections[s].title, strcmp(file, manual->sections[s].file) == 0);
  }
  text_string(out, "</ul></div></nav>\n");
}

static void begin(const Manual *manual, const char *file, const char *title, Text *out) {
  text_string(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<title>");
  markdown_escape(title, strlen(title), out);
  text_string(out, " · gd</title>\n<link rel=\"stylesheet\" href=\"site.css\"></head><body>\n");
  add_navigation(manual, file, out);
  text_string(out, "<main>\n<h1>");
  markdown_escape(title, strlen(title), out);
  text_string(out, "</h1>\n");
}

static void put(Site *site, const char *name, Text *text) {
  char path[600];
  snprintf(path, sizeof path, "%.400s/%s", site->folder, name);
  if (!site->diag.status)
    file_write(&site->session->vm->files, path, text->data, text->length, &site->diag);
  text_free(text);
}

static void end(Site *site, const char *name, Text *out) {
  text_string(out, "</main>\n<script src=\"search.js\"></script><script src=\"site.js\"></script>\n"
                   "</body></html>\n");
  put(site, name, out);
}

/* ---- pages ---- */

static void add_parameters(const ManualPage *page, const MarkdownLinks *links, Text *out) {
  ManualParameter parameters[MANUAL_PARAMETERS];
  int count = manual_parameters(page, parameters);
  if (!count) return;
  text_string(out, "<table class=\"parameters\">\n");
  for (int i = 0; i < count; i++) {
    text_string(out, "<tr><td>");
    markdown_escape(parameters[i].text, (size_t)parameters[i].length, out);
    text_string(out, "</td><td>");
    const char *sentence = parameters[i].sentence ? parameters[i].sentence : "";
    markdown_inline(sentence, strlen(sentence), links, out);
    text_string(out, "</td></tr>\n");
  }
  text_string(out, "</table>\n");
}

static void add_related(Site *site, const ManualPage *page, Text *out) {
  const ManualPage *related[MANUAL_RELATED];
  int count = manual_related(site->manual, page, related);
  if (!count) return;
  text_string(out, "<p class=\"related\">See also ");
  for (int i = 0; i < count; i++) {
    text_format(out, "%s<a href=\"", i ? ", " : "");
    add_address(site->manual, related[i], out);
    text_string(out, "\">");
    markdown_escape(related[i]->name, strlen(related[i]->name), out);
    text_string(out, "</a>");
  }
  text_string(out, "</p>\n");
}

static void add_entry(Site *site, const ManualPage *page, Text *out) {
  MarkdownLinks links = {link_of, site};
  Text anchor = {0}, example = {0};
  add_anchor(site->manual, page, &anchor);
  text_format(out, "<section id=\"%s\"><h2><a href=\"#%s\">", anchor.data, anchor.data);
  markdown_escape(page->signature, strlen(page->signature), out);
  bool said = strncmp(page->signature, page->what, strlen(page->what)) == 0;
  text_format(out, "</a><span class=\"what\">%s</span></h2>\n", said ? "" : page->what);
  markdown_html(page->text, &links, out);
  add_parameters(page, &links, out);
  page_example(page, &example);
  if (example.length) {
    text_string(out, "<pre class=\"gd\"><code>");
    markdown_code(example.data, out);
    text_string(out, "</code></pre>\n");
  }
  add_related(site, page, out);
  text_string(out, "</section>\n");
  text_free(&anchor);
  text_free(&example);
}

static void write_section(Site *site, int s) {
  const ManualSection *section = &site->manual->sections[s];
  MarkdownLinks links = {link_of, site};
  Text out = {0};
  char name[100];
  begin(site->manual, section->file, section->title, &out);
  text_string(&out, "<p>");
  markdown_inline(section->sentence, strlen(section->sentence), &links, &out);
  text_string(&out, "</p>\n");
  for (int i = 0; i < site->manual->count; i++)
    if (site->manual->pages[i].section == s) add_entry(site, &site->manual->pages[i], &out);
  snprintf(name, sizeof name, "%s.html", section->file);
  end(site, name, &out);
}

static void write_chapter(Site *site, const ManualPage *page) {
  MarkdownLinks links = {link_of, site};
  Text out = {0};
  char name[100];
  snprintf(name, sizeof name, "guide_%s.html", page->name);
  begin(site->manual, name, page->signature, &out);
  markdown_html(page->text, &links, &out);
  end(site, name, &out);
}

static void write_index(Site *site) {
  const Manual *manual = site->manual;
  Text out = {0};
  begin(manual, "index", "gd", &out);
  text_string(&out, "<p>A small language in which models, losses and optimizers are declared and "
                    "trained by gradient descent.</p>\n");
  for (int s = 0; s < manual->section_count; s++) {
    text_format(&out, "<h2>%s%s%s", s ? "<a href=\"" : "", s ? manual->sections[s].file : "",
                s ? ".html\">" : "");
    markdown_escape(manual->sections[s].title, strlen(manual->sections[s].title), &out);
    text_format(&out, "%s</h2>\n<div class=\"names\">", s ? "</a>" : "");
    for (int i = 0; i < manual->count; i++) {
      const ManualPage *page = &manual->pages[i];
      const char *shown = page->kind == MANUAL_CHAPTER ? page->signature : page->name;
      if (page->section != s) continue;
      text_string(&out, "<a href=\"");
      add_address(manual, page, &out);
      text_string(&out, "\">");
      markdown_escape(shown, strlen(shown), &out);
      text_string(&out, "</a>\n");
    }
    text_string(&out, "</div>\n");
  }
  end(site, "index.html", &out);
}

/* [name, kind, address, text, first sentence] of each page. */
static void write_search(Site *site) {
  json_t *pages = json_array();
  for (int i = 0; i < site->manual->count; i++) {
    const ManualPage *page = &site->manual->pages[i];
    Text address = {0}, first = {0};
    add_address(site->manual, page, &address);
    page_first(page, 90, &first);
    const char *name = page->kind == MANUAL_CHAPTER ? page->signature : page->name;
    json_array_append_new(pages, json_pack("[sssss]", name, page->what, address.data, page->text,
                                           first.data ? first.data : ""));
    text_free(&address);
    text_free(&first);
  }
  char *text = json_dumps(pages, JSON_COMPACT | JSON_ESCAPE_SLASH);
  Text out = {0};
  text_format(&out, "const PAGES = %s;\n", text ? text : "[]");
  json_free(text);
  json_decref(pages);
  put(site, "search.js", &out);
}

int site_write(Session *session, const Manual *manual, const char *folder) {
  Site site = {.session = session, .manual = manual, .folder = folder};
  Text css = {0}, js = {0};
  if (mkdir(folder, 0777) != 0 && errno != EEXIST)
    diag_fail(&site.diag, STATUS_CREATE, (Span){0}, "%.200s: %s", folder, strerror(errno));
  text_string(&css, SITE_CSS);
  text_string(&js, SITE_JS);
  put(&site, "site.css", &css);
  put(&site, "site.js", &js);
  write_search(&site);
  write_index(&site);
  for (int s = 1; s < manual->section_count; s++) write_section(&site, s);
  for (int i = 0; i < manual->count; i++)
    if (manual->pages[i].kind == MANUAL_CHAPTER) write_chapter(&site, &manual->pages[i]);
  if (site.diag.status) session_say(session, &site.diag);
  return site.diag.status;
}
