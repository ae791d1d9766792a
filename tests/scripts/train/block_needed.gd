# each_epoch: takes a block; a function in its place is an error before the training begins.
let w = param(1)
let report = fn(epoch) = print(epoch)
train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 3; each_epoch: { report(epoch) }; each_step: loss; quiet: true }
# expect: 1
# expect: 2
# expect: 3
train w { loss: w^2; optimizer: GD(lr: 0.1); epochs: 3; each_epoch: report }   # expect error: `each_epoch:` needs a block, this is a function
# expect stderr: each_epoch: { report(epoch, loss) }
