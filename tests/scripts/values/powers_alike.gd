# A power of two numbers is that of a tensor's element, to the last bit, and exact where it can be.
# expect: 0 other
# expect: [1000, 15625, 3, -2] true true
precision(f64)
let other = 0
for i in 1..3000 {
  let (a, b) = (i * 0.37, (i % 17) * 0.23 - 1.1)
  if tensor([a])[0] ^ b != a ^ b or (tensor([a]) ^ b)[0] != a ^ b { other += 1 }
}
print("{other} other")
print([10 ^ 3, 5 ^ 6, log10(1000), log2(0.25)], (-8) ^ 3 == -512, isnan((-8) ^ 0.5))
