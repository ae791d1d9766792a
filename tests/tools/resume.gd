# What resume.sh runs: training with everything that a checkpoint must hold (shuffles, draws, optimizer state, a schedule,
# buffers, metrics), which at one step says so in a file and waits to be killed.
#
#   resume.gd FOLDER NAME RESUME STOP_AT     STOP_AT: the step to wait at, 0 for never

let folder = args[0]
let model_path = "{folder}/{args[1]}.safetensors"
let resume_it = args[2] == "yes"
let stop_at = number(args[3])

seed(11)
let data = blobs(200)
let inputs = shape(data.x)[1]
let net = chain(Dense(inputs, 12), BatchNorm(12), relu, Dropout(0.3), Dense(12, 3))

let history = train net on (x, y) in data {
  loss: cross_entropy(net(x), y) + 1e-4 * l2(net)
  optimizer: AdamW(lr: cosine(0.02, steps: 90))
  epochs: 10
  batch: 24
  metrics: (accuracy: accuracy(net(x), y), f1: f1(net(x), y), spread: std(net(x)), middle: sort(reshape(net(x), -1))[3])
  checkpoint: "{folder}/run.ckpt"
  resume: resume_it
  quiet: true
  each_step: {
    if step == stop_at {
      write("{folder}/waiting", "{step}")
      while true { }
    }
  }
}

save(net, model_path)
print("{history.steps} {len(history.step_loss)} {history.loss} {history.accuracy} {history.f1} {history.spread} {history.middle}")
