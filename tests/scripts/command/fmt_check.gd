# `gd fmt --check` names a file that would change, and changes none.
# command: fmt
# options: --check
# status: 1
# expect ~ .*fmt_check\.gd
let x=1
