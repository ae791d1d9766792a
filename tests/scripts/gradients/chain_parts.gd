# The gradient of a chain has the names of the chain: parts, and its parts by number.
let net = chain(Dense(2, 2), tanh, Dense(2, 1))
assign(net.parts.2.b, [3])
let g = grad(fn(m) = sum(m([[1, 2]])^2) / 2)(net)
print(shape(g.parts.0.W), shape(g.parts[2].W), g.parts.1)                        # expect: (2, 2) (2, 1) none
print(all(g.parts.0.W == g.0.W), all(g[2].b == g.parts.2.b), keys(g), len(g.parts))   # expect: true true ["parts"] 3
model Scaled(blocks...) {
  param scale = 2
  fn forward(x) = scale * chain(blocks...)(x)
}
let s = grad(fn(m) = sum(m([[1, 1]])))(Scaled(Dense(2, 1)))
print(shape(s.blocks.0.W), shape(s.scale), s.0.b)                                # expect: (2, 1) () [2]
