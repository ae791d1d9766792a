# What the arguments after the script's name give, else the default, whose kind an option has.
# args: --lr 0.5 --fast --hidden-size=32 --name run --verbose false
print(option("lr", 0.01), option("steps", 7), option("hidden_size", 16))    # expect: 0.5 7 32
print(option("fast", false), option("slow", false), option("verbose", true))    # expect: true false false
print(option("name", "none"), option("name"), option("other"))              # expect: run run none
print(len(args))                                                            # expect: 8
