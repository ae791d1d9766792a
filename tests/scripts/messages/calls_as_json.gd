# options: --json
fn f(x) = x[5]                         # expect stderr: "line":2
f(ones(3))                             # expect stderr: "calls":[{"caller":"","file":"calls_as_json.gd","line":3,"column":1}]
# status: 1
