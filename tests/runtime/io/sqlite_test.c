/* sqlite_test.c — queries of a database: rows as the text of a table, and what is refused.  Where
 * there is no libsqlite3 nothing is tested. */
#include "runtime/io/sqlite.h"
#include "tests/runtime/io/folder.h"

#include <criterion/criterion.h>
#include <dlfcn.h>
#include <string.h>

TestSuite(sqlite, .init = folder_make, .fini = folder_remove);

static const Files ANYWHERE = {0};

typedef int Open(const char *path, void **database);
typedef int Exec(void *database, const char *sql, void *callback, void *context, char **error);
typedef int Close(void *database);

static void *library(const char *name) {
  static void *handle;
  if (!handle) handle = dlopen("libsqlite3.so.0", RTLD_NOW);
  return handle ? dlsym(handle, name) : NULL;
}

/* Makes t.db; false where there is no library. */
static bool make(const char *sql) {
  void *open = library("sqlite3_open"), *exec = library("sqlite3_exec"),
       *shut = library("sqlite3_close"), *database = NULL;
  Open *open_it;
  Exec *exec_it;
  Close *close_it;
  if (!open) return false;
  memcpy(&open_it, &open, sizeof open);
  memcpy(&exec_it, &exec, sizeof exec);
  memcpy(&close_it, &shut, sizeof shut);
  cr_assert_eq(open_it("t.db", &database), 0);
  cr_assert_eq(exec_it(database, sql, NULL, NULL, NULL), 0);
  close_it(database);
  return true;
}

static void check(const char *query, const char *expected) {
  Bytes bytes;
  Diag diag = {0};
  cr_assert(sqlite_query(&ANYWHERE, "t.db", query, &bytes, &diag), "%s", diag.message);
  cr_assert_str_eq((char *)bytes.data, expected);
  bytes_free(&bytes);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static void refuse(const char *query, int status, const char *words) {
  Bytes bytes;
  Diag diag = {0};
  cr_assert_not(sqlite_query(&ANYWHERE, "t.db", query, &bytes, &diag), "%s", query);
  cr_assert_eq(diag.status, status, "%s: %d %s", query, diag.status, diag.message);
  cr_assert_not_null(strstr(diag.message, words), "%s: %s", query, diag.message);
  cr_assert_eq(mem_used_bytes(), 0u);
}

static const char TABLE[] =
    "CREATE TABLE trees(name TEXT, height REAL, age INTEGER, picture BLOB);"
    "INSERT INTO trees VALUES ('elm \"x\", old', 2.5, 7, x'00'), ('oak', NULL, -3, NULL),"
    "('fir', 'tall', 9007199254740993, NULL);";

Test(sqlite, rows_as_text) {
  if (!make(TABLE)) return;
  check("SELECT name, height, age FROM trees",
        "\"name\",\"height\",\"age\"\n\"elm \"\"x\"\", old\",2.5,7\n\"oak\",,-3\n\"fir\",\"tall\","
        "9007199254740993");
  check("SELECT NULL AS a;  ", "\"a\"\n\"\"");
  check("WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n",
        "\"i\"\n1\n2\n3");
}

/* G43: nothing but reading. */
Test(sqlite, what_does_more_than_read) {
  if (!make(TABLE)) return;
  refuse("SELECT 1; SELECT 2", STATUS_POLICY, "second statement");
  refuse("ATTACH 'x.db' AS x", STATUS_POLICY, "more than read");
  refuse("PRAGMA writable_schema=ON", STATUS_POLICY, "more than read");
  refuse("DROP TABLE trees", STATUS_POLICY, "more than read");
  refuse("INSERT INTO trees VALUES ('ash', 1, 1, NULL)", STATUS_POLICY, "more than read");
  refuse("CREATE TEMP TABLE u(v)", STATUS_POLICY, "more than read");
  refuse("SELECT load_extension('x')", STATUS_POLICY, "more than read");
  refuse("SELECT nothing FROM trees", STATUS_MALFORMED, "nothing");
  refuse("", STATUS_FAILED, "empty");
}

/* G42: what is no database, what is in one and is no table's, one that is held. */
Test(sqlite, bad_databases) {
  if (!make(TABLE)) return;
  refuse("SELECT picture FROM trees", STATUS_MALFORMED, "row 1 column 1 holds a BLOB");
  Diag diag = {0};
  Bytes bytes;
  cr_assert_not(sqlite_query(&ANYWHERE, "none.db", "SELECT 1", &bytes, &diag));
  cr_assert_eq(diag.status, STATUS_MISSING);
  cr_assert_not(sqlite_query(&ANYWHERE, ":memory:", "SELECT 1", &bytes, &diag));
  cr_assert_eq(diag.status, STATUS_MISSING);
  folder_put("t.db", "SQLite format 3\0 and nothing else that would fit", 48);
  refuse("SELECT * FROM trees", STATUS_MALFORMED, "");
  folder_put("t.db", "a,b\n1,2\n", 8);
  refuse("SELECT * FROM trees", STATUS_MALFORMED, "");
}
