# options: --dump=ast
# output: any
# status: 0
let x = 1 + 2
