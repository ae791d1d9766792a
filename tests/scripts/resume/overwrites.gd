# args: {tmp}
# A checkpoint replaces only a file that is one.
let at = args[0] + "/"
write("{at}data.csv", "x,y\n1,2\n")
write("{at}run.ckpt.previous", "mine")
let w = param(0)
fn go(path) = train w { loss: w^2; optimizer: GD(); steps: 2; checkpoint: path }
let a = attempt(fn() = go("{at}data.csv"))
print(a.error)                       # expect ~ .*data.csv.*: the checkpoint would overwrite this file, which is not one.*
print(read("{at}data.csv") == "x,y\n1,2\n")     # expect: true
print(attempt(fn() = go("{at}run.ckpt")).ok)    # expect: false
write("{at}new.ckpt", "")
go("{at}new.ckpt")
go("{at}new.ckpt")
print(go("{at}new.ckpt").steps)                 # expect: 2
