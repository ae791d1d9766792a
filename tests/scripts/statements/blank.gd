# `_` takes what is not wanted, as often as wanted, and keeps nothing.
let (_, b, _) = (1, 2, 3)
for (_, y) in [(1, 2), (3, 4)] { print(y + b) }
# expect: 4
# expect: 6
let f = fn(_, _) = "ignored"
print(f(1, 2))                  # expect: ignored
let pick = fn(xs) { let (_, second, _) = xs; second }
print(pick(["x", "y", "z"]))    # expect: y
_ = print("for its effect")     # expect: for its effect
