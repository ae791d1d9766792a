seed(1)
let a = Dense(2, 2)
let b = copy(a)
assign(b.W, zeros(2, 2))
print(sum(abs(a.W)) > 0, sum(abs(b.W)))       # expect: true 0
assign(b, a)
print(all(a.W == b.W))                        # expect: true
let shared = a
assign(shared.b, [1, 2])
print(a.b)                                    # expect: [1, 2]
