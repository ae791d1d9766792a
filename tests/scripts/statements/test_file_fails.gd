# command: test
# A file whose own statements fail counts as one that failed, beside its tests.
test "passes" { assert(true) }
# expect ~ ok +[0-9]+ ms  .*: passes
error("at the top")            # expect error: at the top
# expect: 1 passed, 1 failed
# status: 1
