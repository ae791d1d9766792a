#!/bin/sh
# editors.sh GD FOLDER — the files for editors have every word of the tables, and are what they
# say: JSON that can be read, and where node, vim or emacs is installed, files that these can load.
gd=$(realpath "$1"); folder=$2; failed=0
wrong() { echo "FAIL editors: $*"; failed=1; }
# words KIND — read here in another way than fill.awk does
tokens() { grep -o '^KEYWORD([A-Z]*, "[a-z]*"' lang/syntax/token.def | cut -d'"' -f2; }
clauses() { sed -n 's/^[A-Z]*(\([a-z_]*\), FOR_.*/\1/p' lang/names/clauses.def; }
standard() {
  sed -n 's/^ *[A-Z]*([A-Z0-9_]*, "\([A-Za-z][A-Za-z0-9_]*\)[(":].*/\1/p' runtime/ops.def
  sed -n 's/^ *NATIVE("\([A-Za-z][A-Za-z0-9_]*\)".*/\1/p' lang/library/builtin.def
  grep -ohE '^(fn|model|loss|optimizer) +[A-Za-z][A-Za-z0-9_]*' stdlib/*.gd | awk '{ print $2 }'
}
# has FILE WORD…
has() {
  file=$folder/$1; shift
  tr -c 'A-Za-z0-9_' '\n' < "$file" | sort -u > "$folder/words"
  printf '%s\n' "$@" | sort -u | comm -23 - "$folder/words" > "$folder/missing"
  [ -s "$folder/missing" ] && wrong "$file lacks $(tr '\n' ' ' < "$folder/missing")"
  rm "$folder/words" "$folder/missing"
}
export LC_ALL=C
[ "$(tokens | wc -l)" -gt 25 ] && [ "$(clauses | wc -l)" -gt 15 ] &&
  [ "$(standard | wc -l)" -gt 300 ] || wrong "the tables are not read"
for file in vscode/syntaxes/gd.tmLanguage.json vim/syntax/gd.vim emacs/gd-mode.el; do
  has $file $(tokens) $(clauses) $(standard) on by
done
has tree-sitter/grammar.js $(tokens) $(clauses) on by
has tree-sitter/queries/highlights.scm $(tokens) $(standard) on by
for file in vscode/package.json vscode/language-configuration.json tree-sitter/package.json \
  vscode/syntaxes/gd.tmLanguage.json; do
  "$gd" -e "json(\"$folder/$file\")" || wrong "$file is not JSON"
done
# every rule that the grammar speaks of is there, once
if command -v node > /dev/null; then
  node -e '
    const rules = {}, used = new Set(), any = (...x) => x;
    const symbols = new Proxy({}, { get: (_, name) => (used.add(name), name) });
    for (const f of ["seq", "choice", "repeat", "optional", "field", "alias"]) global[f] = any;
    global.token = Object.assign((...x) => x, { immediate: any });
    global.prec = Object.assign(any, { left: any, right: any });
    global.grammar = g => { for (const [n, r] of Object.entries(g.rules)) rules[n] = r(symbols);
      g.conflicts(symbols); g.extras(symbols); g.word(symbols); return {}; };
    require(process.argv[1]);
    const lost = [...used].filter(n => !(n in rules));
    if (lost.length) { console.log("no rule " + lost); process.exit(1); }
  ' "$(realpath "$folder")/tree-sitter/grammar.js" || wrong "grammar.js"
fi
# the client of VS Code
if command -v node > /dev/null; then
  node "${0%/*}/vscode.js" "$gd" "$folder/vscode" || wrong "vscode"
fi
if command -v vim > /dev/null; then
  said=$(vim -es -u NONE -c "set rtp^=$folder/vim" -c 'syntax on' -c 'set ft=gd' \
    -c 'call setline(1, "let x = relu(1)  # a")' -c 'syntax sync fromstart' \
    -c 'let g:names = map([1, 9, 19], "synIDattr(synID(1, v:val, 1), \"name\")")' \
    -c 'call writefile(g:names, "/dev/stdout")' \
    -c 'qa!' 2>&1 | tr '\n' ' ')
  echo " $said" | grep -q 'gdKeyword *gdFunction *gdComment' || wrong "vim: $said"
fi
if command -v emacs > /dev/null; then
  emacs -Q --batch -l "$folder/emacs/gd-mode.el" --eval '(with-temp-buffer (gd-mode)
    (insert "let x = relu(1)") (font-lock-ensure)
    (unless (eq (get-text-property 9 (quote face)) (quote font-lock-builtin-face))
      (kill-emacs 1)))' \
    > /dev/null 2>&1 || wrong "emacs"
fi
[ $failed = 0 ] && echo "editors: every word is in every file"
exit $failed
