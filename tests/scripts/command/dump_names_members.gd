# Members of a model or optimizer are cells; a size of a shape is a local of its own; clauses see values of the training.
# options: --dump=names
fn area(x: [N, 2]) -> [N] = sum(x, axis: 1) * N
optimizer Plain(lr) {
  fn step(p, g) { p = p - lr * g * t^0 }
}
let w = param(3)
train w { loss: w^2; optimizer: Plain(0.5); stop: loss < 1; quiet: true }
# expect: top level
# expect:   3:4 area → global 0, declared
# expect:   4:11 Plain → global 1, declared
# expect:   7:5 w → global 2, declared
# expect:   7:9 param → standard `param`
# expect:   8:1 loss → local 0, of the training
# expect:   8:7 w → global 2
# expect:   8:17 w → global 2
# expect:   8:33 Plain → global 1
# expect:   8:51 loss → local 0
# expect: fn area, 3:1, a frame of 2
# expect:   3:9 x → local 0, declared
# expect:   3:13 N → local 1, size
# expect:   3:24 N → local 1, size
# expect:   3:29 sum → standard `sum`
# expect:   3:33 x → local 0
# expect:   3:47 N → local 1
# expect: optimizer Plain, 4:1, a frame of 5
# expect:   4:11 t → cell 2, of the optimizer
# expect:   4:11 loss → cell 4, of the optimizer
# expect:   4:17 lr → cell 0, declared
# expect:   5:6 step → cell 1, declared
# expect:   5:11 p → cell 3, of the optimizer
# expect: fn step, 5:3, a frame of 2, capture 0 from cell 0, capture 1 from cell 2
# expect:   5:11 p → local 0, declared
# expect:   5:14 g → local 1, declared
# expect:   5:19 p → local 0
# expect:   5:23 p → local 0
# expect:   5:27 lr → capture 0
# expect:   5:32 g → local 1
# expect:   5:36 t → capture 1
