# a constant of `gradient:` that is not finite is told at the clause
let w = param([1.0, 2.0])
let failed = attempt(fn() { update w { gradient: [0/0, 1.0]; optimizer: GD(lr: 1) } })
print(failed.line, w)                                    # expect: 3 [1, 2]
update w { gradient: [1.0, 1/0]; optimizer: GD(lr: 1) }        # expect error: at [1]
