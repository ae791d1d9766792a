# A variable that a block assigns decides which targets the loss reaches: that is no error in the
# first step or later, but at the end if no step reached a target.
let (a, b, on_b, other) = (param(1), param(1), false, 0)
fn way() = if on_b { (b - 3)^2 } else { (a - 3)^2 }
let h = train a, b { loss: way(); optimizer: GD(lr: 0.25); steps: 4; each_step: { on_b = step % 2 == 1 } }
print(a, b)   # expect: 2.5 2.5
assign(b, 1)
on_b = false
train on x in ones(2) { loss: way() * mean(x); optimizer: GD(lr: 0.25); epochs: 4; each_epoch: { on_b = epoch >= 2 } }
print(a, b)   # expect: 2.875 2.5
print(attempt(fn() = train a, b { loss: if other > 9 { way() } else { a^2 }; optimizer: GD(); steps: 3; each_step: { other += 1 } }).error)   # expect: the loss does not reach `b`, which is to be trained
print(other)   # expect: 3
# a variable that the loss does not read changes nothing: the error is of the first step
print(attempt(fn() = train a, b { loss: a^2; optimizer: GD(); steps: 3; each_step: { other += 1 } }).error)   # expect: the loss does not reach `b`, which is to be trained
print(other)   # expect: 3
# an `update` that is made again: an error only where the loss has one way
let (o, experts) = (GD(lr: 0.25), list(param(1), param(1)))
for k in 0..1 { update a, b { loss: if k > 0 { (a * b)^2 } else { a^2 }; optimizer: o } }
print(attempt(fn() = update a, b { loss: a^2; optimizer: o }).error)   # expect: the loss does not reach `b`, which is to be trained
# without a name of its own it is called a param
train on x in ones(2) { loss: a * mean(x) + stop_gradient(list(b)[0]); optimizer: GD(); epochs: 1 }   # expect error: the loss does not reach a param, which is to be trained
