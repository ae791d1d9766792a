# command: test
# output: any
# status: 1
test "adds" { assert(1 + 1 == 3) }
