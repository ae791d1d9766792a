precision(f64)
let a = [[2, 1], [1, 3]]
print(dot([1, 2], [3, 4]), outer([1, 2], [3, 4]), trace(a))   # expect: 11 [[3, 4], [6, 8]] 5
print(einsum("ij,kj->ik", a, a), einsum("ij->", a))            # expect: [[5, 5], [5, 10]] 7
print("{det(a):.6f} {inverse(a)[0, 0]:.6f}")                   # expect: 5.000000 0.600000
print("{solve(a, [3, 4]):.6f}")                                # expect: [1.000000, 1.000000]
let l = cholesky(a)
print(max(abs(l @ l' - a)) < 1e-12, l[0, 1])                   # expect: true 0
let (q, r) = qr(a)
print(max(abs(q @ r - a)) < 1e-12, max(abs(q' @ q - eye(2))) < 1e-12)   # expect: true true
let (u, s, v) = svd(a)
print(s[0] >= s[1], abs(prod(s) - 5) < 1e-12)                  # expect: true true
let (w, e) = eigh(a)
print(w[0] <= w[1], max(abs(a @ e - e * w)) < 1e-12)           # expect: true true
