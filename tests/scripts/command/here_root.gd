# options: --root .
# silent
let inside = read("{here}/here_root.gd")
read("{here}/../../../README.md")   # expect error: root
# status: 77
