# args: {tmp}
# Whole numbers that f32 rounds together are told.
write(args[0] + "/ids.csv", "id,y\n99999990,1\n99999991,2\n")
let d = csv(args[0] + "/ids.csv", target: "y")
print(d.x[0] == d.x[1])                      # expect: [true]
# expect stderr: the first 99999990 and 99999991
precision(f64)
let wide = csv(args[0] + "/ids.csv", target: "y")
print(wide.x[0] == wide.x[1])                # expect: [false]
