# check
# options: --max-steps 1000
# A limit met in a branch of which it is unknown whether it runs, after another was tried.
let x = randn([3])
let a = 0
if mean(x) > 1 {
  a = 1
} else {
  for i in 0..1000000 {
    for j in 0..1000 { a = a + 1 }  # expect error: stopped after 1000 steps
  }
}
# status: 124
