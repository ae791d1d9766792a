# Where the Hessian is indefinite and the gradient is 0, methods that know the Hessian go on.
for o in [Newton(), TrustRegion()] {
  let w = param([0, 0])
  let h = train w { loss: w[0]^2 - w[1]^2 + w[1]^4; optimizer: o; steps: 50; quiet: true }
  print("{h.stopped} {w[0]:.3f} {abs(w[1]):.3f}")
}
# expect: converged 0.000 0.707
# expect: converged 0.000 0.707
