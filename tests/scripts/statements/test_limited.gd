# command: test
# options: --max-time 0.2
# A test that a limit ends counts as failed.
test "for ever" { while true { } }   # expect error: the time limit of --max-time is reached
# expect ~ FAIL +[0-9]+ ms  .*: for ever
# expect: 0 passed, 1 failed
# status: 124
