# index.awk — turns stdlib/*.gd into build/gen/stdlib.c: the texts, and which lines each name needs
# (lang/names/library_file.h).
#
# A name is declared at the top level by `fn`, `model`, `loss`, `optimizer` or `let` at the start of
# a line, which is how the library is written (tests/tools/tidy.sh holds it to that).  Two files
# that declare the same name are an error.  Run with LC_ALL=C: bytes, not letters.
#
# A name that begins with `_` is private to the library.  Its lines go with those of each
# declaration of its file that mentions it.  If a file mentions one that it does not declare itself,
# it is that of the one file that does, and has a place in the index, behind the public names: it is
# loaded once, like them.

BEGIN {
  print "/* Made by stdlib/index.awk from the .gd files of stdlib/. */"
  print "#include \"lang/names/library_file.h\"\n"
  files = 0; names = 0; shared = 0; declarations = 0
}

FNR == 1 {
  if (files > 0) print "  ;\n"
  path[files] = FILENAME
  print "static const char TEXT_" files "[] ="
  files++
  bytes = 0
}

{ print "  \"" quoted($0) "\\n\"" }

/^(fn|model|loss|optimizer|let) +[A-Za-z_]/ {
  name = $2
  sub(/[^A-Za-z0-9_].*$/, "", name)
  now = declarations++
  file_of[now] = files - 1
  from[now] = bytes
  code[now] = ""
  if (name ~ /^_/) {
    private[files - 1, name] = now
    declared[name]++
    home[name] = now
  }
  else {
    if (name in home) {
      other = path[file_of[home[name]]]
      print FILENAME ":" FNR ": " name " is declared in " other " already" > "/dev/stderr"
      failed = 1
      exit 1
    }
    home[name] = now
    order[names++] = name
  }
}

{
  bytes += length($0) + 1
  if ($0 !~ /^(#|[ \t]*$)/) {   # what stands behind is of the next declaration
    to[now] = bytes
    code[now] = code[now] "\n" $0
  }
}

# A private name that declaration `at` mentions, and another file declares.
function share(at, name) {
  if (declared[name] > 1) {
    print path[file_of[at]] ": " name " is declared in several other files" > "/dev/stderr"
    failed = 1
    exit 1
  }
  if (!(name in is_shared)) order[names + shared++] = name
  is_shared[name] = 1
}

# Marks the private declarations of its file that declaration `at` mentions, and those that these
# mention.
function need(at,    rest, name, other) {
  needed[at] = 1
  rest = code[at]
  while (match(rest, /_[A-Za-z0-9_]+/)) {
    name = substr(rest, RSTART, RLENGTH)
    other = RSTART > 1 ? substr(rest, RSTART - 1, 1) : " "
    rest = substr(rest, RSTART + RLENGTH)
    if (other ~ /[A-Za-z0-9_]/ || !(name in declared)) continue
    if (!((file_of[at], name) in private)) {
      share(at, name)
      continue
    }
    other = private[file_of[at], name]
    if (!(other in needed)) need(other)
  }
}

# Sorts the names from `first` to before `end` by insertion: there are some two hundred.
function sort_names(first, end,    i, k, name) {
  for (i = first + 1; i < end; i++) {
    name = order[i]
    for (k = i - 1; k >= first && order[k] > name; k--) order[k + 1] = order[k]
    order[k + 1] = name
  }
}

END {
  if (failed) exit 1
  if (files > 0) print "  ;\n"
  print "const LibraryFile LIBRARY_FILES[] = {"
  for (i = 0; i < files; i++) print "  {\"" path[i] "\", TEXT_" i ", sizeof TEXT_" i " - 1},"
  if (files == 0) print "  {NULL, NULL, 0},"
  print "};\nconst int LIBRARY_FILE_COUNT = " files ";\n"
  for (i = 0; i < names + shared; i++) {   # `shared` grows in the loop
    split("", needed)
    need(home[order[i]])
    ranges[order[i]] = 0
    lines = ""
    for (k = 0; k < declarations; k++)
      if (k in needed) lines = lines (ranges[order[i]]++ ? ", " : "") "{" from[k] ", " to[k] "}"
    print "static const TextRange LINES_" order[i] "[] = {" lines "};"
  }
  sort_names(0, names)
  sort_names(names, names + shared)
  print "\nconst LibraryEntry LIBRARY_ENTRIES[] = {"
  for (i = 0; i < names + shared; i++) {
    name = order[i]
    print "  {\"" name "\", " file_of[home[name]] ", LINES_" name ", " ranges[name] "},"
  }
  if (names == 0) print "  {\"\", 0, NULL, 0},"
  print "};\nconst int LIBRARY_ENTRY_COUNT = " names ", LIBRARY_SHARED_COUNT = " shared ";"
}
