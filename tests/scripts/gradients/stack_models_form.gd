# All rows are computed by the code and the constants of the first model: what differs there is told, with its path.
fn told(a, b) { let r = attempt(fn() = stack_models(list(a, b))); if r.ok { "fine" } else { r.error } }
print(told(chain(Dense(2, 2), relu), chain(Dense(2, 2), tanh)))   # expect: stack_models takes models of one form: `parts.1` of model 1 is not that of the first
model Scaled(k) { param w = 1.; let c = k; fn forward(x) = x * w * c }
print(told(Scaled(2), Scaled(3)))   # expect: stack_models takes models of one form: `c` of model 1 is not that of the first
model Added() { param w = 1.; fn forward(x) = x + w }
model Multiplied() { param w = 1.; fn forward(x) = x * w }
print(told(Added(), Multiplied()))   # expect: stack_models takes models of one form: the declaration of model 1 is not that of the first
print(told(Attention(4, 2), Attention(4, 2, causal: true)))   # expect: stack_models takes models of one form: `causal` of model 1 is not that of the first
print(told(LayerNorm(2, eps: 1e-5), LayerNorm(2, eps: 10)))   # expect: stack_models takes models of one form: `eps` of model 1 is not that of the first
fn acting(k) = chain(Dense(2, 2), fn(x) = k * x)
print(told(acting(2), acting(2)), told(acting(2), acting(3)))   # expect: fine stack_models takes models of one form: `parts.1` of model 1 is not that of the first
print(told(LSTM(3, 4, layers: 2), LSTM(3, 4, layers: 2)), told(BatchNorm(3), BatchNorm(3)), told(Attention(4, 2), Attention(4, 2)))   # expect: fine fine fine
fn around(w) { model Inner() { param s = 1.; fn forward(x) = x * w * s }; Inner() }
let (p, q) = (param(2), param(3))
print(told(around(p), around(p)), told(around(p), around(q)))   # expect: fine stack_models takes models of one form: `forward` of model 1 is not that of the first
