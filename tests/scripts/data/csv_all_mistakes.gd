# args: {tmp}
# All mistakes of a file are told together.
let rows = join([if i % 12 == 4 { "x{i},1\n" } else { "1,2\n" } for i in 0..49], "")
write("{args[0]}/a.csv", "a,b\n" + rows + "1\n")
csv("{args[0]}/a.csv")      # expect error: "x16" in a; line 30 column 1: "x28" in a; line 42 column 1: "x40" in a; line 52 column 1: 1 cell
# status: 65
