# quoted.awk — a line as C writes it between quotes; for the scripts that make files into C.

function quoted(text) {
  gsub(/\\/, "&&", text)
  gsub(/"/, "\\\"", text)
  gsub(/\?/, "\\?", text)   # no trigraphs
  return text
}
