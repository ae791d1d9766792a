# Constraints: proximal steps and projections for `Proximal(inner, …)`, functions of a tensor and the rate; and the
# augmented Lagrangian.

## Proximal step of `c sum |p|` (soft thresholding), for a tensor p of any shape: each element moves by `lr c` towards 0
## and stops at 0 (Parikh and Boyd, "Proximal Algorithms", 2014, section 6.5).
##
##     let w = param([1, 0.04])
##     train w { loss: sum(w^2); optimizer: Proximal(GD(lr: 0.1), sparse(0.5)); steps: 1; quiet: true }
##     print("{w:.2f}")   # expect: [0.75, 0.00]
fn sparse(c) = fn(p, lr) = sign(p) * relu(abs(p) - c * _rate("sparse", lr))

## Proximal step of `c` times the sum of the norms of the rows (the last axis of p [.., D]), as in the group lasso: a
## row becomes 0 as a whole (Yuan and Lin, "Model selection and estimation in regression with grouped variables", 2006).
##
##     let w = param([[3, 4], [0.1, 0]])
##     train w { loss: sum(w) * 0; optimizer: Proximal(GD(lr: 1), sparse_rows(1)); steps: 1 }
##     print(w)   # expect: [[2.4, 3.2], [0, 0]]
fn sparse_rows(c) = fn(p, lr) {
  let length = norm(p, axis: -1, keep: true)
  p * relu(1 - c * _rate("sparse_rows", lr) / where(length > 0, length, 1))
}

## Proximal step of `c` times the nuclear norm, the sum of the singular values of a matrix, which reduces its rank (Cai,
## Candes and Shen, "A singular value thresholding algorithm for matrix completion", 2010). Tensors that are not
## matrices stay as they are.
##
##     let w = param([[3, 0], [0, 0.5]])
##     train w { loss: sum(w) * 0; optimizer: Proximal(GD(lr: 1), low_rank(1)); steps: 1 }
##     print(w)   # expect: [[2, 0], [0, 0]]
fn low_rank(c) = fn(p, lr) {
  if rank(p) != 2 { return p }
  let (U, s, V) = svd(p)
  (U * relu(s - c * _rate("low_rank", lr))) @ V
}

## Projection onto the ball of norm `radius`: the nearest tensor of the same shape whose norm is at most `radius`.
##
##     let w = param([3, 4])
##     train w { loss: sum(w) * 0; optimizer: Proximal(GD(), onto_ball(1)); steps: 1 }
##     print(w)   # expect: [0.6, 0.8]
fn onto_ball(radius = 1) {
  if not (radius >= 0) { error("onto_ball: the radius is at least 0, this is {radius}") }
  fn(p, lr) {
    # As a multiple of the greatest element, whose norm neither overflows nor vanishes.
    let most = max(abs(p))
    let unit = p / where(most > 0, most, 1)
    let length = norm(unit)
    where(most * length <= radius, p, unit * (radius / where(length > 0, length, 1)))
  }
}

## Projection onto a box: limits each element to the range from lo to hi.
##
##     let w = param([3, -4])
##     train w { loss: sum(w) * 0; optimizer: Proximal(GD(), onto_box(-1, 1)); steps: 1 }
##     print(w)   # expect: [1, -1]
fn onto_box(lo, hi) {
  if any(lo > hi) { error("onto_box: the range begins at lo and ends at hi, which is less: {lo} and {hi}") }
  fn(p, lr) = clamp(p, lo, hi)
}

## Projection of each row (the last axis of p [.., D]) onto the simplex: the nearest row of elements not below 0 whose
## sum is 1 (Duchi et al., "Efficient projections onto the l1-ball", 2008).
##
##     let w = param([2, 1, -1])
##     train w { loss: sum(w) * 0; optimizer: Proximal(GD(), onto_simplex()); steps: 1 }
##     print(w)   # expect: [1, 0, 0]
fn onto_simplex() = fn(p, lr) {
  # A row that is moved as a whole has the same projection, and sums of what lies below 0 keep the digits of the 1.
  let q = p - max(p, axis: -1, keep: true)
  let u = flip(sort(q, axis: -1), axis: -1)
  let over = (cumsum(u, axis: -1) - 1) / (arange(shape(p)[-1]) + 1)
  relu(q - max(where(u > over, over, -1), axis: -1, keep: true))
}

## Minimizes `loss()` subject to constraints: every element of `equal()` is 0 and every element of `below()` is at most
## 0. It uses the augmented Lagrangian method (Hestenes and Powell, 1969; Nocedal and Wright, "Numerical Optimization",
## 2nd ed., framework 17.4, with multipliers `max(0, m + c below)` for inequalities): each round trains `w` (a param or
## a model) by `optimizer()`, and the weight `c` grows tenfold when a round does not reduce the violation to a quarter.
## It ends when the violation is at most `tolerance` (1e-9, in f32 1e-5), or after `rounds`. Returns (equal, below, violation, rounds): the
## multipliers of both, the largest violation and the number of rounds used. At least one of `equal:` and `below:` is
## needed.
##
##     precision(f64)
##     let w = param([2, 0])
##     let r = augmented_lagrangian(w, fn() = sum(w^2), equal: fn() = sum(w) - 1)
##     print("{w:.4f} {r.violation < 1e-8}")   # expect: [0.5000, 0.5000] true
fn augmented_lagrangian(w, loss, equal = none, below = none, optimizer = fn() = LBFGS(gtol: 1e-10), tolerance = none, rounds = 40) {
  if equal == none and below == none { error("augmented_lagrangian needs `equal:` or `below:`: without them it is a training") }
  let h = fn() = if equal == none { zeros(0) } else { _vector(equal()) }
  let g = fn() = if below == none { zeros(0) } else { _vector(below()) }
  let (a, b, c, last) = (0 * h(), 0 * g(), 10, inf)
  # In f32 a larger weight multiplies rounding, and no search finds its way.
  let rough = number((1 + 1e-10 + 0 * sum(if equal == none { g() } else { h() })) - 1) == 0
  let (small, most) = (if tolerance != none { tolerance } else if rough { 1e-5 } else { 1e-9 }, if rough { 1e4 } else { 1e8 })
  for round in 1..rounds {
    train w {
      loss: loss() + sum(a * h()) + c / 2 * sum(h()^2) + sum(relu(b + c * g())^2 - b^2) / (2 * c)
      optimizer: optimizer()
      steps: 1000
      quiet: true
    }
    let off = number(norm(concat(h(), maximum(g(), -b / c))))
    a = a + c * h()
    b = relu(b + c * g())
    if off <= small or round == rounds { return (equal: a, below: b, violation: off, rounds: round) }
    if off > last / 4 { c = minimum(10 * c, most) }
    last = off
  }
}

# Of an inner optimizer of Proximal without a rate, as Polyak.
fn _rate(name, lr) = if lr == none { error("{name} needs a rate `lr`, which the inner optimizer does not have; projections, as onto_ball, need none") } else { lr }

fn _vector(x) = reshape(x, -1)
