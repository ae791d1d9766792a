model M() {
  W = param(zeros(2))   # expect error: `param W = …` declares a trained part, `let W = …` another
  fn forward(x) = x * W
}
# status: 65
