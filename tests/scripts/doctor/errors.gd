# An error of the script goes to standard error, as everywhere; the findings are the results.
# command: doctor
# status: 1
# silent
let w = param(1)
train w { loss: w^2; optimizer: GD(lr: 0.1); steps: 3 }
error("no such plan")  # expect error: no such plan
