# `gd file.gd --help` tells a script's options and runs nothing.
# args: --help
## the learning rate
let lr = option("lr", 0.01)
## how many steps
## are made
fn steps() = option("steps", 5 + 5)
print("not run", option("quiet"))
# expect: options
# expect:   --lr 0.01                the learning rate
# expect:   --steps 5 + 5            how many steps are made
# expect:   --quiet
