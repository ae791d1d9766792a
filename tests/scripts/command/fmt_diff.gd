# `gd fmt -d` shows what would change.
# command: fmt
# options: -d
# expect ~ --- .*fmt_diff\.gd
# expect ~ \+\+\+ .*fmt_diff\.gd
# expect: @@ -13,4 +13,4 @@
# expect:  let a = 1
# expect:  let b = 2
# expect:  let c = 3
# expect: -let x=1
# expect: +let x = 1

let a = 1
let b = 2
let c = 3
let x=1
