# docs.awk — the `##` comments of gd files, as golden scripts or as a reference page.
#
#   awk -v out=FOLDER -f docs.awk FILE.gd...        for each declaration whose comment has
#     examples: writes FOLDER/NAME_doc.gd
#   awk -v reference=1 -f docs.awk FILE.gd...       writes Markdown to standard output
#
# A doc comment is the `##` lines straight above a declaration; those indented by four after the
# marks are its example, and say themselves what they print (`# expect: …`).

function reset() { text = ""; code = "" }

BEGIN { reset() }

FNR == 1 {
  reset()
  if (reference) { title = FILENAME; sub(/.*\//, "", title); print "\n## " title "\n" }
}

/^##     / { code = code substr($0, 8) "\n"; next }
/^##/ { line = substr($0, 3); sub(/^ /, "", line); text = text line "\n"; next }

/^(fn|model|loss|optimizer|let) / {
  name = $2
  sub(/[^A-Za-z0-9_].*$/, "", name)
  if (reference && text != "") {
    head = $0
    sub(/^(let|fn) +/, "", head)
    sub(/ *\{ *$/, "", head)
    if (head ~ /\) = / && head !~ /^(model|optimizer)/) sub(/\) = .*/, ")", head)
    sub(/ = fn\(t\).*/, "", head)
    print "### `" head "`\n\n" text
    if (code != "") { block = code; gsub(/\n/, "\n    ", block); sub(/ *$/, "", block);
      print "    " block }
  }
  if (out != "" && code != "") {
    path = out "/" name "_doc.gd"
    printf "# The example of %s.\n%s", name, code > path
    close(path)
  }
  reset()
  next
}

{ reset() }
