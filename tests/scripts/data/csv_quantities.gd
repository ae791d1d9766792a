# args: {tmp}
# Quantities are never classes in silence.
write("{args[0]}/a.csv", "load,y\n12kg,1\n7kg,2\n12kg,3\n")
print(csv("{args[0]}/a.csv", target: "y"))      # expect error: kinds: (load: "number")
# status: 65
