# Names of PyTorch, Keras, JAX and optax that have another name or another notation here.
let x = ones(2, 3)
to_categorical([1], 3)          # expect error: in gd, `to_categorical` is called `one_hot`
kaiming_normal_(2, 3)           # expect error: is called `he_normal`
glorot_uniform(2, 3)            # expect error: is called `xavier_uniform`
TripletMarginLoss()             # expect error: is called `triplet`
StepLR(0.1, 5)                  # expect error: is called `step_decay`
CosineAnnealingWarmRestarts(9)  # expect error: is called `cosine_restarts`
tree_map(exp, x)                # expect error: is called `map_tree`
custom_vjp(exp)                 # expect error: is called `custom_gradient`
LambdaLR(SGD(), 2)              # expect error: a function of the number of steps made
randn_like(x)                   # expect error: `randn(shape(x))`: the arguments are sizes
torch.allclose(x, x)            # expect error: `all(abs(x - b) < 1e-6)`
cosine_similarity(x, x)         # expect error: `cosine_loss(x, b)`
jax.jit(exp)                    # expect error: nothing is compiled
PRNGKey(0)                      # expect error: draws need no key
Bidirectional(LSTM(2, 3))       # expect error: both: true
take(x, [0])                    # expect error: `x[i]`, `x[:, i]`
# status: 65
