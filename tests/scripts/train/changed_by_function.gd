# A number of the file that a function changes between two steps is read anew, by the loss and by `validate:`.
let k = 0
let w = param(1)
let d = dataset([1, 2, 3, 4])
fn inc() { k += 1 }
print((train w { loss: 0 * w + k; optimizer: GD(lr: 0); epochs: 4; each_epoch: { inc() } }).loss)   # expect: [0, 1, 2, 3]
k = 0
print((train w { loss: 0 * w + k; optimizer: GD(lr: 0); epochs: 4; each_step: { map(fn(i) { k = i }, [5, 7]) } }).loss)   # expect: [0, 7, 7, 7]
k = 0
print((train w { loss: 0 * w + k; optimizer: GD(lr: 0); epochs: 4; stop: { inc(); false } }).loss)   # expect: [0, 1, 2, 3]
k = 0
let h = train w on x in d { loss: mean(0 * w * x) + k; optimizer: GD(lr: 0); epochs: 3; batch: 2; each_step: { inc() }; validate: d }
print(h.loss, h.val_loss)   # expect: [0.5, 2.5, 4.5] [2, 4, 6]
fn counted() {
  let n = 0
  (train w { loss: 0 * w + n; optimizer: GD(lr: 0); epochs: 3; stop: { n += 1; false } }).loss
}
print(counted())   # expect: [0, 1, 2]
