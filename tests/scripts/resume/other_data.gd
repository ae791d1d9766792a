# args: {tmp}
# status: 65
let path = "{args[0]}/run.ckpt"
fn run(x) {
  let w = param([1, 1])
  train w on x in x { loss: mean((x @ w)^2); optimizer: GD(lr: 0.1); epochs: 2; checkpoint: path; resume: true; quiet: true }   # expect error: the data is not that of the checkpoint
}
run(ones(4, 2))
run(zeros(4, 2))
