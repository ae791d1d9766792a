# An LSTM learns made-up names, whose vowels are all light or all dark, and makes some itself.
#
# Shows: LSTM, rows of different lengths, targets that do not count, a step at a time, sampling.
# Outcome: of 500 names that it makes 95 % or more keep the rules.

seed(11)
let letters = "bdglmnrseiou."   # 8 consonants, 2 light and 2 dark vowels, and a point around a name
fn names(n) {   # two to four syllables, then the point, then -1, which does not count: [n, 9]
  let (ahead, dark) = (2 * randint(2, 5, n, 1) - arange(9)[none, :], 2 * randint(0, 2, n, 1))
  let syllables = stack(randint(0, 8, n, 4), 8 + dark + randint(0, 2, n, 4), axis: 2)
  where(ahead > 0, pad(reshape(syllables, n, 8), 0, 1, axis: 1), where(ahead == 0, 12, -1))
}

model Namer(dim = 48) {
  let (embed, recur, out) = (Embedding(13, 16), LSTM(16, dim), Dense(dim, 13))
  fn forward(name: [N, T]) -> [N, T, 13] {
    let before = concat(full(shape(name)[0], 1, value: 12), maximum(name[:, :-1], 0), axis: 1)
    out(recur(embed(before), lengths: sum(name >= 0, axis: 1)))
  }
  fn next(letter, state) = recur.run(embed(letter[:, none]), state: state)
}

let net = Namer()
train net on name in names(2000) {
  loss: cross_entropy(net(name), name, ignore: -1)
  optimizer: Adam(lr: 1e-2)
  epochs: 15; batch: 50
  quiet: true
}

let (made, state) = (full(500, 1, value: 12), none)
for place in 1..9 {
  let (h, now) = net.next(made[:, -1], state)
  (made, state) = (concat(made, sample(net.out(h)), axis: 1), now)
}
made = made[:, 1:]
let inside = cumsum(i32(made == 12), axis: 1) == 0   # a name ends at its first point
for row in made[:3] { print(split(join(map(fn(i) = letters[i], row)), ".")[0]) }
let turns = all((made >= 8) == (arange(9) % 2 == 1)[none, :] or not inside, axis: 1)
let light = any(inside and made >= 8 and made < 10, axis: 1)
let mixed = light and any(inside and made >= 10, axis: 1)
let right = mean(f32(turns and sum(inside, axis: 1) % 2 == 0 and not mixed))
print("{right:.3f} of them keep the rules")
assert(right >= 0.95)
