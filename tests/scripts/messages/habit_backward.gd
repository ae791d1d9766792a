let loss = sum([1, 2]); loss.backward()   # expect error: grad(f)(x)
