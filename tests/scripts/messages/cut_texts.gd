# A text that a message cuts ends at a whole character, with an ellipsis.
fn repeat(s, n) = join([s for i in 0..n], "")
let long = repeat("é", 200)
let missing = attempt(fn() = dict(a: 1)[long]).error
print(missing[0:18] + "y", len(missing) < 100, "…" in missing)  # expect: the dict has no key true true
let field = attempt(fn() = (a: 1)[long]).error
print(field[0:30], field[len(field) - 24:])
# expect: a tuple has no field `éééééééé éééé…`: its fields are a
let whole = attempt(fn() = error(long)).error
print(whole == long)                                      # expect: true
let more = attempt(fn() = error(repeat("é", 5000))).error
print(more[len(more) - 2:], len(more))                    # expect: é… 999
