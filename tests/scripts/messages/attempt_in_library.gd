# The line that `attempt` gives is one of the script, though what failed stands in the library.
print(attempt(fn() =
  mse([1], [1, 2])).line)   # expect: 3
print(attempt(fn() =
  groups((param(1), 2))).line)   # expect: 5
