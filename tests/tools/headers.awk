# headers.awk — a header declares what its own file defines: x.h what x.c (or x.re, x.y) does.
#
#   nm -A -g -P OBJECT… | awk -f tests/tools/headers.awk [-v objects=PREFIX] - HEADER…
#
# Each symbol that an object defines is looked for in the headers, outside comments, bodies and
# parameter lists.  A header that declares it must be the object's own, or be allowed here, with the
# reason.

BEGIN {
  allow("lang/lang.h", "the face of lang/: session.c, which its rooms must not see")
  allow("lang/syntax/parse.h", "parser.y; parser.h is what Lemon writes")
  allow("lang/names/resolve.h",
    "one walk over the tree in five files: scope.c, resolve.c and resolve_*.c")
  allow("lang/names/scope.h", "scope_resolve: what the room shows of resolve.c")
  allow("lang/names/library_file.h", "the library in the binary, which index.awk writes")
  allow("lang/library/natives.h", "the rows of builtin.def, and what the room\047s files share")
}

function allow(header, why) { allowed[header] = why }

FILENAME == "-" || FILENAME == "" {
  object = $1
  sub(/:$/, "", object)
  sub(/\.o$/, "", object)
  if (objects != "" && index(object, objects) == 1) object = substr(object, length(objects) + 1)
  if ($3 ~ /^[TDRB]$/) owner[$2] = owner[$2] " " object
  next
}

FNR == 1 { inside = depth = 0; statement = ""; own = FILENAME; sub(/\.h$/, "", own) }

{
  line = $0
  if (line ~ /^[ \t]*#/) next
  gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
  while (line != "") {
    if (inside) {
      end = index(line, "*/")
      if (!end) break
      line = substr(line, end + 2); inside = 0
      continue
    }
    at = match(line, /\/\*|[{};]/)
    if (!at) { if (!depth) statement = statement " " line; break }
    mark = substr(line, at, 1)
    if (!depth) statement = statement " " substr(line, 1, at - 1)
    line = substr(line, at + (mark == "/" ? 2 : 1))
    if (mark == "/") inside = 1
    else if (mark == "{") depth++
    else if (mark == "}") { if (!--depth && statement ~ /static/) statement = "" }
    else if (!depth) { declared(statement); statement = "" }
  }
}

function declared(text,   symbol) {
  if (text ~ /typedef|static/) return
  while (gsub(/\([^()]*\)/, " ", text)) continue
  while (match(text, /[A-Za-z_][A-Za-z_0-9]*/)) {
    symbol = substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
    if (!(symbol in owner)) continue
    if (index(owner[symbol] " ", " " own " ") ||
      index(owner[symbol] " ", " gen/" base(own) " ")) continue
    needed[FILENAME] = 1
    if (FILENAME in allowed) continue
    print FILENAME ": declares " symbol ", which is defined in" owner[symbol]
  }
}

END {
  for (header in allowed)
    if (!(header in needed))
      print header ": declares only its own now; headers.awk need not allow it"
}

function base(path) { sub(/.*\//, "", path); return path }
