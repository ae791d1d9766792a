# command: test
# A test that fails without a text has failed, and those behind it run.
test "empty" { error("") }      # expect error: error
test "after" { print("after") }
# expect ~ FAIL +[0-9]+ ms  .*: empty
# expect: after
# expect ~ ok +[0-9]+ ms  .*: after
# expect: 1 passed, 1 failed
# status: 1
