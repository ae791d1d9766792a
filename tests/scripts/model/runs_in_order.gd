model Noisy(n) {
  print("first")
  param w = zeros(n)
  let m = sum(w) + n
  print("then {m}")
}
let a = Noisy(2)
# expect: first
# expect: then 2
