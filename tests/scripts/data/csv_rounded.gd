# args: {tmp}
# Whole numbers and times that f32 rounds together are told.
write(args[0] + "/ids.csv", "id,y\n99999990,1\n99999991,2\n")
let d = csv(args[0] + "/ids.csv", target: "y")
print(d.x[0] == d.x[1])   # expect: [true]
# expect stderr: the first 99999990 and 99999991
write(args[0] + "/times.csv", "at,y\n2024-01-31 00:00,1\n2024-01-31 00:01,2\n2024-02-29,3\n")
let t = csv(args[0] + "/times.csv", target: "y", kinds: (at: "date"))
print(t.x[0] == t.x[1])   # expect: [true]
# expect stderr: column "at": 1 time cannot be distinguished from others in f32, the first 19753 and 19753.000694444443
precision(f64)
print(csv(args[0] + "/times.csv", target: "y", kinds: (at: "date")).x[1] > 19753)   # expect: [true]
let wide = csv(args[0] + "/ids.csv", target: "y")
print(wide.x[0] == wide.x[1])   # expect: [false]
