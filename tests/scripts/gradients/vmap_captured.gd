# vmap maps its arguments: the same param or model, captured or given without an axis, is whole, as in a loop.
model Particles() {
  param p = [1, 2, 3]
  fn energy() = sum(vmap(fn(r) = r * sum(p))(p))
}
print(Particles().energy())                                            # expect: 36
let w = param([1, 2, 3])
print(vmap(fn(r) = r * sum(w))(w), vmap(fn(r, q) = r * sum(q), axes: (0, none))(w, w))   # expect: [6, 12, 18] [6, 12, 18]
print(vmap(fn(a, b) = a * b)(w, w), vmap(fn(t) = t[0] * sum(w))((w,)))   # expect: [1, 4, 9] [6, 12, 18]
let pairs = param([[1, 2], [3, 4]])
print(vmap(fn(a, b) = sum(a * b), axes: (0, 1))(pairs, pairs))         # expect: [7, 22]
let st = stack_models([Dense(2, 1), Dense(2, 1)])
st.W = [[[1], [2]], [[3], [4]]]
print(vmap(fn(m) = sum(m.W) + sum(st.W))(st))                          # expect: [13, 17]
print(vmap(fn(a, b) = sum(a.W) * sum(b.W), axes: (0, none))(st, st))   # expect: [30, 70]
# gradients are those of the loop
print(grad(fn(q) = sum(vmap(fn(r) = sum((r - q)^3 * r))(q)))(w))       # expect: [-36, 0, 36]
print(grad(fn(q) = sum([sum((r - q)^3 * r) for r in q]))(w * 1))       # expect: [-36, 0, 36]
# a model that was mapped, inside `attempt` too, is what it was; what f keeps of it has no values
print(grad(fn(s) { attempt(fn() = vmap(fn(m) = error("no"))(s)); sum(vmap(fn(m) = sum(m.W^2))(s)) })(st).W[0, :, 0])   # expect: [2, 4]
let kept = none
vmap(fn(m) { kept = m; sum(m.W) })(st)
print(kept.W)                                                          # expect error: belongs to a training step, or to a row of vmap, that has ended
