# A file whose description of its data or of its net is damaged: status 65, and the place is its
# header, which begins at byte 8.
# args: {tmp}
# status: 65
fn file(name, size, header) {
  let path = "{args[0]}/{name}"
  write(path, size + "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}" + header)
  path
}
let net = file("net", "\u{20}", "{{\"__metadata__\":{{\"gd.net\":\"[{{\"}}}}")
print(attempt(fn() = load(net)).error)
let data = file("data", "\u{21}", "{{\"__metadata__\":{{\"gd.data\":\"{{}}\"}}}}")
csv("t.csv", like: data)
# expect ~ .*net: byte 8: its description of the net \("gd\.net"\) is damaged, or names something that is not in the library
# expect stderr: its description of the data ("gd.data") has an unknown form
# expect stderr: data: byte 8
