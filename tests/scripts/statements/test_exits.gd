# command: test
# A test that ends the program has failed, and those behind it run.
test "ends" { exit(0) }      # expect error: a test cannot end the program: exit(0)
test "after" { print("after") }
# expect ~ FAIL +[0-9]+ ms  .*: ends
# expect: after
# expect ~ ok +[0-9]+ ms  .*: after
# expect: 1 passed, 1 failed
# status: 1
