# Attention layers, position encodings, transformer blocks, and sampling from predictions.
#
# Queries are [.., T, D], keys [.., S, D], values [.., S, E]; the scores are [.., T, S]. With heads the tensors are
# [N, H, T, D]. A mask is true, or 1, where a query may see a key. A bias is added to the scores (-inf: not visible). A
# query that sees no key gives zeros. In layers x is [N, T, width] and a mask [T, S] or [N, T, S]; `lengths: [N]` is the
# number of valid keys of each row.
#
# To generate step by step, `net.step(x, cache)` takes the next positions and returns (y, cache); the first cache is
# none. The cache holds the keys and values so far, so a step computes only its own positions.

fn _both(a, b) = if a == none { b } else if b == none { a } else { a and b }

# A mask as bools; numbers other than 0 and 1 are no mask.
fn _truths(mask) = require(mask, mask == 0 or mask == 1, "attention: a mask is true or 1 where a key is visible, false or 0 elsewhere; `bias:` is added to the scores") == 1

fn _shown(x) = "{list(shape(x)...)}"

# An affine map that starts as xavier_uniform: what is compared is neither relu's input nor its output.
model _Projection(inputs, outputs, bias) {
  param W = xavier_uniform(inputs, outputs)
  param b = if bias { zeros(outputs) } else { none }
  fn forward(x) = if bias { x @ W + b } else { x @ W }
}

## Multi-head attention: x [N, T, width] gives [N, T, width]. Queries come from x. Keys and values come from `memory`
## [N, S, width] if it is given (cross attention), otherwise from x. `groups:` is the number of heads of keys and
## values, if fewer than `heads` (grouped-query attention). `positions: Positions(most, width / heads, "rotary")`
## rotates queries and keys by their position. `mask: [T, S]` or `[N, T, S]` is true where a query may see a key;
## `lengths: [N]` is the number of valid keys of each row. With `causal: true` a query sees no later key, and
## `net.step(x, cache)` returns (y, cache) for the next positions. `heads` must divide width, and `groups` must divide
## heads. (Vaswani et al., "Attention Is All You Need", 2017; Ainslie et al., "GQA", 2023.)
##
##     print(shape(Attention(8, 2)(zeros(3, 5, 8))))   # expect: (3, 5, 8)
##     print(shape(Attention(8, 4, groups: 2)(zeros(3, 5, 8), memory: zeros(3, 7, 8), lengths: [7, 2, 0])))   # expect: (3, 5, 8)
model Attention(width, heads, groups = none, causal = false, positions = none, bias = true) {
  let shared = if groups == none { heads } else { groups }
  if not (heads >= 1 and heads % 1 == 0 and width % heads == 0) { error("Attention: a width of {width} cannot be cut into {heads} equal heads") }
  if not (shared >= 1 and shared % 1 == 0 and heads % shared == 0) { error("Attention: {heads} heads cannot share {shared} groups of keys evenly") }
  let part = width / heads
  let query = _Projection(width, width, bias)
  let key = _Projection(width, shared * part, bias)
  let value = _Projection(width, shared * part, bias)
  let out = _Projection(width, width, bias)
  fn apart(x, count) = permute(reshape(x, shape(x)[0], shape(x)[1], count, part), 0, 2, 1, 3)   # [N, count, T, part]
  fn placed(x, start) = if positions == none { x } else { positions(x, start: start) }
  fn joined(seen) = out(reshape(permute(seen, 0, 2, 1, 3), shape(seen)[0], shape(seen)[2], width))
  fn forward(x: [N, T, width], memory = none, mask = none, lengths = none) {
    let from = if memory == none { x } else { memory }
    if rank(from) != 3 or shape(from)[0] != shape(x)[0] or shape(from)[2] != width { error("Attention: x is {_shown(x)}, the memory {_shown(from)}; it must be [{shape(x)[0]}, S, {width}]") }
    let k = placed(apart(key(from), shared), 0)
    joined(attention(placed(apart(query(x), heads), 0), k, apart(value(from), shared), mask: _masks(mask, lengths, shape(x), shape(from)[1]), causal: causal))
  }
  fn step(x: [N, T, width], cache = none) {
    if not causal { error("Attention: `step` goes from place to place, which is for one made with causal: true") }
    let start = if cache == none { 0 } else { shape(cache.k)[2] }
    let (k, v) = (placed(apart(key(x), shared), start), apart(value(x), shared))
    if cache != none {
      k = concat(cache.k, k, axis: 2)
      v = concat(cache.v, v, axis: 2)
    }
    (joined(attention(placed(apart(query(x), heads), start), k, v, causal: true)), (k: k, v: v))
  }
}

# The mask of a layer as one for its heads: [T, S], [N, 1, T, S] or [N, 1, 1, S].
fn _masks(mask, lengths, x, keys) {
  if mask != none and not (shape(mask) == (x[1], keys) or shape(mask) == (x[0], x[1], keys)) {
    error("Attention: the mask is {_shown(mask)}, it must be [{x[1]}, {keys}] (queries, keys) or [{x[0]}, {x[1]}, {keys}]")
  }
  let all = if mask == none { none } else { _truths(if rank(mask) == 3 { mask[:, none] } else { mask[none, none] }) }
  if lengths == none { return all }
  if shape(lengths) != (x[0],) { error("Attention: `lengths` is {_shown(lengths)}, it must be [{x[0]}], one a row") }
  let good = require(lengths, lengths == floor(clamp(lengths, 0, keys)), "Attention: lengths are whole numbers from 0 to the {keys} keys")
  _both(all, arange(keys)[none, none, none, :] < good[:, none, none, none])
}

## Position encoding: x [.., T, dim] gives [.., T, dim]. T is at most `most`; `start:` is the index of the first
## position. "learned" adds a trained table [most, dim]. "sinusoidal" adds `sin(p / 10000^(2i / dim))` in column 2i and
## its cosine in column 2i + 1 (Vaswani et al., 2017). "rotary" rotates columns i and i + dim / 2 by the angle
## `p / 10000^(2i / dim)` (Su et al., "RoFormer", 2021); used on queries and keys, it makes their products depend on the
## distance alone. The last two need an even dim.
##
##     print(Positions(10, 2, "sinusoidal")(zeros(2, 2))[0])   # expect: [0, 1]
##     print(shape(Positions(10, 4, "rotary")(ones(3, 5, 4), start: 5)))   # expect: (3, 5, 4)
model Positions(most, dim, kind = "learned") {
  if not (kind in list("learned", "sinusoidal", "rotary")) { error("Positions: the kind is {kind}; there are \"learned\", \"sinusoidal\" and \"rotary\"") }
  if kind != "learned" and dim % 2 != 0 { error("Positions: {kind} ones go in pairs of columns, {dim} is odd") }
  param table = if kind == "learned" { normal(most, dim, std: 0.02) } else { none }
  let angles = if kind == "learned" { none } else { arange(most)[:, none] * (10000^(-2 * arange(dim / 2) / dim))[none, :] }
  fn forward(x, start = 0) {
    if rank(x) < 2 { error("Positions: x is {_shown(x)}, it must be [.., T, {dim}]") }
    let t = shape(x)[-2]
    if shape(x)[-1] != dim { error("Positions: x is {_shown(x)}, its last axis must be {dim}") }
    if not (start >= 0 and start % 1 == 0) { error("Positions: `start` is the number of the first place, a whole number from 0 on, this is {start}") }
    if start + t > most { error("Positions: x is {_shown(x)}{if start > 0 { " from place {start} on" } else { "" }}, but places end at {most}") }
    if kind == "learned" { return x + table[start:start + t] }
    let (c, s) = (cos(angles[start:start + t]), sin(angles[start:start + t]))
    if kind == "sinusoidal" { return x + reshape(stack(s, c, axis: 2), t, dim) }
    let (a, b) = chunk(x, 2, axis: -1)
    concat(a * c - b * s, a * s + b * c, axis: -1)
  }
}

## A transformer block with residual connections and a norm before each part (Xiong et al., "On Layer Normalization",
## 2020): first `x + attend(norm(x))`, then with `cross: true` `x + look(norm(x), memory)`, then `x + feed(norm(x))`,
## where feed is Dense, gelu, Dense with `hidden` units between (4 width by default). x [N, T, width] gives
## [N, T, width]. Use it as it is in an encoder, with `causal: true` in a decoder, and also with `cross: true` where the
## decoder reads an encoder's output: `block(x, memory: m)`. `dropout:` acts on each term that is added.
## `block.step(x, cache)` is as in Attention.
##
##     print(shape(TransformerBlock(8, 2, causal: true, cross: true)(zeros(3, 5, 8), memory: ones(3, 7, 8))))   # expect: (3, 5, 8)
model TransformerBlock(width, heads, hidden = none, groups = none, causal = false, cross = false, positions = none, dropout = 0, bias = true) {
  let inner = if hidden == none { 4 * width } else { hidden }
  let attend = Attention(width, heads, groups: groups, causal: causal, positions: positions, bias: bias)
  let look = if cross { Attention(width, heads, groups: groups, bias: bias) } else { none }
  let feed = chain(Dense(width, inner, bias: bias), gelu, Dense(inner, width, bias: bias))
  let (norm1, norm3) = (LayerNorm(width), LayerNorm(width))
  let norm2 = if cross { LayerNorm(width) } else { none }
  let drop = Dropout(dropout)
  fn rest(x, memory, lengths) {
    if cross != (memory != none) { error(if cross { "TransformerBlock: one made with cross: true needs `memory:`, what it looks at" } else { "TransformerBlock: `memory:` is for one made with cross: true" }) }
    let h = if cross { x + drop(look(norm2(x), memory: memory, lengths: lengths)) } else { x }
    h + drop(feed(norm3(h)))
  }
  fn forward(x: [N, T, width], memory = none, mask = none, lengths = none, memory_lengths = none) =
    rest(x + drop(attend(norm1(x), mask: mask, lengths: lengths)), memory, memory_lengths)
  fn step(x: [N, T, width], cache = none, memory = none, memory_lengths = none) {
    let (y, next) = attend.step(norm1(x), cache)
    (rest(x + drop(y), memory, memory_lengths), next)
  }
}

## Draws classes from scores: logits [.., K] give whole numbers [..]. `temperature:` divides the scores; 0 takes the
## maximum. Three filters apply in this order: `top_k` keeps the k largest scores (and ties); `top_p` keeps the most
## probable classes that together reach this probability (Holtzman et al., 2020); `min_p` removes classes less probable
## than `min_p` times the most probable (Nguyen et al., 2024). A setting out of range is an error.
##
##     print(sample([[1, 5, 2], [9, 0, 0]], temperature: 0))   # expect: [1, 0]
##     print(sample([1, 5, 4], top_k: 2) > 0)   # expect: true
fn sample(logits, temperature = 1, top_k = none, top_p = none, min_p = none) {
  if not (temperature >= 0) { error("sample: the temperature is {temperature}, it must be at least 0") }
  let below = require(logits, logits < inf, "sample: logits are numbers, or -inf for classes that are out")
  let some = require(below, expand(max(below, axis: -1, keep: true) > -inf, shape(below)...), "sample: a row of logits needs a class that is above -inf")
  if temperature == 0 { return argmax(some, axis: -1) }
  let z = some / temperature
  if top_k != none {
    if not (top_k >= 1 and top_k % 1 == 0) { error("sample: `top_k` is {top_k}, it must be a whole number from 1 on") }
    let (greatest, _) = topk(z, minimum(top_k, shape(z)[-1]), axis: -1)
    z = where(z >= min(greatest, axis: -1, keep: true), z, -inf)
  }
  if top_p != none {
    if not (top_p > 0 and top_p <= 1) { error("sample: `top_p` is {top_p}, it must be above 0 and at most 1") }
    let p = softmax(z)
    let sorted = sort(p, axis: -1, descending: true)
    let before = cumsum(sorted, axis: -1) - sorted
    z = where(p >= min(where(before < top_p, sorted, 1), axis: -1, keep: true), z, -inf)
  }
  if min_p != none {
    if not (min_p >= 0 and min_p <= 1) { error("sample: `min_p` is {min_p}, it must be from 0 to 1") }
    let p = softmax(z)
    z = where(p >= min_p * max(p, axis: -1, keep: true), z, -inf)
  }
  categorical(z)
}
