# A name is reported once in a file.
x = 5                                # expect error: `let x = …` declares one
print(x)
fn f(a) {
  let b = foo + 1                    # expect error: unknown name `foo`
  b + foo + a
}
print(foo)
optimizer O() {
  param v = 0                        # expect error: `state v = …` is kept from step to step
  fn step(p, g) { p = p - g }
}
# status: 65
