# What each rule leaves of four scores whose probabilities are 0.4, 0.3, 0.2 and 0.1.
seed(3)
let z = log([0.1, 0.4, 0.2, 0.3])
fn drawn(all) = map(fn(i) = sum(all == i) > 0, 0..3)
let many = expand(z, 2000, 4)
print(drawn(sample(many)))                         # expect: [true, true, true, true]
print(drawn(sample(many, top_k: 2)))               # expect: [false, true, false, true]
print(drawn(sample(many, top_p: 0.75)))            # expect: [false, true, true, true]
print(drawn(sample(many, top_p: 0.3)))             # expect: [false, true, false, false]
print(drawn(sample(many, min_p: 0.6)))             # expect: [false, true, false, true]
print(drawn(sample(many, temperature: 0)))         # expect: [false, true, false, false]
print(drawn(sample(many, temperature: 0.01)))      # expect: [false, true, false, false]
print(abs(mean(f32(sample(many, temperature: 0.5) == 1)) - 0.16 / 0.3) < 0.05)       # expect: true
print(drawn(sample(many, top_k: 3, min_p: 0.6)), shape(sample(zeros(2, 3, 5), top_k: 9)))   # expect: [false, true, false, true] (2, 3)
