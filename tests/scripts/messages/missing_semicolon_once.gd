# A missing `;` behind a block is one error: what stands behind the statement is read as if nothing was wrong.
# expect no stderr: expected `:`
# expect no stderr: key: value
let w = param([1, 2])
train w { each_epoch: { print(1) } loss: sum(w) }   # expect error: found `loss`
print(w)
fn f(x) { if x { 1 } let y = 2 }                    # expect error: found `let`
let k = if true { 1 } else { 2 } 3                  # expect error: found `3`
for i in 1..2 { print(i) } print(2)                 # expect error: found `print`
print(k)
