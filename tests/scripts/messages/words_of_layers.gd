# Layers and functions that PyTorch and Keras have and gd writes out.
let x = ones(2, 3)
chain(Dense(3, 3), relu6)   # expect error: as a part `fn(x) = clamp(x, 0, 6)`
EmbeddingBag(10, 4)   # expect error: `mean(e(ids), axis: 1)`
nn.Conv3d(3, 8, 3)   # expect error: `Conv2d(k * inputs, outputs, 3)`
MaxPool3d(2)   # expect error: `MaxPool2d(2)`
torch.fft.rfft(x)   # expect error: `cos(a) @ x`
F.grid_sample(x, x)   # expect error: `resize(x, h, w)`
spectral_norm(Dense(3, 3))   # expect error: `W / svd(W).1[0]`
weight_norm(Dense(3, 3))   # expect error: `g * (V / norm(V, axis: 0, keep: true))`
PixelShuffle(2)   # expect error: `reshape(permute(reshape(x, n, c, r, r, h, w), 0, 1, 4, 2, 5, 3), n, c, h * r, w * r)`
pixel_unshuffle(x, 2)   # expect error: `reshape(permute(reshape(x, n, c, h, r, w, r), 0, 1, 3, 5, 2, 4), n, c * r * r, h, w)`
cdist(x, x)   # expect error: `norm(x[:, none] - b[none], axis: -1)`
gumbel(3)   # expect error: `-log(-log(rand(shape(logits))))`
scatter_max(zeros(5), [1], [2])   # expect error: `max(where(arange(k)[:, none] == index[none, :], values[none, :], -inf), axis: 1)`
scatter_mean(zeros(5), [1], [2])   # expect error: `scatter_add(zeros(k), index, values) / maximum(bincount(index, least: k), 1)`
prelu(x, 0.1)   # expect error: `leaky_relu(x, slope)`
Dropout2d(0.2)   # expect error: `fn(x) = x * d(ones(shape(x)[0], shape(x)[1], 1, 1))`
# status: 65
