let z = npz("a.npz")
print(z.x, z.y)
