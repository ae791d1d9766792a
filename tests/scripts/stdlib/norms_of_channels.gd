# Rows [N, C], sequences [N, T, C] and images [N, C, H, W]; the numbers are those of PyTorch 1.13.
fn near(a, b) = all(abs(a - b) <= 1e-4 * maximum(1, abs(b)))
let g = reshape(arange(8)^2, 1, 2, 2, 2)
print(near(GroupNorm(1, 2)(g)[0, 1], [[-0.089924, 0.449618], [1.109058, 1.888395]]))         # expect: true
print(near(InstanceNorm(2)(g)[0, 1], [[-1.256183, -0.526787], [0.364698, 1.418272]]))        # expect: true
print(near(InstanceNorm(2)(permute(reshape(g, 1, 2, 4), 0, 2, 1)), permute(reshape(InstanceNorm(2)(g), 1, 2, 4), 0, 2, 1)))   # expect: true
print(near(GroupNorm(2, 4)([[[1, 2, 3, 4], [5, 6, 7, 8]]])[0, 0], [-1.212678, -0.727607, -1.212678, -0.727607]))              # expect: true
let s = reshape(arange(12)^2, 2, 3, 2)
let b = BatchNorm(2)
let h = train b on x in dataset(s) { loss: sum(b(x) * s); optimizer: GD(lr: 0); steps: 1; quiet: true }
print(near(b.mean_, [3.666667, 4.766667]), near(b.variance_, [152.846664, 214.446671]))      # expect: true true
print(near(h.loss[0], sum(s * [[[-1.030425, -1.106244], [-0.918015, -0.916602], [-0.580785, -0.537319]], [[-0.018735, 0.031607], [0.768135, 0.790174], [1.779825, 1.738384]]])))   # expect: true
