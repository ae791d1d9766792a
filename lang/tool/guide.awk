# guide.awk — turns examples/guide/NN_NAME.md, and the site's style and script, into
# build/gen/guide.c (lang/tool/guide.h).

BEGIN { print "/* Made by lang/tool/guide.awk. */\n#include \"lang/tool/guide.h\"" }

FNR == 1 {
  if (NR > 1) print "  ;"
  name = FILENAME
  sub(/.*\/[0-9]*_?/, "", name)
  if (name ~ /\.md$/) {
    sub(/\.md$/, "", name)
    names[count++] = name
    print "\nstatic const char TEXT_" name "[] ="
  } else {
    sub(/.*\./, "", name)
    print "\nconst char SITE_" toupper(name) "[] ="
  }
}

{ print "  \"" quoted($0) "\\n\"" }

END {
  print "  ;\n\nconst GuideChapter GUIDE[] = {"
  for (i = 0; i < count; i++) print "  {\"" names[i] "\", TEXT_" names[i] "},"
  print "};\nconst int GUIDE_COUNT = " count ";"
}
