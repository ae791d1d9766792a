# args: {tmp}
# history.path: the targets before each step and at the end, also after a resume; none where they are many.
let w = param([1.0, -2.0])
let b = param(4.0)
fn go(steps, resume) = train w, b {
  loss:       sum(w^2) + b^2
  optimizer:  GD(lr: 0.25)
  steps:      steps
  checkpoint: "{args[0]}/run.ckpt"
  resume:     resume
  quiet:      true
}
print(go(2, false).path)   # expect: [[1, -2, 4], [0.5, -1, 2], [0.25, -0.5, 1]]
assign(w, [1.0, -2.0])
assign(b, 4.0)
let h = go(3, true)
print(shape(h.path), h.path[0], h.path[-1], w, b)   # expect: (4, 3) [1, -2, 4] [0.125, -0.25, 0.5] [0.125, -0.25] 0.5
let many = param(zeros(9))
print("path" in keys(train many { loss: sum(many^2); optimizer: GD(lr: 0.1); steps: 1; quiet: true }))   # expect: false
contour(fn(p) = p[0]^2 + p[1]^2, x: (-1, 1), y: (-2, 2), path: h.path[:, 0:2], save: "{args[0]}/path.svg")
