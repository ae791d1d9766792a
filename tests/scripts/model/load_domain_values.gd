# Values of a dict, of another program's file and of `map:` are those that the script sees; gd's own file keeps the bits.
# args: {tmp}
# status: 65
model C() {
  param sigma: positive = 2
  param w: simplex = [0.2, 0.3, 0.5]
  param u: unit = 0.25
  param b: between(0, 10) = 3
  param o: ordered = [1, 2.5]
  param free = 7
}
let (c, d) = (C(), C())
fn reset() { for p in parameters(d) { assign(p[1], if p[0] == "w" { ones(3) / 3 } else if p[0] == "o" { [0, 1] } else { 0.5 }) } }
fn apart() = max([max(abs(parameters(c)[i][1] - parameters(d)[i][1])) for i in 0..5])
reset()
load(d, dict(parameters(c)...))
print("{d.sigma:.4f} {d.w:.4f} {d.u:.4f} {d.b:.4f} {d.o:.4f}", d.free)   # expect: 2.0000 [0.2000, 0.3000, 0.5000] 0.2500 3.0000 [1.0000, 2.5000] 7
let path = "{args[0]}/c.safetensors"
save(c, path)
reset()
load(d, safetensors(path))
print(apart() < 1e-6)                                                    # expect: true
reset()
load(d, path, map: fn(name) = name)
print(apart())                                                           # expect: 0
load(d, path, map: fn(name, v) = if name == "sigma" { (name, 2 * v) } else { (name, v) })
print("{d.sigma:.4f} {d.w:.4f} {d.b:.4f} {d.o:.4f}")                     # expect: 4.0000 [0.2000, 0.3000, 0.5000] 3.0000 [1.0000, 2.5000]
model Renamed() { param scale: positive = 1 }
let r = Renamed()
load(r, path, map: fn(name) = if name == "sigma" { "scale" } else { none })
print(r.scale == c.sigma)                                                # expect: true
# another program's file: 120 bytes of header, one f32
fn other(name, bytes) {
  let header = "{{\"{name}\":{{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}}}"
  write("{args[0]}/o.safetensors", "x\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}{header:<120}{bytes}")
}
other("sigma", "\u{0}\u{0}\u{0}@")
load(d, "{args[0]}/o.safetensors", strict: false)                        # expect stderr: fills 1 of the 6 parts
print("{d.sigma:.4f}")                                                   # expect: 2.0000
fn refused(given) = attempt(fn() = load(d, given, strict: false)).error
print(refused(dict(("w", [0.4, 0.5, 0.5]))))       # expect: `w` has the domain simplex, whose values are greater than 0, with rows that sum to 1: element 2 in the dict is 0.5
print(refused((b: 10)))                            # expect: `b` has the domain between(0, 10), whose values are between 0 and 10: element 0 in the tuple is 10
print("{d.sigma:.4f}")                                                   # expect: 2.0000
other("sigma", "\u{0}\u{0}\u{0}\u{0}")
load(d, "{args[0]}/o.safetensors", strict: false)   # expect error: `sigma` has the domain positive, whose values are greater than 0: element 0 in the file is 0
