# The parts of a chain stand under `parts`, in lists of parameters, in tables and in files; numbers alone are short for that.
let net = chain(Dense(2, 1), relu, chain(Dense(1, 1, bias: false)))
for (name, value) in parameters(net) { print(name, size(value)) }
# expect: parts.0.W 2
# expect: parts.0.b 1
# expect: parts.2.parts.0.W 1
print(all(net.0.W == net.parts.0.W), all(net.2.0.W == net.parts.2.parts.0.W))   # expect: true true
summary(net)
# expect ~ part .*
# expect ~ parts\.0\.W .*
# expect ~ parts\.0\.b .*
# expect ~ parts\.2\.parts\.0\.W .*
# expect ~ .*trained .* 4
