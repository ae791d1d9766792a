# The peak is at step `rise steps - 1`, the end at step `steps - 1`, which holds ever after; a cycle of one step is its end.
let r = one_cycle(2, steps: 20, rise: 0.25)
print("{r(0):.3f} {r(2):.3f} {r(4):.3f} {r(19):.6f} {r(70):.6f}")        # expect: 0.080 1.040 2.000 0.000008 0.000008
let q = one_cycle(1, steps: 4, rise: 0.5, rise_from: 10)
print("{q(0):.3f} {q(1):.3f} {q(2):.6f} {q(3):.6f}")                     # expect: 0.100 1.000 0.500005 0.000010
print("{one_cycle(1, steps: 1)(0):.6f}")                                 # expect: 0.000004
