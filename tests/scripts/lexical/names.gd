# Names hold letters of any script, digits, _, ∇, and small digits after a letter; case matters.
let θ₀ = 1
let ∇J = 2
let x² = 4
let naïve_1 = 5
let a = 6; let A = 7
print(θ₀, ∇J, x², naïve_1, a, A)   # expect: 1 2 4 5 6 7
