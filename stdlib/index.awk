# index.awk — turns stdlib/*.gd into build/gen/stdlib.c: the texts, and which name stands in which
# (lang/names/library_file.h).
#
# A name is declared at the top level by `fn`, `model`, `loss`, `optimizer` or `let` at the start of
# a line, which is how the library is written (tests/tools/tidy.sh holds it to that).  A name that
# begins with `_`… is private to its file and left out.  Two files that declare the same name are an
# error.  Run with LC_ALL=C: bytes, not letters.

BEGIN {
  print "/* Made by stdlib/index.awk from the .gd files of stdlib/. */"
  print "#include \"lang/names/library_file.h\"\n"
  files = 0; names = 0
}

FNR == 1 {
  if (files > 0) print "  ;\n"
  path[files] = FILENAME
  print "static const char TEXT_" files "[] ="
  files++
}

{ print "  \"" quoted($0) "\\n\"" }

/^(fn|model|loss|optimizer|let) +[A-Za-z]/ {
  name = $2
  sub(/[^A-Za-z0-9_].*$/, "", name)
  if (name in home) {
    print FILENAME ":" FNR ": " name " is declared in " path[home[name]] " already" > "/dev/stderr"
    failed = 1
    exit 1
  }
  home[name] = files - 1
  order[names++] = name
}

END {
  if (failed) exit 1
  if (files > 0) print "  ;\n"
  print "const LibraryFile LIBRARY_FILES[] = {"
  for (i = 0; i < files; i++) print "  {\"" path[i] "\", TEXT_" i ", sizeof TEXT_" i " - 1},"
  if (files == 0) print "  {NULL, NULL, 0},"
  print "};\nconst int LIBRARY_FILE_COUNT = " files ";\n"
  for (i = 1; i < names; i++) {   # an insertion sort: there are some two hundred
    name = order[i]
    for (k = i - 1; k >= 0 && order[k] > name; k--) order[k + 1] = order[k]
    order[k + 1] = name
  }
  print "const LibraryEntry LIBRARY_ENTRIES[] = {"
  for (i = 0; i < names; i++) print "  {\"" order[i] "\", " home[order[i]] "},"
  if (names == 0) print "  {\"\", 0},"
  print "};\nconst int LIBRARY_ENTRY_COUNT = " names ";"
}
