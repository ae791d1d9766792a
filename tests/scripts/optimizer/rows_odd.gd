# A row that the step does not read rests, but for a -0 wherever it stands: -0 + 0 is 0. Then the update is of the whole table.
optimizer Climb(lr) { fn step(p, g) { p = p + lr * g } }
optimizer Roll(lr) {
  state v = 0
  fn step(p, g) {
    v = 0.9 * v + g
    p = p + lr * v
  }
}
fn at(make, column) {
  let start = ones(900, 37)
  start[700, column] = -0.0
  let (table, o) = (param(start), make(0.5))
  for k in 0..2 { update table { loss: sum(table[[k, 3, k + 1]]); optimizer: o } }
  (1 / table[700, column], sum(table))
}
fn ends(make) = [at(make, column) == (inf, at(make, 0)[1]) for column in [0, 15, 16, 31, 36]]   # 37 elements are looked at by 16
print(all(ends(Climb)), at(Climb, 20)[1])   # expect: true 33465.5
print(all(ends(Roll)), at(Roll, 20)[1] > 33600)   # expect: true true
