# Two marks that might part the columns: told as that, not taken for a name (`"a;b"` in quotes is one).
write("{args[0]}/good.csv", "\"a;b\",y\n1,2\n")
print(csv("{args[0]}/good.csv", target: "y").names)        # expect: ["a;b"]
write("{args[0]}/mixed.csv", "a;b,y\n1;2,3\n")
let d = csv("{args[0]}/mixed.csv", target: "y")            # expect error: the header has both `,` and `;` between its columns
# args: {tmp}
# status: 65
