model Scaled(n) { param w = ones(n); fn forward(self, x) = w * x }
print(Scaled(2)([1, 2]))   # expect error: missing its argument `x`
# expect stderr: take no `self`
