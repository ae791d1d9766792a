# What is wrong with `keep:` and `stop:` whatever the numbers are is told before a step is made.
let w = param([1, 1])
fn told(f) = print(attempt(f).error)
told(fn() = train w { loss: sum(w^2); optimizer: Adam(); epochs: 2; keep: "best" })             # expect: `keep:` needs best(…) of the value to minimise
told(fn() = train w { loss: sum(w^2); optimizer: Adam(); epochs: 2; keep: best("val_loss") })   # expect: `keep:` needs best(…) of the value to minimise
told(fn() = train w { loss: sum(w^2); optimizer: Adam(); epochs: 2; stop: 0.1 })                # expect: `stop:` is a condition, not a number
told(fn() = train w { loss: "mse"; optimizer: Adam(); epochs: 2 })                              # expect: `loss:` is a number of the minibatch, not a function
told(fn() = train w { loss: sum(w^2); metrics: accuracy; optimizer: Adam(); epochs: 2 })        # expect: `metrics:` is a number of the minibatch, not a function
print(w)                                                                                        # expect: [1, 1]
