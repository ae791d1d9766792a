# command: test
# options: --filter nothing-has-this
# expect stderr: no test has `nothing-has-this` in its name or file
# expect: 0 passed, 0 failed
# status: 2
test "fine" { assert(true) }
