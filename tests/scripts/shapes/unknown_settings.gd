# gd check finds a wrong shape in a loss also where a path, a limit or the optimizer depends on an option.
# check
let (p, n) = (option("name", "run"), option("n", 2))
let w = param([1, 2])
train w { loss: sum(w * [1, 2, 3]); optimizer: GD(); steps: 2; checkpoint: (path: "{p}.ckpt", every: n) }   # expect error: 2 and 3 differ
train w { loss: sum(w * [1, 2, 3]); optimizer: GD(); steps: 2; clip: (norm: n) }          # expect error: 2 and 3 differ
train w { loss: sum(w * [1, 2, 3]); optimizer: if n == 2 { GD() } else { Adam() }; steps: 2; on_divergence: p }   # expect error: 2 and 3 differ
