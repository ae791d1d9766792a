let a = 1 +
  2
let b = 1
  + 2
let c = 5
-c
let d = [3, 4]
  |> sum

# a comment between

  |> sqrt
let e = (1
  + 2
  - 3)
print(a, b, c, "{d:.3f}", e)   # expect: 3 3 5 2.646 0
