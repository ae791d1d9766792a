/* sqlite.h — what a query of an SQLite database gives, as the text of a table. */
#ifndef GD_RUNTIME_IO_SQLITE_H
#define GD_RUNTIME_IO_SQLITE_H

#include "runtime/io/file.h"

/* Returns new bytes: the names of the columns and the rows as CSV with commas, NULL as the empty
 * cell.  65 a damaged database, a BLOB, an error in the query; 66 no file, or no libsqlite3; 75 it
 * is locked; 77 a query that does more than read, or a path outside the root. */
bool sqlite_query(const Files *files, const char *path, const char *query, Bytes *bytes,
                  Diag *diag);

#endif
