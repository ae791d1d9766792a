print(len("abc"), len([1, 2]), len((1, 2, 3)))                      # expect: 3 2 3
print(map(fn(x) = x * 2, [1, 2])[1], filter(fn(s) = len(s) > 1, ["a", "bc"]))   # expect: 4 ["bc"]
print(reduce(fn(a, b) = a + b, [1, 2, 3], 0), zip([1, 2], ["a", "b"]))          # expect: 6 [(1, "a"), (2, "b")]
print(enumerate(["x", "y"]), keys((a: 1, b: 2)))                    # expect: [(0, "x"), (1, "y")] ["a", "b"]
print(str(1.5) + "!", number("2.5") + 1, push(["a"], "b"))          # expect: 1.5! 3.5 ["a", "b"]
print(time(fn() = 1) >= 0, clock() > 0)                             # expect ~ .*true
