# beside other updates: all of a step or none of it
# warned: this reads one row of each minibatch
precision(f64)
optimizer Half() { state n = 0; fn step(p, g, f) { n = n + 1; p = p - 0.5 * g } }
let w = param([4, 0])
let v = param([1, 1])
let d = dataset([1, 2])
let o = Half()
fn go(bad) = attempt(fn() = train on x in d {
  update w { loss: sum((w - x[0])^2); optimizer: o }
  update v { loss: sum((v - w)^2) + bad; optimizer: GD(lr: 0.5) }
  steps: 1
  quiet: true
})
print(go(nan).ok, w, v, o.steps)   # expect: false [4, 0] [1, 1] 0
print(go(0).ok, w, v, o.steps)     # expect: true [1, 1] [1, 1] 1
