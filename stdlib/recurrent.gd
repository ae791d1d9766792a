# Recurrent layers.
#
# Sequences are [N, T, D]. `net(x)` returns the output of each step, [N, T, dim], so the layer fits in a `chain`.
# `net.run(x, state: s, lengths: n)` also returns the state after the last step, as a pair (output, state). Pass the
# state to the next `run` to process a text in windows, or one step at a time. The default state is zeros. The states of
# all layers are one tensor [L, N, dim], where L counts layers and directions, ordered as in PyTorch: the first layer
# forward, the first backward, the second forward … The state of an LSTM is a pair of those, (h: .., c: ..).
#
# `layers:` stacks several layers. `both: true` adds a second direction to each layer, which reads backward, and
# concatenates both outputs, [N, T, 2 dim]. `dropout:` applies Dropout between layers, drawn independently at each
# position. `lengths: [N]` is the number of valid steps of each row: past its end a row keeps its state and outputs
# zeros, and the backward direction starts at its end.
#
# The part of a step that does not depend on the previous one, `x @ W + b`, is one product for all steps. The loop is
# `scan`, which records a step once. The gates of a step are columns of one matrix. W is initialized by xavier_uniform,
# U by orthogonal (Saxe, McClelland and Ganguli, 2014). Sizes below 1 and states or lengths of another shape are errors.

# A step each: from the states and `x @ W + b` to the states, of which the first is what comes out.
model _RNNStep(inputs, dim) {
  param W = xavier_uniform(inputs, dim)
  param U = orthogonal(dim, dim)
  param b = zeros(dim)
  fn forward(states, above) = (tanh(above + states[0] @ U),)
}

model _LSTMStep(inputs, dim) {
  param W = xavier_uniform(inputs, 4 * dim)
  param U = orthogonal(dim, 4 * dim)
  param b = concat(zeros(dim), ones(dim), zeros(2 * dim))   # the forget gate starts open
  fn forward(states, above) {
    let (input, forget, new, output) = chunk(above + states[0] @ U, 4, axis: 1)
    let c = sigmoid(forget) * states[1] + sigmoid(input) * tanh(new)
    (sigmoid(output) * tanh(c), c)
  }
}

model _GRUStep(inputs, dim) {
  param W = xavier_uniform(inputs, 3 * dim)
  param U = orthogonal(dim, 3 * dim)
  param b = zeros(3 * dim)
  param c = zeros(dim)
  fn forward(states, above) {
    let h = states[0]
    let (reset, keep, new) = chunk(above, 3, axis: 1)
    let (reset_h, keep_h, new_h) = chunk(h @ U, 3, axis: 1)
    let share = sigmoid(keep + keep_h)
    let next = tanh(new + sigmoid(reset + reset_h) * (new_h + c))
    (next + share * (h - next),)
  }
}

# The steps of all layers and directions, in the order of the states.
fn _steps(name, make, inputs, dim, layers, both, dropout) {
  for (of, count) in (("inputs", inputs), ("dim", dim), ("layers", layers)) {
    if not (count >= 1 and count % 1 == 0) { error("{name}: `{of}` must be a whole number from 1 on, this is {count}") }
  }
  if not (dropout >= 0 and dropout < 1) { error("{name}: `dropout` is {dropout}, it must be from 0 to below 1") }
  let ways = if both { 2 } else { 1 }
  let steps = list()
  for layer in 1..layers {
    for way in 1..ways { steps = push(steps, make(if layer == 1 { inputs } else { ways * dim }, dim)) }
  }
  steps
}

# One direction of one layer along x [T, N, D]; `inside` [T, N, 1] says which steps count, or is none.
fn _along(step, x, states, inside) {
  let above = x @ step.W + step.b
  if inside == none {
    scan(fn(states, above) { let next = step(states, above); (next, next[0]) }, states, above)
  } else {
    scan(fn(states, now) {
      let next = step(states, now.0)
      let kept = if len(next) == 1 { (where(now.1, next[0], states[0]),) } else { (where(now.1, next[0], states[0]), where(now.1, next[1], states[1])) }
      (kept, where(now.1, next[0], 0))
    }, states, (above, inside))
  }
}

# All of it: what came out [N, T, ..], and a list of the last states of each step.
fn _run(name, steps, parts, dim, both, dropout, x, state, lengths) {
  let (n, t) = (shape(x)[0], shape(x)[1])
  if n == 0 or t == 0 { error("{name}: x is {list(shape(x)...)}, it must have a row and a step at least") }
  let begin = _begin(name, len(steps), parts, n, dim, state)
  let inside = none
  if lengths != none {
    if shape(lengths) != (n,) { error("{name}: `lengths` is {list(shape(lengths)...)}, for x {list(shape(x)...)} it must be [{n}], one a row") }
    let good = require(lengths, lengths == floor(clamp(lengths, 0, t)), "{name}: lengths are whole numbers from 0 to the {t} steps of x")
    inside = arange(t)[:, none, none] < good[none, :, none]
  }
  let h = permute(x, 1, 0, 2)
  let last = list()
  let ways = if both { 2 } else { 1 }
  for layer in 0..len(steps) / ways - 1 {
    if training and dropout > 0 and layer > 0 { h = h * bernoulli(1 - dropout, shape(h)) / (1 - dropout) }
    let (end, ys) = _along(steps[layer * ways], h, begin[layer * ways], inside)
    last = push(last, end)
    if both {
      let (first, back) = _along(steps[layer * ways + 1], h[::-1], begin[layer * ways + 1], if inside == none { none } else { inside[::-1] })
      last = push(last, first)
      h = concat(ys, back[::-1], axis: 2)
    } else { h = ys }
  }
  (permute(h, 1, 0, 2), last)
}

# The states h and c of a pair, by name where it has names.
fn _pair(name, state) {
  let named = attempt(fn() = (state.h, state.c))
  if named.ok { return named.value }
  if type(state) != "tuple" or len(state) != 2 or len(keys(state)) > 0 { error("{name}: the state is the pair (h: .., c: ..), as `run` gives it") }
  state
}

# For each step the tuple of its states [N, dim], of tensors [L, N, dim]; zeros where there are none.
fn _begin(name, count, parts, n, dim, state) {
  if state == none {
    let start = zeros(n, dim)
    return map(fn(step) = if parts == 1 { (start,) } else { (start, start) }, 1..count)
  }
  let all = if parts == 1 { (state,) } else { _pair(name, state) }
  for one in all {
    if shape(one) != (count, n, dim) { error("{name}: the state is {list(shape(one)...)}, it must be [{count}, {n}, {dim}]: steps, rows, dim") }
  }
  map(fn(i) = if parts == 1 { (state[i],) } else { (all[0][i], all[1][i]) }, 0..count - 1)
}

fn _joined(last, part) = stack(map(fn(states) = states[part], last)...)

## Recurrent layer (Elman, "Finding Structure in Time", 1990): `h = tanh(x @ W + b + h @ U)` at each step. x
## [N, T, inputs] gives [N, T, dim], or [N, T, 2 dim] with `both: true`. `net.run(x, state: none, lengths: none)`
## returns (output, last states [L, N, dim]), L being layers times directions. `layers:` stacks several, `both: true`
## also reads backward, `dropout:` acts between layers.
##
##     print(shape(RNN(3, 8)(zeros(4, 10, 3))))   # expect: (4, 10, 8)
model RNN(inputs, dim, layers = 1, both = false, dropout = 0) {
  let steps = _steps("RNN", _RNNStep, inputs, dim, layers, both, dropout)
  fn forward(x: [N, T, inputs], state = none, lengths = none) = run(x, state, lengths)[0]
  fn run(x: [N, T, inputs], state = none, lengths = none) {
    let (y, last) = _run("RNN", steps, 1, dim, both, dropout, x, state, lengths)
    (y, _joined(last, 0))
  }
}

## Long short-term memory (Hochreiter and Schmidhuber, 1997; the forget gate of Gers, Schmidhuber and Cummins, 2000).
## From the columns i f g o (PyTorch's order) of `x @ W + b + h @ U` [N, 4 dim] each step computes
## `c = sigmoid(f) * c + sigmoid(i) * tanh(g)`, `h = sigmoid(o) * tanh(c)`. b is initialized to 1 for f, 0 elsewhere
## (Jozefowicz, Zaremba and Sutskever, 2015). x [N, T, inputs] gives [N, T, dim], or [N, T, 2 dim] with `both: true`.
## `net.run(x, state: none, lengths: none)` returns (output, last states (h: [L, N, dim], c: [L, N, dim])). Settings are
## those of RNN.
##
##     let (y, last) = LSTM(3, 8, layers: 2, both: true).run(zeros(4, 10, 3))
##     print(shape(y), shape(last.h))   # expect: (4, 10, 16) (4, 4, 8)
model LSTM(inputs, dim, layers = 1, both = false, dropout = 0) {
  let steps = _steps("LSTM", _LSTMStep, inputs, dim, layers, both, dropout)
  fn forward(x: [N, T, inputs], state = none, lengths = none) = run(x, state, lengths)[0]
  fn run(x: [N, T, inputs], state = none, lengths = none) {
    let (y, last) = _run("LSTM", steps, 2, dim, both, dropout, x, state, lengths)
    (y, (h: _joined(last, 0), c: _joined(last, 1)))
  }
}

## Gated recurrent unit (Cho et al., "Learning Phrase Representations", 2014), with the reset gate applied after the
## product, as in PyTorch. From the columns r z n of `x @ W + b` and `h @ U` [N, 3 dim] each step computes
## `n = tanh(x_n + sigmoid(x_r + h_r) * (h_n + c))`, `h = (1 - z) * n + z * h`, z = sigmoid(x_z + h_z). Shapes and
## settings are those of RNN.
##
##     let (y, last) = GRU(3, 8).run(ones(4, 10, 3), lengths: [10, 1, 0, 7])
##     print(shape(last), sum(abs(y[2])))   # expect: (1, 4, 8) 0
model GRU(inputs, dim, layers = 1, both = false, dropout = 0) {
  let steps = _steps("GRU", _GRUStep, inputs, dim, layers, both, dropout)
  fn forward(x: [N, T, inputs], state = none, lengths = none) = run(x, state, lengths)[0]
  fn run(x: [N, T, inputs], state = none, lengths = none) {
    let (y, last) = _run("GRU", steps, 1, dim, both, dropout, x, state, lengths)
    (y, _joined(last, 0))
  }
}
