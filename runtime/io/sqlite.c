/* sqlite.c — queries of SQLite databases, through libsqlite3, which is loaded when it is first
 * needed.
 *
 * The library is declared here by hand, as few of its functions are used and it need not be there
 * when gd is built (https://www.sqlite.org/c3ref/intro.html).  A database is not trusted: it is
 * opened read-only, with the settings that the library's authors advise for foreign files
 * (https://www.sqlite.org/security.html): defensive, no trusted schema, no extensions, cells
 * checked.  The authorizer allows what a SELECT needs; a progress handler checks for a stop.
 */
#include "runtime/io/sqlite.h"
#include "runtime/base/dynamic.h"
#include "runtime/base/stop.h"

#include <stdio.h>
#include <string.h>

typedef struct sqlite3 Database;
typedef struct sqlite3_stmt Statement;

enum {
  OK = 0,
  PERMISSION = 3,
  BUSY = 5,
  LOCKED = 6,
  NO_MEMORY = 7,
  INTERRUPTED = 9,
  CANNOT_OPEN = 14,
  NOT_AUTHORIZED = 23,
  ROW = 100,
  DONE = 101,
  OPEN_READ_ONLY = 1,
  OPEN_NO_MUTEX = 0x8000,
  OPEN_PRIVATE = 0x40000,
  CONFIG_EXTENSIONS = 1005,
  CONFIG_DEFENSIVE = 1010,
  CONFIG_TRUSTED_SCHEMA = 1017,
  ALLOW_READ = 20,
  ALLOW_SELECT = 21,
  ALLOW_FUNCTION = 31,
  ALLOW_RECURSIVE = 33,
  DENY = 1,
  TYPE_INTEGER = 1,
  TYPE_FLOAT = 2,
  TYPE_TEXT = 3,
  TYPE_BLOB = 4,
  STEPS_PER_POLL = 10000
};

/* The functions of the library, each with its name there. */
typedef struct Library {
  int (*open_v2)(const char *path, Database **database, int flags, const char *vfs);
  int (*close_v2)(Database *database);
  int (*db_config)(Database *database, int option, ...);
  int (*exec)(Database *database, const char *sql, void *callback, void *context, char **error);
  int (*set_authorizer)(Database *database,
                        int (*allow)(void *, int, const char *, const char *, const char *,
                                     const char *),
                        void *context);
  void (*progress_handler)(Database *database, int steps, int (*poll)(void *), void *context);
  int (*prepare_v2)(Database *database, const char *sql, int length, Statement **statement,
                    const char **tail);
  int (*step)(Statement *statement);
  int (*finalize)(Statement *statement);
  int (*column_count)(Statement *statement);
  const char *(*column_name)(Statement *statement, int column);
  int (*column_type)(Statement *statement, int column);
  int64_t (*column_int64)(Statement *statement, int column);
  double (*column_double)(Statement *statement, int column);
  const unsigned char *(*column_text)(Statement *statement, int column);
  int (*column_bytes)(Statement *statement, int column);
  const char *(*errmsg)(Database *database);
} Library;

static const char *const NAMES[] = {
    "open_v2",          "close_v2",    "db_config",    "exec",          "set_authorizer",
    "progress_handler", "prepare_v2",  "step",         "finalize",      "column_count",
    "column_name",      "column_type", "column_int64", "column_double", "column_text",
    "column_bytes",     "errmsg"};
_Static_assert(sizeof(Library) == sizeof NAMES, "a name for each function");

static bool load_library(Library *library, Diag *diag) {
  static const char *const files[] = {"libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib"};
  void *handle = dynamic_open(files, COUNT_OF(files));
  bool whole = handle != NULL;
  for (int i = 0; i < COUNT_OF(NAMES) && whole; i++)
    whole = dynamic_find(handle, "sqlite3_", NAMES[i],
                         (char *)library + (size_t)i * sizeof(void *));
  if (whole) return true;
  diag_fail(diag, STATUS_MISSING, (Span){0, 0, 0},
            "reading a database needs libsqlite3, which is not on this system");
  return diag_help(diag,
                   "its package is called libsqlite3-0 or sqlite-libs; or save the query as CSV");
}

/* A query under way. */
typedef struct Query {
  Library library;
  Database *database;
  Statement *statement;
  const char *path;
  Diag *diag;
  Text text;        /* owned */
  size_t reserved;  /* of it, counted against the budget */
  char refused[80]; /* what the authorizer did not allow */
  int64_t row;
} Query;

/* ---- what may be done ---- */

static int allow(void *context, int action, const char *first, const char *second,
                 const char *database, const char *trigger) {
  (void)database, (void)trigger;
  Query *query = context;
  bool extension = action == ALLOW_FUNCTION && second && strcmp(second, "load_extension") == 0;
  if (!extension && (action == ALLOW_READ || action == ALLOW_SELECT || action == ALLOW_FUNCTION ||
                     action == ALLOW_RECURSIVE))
    return OK;
  if (!query->refused[0])
    text_print(query->refused, sizeof query->refused, "%.60s",
               first    ? first
               : second ? second
                        : "it");
  return DENY;
}

static int poll_stop(void *context) {
  (void)context;
  return stop_wanted();
}

/* What the library says went wrong. */
static bool fail(Query *query, int status) {
  char said[300];
  status &= 255;
  text_print(said, sizeof said, "%s", query->library.errmsg(query->database));
  if (stop_check(query->diag)) return false;
  if (status == BUSY || status == LOCKED) {
    file_fail(query->diag, STATUS_BUSY, query->path, "another program holds this database: %s",
              said);
    return diag_help(query->diag, "try again later, or copy the file");
  }
  if (status == NOT_AUTHORIZED || query->refused[0]) {
    file_fail(query->diag, STATUS_POLICY, query->path,
              "the query does more than read: %.80s is not allowed", query->refused);
    return diag_help(query->diag, "a query is one SELECT; the database is opened read-only");
  }
  int shown = status == NO_MEMORY                             ? STATUS_MEMORY
              : status == CANNOT_OPEN || status == PERMISSION ? STATUS_MISSING
                                                              : STATUS_MALFORMED;
  return file_fail(query->diag, shown, query->path, "%s", said);
}

static bool open_database(Query *query) {
  Library *library = &query->library;
  char path[FILE_PATH_MOST + 4]; /* so that no name is special, as `:memory:` is */
  snprintf(path, sizeof path, "%s%s", query->path[0] == '/' ? "" : "./", query->path);
  int status = library->open_v2(path, &query->database,
                                OPEN_READ_ONLY | OPEN_NO_MUTEX | OPEN_PRIVATE, NULL);
  if (status != OK) return fail(query, status);
  library->db_config(query->database, CONFIG_DEFENSIVE, 1, NULL);
  library->db_config(query->database, CONFIG_TRUSTED_SCHEMA, 0, NULL);
  library->db_config(query->database, CONFIG_EXTENSIONS, 0, NULL);
  status = library->exec(query->database, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL,
                         NULL, NULL);
  library->progress_handler(query->database, STEPS_PER_POLL, poll_stop, NULL);
  library->set_authorizer(query->database, allow, query);
  return status == OK || fail(query, status);
}

static bool prepare(Query *query, const char *sql) {
  const char *tail = NULL;
  int status = query->library.prepare_v2(query->database, sql, -1, &query->statement, &tail);
  if (status != OK) return fail(query, status);
  if (!query->statement)
    return diag_fail(query->diag, STATUS_FAILED, (Span){0, 0, 0}, "the query is empty");
  if (tail && tail[strspn(tail, " \t\r\n;")]) {
    file_fail(query->diag, STATUS_POLICY, query->path,
              "the query has a second statement: \"%.40s\"", tail + strspn(tail, " \t\r\n"));
    return diag_help(query->diag, "a query is one SELECT");
  }
  return true;
}

/* ---- rows ---- */

static void add_quoted(Text *text, const char *bytes, size_t length) {
  text_char(text, '"');
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == '"') text_char(text, '"');
    if (bytes[i] != '\r') text_char(text, bytes[i]); /* a line end is LF in a table */
  }
  text_char(text, '"');
}

static bool add_cell(Query *query, int column) {
  const Library *library = &query->library;
  switch (library->column_type(query->statement, column)) {
    case TYPE_INTEGER:
      text_format(&query->text, "%lld", (long long)library->column_int64(query->statement, column));
      return true;
    case TYPE_FLOAT:
      text_number(&query->text, library->column_double(query->statement, column));
      return true;
    case TYPE_TEXT: {
      const char *bytes = (const char *)library->column_text(query->statement, column);
      size_t length = (size_t)library->column_bytes(query->statement, column);
      if (bytes) add_quoted(&query->text, bytes, length);
      return true;
    }
    case TYPE_BLOB:
      file_fail(query->diag, STATUS_MALFORMED, query->path,
                "row %lld column %d holds a BLOB, which is neither a number nor a text",
                (long long)query->row, column + 1);
      return diag_help(query->diag, "leave the column out of the query, or CAST it");
    default: return true; /* NULL: a missing cell */
  }
}

/* The text counts while it grows, before the reader takes it. */
static bool count_text(Query *query) {
  if (query->text.length <= query->reserved) return true;
  size_t more = query->text.length - query->reserved + (1 << 20);
  if (!mem_reserve(more))
    return file_fail(query->diag, STATUS_MEMORY, query->path,
                     "out of memory: the rows of this query are more than the %lld bytes allowed",
                     (long long)mem_budget_bytes());
  query->reserved += more;
  return true;
}

static bool read_rows(Query *query) {
  const Library *library = &query->library;
  int columns = library->column_count(query->statement), status;
  if (!columns)
    return diag_fail(query->diag, STATUS_FAILED, (Span){0, 0, 0}, "the query gives no columns");
  for (int i = 0; i < columns; i++) {
    const char *name = library->column_name(query->statement, i);
    if (i) text_char(&query->text, ',');
    add_quoted(&query->text, name ? name : "", name ? strlen(name) : 0);
  }
  while ((status = library->step(query->statement)) == ROW) {
    query->row++;
    text_char(&query->text, '\n');
    size_t start = query->text.length;
    for (int i = 0; i < columns; i++) {
      if (i) text_char(&query->text, ',');
      if (!add_cell(query, i)) return false;
    }
    /* a single NULL is no blank line */
    if (query->text.length == start) text_string(&query->text, "\"\"");
    if (!count_text(query)) return false;
  }
  return status == DONE || fail(query, status);
}

bool sqlite_query(const Files *files, const char *path, const char *sql, Bytes *bytes, Diag *diag) {
  Query query = {.path = path, .diag = diag};
  FileParts parts; /* is it a file, and may it be read? */
  *bytes = (Bytes){0};
  if (!file_open(files, path, &parts, diag)) return false;
  file_close(&parts);
  if (!load_library(&query.library, diag)) return false;
  bool good = open_database(&query) && prepare(&query, sql) && read_rows(&query) &&
              !stop_check(diag);
  if (query.statement) query.library.finalize(query.statement);
  query.library.close_v2(query.database);
  if (good) *bytes = (Bytes){(uint8_t *)query.text.data, query.text.length, query.reserved};
  if (good) return true;
  mem_release(query.reserved);
  text_free(&query.text);
  return false;
}
