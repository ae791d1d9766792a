# Params are shared; arithmetic or copy takes the value of now; assign sets.
let w = param(1)
let v = w
let now = w * 1
let kept = copy(w)
assign(w, 5)
print(v, now, kept)       # expect: 5 1 1
w = 7
print(v)                  # expect: 5
