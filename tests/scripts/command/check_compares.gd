# A comparison that is a statement does nothing.
# check
# expect stderr: check_compares.gd:9:3
# expect stderr: check_compares.gd:10:3
# expect stderr: this compares, and its value is not used
# expect no stderr: check_compares.gd:12
# status: 0
let x = 1
x == 3
x <- 3
fn same(a) {
  a == 3
}
print(same(x))
