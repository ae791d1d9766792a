# args: {tmp}
# Fortran's exponent is no class.
let path = "{args[0]}/a.csv"
write(path, "v,y\n1.5D+03,1\n2.0D-01,2\n")
csv(path)   # expect error: "1.5D+03" in column "v": a Fortran number
# status: 65
