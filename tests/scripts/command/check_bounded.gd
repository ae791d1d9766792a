# A text or list that doubles is not grown for real: beyond a bound it is unknown.
# check
let s = "a"
for i in 1..40 { s = s + s }
let t = "a"
for i in 1..40 { t += t }
let u = "a"
for i in 1..40 { u = "{u}{u}" }
let xs = list("a", "b")
for i in 1..40 { xs = concat(xs, xs) }
print(len(s), len(t), len(u), len(xs))
print([1, 2] + [1, 2, 3])   # expect error: shapes do not fit
