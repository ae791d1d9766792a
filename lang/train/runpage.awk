# runpage.awk — turns runpage.html into build/gen/runpage.c: two texts, before and after the place
# where the data of a run goes (lang/train/runpage.h).  Run with LC_ALL=C: bytes, not letters.

BEGIN {
  print "/* Made by lang/train/runpage.awk from runpage.html. */"
  print "#include \"lang/train/runpage.h\"\n"
  print "const char PAGE_BEFORE[] ="
}

{
  at = index($0, "@DATA@")
  if (at == 0) print "  \"" quoted($0) "\\n\""
  else {
    print "  \"" quoted(substr($0, 1, at - 1)) "\";"
    print "const char PAGE_AFTER[] ="
    print "  \"" quoted(substr($0, at + 6)) "\\n\""
  }
}

END { print "  ;" }
