# Empty tensors and rank 0 through operations of every kind.
let e = zeros(0)
print(sum(e), e + 1, relu(e), sort(e), cumsum(e), e[0:0], concat(e, e, axis: 0))   # expect: 0 [] [] [] [] [] []
print(softmax(zeros(0, 3)), shape(zeros(0, 3) @ zeros(3, 2)), shape(zeros(0, 3)')) # expect: [] (0, 2) (3, 0)
print(sum(tensor(3)), max(tensor(3)), relu(tensor(-1)), reshape(tensor(2), 1))      # expect ~ 3 3 -?0 \[2\]
print(norm(e), all(zeros(0) > 0), any(zeros(0) > 0), prod(e))                       # expect: 0 true false 1
