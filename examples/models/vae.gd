# A variational autoencoder of digits (Kingma and Welling, "Auto-Encoding Variational Bayes", 2014).
#
# Shows: a draw inside a model (the reparametrization), `reduce: "none"`, a bound as a loss.
# Outcome: the bound on held-out pictures is 30 % better than the likelihood of one probability for
# each pixel.

seed(26)

let pictures = flatten(digits(2500).x) > 0.5   # [N, 784], black or white
let (seen, held) = (pictures[:2000], pictures[2000:])

model VAE(inner = 12) {
  let encoder = chain(Dense(784, 200), relu, Dense(200, 2 * inner))
  let decoder = chain(Dense(inner, 200), relu, Dense(200, 784))
  fn code(x) {
    let (middle, log_spread) = chunk(encoder(x), 2, axis: 1)
    (middle, log_spread, middle + exp(log_spread) * randn(shape(middle)))
  }
  fn bound(x: [N, 784]) -> [N] {   # log p(x) is at least this
    let (middle, log_spread, z) = code(x)
    let missed = sum(binary_cross_entropy(decoder(z), x, reduce: "none"), axis: 1)
    let told = sum(0.5 * (middle^2 + exp(2 * log_spread) - 1) - log_spread, axis: 1)
    -missed - told   # what is told: the divergence of z from a normal draw
  }
}

let net = VAE()
train net on x in seen {
  loss: -mean(net.bound(x))
  optimizer: Adam(lr: cosine(3e-3, steps: 500))
  epochs: 25
  batch: 100
  quiet: true
}

let pixel = clamp(mean(seen, axis: 0), 0.001, 0.999)
let plain = mean(sum(held * log(pixel) + (1 - held) * log(1 - pixel), axis: 1))
let bound = mean(net.bound(held))
let again = sigmoid(net.decoder(net.code(held[:1]).2))
let rows = concat(reshape(held[0], 28, 28), reshape(again, 28, 28), axis: 1)   # beside each other
for row in rows { print(join(map(fn(p) = " .o#"[floor(3.99 * p)], row))) }
print("nats a picture: bound {bound:.1f}, a probability for each pixel {plain:.1f}")
assert(bound > 0.7 * plain)
