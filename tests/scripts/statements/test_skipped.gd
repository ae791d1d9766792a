test "not run by a plain run" { assert(1 == 2) }
print("done")   # expect: done
