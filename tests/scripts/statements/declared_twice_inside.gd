# A name that a block declares twice ends with the block, as every other does.
fn f() { let x = 1; let x = 2 }      # expect error: `x` is declared twice in this block
fn g(y, y) = 1                       # expect error: `y` is declared twice in this block
model M(a, a) { }                    # expect error: `a` is declared twice in this block
optimizer O {
  fn step(p, g) {
    let (b, _, b, b) = 1             # expect error: `b` is declared twice in this block
    p = b
  }
}
fn h() { for (c, c) in [[1, 2]] { } }  # expect error: `c` is declared twice in this block
loss l() = x + y                     # expect error: unknown name `x`
print(a)                             # expect error: unknown name `a`
print(b)                             # expect error: unknown name `b`
let c = 3
fn inner() { let c = 4; let c = 5; c }
print(c)
# expect no stderr: unknown name `c`
# expect stderr: first declared here
