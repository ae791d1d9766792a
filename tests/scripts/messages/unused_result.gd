# Functions that change nothing, called as statements: `gd check` warns and says what to write.
# check
let xs = list(3, 1)
push(xs, 2)                                # expect stderr: `xs` stays as it is; `xs = push(xs, …)` changes it
for i in 0..3 { sort(xs) }                 # expect stderr: the result of `sort` is not used
let x = zeros(4)
if len(xs) > 1 { x |> reshape(2, 2) }      # expect stderr: `x = reshape(x, …)` changes it
fn f(v) {
  flip(v)                                  # expect stderr: `v = flip(v)` changes it
  push(v, 1)
}
replace("abc", "a", "b")                   # expect stderr: `let y = replace(…)` keeps it
shuffle(f(xs))                             # expect stderr: `let y = shuffle(…)` keeps it
