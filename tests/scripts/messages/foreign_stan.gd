# The blocks of Stan, and declarations without their name.
# status: 65
data { }                               # expect error: data is a value
parameters { }                         # expect error: what is trained is a param of a model
transformed parameters { }             # expect error: a function of their model
model { }                              # expect error: a model has a name
optimizer { }                          # expect error: a declared optimizer has a name
model Net(nn.Module) { }               # expect error: a model has no other above it
model Wide(h: 3) { }                   # expect error: a parameter has its default behind `=`
model Bare() {
  param b                              # expect error: a param begins with a value
}
# expect no stderr: `train net
