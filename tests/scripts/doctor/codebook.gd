# The distance to a codebook is a product with params that only decides an argmin: no layer.
# command: doctor
seed(0)
let encoder = Dense(8, 2)
let book = param(normal(4, 2))
let decoder = Dense(2, 8)
train encoder, book, decoder on x in randn(64, 8) {
  loss: {
    let z = encoder(x)
    let q = book[argmin(sum(book^2, axis: 1) - 2 * z @ book', axis: 1)]
    mse(decoder(z + stop_gradient(q - z)), x) + mse(q, stop_gradient(z)) + 0.25 * mse(z, stop_gradient(q))
  }
  optimizer: Adam(lr: 3e-2); epochs: 40; batch: 16
}
# expect: nothing wrong found in 1 training
