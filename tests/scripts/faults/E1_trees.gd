# The limit of time holds while two trees of 100,000 levels are compared.
# options: --max-time 0.5
# status: 124
# timeout: 20
let t = (1,)
let u = (1,)
for _i in 1..100000 {
  t = (t,)
  u = (u,)
}
t + u
# expect stderr: the time limit of --max-time is reached
