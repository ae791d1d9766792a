# with --json progress is one event a line, and what is not finite is null
# options: --json
# expect stderr: {"event":"epoch","epoch":2,"step":4,"epochs":2,"loss":
# expect stderr: "m":null,"seconds":
let w = param([0.5])
let h = train w on x in ones(4, 1) { loss: mean((x @ w)^2); optimizer: GD(lr: 0.1); epochs: 2; batch: 2; metrics: (m: sum(w) / 0) }
print(h.steps)    # expect: 4
