# Numbers of steps, places and heads are whole; what is none is told by the layer, and a bias that is NaN hides nothing.
fn told(f) = print(attempt(f).error)
let (x, net) = (ones(2, 4, 8), Attention(8, 2))
told(fn() = RNN(8, 3)(x, lengths: [1.5, 2]))   # expect: RNN: lengths are whole numbers from 0 to the 4 steps of x: found 1.5 at [0]: this is RNN(8, 3), made here
told(fn() = net(x, lengths: [4, 2.5]))   # expect: Attention: lengths are whole numbers from 0 to the 4 keys: found 2.5 at [1]: `net` is Attention(8, 2), made here
told(fn() = Attention(9, 1.5))   # expect: Attention: a width of 9 cannot be cut into 1.5 equal heads
told(fn() = Attention(9, 3, groups: 1.5))   # expect: Attention: 3 heads cannot share 1.5 groups of keys evenly
told(fn() = Positions(6, 8, "rotary")(x, start: -5))   # expect: Positions: `start` is the number of the first place, a whole number from 0 on, this is -5: this is Positions(6, 8), made here
told(fn() = Positions(6, 8)(x, start: 0.5))   # expect: Positions: `start` is the number of the first place, a whole number from 0 on, this is 0.5: this is Positions(6, 8), made here
let (q, k, b) = (ones(2, 3), ones(2, 3), zeros(2, 2))
b[0, 1] = nan
print(attention(q, k, k, bias: b))                    # expect: [[nan, nan, nan], [1, 1, 1]]
print(attention(q, k, k, bias: -inf + zeros(2, 2)))   # expect: [[0, 0, 0], [0, 0, 0]]
