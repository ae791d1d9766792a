# A projection is the nearest point, whatever the size of the elements, and needs no rate.
for p in list([2e8, 0, 0], [5, 5, 5, 5], [-2e8, -2e8], [3e38, -3e38], f64([1e15, 1e15 - 0.5, 0]), [0.2, 0.3, 0.5]) { print(onto_simplex()(p, none)) }
# expect: [1, 0, 0]
# expect: [0.25, 0.25, 0.25, 0.25]
# expect: [0.5, 0.5]
# expect: [1, 0]
# expect: [0.75, 0.25, 0]
# expect: [0.2, 0.3, 0.5]
print(onto_ball(1)([3e38, 3e38], none), onto_ball(1)([3e-38, 0], none), onto_ball(0)([0, 0], none), onto_ball(5)([3, 4], none))   # expect: [0.707107, 0.707107] [3e-38, 0] [0, 0] [3, 4]
let w = param([3, 4])
train w { loss: sum((w - 5)^2); optimizer: Proximal(Polyak(), onto_ball(1)); steps: 50; quiet: true }
print("{w:.3f}")   # expect: [0.707, 0.707]
print(attempt(fn() = onto_ball(-1)).error)   # expect: onto_ball: the radius is at least 0, this is -1
print(attempt(fn() = onto_box(1, -1)).error)   # expect: onto_box: the range begins at lo and ends at hi, which is less: 1 and -1
train w { loss: sum(w^2); optimizer: Proximal(Polyak(), sparse(1)); steps: 1; quiet: true }   # expect error: sparse needs a rate `lr`, which the inner optimizer does not have
