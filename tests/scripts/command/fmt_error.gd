# `gd fmt` refuses a file with an error, with its place.
# command: fmt
# status: 65
# silent
let x = 1
let y=(2   # expect error: (
