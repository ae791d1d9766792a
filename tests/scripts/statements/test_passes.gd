# command: test
# output: any
# status: 0
test "adds" { assert(1 + 1 == 2) }
