# An error without a text is an error like any other: only exit() ends a program in silence.
print(attempt(fn() = error("")).error)            # expect: error
print(attempt(fn() = error("\u{0}after")).error)  # expect: \x00after
print(attempt(fn() = assert(false, "")).error)    # expect: assertion failed: this is false
print(attempt(fn() = error("a\nb\u{0}c")).error)
# expect: a
# expect: b\x00c
print(attempt(fn() = assert(false, list("shape", 3))).error)
# expect: assertion failed: ["shape", 3]: this is false
print(attempt(fn() = assert(1 > 2, 5)).error)     # expect: assertion failed: 5: this is false
let long = join(list([str(i) for i in 0..300]), "é")
assert(len(attempt(fn() = error(long)).error) == len(long))
error("")                                         # expect error: error
