# a trial may be NaN; what a step leaves may not, and then nothing has changed
optimizer Tries(to, mark = 0) {
  state seen = 0
  fn step(p, g, f) {
    seen = if mark > 0 { g / 0 } else { seen + 1 }
    assert(isnan(f(0 * p - 1)))
    p = p + to
  }
}
let w = param([4, 9])
let b = param(1)
fn fails(o) = attempt(fn() = train w, b { loss: sum(sqrt(w)) + b; optimizer: o; steps: 3; quiet: true }).error
print(fails(Tries(inf)))          # expect: the update makes `w` NaN or infinite at step 1
print(fails(Tries(0.1, mark: 1))) # expect: the update makes the state `seen` of Tries NaN or infinite at step 1
print(w, b)                       # expect: [4, 9] 1
let h = train w, b { loss: sum(sqrt(w)) + b; optimizer: Tries(-3); steps: 3; on_divergence: "stop"; quiet: true }
print(h.stopped, h.steps, w, b)   # expect: diverged 2 [-2, 3] -5
